// The list of problems: found, shown on the canvas, mended, switched off with a reason, and told in the review.

import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../support/app.ts";
import { Bench } from "../support/bench.ts";
import { Editor } from "../support/editor.ts";
import { newDiagram } from "../support/rpc.ts";

/** What ShopFlow has that it does not need: the unique constraint begins with the same column. */
const NEEDLESS = "idx_order_items_order_id does nothing that order_items_order_id_product_id_key does not do as well";

function tabOf(page: Page): Locator {
  return page.getByRole("navigation", { name: "Schema" }).getByRole("tab", { name: /^Problems/ });
}

function problemsOf(page: Page): Locator {
  return page.getByTestId("problem");
}

test("by keyboard: opened, shown, mended, taken back and left", async ({ page }) => {
  const bench = await Bench.open(page, await newDiagram(page.request, "shop_flow"));
  await expect(tabOf(page)).toHaveText(/Problems\s*1$/);
  await bench.canvas.focus();
  await page.keyboard.press("p");
  const first = problemsOf(page).first();
  await expect(first).toContainText(NEEDLESS);
  await expect(first.getByRole("button").first()).toBeFocused();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }

  // The arrows go from problem to problem and show what they are about.
  const count = await problemsOf(page).count();
  await page.keyboard.press("ArrowDown");
  await expect(problemsOf(page).nth(1).getByRole("button").first()).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await bench.expectPending("Index idx_order_items_order_id");
  await expect(problemsOf(page)).toHaveCount(count - 1);
  await expect(tabOf(page)).toHaveText(/Problems\s*0$/);
  await expect(problemsOf(page).first().getByRole("button").first()).toBeFocused();

  await page.keyboard.press("ControlOrMeta+z");
  await bench.expectPending();
  await expect(problemsOf(page)).toHaveCount(count);
  await page.keyboard.press("Escape");
  await expect(bench.canvas).toBeFocused();
  await expect(page.getByRole("tree", { name: "Tables" })).toBeVisible();
});

test("by pointer: a problem selects what it is about, and Fix mends it", async ({ page }) => {
  const bench = await Bench.open(page, await newDiagram(page.request, "shop_flow"));
  await tabOf(page).click();
  const serial = problemsOf(page).filter({ hasText: "users.id is serial" });
  await serial.getByRole("button").first().click();
  await expect(page.locator("p.visually-hidden[role=status]")).toContainText("users");
  await problemsOf(page).filter({ hasText: NEEDLESS }).getByRole("button", { name: /^Fix: drop idx_/ }).click();
  await bench.expectPending("Index idx_order_items_order_id");
  await bench.commitAll(1);
  await bench.reload();
  await tabOf(page).click();
  await expect(problemsOf(page).first()).toBeVisible();
  await expect(problemsOf(page).filter({ hasText: NEEDLESS })).toHaveCount(0);
});

test("a rule is switched off with a reason, and stays so", async ({ page }) => {
  const bench = await Bench.open(page, await newDiagram(page.request, "shop_flow"));
  await tabOf(page).click();
  await page.getByText("Needless reference, key or index").click();
  await page.getByRole("button", { name: "Switch off W04…" }).click();
  const reason = page.getByRole("textbox", { name: "Why W04 does not matter here" });
  await expect(reason).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Say why W04 does not matter here")).toBeVisible();
  await reason.fill("The planner is slow with wide indexes");
  await page.keyboard.press("Enter");
  await expect(problemsOf(page).filter({ hasText: NEEDLESS })).toHaveCount(0);
  await expect(tabOf(page)).toHaveText(/Problems\s*0$/);

  await bench.reload();
  await expect(tabOf(page)).toHaveText(/Problems\s*0$/);
  await tabOf(page).click();
  const off = page.getByRole("region", { name: "Switched off in this browser" });
  await expect(off).toContainText("The planner is slow with wide indexes");
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await off.getByRole("button", { name: "Switch on W04" }).click();
  await expect(problemsOf(page).filter({ hasText: NEEDLESS })).toHaveCount(1);
});

test("what is staged is looked through, and the review tells what it causes", async ({ page }) => {
  const editor = await Editor.at(page, await newDiagram(page.request, "shop_flow"));
  await editor.openTable("orders");
  await editor.makeColumn({ name: "seller", type: "integer" });
  await editor.done();
  await editor.addReference({ from: "orders", to: "users", columns: [["seller", "id"]], onDelete: "Set null" });
  await editor.done();
  await tabOf(page).click();
  const missing = problemsOf(page).filter({ hasText: "orders.seller has no index" });
  await expect(missing).toBeVisible();

  const dialog = await editor.review();
  await expect(dialog).toContainText("orders.seller has no index");
  await expect(dialog).not.toContainText(NEEDLESS);
  await expect(dialog.getByRole("button", { name: /^Commit \d+ changes$/ })).toHaveAttribute("aria-disabled", "false");
  await page.keyboard.press("Escape");

  await missing.getByRole("button", { name: "Fix: index orders.seller" }).click();
  await expect(missing).toHaveCount(0);
  await editor.review();
  await expect(dialog).toContainText("CREATE INDEX");
  await expect(dialog).not.toContainText("orders.seller has no index");
});
