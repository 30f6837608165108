// Enums and domains: made, used, changed and taken away by hand, and what PostgreSQL has of them afterwards.

import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../support/app.ts";
import { Editor, settle } from "../support/editor.ts";
import { Keyboard } from "../support/keyboard.ts";
import { newDiagram, open } from "../support/rpc.ts";
import type { Server } from "../support/server.ts";

async function database(app: Server, editor: Editor): Promise<(sql: string) => Promise<string>> {
  const { database } = await open(editor.page.request, editor.id);
  return (sql) => app.psql(sql, database!.name);
}

/** The texts of the labels in the open panel, in their order. */
async function labels(editor: Editor): Promise<string[]> {
  const fields = await editor.panel.getByRole("group", { name: /^Label / }).getByRole("textbox").all();
  return Promise.all(fields.map((field) => field.inputValue()));
}

function label(editor: Editor, text: string): Locator {
  return editor.panel.getByRole("group", { name: `Label ${text}`, exact: true });
}

/** ShopFlow with an enum that the state of orders is of. */
async function shop(page: Page): Promise<Editor> {
  const editor = await Editor.at(page, await newDiagram(page.request, "shop_flow"));
  await editor.showTab("Types");
  await editor.sidebar.getByRole("button", { name: "New enum" }).click();
  await expect(editor.panel.getByRole("textbox", { name: "Name", exact: true })).toBeFocused();
  await settle(editor.panel.getByRole("textbox", { name: "Name", exact: true }), "order_state");
  const field = editor.panel.getByRole("textbox", { name: "New label" });
  await expect(field).toBeFocused();
  for (const text of ["new", "paid", "sent"]) await settle(field, text);
  expect(await labels(editor)).toEqual(["new", "paid", "sent"]);
  await editor.openTable("orders");
  await editor.makeColumn({ name: "state", type: "order_state", default: "'new'" });
  await editor.done();
  return editor;
}

test("an enum is made, used and committed", async ({ page, app }) => {
  const editor = await shop(page);
  await editor.expectPending("Enum order_state", "Column orders.state");
  await editor.commitEverything();
  const psql = await database(app, editor);
  expect(await psql("select enum_range(null::order_state)")).toContain("{new,paid,sent}");

  // Which columns have it, and the way there.
  await editor.showTab("Types");
  await editor.sidebar.getByRole("list", { name: "Types" }).getByRole("button", { name: /^order_state/ }).click();
  await editor.isOpen("Enum order_state");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }

  // It cannot go, and says why.
  await editor.panel.getByRole("button", { name: "Delete type" }).click();
  await expect(editor.toasts).toContainText("order_state cannot go while orders.state has this type");
  await editor.isOpen("Enum order_state");
  await editor.panel.getByRole("region", { name: /^Used by/ }).getByRole("button", { name: /^orders\.state/ }).click();
  await editor.isOpen("Table orders");
});

test("labels are renamed, moved and taken away, with the rows that have them", async ({ page, app }) => {
  const editor = await shop(page);
  await editor.commitEverything();
  const psql = await database(app, editor);
  const openState = async () => {
    await editor.showTab("Types");
    await editor.sidebar.getByRole("list", { name: "Types" }).getByRole("button", { name: /^order_state/ }).click();
    await editor.isOpen("Enum order_state");
  };

  // A renamed label is called so in the default as well.
  await openState();
  await settle(label(editor, "new").getByRole("textbox"), "open");
  await editor.expectPending("Enum order_state", "Column orders.state");
  await expect(editor.pending).toContainText("label “new” renamed to “open”");
  await editor.commitEverything();
  expect(await psql("select enum_range(null::order_state)")).toContain("{open,paid,sent}");

  // Another order, and one label less: the type is made anew.
  await openState();
  await label(editor, "sent").getByRole("button", { name: "Move sent up" }).click();
  expect(await labels(editor)).toEqual(["open", "sent", "paid"]);
  await label(editor, "paid").getByRole("button", { name: "Delete label paid" }).click();
  expect(await labels(editor)).toEqual(["open", "sent"]);
  await editor.expectPending("Enum order_state");
  await editor.commitEverything();
  expect(await psql("select enum_range(null::order_state)")).toContain("{open,sent}");
  expect(await psql("select column_default from information_schema.columns where column_name = 'state'")).toContain(
    "'open'::order_state",
  );

  // What a default says stays until the default is another.
  await openState();
  await label(editor, "open").getByRole("button", { name: "Delete label open" }).click();
  await expect(editor.toasts).toContainText("open is the default of orders.state");
  await editor.expectPending();
});

test("a domain by keyboard: made, given rules, taken back", async ({ page, app }) => {
  const editor = await Editor.at(page, await newDiagram(page.request, "shop_flow"));
  const keys = new Keyboard(page);
  await keys.find("New domain");
  await expect(editor.panel.getByRole("textbox", { name: "Name", exact: true })).toBeFocused();
  await keys.fill("amount");
  await expect(editor.panel.getByRole("combobox", { name: "Type of its values" })).toBeFocused();
  await keys.fill("numeric(12, 2)");
  await keys.tabTo(editor.panel.getByRole("textbox", { name: "New check" }));
  await keys.type("value >=");
  await keys.press("Enter");
  await expect(editor.panel.getByRole("textbox", { name: "New check" })).toHaveAttribute("aria-invalid", "true");
  await keys.type(" 0");
  await keys.press("Enter");
  await expect(editor.panel.getByRole("group", { name: "Check amount_check" })).toBeVisible();
  await editor.expectPending("Domain amount");
  await keys.press("Control+Enter");
  await editor.commit();
  const psql = await database(app, editor);
  await expect(psql("select '-1'::amount")).rejects.toThrow();

  await keys.find("New enum");
  await keys.fill("mood");
  await keys.fill("sad");
  await keys.fill("glad");
  // By the keys of columns a label goes up.
  await keys.tabTo(label(editor, "glad").getByRole("textbox"), "Shift+Tab");
  await keys.press("Alt+ArrowUp");
  expect(await labels(editor)).toEqual(["glad", "sad"]);
  await expect(label(editor, "glad").getByRole("textbox")).toBeFocused();
  // What was done in the panel is taken back; that there is a new enum stays.
  await keys.press("Escape");
  await expect(editor.panel).toHaveCount(0);
  await editor.expectPending("Enum enum_1");
});

test("a label that is renamed in the text is renamed, not replaced", async ({ page, app }) => {
  const editor = await shop(page);
  await editor.commitEverything();
  await page.getByRole("tab", { name: "DBML" }).click();
  const field = page.getByRole("textbox", { name: "DBML of the diagram" });
  await expect(field).toHaveValue(/Enum order_state \{/);
  await field.fill((await field.inputValue()).replace("  paid\n", "  settled // by whom\n"));
  await expect(editor.pending).toContainText("label “paid” renamed to “settled”");
  await editor.review();
  await expect(editor.reviewDialog).toContainText("RENAME VALUE 'paid' TO 'settled'");
  await editor.commit();
  const psql = await database(app, editor);
  expect(await psql("select enum_range(null::order_state)")).toContain("{new,settled,sent}");
});

test("a group is drawn around its tables, named, moved and taken apart", async ({ page }) => {
  const editor = await Editor.at(page, await newDiagram(page.request, "shop_flow"));
  const keys = new Keyboard(page);
  await editor.row("orders").first().click();
  await editor.row("order_items").first().click({ modifiers: ["Shift"] });
  await keys.find("Group selected tables");
  await expect(editor.panel.getByRole("textbox", { name: "Name", exact: true })).toBeFocused();
  await keys.fill("Sales");
  await editor.isOpen("Group Sales");
  await editor.expectPending("Group Sales", "Table orders", "Table order_items");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }

  // By keyboard another table comes into it, and one goes.
  await editor.panel.getByRole("combobox", { name: "Add a table" }).selectOption({ label: "users" });
  await editor.panel.getByRole("button", { name: "Take order_items out of the group" }).click();
  await editor.expectPending("Group Sales", "Table orders", "Table users");
  await editor.panel.getByRole("combobox", { name: "Color" }).selectOption({ label: "Green" });
  await editor.done();
  await editor.commitEverything();
  await editor.reload();
  await editor.sidebar.getByRole("button", { name: /^Sales/ }).click();
  await editor.isOpen("Group Sales");

  // The text says it as well.
  await page.getByRole("tab", { name: "DBML" }).click();
  const field = page.getByRole("textbox", { name: "DBML of the diagram" });
  await expect(field).toHaveValue(/TableGroup Sales \[color: #2f8f5b\] \{\n  orders\n  users\n\}/);
  await field.fill((await field.inputValue()).replace("TableGroup Sales", "TableGroup Shop"));
  await editor.expectPending("Group Shop");
  await page.getByRole("tab", { name: "Tables" }).click();
  await editor.sidebar.getByRole("button", { name: /^Shop/ }).click();
  await editor.panel.getByRole("button", { name: "Ungroup, leaving its tables" }).click();
  await editor.expectPending("Group Sales", "Table orders", "Table users");
  await expect(editor.row("orders").first()).toBeVisible();
});
