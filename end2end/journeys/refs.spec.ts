// References: made, read, turned round, changed and taken away, and what PostgreSQL has of them afterwards.

import { expect, test } from "../support/app.ts";
import { Editor, nameOf, option, pick, settle } from "../support/editor.ts";
import { Keyboard } from "../support/keyboard.ts";
import { newDiagram, open } from "../support/rpc.ts";
import type { Server } from "../support/server.ts";
import type { Page } from "@playwright/test";

/** ShopFlow with one more column that could name something: `orders.seller`. */
async function shop(page: Page): Promise<Editor> {
  const editor = await Editor.at(page, await newDiagram(page.request, "shop_flow"));
  await editor.openTable("orders");
  await editor.makeColumn({ name: "seller", type: "integer" });
  await editor.done();
  return editor;
}

async function database(app: Server, editor: Editor): Promise<(sql: string) => Promise<string>> {
  const { database } = await open(editor.page.request, editor.id);
  return (sql) => app.psql(sql, database!.name);
}

const SELLER = "orders.seller references users.id, many to one";

test("Add ref by pointer", async ({ page }) => {
  const editor = await shop(page);
  await editor.addReference({
    from: "orders",
    to: "users",
    columns: [["seller", "id"]],
    kind: "many to one",
    onDelete: "Set null",
  });
  await expect(editor.line(`${SELLER}, on delete set null`)).toBeAttached();
  await expect(editor.referenceRow("orders.seller → users.id")).toBeVisible();
  await editor.expectPending("Column orders.seller", "Reference orders_seller_fkey");
});

test("Add ref by keyboard", async ({ page }) => {
  const id = await newDiagram(page.request, "shop_flow");
  const editor = await Editor.at(page, id);
  const keys = new Keyboard(page);

  // The column: the table is found, opened, and given one more.
  await keys.find("orders");
  await keys.press("Enter", "Alt+Enter");
  await expect(nameOf(editor.columns.last())).toBeFocused();
  await keys.fill("seller");
  await expect(editor.column("seller").getByRole("combobox", { name: "Type" })).toBeFocused();
  await keys.fill("integer");
  await keys.tabTo(editor.panel.getByRole("button", { name: "Done" }));
  await keys.press("Enter");
  await expect(editor.panel).toHaveCount(0);

  // The reference: R opens the form, which begins with its first list.
  await keys.tabTo(editor.sidebar.getByRole("tab", { name: "Tables" }), "Shift+Tab");
  await keys.press("ArrowRight");
  await expect(editor.sidebar.getByRole("tab", { name: "Refs" })).toHaveAttribute("aria-selected", "true");
  await keys.tabTo(editor.sidebar.getByRole("button", { name: "Add ref", exact: true }));
  await keys.press("Enter");
  await editor.isOpen("New reference");
  const form = editor.panel.getByRole("group", { name: "New reference" });
  const pair = form.getByRole("group", { name: "Column pair 1" });
  await keys.choose(form.getByRole("combobox", { name: "From table" }), "orders");
  await keys.press("Tab");
  await keys.choose(form.getByRole("combobox", { name: "To table" }), "users");
  await expect(option(pair.getByRole("combobox", { name: "To column" }), "id")).toHaveJSProperty("selected", true);
  await keys.tabTo(pair.getByRole("combobox", { name: "From column" }));
  await keys.choose(pair.getByRole("combobox", { name: "From column" }), "seller");
  await keys.press("Control+Enter");
  await editor.isOpen("orders.seller → users.id");
  await expect(editor.line(SELLER)).toBeAttached();
  await editor.expectPending("Column orders.seller", "Reference orders_seller_fkey");
});

test("a reference to a key over two columns is made in the table editor", async ({ page, app }) => {
  const editor = await Editor.at(page, await newDiagram(page.request, "shop_flow"));
  await editor.makeTable("seats", [
    { name: "hall", type: "integer" },
    { name: "number", type: "integer", primary: true },
  ]);
  await editor.makeTable("tickets", [
    { name: "id" },
    { name: "hall", type: "integer", notNull: true },
    { name: "place", type: "integer", notNull: true },
  ]);
  await editor.panel.getByRole("button", { name: "Add foreign key" }).click();
  const form = editor.panel.getByRole("group", { name: "New reference" });
  await editor.fillReference(form, {
    from: "tickets",
    to: "seats",
    columns: [
      ["hall", "hall"],
      ["place", "number"],
    ],
    onDelete: "Cascade",
    onUpdate: "Cascade",
  });
  await form.getByRole("button", { name: "Add", exact: true }).click();
  const words = "tickets (hall, place) references seats (hall, number), many to one, on delete cascade, on update cascade";
  await expect(editor.line(words)).toBeAttached();
  await editor.commitEverything();

  const psql = await database(app, editor);
  expect(await psql("select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'tickets'::regclass and contype = 'f'")).toBe(
    "FOREIGN KEY (hall, place) REFERENCES seats(hall, number) ON UPDATE CASCADE ON DELETE CASCADE",
  );
  await psql("insert into seats values (1, 7); insert into tickets (hall, place) values (1, 7)");
  await expect(psql("insert into tickets (hall, place) values (1, 8)")).rejects.toThrow(/violates foreign key/);
  await psql("update seats set number = 9");
  expect(await psql("select hall, place from tickets")).toBe("1|9");
});

test("one to many swaps the ends", async ({ page }) => {
  const editor = await shop(page);
  await editor.showTab("Refs");
  await editor.sidebar.getByRole("button", { name: "Add ref", exact: true }).click();
  const form = editor.panel.getByRole("group", { name: "New reference" });
  await editor.fillReference(form, { from: "users", to: "orders", kind: "one to many", columns: [["id", "seller"]] });
  await expect(form).toContainText("The other way round: any number of rows of orders can name one row of users.");
  await form.getByRole("button", { name: "Save" }).click();
  await editor.isOpen("orders.seller → users.id");
  await expect(editor.line(SELLER)).toBeAttached();
});

test("one to one stages a unique constraint and says so", async ({ page, app }) => {
  const editor = await shop(page);
  await editor.showTab("Refs");
  await editor.sidebar.getByRole("button", { name: "Add ref", exact: true }).click();
  const form = editor.panel.getByRole("group", { name: "New reference" });
  await editor.fillReference(form, { from: "orders", to: "users", kind: "one to one", columns: [["seller", "id"]] });
  await expect(form).toContainText("a UNIQUE constraint on orders is staged with it");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(editor.spoken).toContainText("unique orders_seller_key");
  await editor.expectPending("Column orders.seller", "Reference orders_seller_fkey", "Unique orders_seller_key");
  await expect(editor.line("orders.seller references users.id, one to one")).toBeAttached();

  // Back to many to one, and the constraint goes; forth again, and it is there again.
  await pick(editor.panel, "Relationship", "many to one");
  await editor.expectPending("Column orders.seller", "Reference orders_seller_fkey");
  // It cannot be turned round while orders.seller is no key, and the choice says so.
  await editor.panel.getByRole("radio", { name: "one to many" }).press("Space");
  await expect(editor.toasts).toContainText("orders.seller is neither a primary key nor unique");
  await expect(editor.panel.getByRole("radio", { name: "many to one" })).toBeChecked();
  await pick(editor.panel, "Relationship", "one to one");
  await editor.expectPending("Column orders.seller", "Reference orders_seller_fkey", "Unique orders_seller_key");

  await editor.commitEverything();
  const psql = await database(app, editor);
  expect(await psql("select pg_get_constraintdef(oid) from pg_constraint where conname = 'orders_seller_key'")).toBe("UNIQUE (seller)");
});

test("each action, on both sides, as PostgreSQL has it", async ({ page, app }) => {
  const editor = await Editor.at(page, await newDiagram(page.request, "shop_flow"));
  const actions = ["No action", "Cascade", "Set null", "Set default", "Restrict"];
  const column = (action: string) => action.toLowerCase().replace(" ", "_");
  const columns = actions.map((action) => ({ name: column(action), type: "integer" }));
  await editor.makeTable("probes", [{ name: "id" }, ...columns]);
  for (const [at, action] of actions.entries()) {
    await editor.addReference({
      from: "probes",
      to: "users",
      columns: [[column(action), "id"]],
      onDelete: action,
      onUpdate: actions[(at + 1) % actions.length]!,
    });
  }
  await editor.commitEverything();

  const psql = await database(app, editor);
  const found = await psql(
    `select conname, confdeltype, confupdtype from pg_constraint
     where conrelid = 'probes'::regclass and contype = 'f' order by conname`,
  );
  expect(found.split("\n")).toEqual([
    "probes_cascade_fkey|c|n",
    "probes_no_action_fkey|a|c",
    "probes_restrict_fkey|r|a",
    "probes_set_default_fkey|d|r",
    "probes_set_null_fkey|n|d",
  ]);

  // Committed actions change as well.
  await editor.showTab("Refs");
  await editor.referenceRow("probes.restrict → users.id").click();
  await editor.isOpen("probes.restrict → users.id");
  await editor.chooseActions(editor.panel, { onDelete: "Cascade", onUpdate: "Set null" });
  await editor.commitEverything();
  expect(await psql("select confdeltype, confupdtype from pg_constraint where conname = 'probes_restrict_fkey'")).toBe("c|n");
});

test("a reference is edited and removed from its line and from its row", async ({ page }) => {
  const editor = await Editor.at(page, await newDiagram(page.request, "shop_flow"));
  const row = "order_items.product_id → products.id";
  const removed = "Reference fk_order_items_product";

  // The line opens the reference, and Delete removes it.
  await editor.clickLine("fk_order_items_product");
  await editor.isOpen(row);
  await editor.chooseActions(editor.panel, { onDelete: "Cascade" });
  await editor.expectPending(removed);
  // The list has made way for the panel; it can be looked at all the same.
  await editor.pending.getByRole("button", { name: /^Pending changes/ }).click();
  await expect(editor.item(removed)).toContainText("on delete cascade instead of restrict");
  await editor.topbar.getByRole("button", { name: /^Undo/ }).click();
  await editor.expectPending();
  await editor.done();

  // The keys mean what was clicked, although its panel has opened.
  for (const key of ["Delete", "Backspace"]) {
    await editor.clickLine("fk_order_items_product");
    await editor.isOpen(row);
    await page.keyboard.press(key);
    await editor.expectPending(removed);
    await expect(editor.item(removed)).toContainText("removed");
    await editor.topbar.getByRole("button", { name: /^Undo/ }).click();
    await editor.expectPending();
  }

  // So does its row in the list.
  await editor.showTab("Refs");
  for (const key of ["Delete", "Backspace"]) {
    await editor.referenceRow(row).focus();
    await page.keyboard.press(key);
    await editor.expectPending(removed);
    await editor.sidebar.getByRole("button", { name: `Keep ${row}` }).click();
    await editor.expectPending();
  }

  // And the button in its panel.
  await editor.referenceRow(row).click();
  await editor.isOpen(row);
  await editor.panel.getByRole("button", { name: "Delete reference" }).click();
  await editor.expectPending(removed);
  await expect(editor.panel).toHaveCount(0);
});

test("a renamed column keeps its data while its reference changes in the same commit", async ({ page, app }) => {
  const editor = await Editor.at(page, await newDiagram(page.request, "shop_flow"));
  const psql = await database(app, editor);
  const before = await psql("select id, user_id from orders order by id");
  expect(before).not.toBe("");

  await editor.openTable("orders");
  await editor.setColumn("user_id", { name: "buyer_id" });
  await editor.panel.getByRole("button", { name: "orders.buyer_id → users.id" }).click();
  await editor.isOpen("orders.buyer_id → users.id");
  await settle(editor.panel.getByRole("textbox", { name: "Name" }), "fk_orders_buyer");
  await editor.chooseActions(editor.panel, { onDelete: "Cascade" });
  await editor.expectPending("Column orders.buyer_id", "Reference fk_orders_buyer");
  await editor.commitEverything();

  expect(await psql("select id, buyer_id from orders order by id")).toBe(before);
  expect(
    await psql("select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = 'orders'::regclass and contype = 'f'"),
  ).toBe("fk_orders_buyer|FOREIGN KEY (buyer_id) REFERENCES users(id) ON UPDATE CASCADE ON DELETE CASCADE");
});

test("a table references itself, by a line on the canvas", async ({ page, app }) => {
  const editor = await Editor.at(page, await newDiagram(page.request, "shop_flow"));
  await editor.openTable("users");
  await editor.makeColumn({ name: "manager_id", type: "integer" });
  await editor.done();
  await editor.showEverything();
  await editor.dragHandle(["users", "manager_id"], ["users", "id"]);
  await expect(editor.line("users.manager_id references users.id, many to one")).toBeAttached();
  await editor.commitEverything();
  const psql = await database(app, editor);
  expect(
    await psql("select pg_get_constraintdef(oid) from pg_constraint where conname = 'users_manager_id_fkey'"),
  ).toBe("FOREIGN KEY (manager_id) REFERENCES users(id)");
});

test("the side with the key is the referenced one, whichever way the line is drawn", async ({ page }) => {
  const editor = await shop(page);
  await editor.showEverything();
  await editor.dragHandle(["users", "id"], ["orders", "seller"]);
  await expect(editor.line(SELLER)).toBeAttached();
});

test("a line to what is no key is refused with the reason", async ({ page }) => {
  const editor = await shop(page);
  await editor.showEverything();
  await editor.dragHandle(["orders", "seller"], ["users", "name"]);
  await expect(editor.toasts).toContainText("users.name is neither a primary key nor unique");
  await editor.expectPending("Column orders.seller");
});

test("looking at everything and changing nothing sends nothing", async ({ page, app }) => {
  const editor = await Editor.at(page, await newDiagram(page.request, "shop_flow"));
  const { database: linked, revision } = await open(page.request, editor.id);
  // pg_dump writes commands with a secret of its own, which differs each time.
  const catalog = async () => (await app.dumpSchema(linked!.name)).replaceAll(/^\\\w+ .*$/gm, "");
  const before = await catalog();
  const sent: string[] = [];
  page.on("request", (it) => {
    if (it.method() === "POST") sent.push(new URL(it.url()).pathname);
  });

  await editor.openTable("orders");
  await expect(editor.panel.getByRole("button", { name: "Save…" })).toBeDisabled();
  await settle(nameOf(editor.column("user_id")), "user_id");
  await settle(editor.column("user_id").getByRole("combobox", { name: "Type" }), "integer");
  await editor.done();
  await editor.showTab("Refs");
  await editor.referenceRow("orders.user_id → users.id").click();
  await editor.isOpen("orders.user_id → users.id");
  await pick(editor.panel, "On delete", "Restrict");
  await pick(editor.panel, "Relationship", "many to one");
  await editor.panel.getByRole("button", { name: "Take back and close" }).click();
  await editor.expectPending();

  await page.keyboard.press("ControlOrMeta+s");
  await expect(editor.toasts).toContainText("Nothing to save");
  await expect(editor.reviewDialog).toBeHidden();
  expect(sent).toEqual([]);
  expect((await open(page.request, editor.id)).revision).toBe(revision);
  expect(await catalog()).toBe(before);
});
