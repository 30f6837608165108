// The text beside the drawing: typed and drawn by turns, wrong for a while, and changed by somebody else meanwhile.

import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { somebodyElse } from "../support/accounts.ts";
import { expect, test } from "../support/app.ts";
import { Bench } from "../support/bench.ts";
import { newDiagram } from "../support/rpc.ts";

function fieldOf(page: Page): Locator {
  return page.getByRole("textbox", { name: "DBML of the diagram" });
}

function stateOf(page: Page): Locator {
  return page.getByRole("region", { name: "DBML" }).getByRole("status");
}

/** Opens the sample with its text, by pointer. */
async function openText(page: Page): Promise<{ bench: Bench; diagram: string; field: Locator }> {
  const diagram = await newDiagram(page.request, "shop_flow");
  const bench = await Bench.open(page, diagram);
  await page.getByRole("tab", { name: "DBML" }).click();
  const field = fieldOf(page);
  await expect(field).toHaveValue(/Table users \{/);
  return { bench, diagram, field };
}

/** Puts the cursor behind some words of the text. */
async function goBehind(field: Locator, words: string): Promise<void> {
  await field.evaluate((field: HTMLTextAreaElement, words) => {
    const at = field.value.indexOf(words);
    if (at < 0) throw new Error(`${words} is not in the text`);
    field.focus();
    field.setSelectionRange(at + words.length, at + words.length);
  }, words);
}

test("what is typed is staged, what is drawn is written, and comments stay", async ({ page }) => {
  const { bench, field } = await openText(page);
  await goBehind(field, "Table users {");
  await page.keyboard.insertText(" // who buys");
  await expect(stateOf(page)).toHaveText("In step with the drawing");
  await bench.expectPending();

  await goBehind(field, "// who buys");
  await page.keyboard.insertText("\n  nickname text");
  await bench.expectPending("Column users.nickname");
  await bench.columnRect("users", "nickname");

  // A new name in its place is a new name, no other table.
  const id = await bench.tableRect("users");
  await field.evaluate((field: HTMLTextAreaElement) => {
    const at = field.value.indexOf("Table users");
    field.setSelectionRange(at + 6, at + 11);
  });
  await page.keyboard.insertText("people");
  await expect(stateOf(page)).toContainText("The drawing waits");
  await expect(page.getByRole("list", { name: "What is wrong in the text" })).toContainText("users");
  const fixed = (await field.inputValue()).replaceAll("users.", "people.");
  await field.fill(fixed);
  await expect(stateOf(page)).toHaveText("In step with the drawing");
  expect(await bench.tableRect("people")).toMatchObject({ x: id.x, y: id.y });
  expect(await bench.pendingTitles()).toContain("Table people");

  // Drawn: the text says it, in its own words.
  await page.getByRole("tab", { name: "Tables" }).click();
  await bench.openTable("people");
  await bench.renameColumn("nickname", "handle");
  await bench.done();
  await page.getByRole("tab", { name: "DBML" }).click();
  await expect(field).toHaveValue(/Table people \{ \/\/ who buys\n  handle text\n/);
  await page.keyboard.press("Escape");
  await bench.commitAll(1);
  await bench.reload();
  await page.getByRole("tab", { name: "DBML" }).click();
  await expect(field).toHaveValue(/\/\/ who buys/);
});

test("what cannot be read yet outlasts a reload, and what was drawn is taken back in the text", async ({ page }) => {
  const { bench, field } = await openText(page);
  await goBehind(field, "Table users {");
  await page.keyboard.insertText(" // who buys\n  nickname [");
  await expect(stateOf(page)).toContainText("The drawing waits");
  await bench.reload();
  await page.getByRole("tab", { name: "DBML" }).click();
  await expect(field).toHaveValue(/Table users \{ \/\/ who buys\n  nickname \[/);
  await expect(stateOf(page)).toContainText("The drawing waits");
  await goBehind(field, "nickname");
  await page.keyboard.press("Delete");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(" text");
  await expect(stateOf(page)).toHaveText("In step with the drawing");
  await bench.expectPending("Column users.nickname");

  // Drawn since: the browser has nothing to take back, the editor has.
  await page.getByRole("tab", { name: "Tables" }).click();
  await bench.openTable("users");
  await bench.renameColumn("nickname", "handle");
  await bench.done();
  await page.getByRole("tab", { name: "DBML" }).click();
  await expect(field).toHaveValue(/handle text/);
  await field.focus();
  await page.keyboard.press("ControlOrMeta+z");
  await expect(field).toHaveValue(/nickname text/);
});

test("by keyboard: opened, completed, mended, taken back and left", async ({ page }) => {
  const diagram = await newDiagram(page.request, "shop_flow");
  const bench = await Bench.open(page, diagram);
  await bench.canvas.focus();
  await page.keyboard.press("d");
  const field = fieldOf(page);
  await expect(field).toBeFocused();

  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.type("\nTable tags {\n  id integer [pk]\n  user_id integer [ref: > us");
  const options = page.getByRole("listbox", { name: "Completions" });
  await expect(options.getByRole("option").first()).toContainText("users");
  await page.keyboard.press("Tab");
  await page.keyboard.type(".");
  await expect(options).toContainText("id");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(options).toBeHidden();
  await expect(stateOf(page)).toContainText("The drawing waits");
  const wrong = page.getByRole("list", { name: "What is wrong in the text" });
  await expect(wrong.getByRole("button").first()).toContainText(/Line \d+/);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }
  await bench.expectPending();

  await page.keyboard.type("]\n}");
  await expect(stateOf(page)).toHaveText("In step with the drawing");
  await expect(wrong).toBeHidden();
  await bench.expectPending("Table tags", "Reference tags_user_id_fkey");

  // The cursor's table on the canvas, and the canvas's table in the text.
  await page.keyboard.press("F12");
  await page.keyboard.press("Escape");
  await expect(bench.canvas).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("complementary", { name: "Table tags" })).toBeVisible();
  await bench.done();
  await bench.canvas.focus();
  await page.keyboard.press("ControlOrMeta+z");
  await bench.expectPending();
  await expect(field).not.toHaveValue(/Table tags/);
  await page.keyboard.press("d");
  await expect(field).toBeHidden();
});

test("somebody else saves while one types", async ({ page, browser, app }) => {
  const { bench, diagram, field } = await openText(page);
  const theirs = await somebodyElse(browser, app, diagram);
  const ben = await Bench.open(await theirs.newPage(), diagram);
  await goBehind(field, "Table users {");
  await page.keyboard.insertText("\n  nick");

  await ben.addTable("brands");
  await ben.addColumn("title", "text");
  await ben.done();
  await ben.commitAll(1);
  await expect(stateOf(page)).toContainText("The drawing waits");
  await expect(field).toHaveValue(/Table users \{\n  nick\n/);

  await page.keyboard.type("name text");
  await expect(field).toHaveValue(/Table brands \{/);
  await expect(field).toHaveValue(/Table users \{\n  nickname text\n/);
  const cursor = await field.evaluate((field: HTMLTextAreaElement) => field.value.slice(0, field.selectionStart));
  expect(cursor).toMatch(/nickname text$/);
  await bench.expectPending("Column users.nickname");
  await bench.commitAll(2);
  await theirs.close();
});
