// Customers and Orders of ToolJet's guide, made by pointer, with the relation that the database then enforces.

import { expect, test } from "../support/app.ts";
import { choose, Editor, option, pick } from "../support/editor.ts";
import { open } from "../support/rpc.ts";

test("orders need a customer, and customers with orders stay", async ({ page, app }) => {
  const editor = await Editor.create(page, /ShopFlow/);

  await editor.makeTable("Customers", [
    { name: "customer_id", type: "int" },
    { name: "name", type: "varchar", notNull: true },
    { name: "email", type: "varchar", notNull: true, unique: true },
  ]);
  await editor.makeTable("Orders", [
    { name: "order_id", type: "int" },
    { name: "customer_id", type: "int", notNull: true },
    { name: "order_date", type: "varchar", notNull: true },
    { name: "total_amount", type: "float", notNull: true },
  ]);

  await editor.panel.getByRole("button", { name: "Add foreign key" }).click();
  const form = editor.panel.getByRole("group", { name: "New reference" });
  await choose(form.getByRole("combobox", { name: "Target table" }), "Customers");
  const [from, to] = ["From column", "To column"].map((name) => form.getByRole("combobox", { name }));

  // Only what a key covers can be the target; the rest says why it cannot.
  await expect(option(to!, "customer_id")).toBeEnabled();
  await expect(option(to!, "name")).toBeDisabled();
  await expect(option(to!, "name")).toContainText("Customers.name is neither a primary key nor unique");
  // A unique column is a key too, yet of another type than the column that would name it.
  await choose(from!, "customer_id");
  await choose(to!, "email");
  await expect(form.getByRole("status")).toContainText("the types must match");
  await choose(to!, "customer_id");
  await expect(form.getByText("the types must match")).toBeHidden();

  await pick(form, "On delete", "Restrict");
  const restrict = form.getByRole("group", { name: "On delete" }).getByRole("radio", { name: "Restrict" });
  await expect(restrict).toHaveAccessibleDescription(/Customers.*Orders|Orders.*Customers/);
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await expect(
    editor.line("Orders.customer_id references Customers.customer_id, many to one, on delete restrict"),
  ).toBeAttached();

  // The button at the foot of the panel takes along what this table needs.
  await editor.openTable("Orders");
  await editor.panel.getByRole("button", { name: "Save…" }).click();
  await expect(editor.reviewDialog.getByRole("checkbox", { checked: true })).toHaveCount(3);
  await editor.commit();

  const { database } = await open(page.request, editor.id);
  const psql = (sql: string) => app.psql(sql, database!.name);
  expect(
    await psql(
      `select column_name, data_type, is_nullable from information_schema.columns
       where table_name = 'Orders' order by ordinal_position`,
    ),
  ).toBe(
    [
      "order_id|integer|NO",
      "customer_id|integer|NO",
      "order_date|character varying|NO",
      "total_amount|double precision|NO",
    ].join("\n"),
  );
  await psql(`insert into "Customers" values (1, 'Ada', 'ada@example.org')`);
  await psql(`insert into "Orders" values (10, 1, '2026-01-31', 99.5)`);
  await expect(psql(`insert into "Orders" values (11, 2, '2026-01-31', 1)`)).rejects.toThrow(
    /violates foreign key constraint "Orders_customer_id_fkey"/,
  );
  await expect(psql(`update "Orders" set customer_id = 2`)).rejects.toThrow(/violates foreign key constraint/);
  await expect(psql(`delete from "Customers"`)).rejects.toThrow(
    /violates (RESTRICT setting of )?foreign key constraint "Orders_customer_id_fkey"/,
  );
  await expect(psql(`insert into "Customers" values (2, 'Eve', 'ada@example.org')`)).rejects.toThrow(
    /violates unique constraint "Customers_email_key"/,
  );
  expect(await psql(`select count(*) from "Customers"`)).toBe("1");
});
