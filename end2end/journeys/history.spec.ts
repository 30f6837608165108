// Looking back: the list of revisions, any of them on the canvas, compared, named and restored.

import type { Page } from "@playwright/test";
import { expect, test } from "../support/app.ts";
import { Bench } from "../support/bench.ts";
import { History } from "../support/history.ts";
import { Keyboard } from "../support/keyboard.ts";
import { call, newDiagram, open } from "../support/rpc.ts";
import { commit, commitWell, makerFor } from "../support/schema.ts";

const ID = { name: "id", data_type: "bigint" };
const tableOf = (name: string) => ({ name, columns: [ID] });

/** A diagram with three revisions: users and orders; another name for a column, and brands; orders gone. */
async function withRevisions(page: Page): Promise<string> {
  const { request } = page;
  const diagram = await newDiagram(request, "blank");
  const first = await makerFor(request, diagram);
  first.table(tableOf("users"));
  first.table(tableOf("orders"));
  await commitWell(request, diagram, first);
  const second = await makerFor(request, diagram);
  second.table(tableOf("brands"));
  const { schema } = await open(request, diagram);
  const [users, orders] = ["users", "orders"].map((name) => Object.values(schema.tables).find((it) => it.name === name)!);
  second.edits.push({
    alter: {
      object: { column: [users!.id, users!.columns[0]!.id] },
      from: { name: "id" },
      to: { name: "user_id" },
    },
  });
  await commitWell(request, diagram, second);
  const drop = { edits: [{ drop: { table: orders } }] };
  expect(await commit(request, diagram, drop)).toHaveProperty("committed");
  return diagram;
}

test("a revision is opened, compared and left again by pointer", async ({ page }) => {
  const diagram = await withRevisions(page);
  const bench = await Bench.open(page, diagram);
  const history = new History(page);
  await history.open();
  await expect(history.rows).toHaveText([/^Revision 3.*Now.*1 removed/s, /^Revision 2.*1 added, 1 changed/s, /^Revision 1.*2 added/s, /^The beginning/]);
  await expect(history.row(3)).toContainText("You, just now");

  await history.look(1);
  await expect(history.banner).toContainText("Revision 1, saved just now by you");
  await expect(history.banner).toContainText("Read only");
  await expect(bench.row("orders")).toBeVisible();
  await expect(bench.row("brands")).toHaveCount(0);
  const before = await bench.tableRect("orders");

  // Whatever is tried, it stays as it was.
  await bench.drag({ x: before.x + 20, y: before.y + 10 }, { x: before.x + 140, y: before.y + 90 });
  await page.mouse.dblclick(before.x + 20, before.y + 10);
  await page.keyboard.press("Delete");
  await page.keyboard.press("t");
  await expect(bench.toasts).toContainText("Revision 1 is read only. Go back to now to edit");
  await expect(bench.panel).toHaveCount(0);
  await expect(bench.row("orders")).toBeVisible();

  await history.compareWith.selectOption({ label: "Now (revision 3)" });
  await expect(history.banner).toContainText("Compared with now (revision 3)");
  await history.expectDifferences("Table brands", "Table orders", "Column users.user_id");
  await expect(history.differences.filter({ hasText: "users.user_id" })).toContainText("renamed from id to user_id");
  await expect(history.panel).toContainText("From revision 1 to revision 3: 1 added, 1 changed, 1 removed");
  await expect(bench.row("orders")).toContainText("removed");
  await expect(bench.row("brands")).toContainText("added");
  await history.panel.getByRole("tab", { name: "SQL" }).click();
  const script = history.panel.locator("pre.code");
  await expect(script).toContainText('DROP TABLE public.orders');
  await expect(history.panel.getByRole("button", { name: "Copy SQL" })).toBeVisible();
  await history.panel.getByRole("tab", { name: /^Changes/ }).click();

  await history.compareWith.selectOption({ label: "Revision 2" });
  await history.expectDifferences("Table brands", "Column users.user_id");
  await history.compareWith.selectOption({ label: "The state before it" });
  await history.expectDifferences("Table orders", "Table users");

  await history.backToNow.click();
  await expect(history.banner).toHaveCount(0);
  await expect(bench.row("orders")).toHaveCount(0);
  await expect(history.row(1)).toBeFocused();
  await expect(bench.saveState).toHaveText("Saved as revision 3");
  expect((await open(page.request, diagram)).revision, "looking saves nothing").toBe(3);
});

test("what is staged is compared with a revision, and stays staged", async ({ page }) => {
  const bench = await Bench.open(page, await withRevisions(page));
  await bench.addTable("categories");
  await bench.done();
  const history = new History(page);
  await history.open();
  await history.look(2);
  await expect(bench.row("categories")).toHaveCount(0);
  await history.compareWith.selectOption({ label: "What is staged" });
  await history.expectDifferences("Table categories", "Table orders");
  await history.backToNow.click();
  await bench.expectPending("Table categories");
  await page.keyboard.press("Escape");
  await expect(history.panel).toHaveCount(0);
});

test("a revision is restored as a new one, and nothing before it changes", async ({ page }) => {
  const diagram = await withRevisions(page);
  const bench = await Bench.open(page, diagram);
  const history = new History(page);
  await history.open();
  await history.look(1);
  await history.restore.click();
  const dialog = bench.reviewDialog;
  await expect(dialog).toBeVisible();
  await expect(dialog.getByRole("textbox", { name: "Message" })).toHaveValue("Restore revision 1");
  await expect(dialog.getByTestId("review-item")).toHaveCount(3);
  await bench.pressCommit();
  await expect(dialog.getByText("Saved as revision 4")).toBeVisible();
  await page.keyboard.press("Escape");
  const names = Object.values((await open(page.request, diagram)).schema.tables).map((table) => table.name);
  expect(names.sort()).toEqual(["orders", "users"]);
  const told = await call<{ number: number; message: string }[]>(page.request, "revisions", { id: diagram });
  expect(told.map(({ number }) => number)).toEqual([4, 3, 2, 1]);
  expect(told[0]!.message).toBe("Restore revision 1");

  // One step of undo takes all of it back again, and what was not restored is no message of the next review.
  await page.keyboard.press("ControlOrMeta+z");
  await bench.expectPending("Table brands", "Table orders", "Column users.user_id");
  await bench.review();
  await expect(dialog.getByRole("textbox", { name: "Message" })).toHaveValue("");
});

test("what is staged and does not go with the restored revision stays and is said", async ({ page }) => {
  const bench = await Bench.open(page, await withRevisions(page));
  await bench.openTable("users");
  await bench.renameColumn("user_id", "key");
  await bench.done();
  const history = new History(page);
  await history.open();
  await history.look(1);
  await history.restore.click();
  await expect(bench.toasts).toContainText("Left as you have staged it, which does not go with revision 1: users.key");
  await expect(bench.reviewDialog.getByTestId("review-item")).toHaveCount(3);
  await page.keyboard.press("Escape");
  await bench.expectPending("Table brands", "Table orders", "Column users.key");
  await expect(bench.item("Column users.key")).toContainText("renamed from user_id to key");
});

test("a version is named, found by its name, and the name taken away", async ({ page }) => {
  const bench = await Bench.open(page, await withRevisions(page));
  const history = new History(page);
  await history.open();
  await history.look(2);
  const name = history.panel.getByRole("textbox", { name: "Name" });
  await name.fill("Before the <b>audit</b>");
  await name.press("Enter");
  await expect(bench.toasts).toContainText("Revision 2 is called Before the <b>audit</b>");
  await history.panel.getByRole("button", { name: "All revisions" }).click();
  await expect(history.row(2)).toHaveText(/^Before the <b>audit<\/b>\s*Revision 2/);
  await history.panel.getByRole("checkbox", { name: "Named versions only" }).check();
  await expect(history.rows).toHaveCount(1);

  await bench.reload();
  await history.open();
  await expect(history.row(2)).toContainText("Before the <b>audit</b>");
  await history.look(2);
  await name.fill("");
  await name.press("Enter");
  await expect(bench.toasts).toContainText("Revision 2 has no name any more");
  await history.panel.getByRole("button", { name: "All revisions" }).click();
  await expect(history.row(2)).toHaveText(/^Revision 2/);
});

test("the history by keyboard alone", async ({ page }) => {
  const diagram = await withRevisions(page);
  const bench = await Bench.open(page, diagram);
  const history = new History(page);
  const keyboard = new Keyboard(page);
  await keyboard.press("h");
  await expect(history.panel.getByRole("heading", { name: "History" })).toBeFocused();
  await keyboard.tabTo(history.row(3));
  await keyboard.press("ArrowDown", "ArrowDown");
  await expect(history.row(1)).toBeFocused();
  await keyboard.press("Enter");
  await expect(history.banner).toContainText("Revision 1");
  await expect(bench.spoken).toHaveText("Revision 1, read only");
  await expect(history.panel.getByRole("button", { name: "All revisions" })).toBeFocused();
  await keyboard.tabTo(history.compareWith);
  await keyboard.type("Now");
  await history.expectDifferences("Table brands", "Table orders", "Column users.user_id");
  await keyboard.press("Escape");
  await expect(history.banner).toHaveCount(0);
  await expect(history.row(1)).toBeFocused();

  // From the palette as well, and restored without a pointer.
  await keyboard.press("Escape");
  await expect(history.panel).toHaveCount(0);
  await keyboard.find("History");
  await keyboard.tabTo(history.row(2));
  await keyboard.press("Enter");
  await keyboard.tabTo(history.restore);
  await keyboard.press("Enter");
  await expect(bench.reviewDialog.getByRole("textbox", { name: "Message" })).toBeFocused();
  await keyboard.press("Enter");
  await expect(bench.reviewDialog.getByText("Saved as revision 4")).toBeVisible();
  const names = Object.values((await open(page.request, diagram)).schema.tables).map((table) => table.name);
  expect(names.sort()).toEqual(["brands", "orders", "users"]);
});

test("a long history is listed fifty at a time", async ({ page }) => {
  const diagram = await newDiagram(page.request, "blank");
  for (let number = 1; number <= 60; number += 1) {
    const maker = await makerFor(page.request, diagram);
    maker.table(tableOf(`t${number}`));
    await commitWell(page.request, diagram, maker);
  }
  const bench = await Bench.open(page, diagram);
  const history = new History(page);
  await history.open();
  await expect(history.rows).toHaveCount(50);
  await history.panel.getByRole("button", { name: "Show older revisions" }).click();
  await expect(history.rows).toHaveCount(61);
  await history.look(5);
  await expect(bench.row("t5")).toBeVisible();
  await expect(bench.page.getByRole("tree", { name: "Tables" }).locator('[aria-level="2"]')).toHaveCount(5);
});
