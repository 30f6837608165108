// References that names suggest: added one by one or all at once, dismissed and brought back, by pointer and by keyboard.

import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../support/app.ts";
import { Editor } from "../support/editor.ts";
import { newDiagram } from "../support/rpc.ts";
import { commitWell, makerFor } from "../support/schema.ts";

/** Four tables without a reference, whose columns ask for some. */
async function unlinked(page: Page): Promise<Editor> {
  const id = await newDiagram(page.request, "blank");
  const maker = await makerFor(page.request, id);
  const tables = { users: ["email"], orders: ["user_id"], notes: ["order_id", "user_id"], visits: ["user_id"] };
  for (const [at, [name, columns]] of Object.entries(tables).entries()) {
    maker.table({
      name,
      primary: ["id"],
      columns: ["id", ...columns].map((it) => ({ name: it, data_type: it === "email" ? "text" : "integer" })),
      at: { x: at * 320, y: 0 },
    });
  }
  await commitWell(page.request, id, maker);
  return Editor.at(page, id);
}

function rowsOf(page: Page): Locator {
  return page.getByTestId("suggestion");
}

function mainOf(row: Locator): Locator {
  return row.getByRole("button").first();
}

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }
}

test("by pointer: one is added, one is dismissed and brought back, and the rest is added in one step", async ({ page }) => {
  const editor = await unlinked(page);
  await editor.showTab("Refs");
  const rows = rowsOf(page);
  const row = (from: string) => rows.filter({ hasText: from });
  await expect(row("orders.user_id")).toHaveCount(1);
  const count = await rows.count();

  await page.getByRole("button", { name: "Add reference orders.user_id → users.id" }).click();
  await editor.isOpen("orders.user_id → users.id");
  await editor.expectPending("Reference orders_user_id_fkey");
  await expect(rows).toHaveCount(count - 1);
  await expect(row("orders.user_id")).toHaveCount(0);
  await editor.done();

  await page.getByRole("button", { name: "Dismiss reference notes.user_id → users.id" }).click();
  await expect(row("notes.user_id")).toHaveCount(0);
  await editor.expectKept(1);
  await editor.reload();
  await editor.showTab("Refs");
  await expect(rows).toHaveCount(count - 2);
  await expect(row("notes.user_id")).toHaveCount(0);
  await page.getByText("Dismissed (1)").click();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Bring back reference notes.user_id → users.id" }).click();
  await expect(mainOf(row("notes.user_id"))).toBeFocused();
  await expect(page.getByText(/^Dismissed/)).toHaveCount(0);

  const all = page.getByRole("button", { name: /^Add all \d+ sure$/ });
  const sure = Number(/\d+/.exec(await all.innerText())![0]);
  expect(sure).toBeGreaterThan(1);
  await page.getByRole("checkbox", { name: "Index the columns too" }).check();
  await all.click();
  await expect(async () => {
    const titles = await editor.pendingTitles();
    expect(titles.filter((title) => title.startsWith("Reference "))).toHaveLength(1 + sure);
    expect(titles.filter((title) => title.startsWith("Index "))).toHaveLength(sure);
  }).toPass();
  await expect(all).toHaveCount(0);
  await page.keyboard.press("ControlOrMeta+z");
  await editor.expectPending("Reference orders_user_id_fkey");
  await expect(all).toBeVisible();
});

test("by keyboard: shown, dismissed, added, taken back and left", async ({ page }) => {
  const editor = await unlinked(page);
  const rows = rowsOf(page);
  await editor.canvas.focus();
  await page.keyboard.press("s");
  await expect(mainOf(rows.first())).toBeFocused();
  await expect(editor.spoken).toContainText(/^Column \S+ selected/);
  await expectAccessible(page);
  const count = await rows.count();

  await page.keyboard.press("ArrowDown");
  await expect(mainOf(rows.nth(1))).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(mainOf(rows.first())).toBeFocused();

  await page.keyboard.press("Delete");
  await expect(rows).toHaveCount(count - 1);
  await expect(page.getByText("Dismissed (1)")).toBeVisible();
  await expect(mainOf(rows.first())).toBeFocused();
  await editor.expectPending();

  await page.keyboard.press("Enter");
  await expect(rows).toHaveCount(count - 2);
  await expect(mainOf(rows.first())).toBeFocused();
  await expect.poll(() => editor.pendingTitles()).toHaveLength(1);
  await page.keyboard.press("ControlOrMeta+z");
  await expect(rows).toHaveCount(count - 1);
  await editor.expectPending();

  await page.keyboard.press("s");
  await expect(mainOf(rows.first())).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(editor.canvas).toBeFocused();
});
