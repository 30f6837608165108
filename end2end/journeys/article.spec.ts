// The exercise of the article on foreign keys: categories for ShopFlow's products, drawn, staged and committed, and
// held by PostgreSQL afterwards. Once with the pointer, once without.

import { expect, test } from "../support/app.ts";
import { Editor } from "../support/editor.ts";
import { Keyboard } from "../support/keyboard.ts";
import { open } from "../support/rpc.ts";
import type { Server } from "../support/server.ts";

const LINE = "products.category_id references categories.id, many to one, on delete set null";
const STAGED = [
  "Table categories",
  "Column products.category_id",
  "Reference products_category_id_fkey",
  "Index idx_products_category_id",
];

test("the exercise by pointer", async ({ page, app }) => {
  const editor = await Editor.create(page, /ShopFlow/);

  await editor.makeTable("categories", [
    { name: "id" },
    { name: "name", type: "text", notNull: true, unique: true },
    { name: "slug", type: "text", notNull: true, unique: true },
  ]);
  await editor.openTable("products");
  await editor.makeColumn({ name: "category_id", type: "integer" });
  await editor.column("category_id").getByRole("button", { name: /^Add reference .* → categories\.id$/ }).click();
  await editor.isOpen("products.category_id → categories.id");
  await editor.chooseActions(editor.panel, { onDelete: "Set null" });
  await expect(editor.line(LINE)).toBeAttached();

  await editor.openTable("products");
  await editor.makeIndex(["category_id"], "idx_products_category_id");
  await expect.poll(() => editor.pendingTitles()).toEqual(expect.arrayContaining(STAGED));

  const review = await editor.review();
  await expect(review.getByLabel("SQL", { exact: true }).last()).toContainText("ON DELETE SET NULL");
  await editor.commit();
  await expect(editor.saveState).toHaveText(/^Saved as revision/);
  await editor.expectPending();

  await heldByPostgres(app, editor);
});

test("the exercise by keyboard alone", async ({ page, app }) => {
  await page.goto("/");
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");
  const keys = new Keyboard(page);
  await keys.tabTo(page.getByRole("button", { name: /ShopFlow/ }));
  await keys.press("Enter");
  const editor = await Editor.opened(page);

  // A table: its name has the focus at once, and Enter goes on to its first column.
  await keys.press("t");
  const name = editor.panel.getByRole("textbox", { name: "Name", exact: true });
  await expect(name.first()).toBeFocused();
  await keys.fill("categories");
  await expect(editor.column("id").getByRole("textbox", { name: "Name" })).toBeFocused();
  for (const column of ["name", "slug"]) {
    await keys.press("Alt+Enter");
    await expect(editor.columns.last().getByRole("textbox", { name: "Name", exact: true })).toBeFocused();
    await keys.fill(column);
    await expect(editor.column(column).getByRole("combobox", { name: "Type" })).toBeFocused();
    for (const flag of ["Not null", "Unique"]) {
      const box = editor.column(column).getByRole("checkbox", { name: flag });
      await keys.tabTo(box);
      await keys.press("Space");
      await expect(box).toBeChecked();
    }
  }

  // The column, and the reference that its name suggests.
  await keys.find("products");
  await editor.isOpen("Table products");
  await keys.press("Alt+Enter");
  await expect(editor.columns.last().getByRole("textbox", { name: "Name", exact: true })).toBeFocused();
  await keys.fill("category_id");
  await expect(editor.column("category_id").getByRole("combobox", { name: "Type" })).toBeFocused();
  await keys.fill("integer");
  await keys.tabTo(editor.column("category_id").getByRole("button", { name: /^Add reference/ }));
  await keys.press("Enter");
  await editor.isOpen("products.category_id → categories.id");
  const onDelete = editor.panel.getByRole("group", { name: "On delete" });
  await keys.tabTo(onDelete.getByRole("radio", { checked: true }));
  await keys.arrowTo(onDelete.getByRole("radio", { name: "Set null" }));
  await expect(onDelete.getByRole("radio", { name: "Set null" })).toBeChecked();
  await expect(editor.line(LINE)).toBeAttached();

  // The index.
  await keys.find("products");
  await editor.isOpen("Table products");
  await keys.press("Enter");
  await expect(editor.panel.locator(":focus")).toBeVisible();
  await keys.tabTo(editor.panel.getByRole("button", { name: "Add index" }));
  await keys.press("Enter");
  const form = editor.panel.getByRole("group", { name: "New index", exact: true });
  await expect(form.getByRole("combobox")).toBeFocused();
  await keys.choose(form.getByRole("combobox"), "category_id");
  await keys.press("Enter");
  await expect(form.getByRole("listitem")).toHaveText(["category_id"]);
  await keys.tabTo(form.getByRole("button", { name: "Add", exact: true }));
  await keys.press("Enter");
  const index = editor.panel.getByRole("group", { name: "products_category_id_idx" });
  await expect(editor.panel.getByRole("button", { name: "Add index" })).toBeFocused();
  await keys.tabTo(index.getByRole("textbox", { name: "Name" }));
  await keys.fill("idx_products_category_id");
  await expect.poll(() => editor.pendingTitles()).toEqual(expect.arrayContaining(STAGED));

  // Review and commit.
  await keys.press("ControlOrMeta+s");
  await expect(editor.reviewDialog.getByRole("textbox", { name: "Message" })).toBeFocused();
  await keys.type("Categories for products");
  await keys.press("Enter");
  await expect(editor.reviewDialog.getByRole("status")).toContainText(/Saved as revision \d+/);
  await keys.press("Escape");
  await expect(editor.reviewDialog).toBeHidden();
  await expect(editor.saveState).toHaveText(/^Saved as revision/);

  await heldByPostgres(app, editor);
});

/** What the exercise asks of the database. */
async function heldByPostgres(app: Server, editor: Editor): Promise<void> {
  const { database } = await open(editor.page.request, editor.id);
  const psql = (sql: string) => app.psql(sql, database!.name);

  expect(
    await psql(
      `select conname, pg_get_constraintdef(oid) from pg_constraint
       where conrelid = 'products'::regclass and contype = 'f'`,
    ),
  ).toBe("products_category_id_fkey|FOREIGN KEY (category_id) REFERENCES categories(id) ON DELETE SET NULL");
  expect(await psql("select indexdef from pg_indexes where indexname = 'idx_products_category_id'")).toBe(
    "CREATE INDEX idx_products_category_id ON public.products USING btree (category_id)",
  );
  expect(
    await psql(
      `select conname, contype from pg_constraint where conrelid = 'categories'::regclass and contype in ('p', 'u')
       order by conname`,
    ),
  ).toBe("categories_name_key|u\ncategories_pkey|p\ncategories_slug_key|u");

  await psql("insert into categories (name, slug) values ('Electronics', 'electronics')");
  await psql(
    `insert into products (name, price, category_id)
     select 'Lamp', 20, id from categories where slug = 'electronics'`,
  );
  await expect(psql("update products set category_id = 987654 where name = 'Lamp'")).rejects.toThrow(
    /violates foreign key constraint "products_category_id_fkey"/,
  );
  await expect(psql("insert into categories (name, slug) values ('Again', 'electronics')")).rejects.toThrow(
    /violates unique constraint "categories_slug_key"/,
  );
  await psql("delete from categories where slug = 'electronics'");
  expect(await psql("select name, category_id is null from products where name = 'Lamp'")).toBe("Lamp|t");
}
