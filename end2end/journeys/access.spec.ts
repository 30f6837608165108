// Everything can be read and reached: axe on every page and state in either theme, and the canvas by keyboard.

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { emailOf, signUp } from "../support/accounts.ts";
import { expect, gotoHydrated, hydrated, test } from "../support/app.ts";
import { Bench } from "../support/bench.ts";
import { History } from "../support/history.ts";
import { newDiagram } from "../support/rpc.ts";

/**
 * Each theme as the system says it, and as the person chooses it against the system. The choice changes colors and
 * nothing else, so it is looked at for contrast.
 */
const THEMES = [
  { name: "light by the system", system: "light", chosen: undefined },
  { name: "dark by the system", system: "dark", chosen: undefined },
  { name: "dark by choice", system: "light", chosen: "dark" },
  { name: "light by choice", system: "dark", chosen: "light" },
] as const;

/** What axe finds, shortly. */
async function problems(page: Page, state: string, onlyContrast: boolean): Promise<string[]> {
  // What is still fading in has no contrast yet.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));
  const axe = new AxeBuilder({ page });
  if (onlyContrast) axe.withRules(["color-contrast"]);
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${state}: ${id} (${help}) at ${node.target.join(" ")}: ${node.failureSummary}`),
  );
}

for (const theme of THEMES) {
  test(`axe finds nothing, ${theme.name}`, async ({ page, context, baseURL, guard }) => {
    test.setTimeout(180_000);
    guard.expect(/404 \(Not Found\)/);
    await page.emulateMedia({ colorScheme: theme.system });
    const found: string[] = [];
    const look = async (state: string) => {
      found.push(...(await problems(page, state, theme.chosen !== undefined)));
    };

    await gotoHydrated(page, "/");
    await look("home without diagrams");
    const diagram = await newDiagram(page.request, "shop_flow");
    const blank = await newDiagram(page.request, "blank");
    const bench = await Bench.open(page, diagram);
    if (theme.chosen) {
      await page.getByRole("button", { name: "Switch between light and dark" }).click();
      await expect(page.locator("html")).toHaveAttribute("data-theme", theme.chosen);
    }
    await look("editor");

    await bench.openTable("order_items");
    await bench.column("order_id").getByRole("button", { name: "More about order_id" }).click();
    for (const more of await bench.panel.getByText(/^(Alias, colour|Order, expressions|NULLs, when)/).all()) await more.click();
    await look("table panel");
    await bench.done();

    await page.getByRole("tab", { name: /^Refs/ }).click();
    await look("list of references");
    await page.getByRole("button", { name: "Add ref", exact: true }).click();
    await look("new reference");
    await bench.panel.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("tab", { name: "DBML" }).click();
    await expect(page.getByRole("textbox", { name: "DBML of the diagram" })).toHaveValue(/Table users/);
    await look("text");
    await page.getByRole("tab", { name: /^Tables/ }).click();

    await bench.addTable("categories");
    await bench.done();
    await bench.openTable("users");
    await bench.renameColumn("name", "full_name");
    await bench.done();
    await page.getByRole("button", { name: "Find table or command" }).click();
    await page.getByRole("combobox", { name: "Find table or command" }).fill("fk_orders_user");
    await look("palette");
    await page.keyboard.press("Enter");
    await bench.canvas.focus();
    await page.keyboard.press("Enter");
    await expect(bench.panel.locator("#ref-name")).toBeVisible();
    await look("reference panel");
    await bench.panel.getByRole("button", { name: "Delete reference" }).click();
    await bench.expectPending("Table categories", "Column users.full_name", "Reference fk_orders_user");
    for (const summary of await bench.pendingItems.getByText("SQL", { exact: true }).all()) await summary.click();
    await look("pending changes");

    await bench.review();
    await look("review");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Export…" }).click();
    for (const format of ["SQL", "DBML", "SVG", "More"]) {
      await page.getByRole("tablist", { name: "Format" }).getByRole("tab", { name: format, exact: true }).click();
      await look(`export as ${format}`);
    }
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Share…" }).click();
    await page.getByText("Show it on another site").click();
    await page.getByLabel("Addresses of the sites that may").fill("https://wiki.example");
    await page.getByRole("button", { name: "Make link" }).click();
    await expect(page.getByLabel("Link", { exact: true })).toBeFocused();
    await page.getByRole("button", { name: /^End link of/ }).click();
    await look("share");
    const link = await page.getByLabel("Link", { exact: true }).inputValue();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Keyboard shortcuts" }).click();
    await look("help");
    await page.keyboard.press("Escape");
    await bench.commitAll(1);
    const history = new History(page);
    await history.open();
    await look("history");
    await history.look(0);
    await look("an earlier revision");
    await history.compareWith.selectOption({ label: "Now (revision 1)" });
    await history.expectDifferences("Table categories", "Column users.full_name", "Reference fk_orders_user");
    await look("a comparison");
    await history.panel.getByRole("tab", { name: "SQL" }).click();
    await look("a comparison as SQL");

    await page.goto(link);
    await page.waitForURL("**/v/*");
    for (const summary of await page.locator(".shared-table > summary").all()) await summary.click();
    await look("shared diagram");
    await page.goto("/v/nothing");
    await look("link that has ended");

    await Bench.open(page, blank);
    await look("empty diagram");
    await gotoHydrated(page, "/");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await look("home with diagrams");
    await gotoHydrated(page, "/nothing-here");
    await look("not found");
    await gotoHydrated(page, "/d/00000000-0000-4000-8000-000000000000");
    await look("no such diagram");
    expect(found).toEqual([]);
  });
}

for (const system of ["light", "dark"] as const) {
  test(`axe finds nothing on the pages of accounts, ${system}`, async ({ page, guard }) => {
    test.setTimeout(120_000);
    guard.expect(/404 \(Not Found\)/);
    guard.expect(/422 \(Unprocessable Entity\)/);
    await page.emulateMedia({ colorScheme: system });
    const found: string[] = [];
    const look = async (state: string) => {
      found.push(...(await problems(page, state, false)));
    };
    await newDiagram(page.request, "blank");
    await gotoHydrated(page, "/");
    await look("home of a guest");
    await gotoHydrated(page, "/account");
    await look("account of a guest");
    await gotoHydrated(page, "/reset");
    await look("asking for a new password");
    await gotoHydrated(page, `/reset/${"a".repeat(64)}`);
    await look("choosing a new password");
    await gotoHydrated(page, `/setup/${"a".repeat(64)}`);
    await look("setting up");
    await gotoHydrated(page, `/join/${"a".repeat(64)}`);
    await look("no invitation");
    await gotoHydrated(page, "/sign-in");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("The e-mail or the password is wrong.")).toBeVisible();
    await look("signing in with nothing");
    await gotoHydrated(page, "/sign-up");
    await look("signing up");
    await signUp(page, "Ada", emailOf("Ada"));
    await look("home");
    await page.getByRole("button", { name: "New workspace" }).click();
    await look("new workspace");
    await page.getByRole("textbox", { name: "Name" }).fill("Team");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: "Team" })).toBeVisible();
    await hydrated(page);
    await page.getByRole("button", { name: "Make a link" }).click();
    const link = await page.getByLabel(/Whoever has this link/).inputValue();
    await look("workspace");
    await gotoHydrated(page, link);
    await look("invitation");
    await gotoHydrated(page, "/");
    await page.getByRole("button", { name: "Actions for Untitled diagram" }).click();
    await look("menu of a diagram");
    await page.getByRole("menuitem", { name: "Move to another workspace…" }).click();
    await look("moving a diagram");
    await gotoHydrated(page, "/account");
    await look("account");
    expect(found).toEqual([]);
  });
}

test("the canvas is read and walked through by keyboard", async ({ page }) => {
  const bench = await Bench.open(page, await newDiagram(page.request, "shop_flow"));
  // The first stop of the page leads past everything to the canvas.
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to canvas" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(bench.canvas).toBeFocused();

  const tables = bench.canvas.getByRole("list", { name: "Tables in view" });
  await expect(tables.getByRole("button", { name: /^Table / })).toHaveText([
    "Table order_items",
    "Table orders",
    "Table products",
    "Table users",
  ]);
  await expect(bench.canvas.getByRole("list", { name: "References in view" }).getByRole("button")).toHaveCount(3);

  for (const name of ["order_items", "orders", "products", "users"]) {
    await page.keyboard.press(name === "order_items" ? "ControlOrMeta+ArrowRight" : "Tab");
    const entry = tables.getByRole("button", { name: `Table ${name}`, exact: true });
    await expect(entry).toBeFocused();
    await expect(entry).toHaveAttribute("aria-pressed", "true");
    await expect(bench.spoken).toContainText(name);
  }
  // One stop at a time: nothing else in the canvas can be reached by Tab.
  await expect(bench.canvas.locator('[tabindex="0"]')).toHaveCount(1);
  await page.keyboard.press("ControlOrMeta+ArrowDown");
  await expect(bench.spoken).toContainText("id");
  await expect(page.locator(":focus")).toHaveAccessibleName(/id/);
  await page.keyboard.press("Shift+Tab");
  await expect(tables.getByRole("button", { name: "Table products", exact: true })).toBeFocused();

  // Moving is said and undone like everything else.
  const before = await bench.tableRect("products");
  await page.keyboard.press("ArrowRight");
  await expect.poll(async () => (await bench.tableRect("products")).x).toBeGreaterThan(before.x);
  await page.keyboard.press("ControlOrMeta+z");
  await expect.poll(async () => (await bench.tableRect("products")).x).toBe(before.x);

  await page.keyboard.press("Delete");
  await expect(bench.spoken).toContainText("Delete products. 2 pending changes");
  await bench.expectPending("Table products", "Reference fk_order_items_product");
  await page.keyboard.press("ControlOrMeta+z");
  await expect(bench.spoken).toContainText("Undone: delete products");
});

test("Tab leaves the canvas after the last table or with none selected, and Enter and Esc lead into the panel and back", async ({ page }) => {
  const bench = await Bench.open(page, await newDiagram(page.request, "shop_flow"));
  await bench.canvas.focus();
  await page.keyboard.press("ControlOrMeta+ArrowRight");
  for (let table = 1; table < 4; table += 1) await page.keyboard.press("Tab");
  const users = bench.canvas.getByRole("button", { name: "Table users", exact: true });
  await expect(users).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(bench.panel.locator("#table-name")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(bench.panel).toHaveCount(0);
  await expect(users).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(bench.canvas.locator(":focus")).toHaveCount(0);
  await page.keyboard.press("Shift+Tab");
  await expect(users).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(bench.canvas).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Zoom out" })).toBeFocused();
});

test("the button on an empty canvas takes Enter and Space", async ({ page }) => {
  for (const key of ["Enter", "Space"]) {
    const bench = await Bench.open(page, await newDiagram(page.request, "blank"));
    await bench.canvas.getByRole("button", { name: "New table" }).focus();
    await page.keyboard.press(key);
    await bench.expectPending("Table table_1");
    await expect(bench.panel.locator("#table-name")).toBeFocused();
  }
});

test("the focus stays where work goes on", async ({ page }) => {
  const bench = await Bench.open(page, await newDiagram(page.request, "shop_flow"));
  const anywhere = page.locator(":focus");

  // With the column that is moved by key.
  await bench.openTable("users");
  const names = bench.panel.getByRole("textbox", { name: "Name", exact: true });
  const second = await names.nth(2).inputValue();
  await names.nth(2).focus();
  await page.keyboard.press("Alt+ArrowUp");
  await expect(names.nth(1)).toHaveValue(second);
  await expect(names.nth(1)).toBeFocused();

  // In the panel that follows what was found.
  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.type("orders");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("complementary", { name: "Table orders" }).locator(":focus")).toHaveCount(1);
  await bench.done();

  // In the list whose item is undone.
  await bench.pendingItems.getByRole("button", { name: /^Discard/ }).first().focus();
  await page.keyboard.press("ControlOrMeta+z");
  await bench.expectPending();
  await expect(bench.pending.getByRole("button", { name: "Pending changes" })).toBeFocused();

  // On the page when a message goes, and in the sidebar when its form does.
  await bench.toasts.getByRole("button", { name: "Dismiss" }).focus();
  await page.keyboard.press("Enter");
  await expect(anywhere).toHaveCount(1);
  await page.getByRole("button", { name: "New schema" }).press("Enter");
  await expect(page.getByRole("textbox", { name: "Name of the new schema" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "New schema" })).toBeFocused();
});

test("the list of tables folds without saying that there are none, and can be called up in a narrow window", async ({ page }) => {
  const bench = await Bench.open(page, await newDiagram(page.request, "shop_flow"));
  await bench.row("public").click();
  await expect(bench.row("users")).toHaveCount(0);
  await expect(page.getByText("No tables yet.")).toHaveCount(0);
  await page.getByRole("searchbox", { name: /^Search tables/ }).fill("email");
  await expect(bench.row("users")).toBeVisible();

  await page.setViewportSize({ width: 320, height: 640 });
  const schema = page.getByRole("navigation", { name: "Schema" });
  await expect(schema).toBeHidden();
  await page.getByRole("button", { name: "Tables and references" }).click();
  await expect(schema.getByRole("button", { name: "New schema" })).toBeVisible();
  await schema.getByRole("button", { name: "New schema" }).press("Escape");
  await expect(schema).toBeHidden();
  await expect(page.getByRole("button", { name: "Tables and references" })).toBeFocused();
});

test("a form in the panel is left with Esc, and the panel after it", async ({ page }) => {
  const bench = await Bench.open(page, await newDiagram(page.request, "shop_flow"));
  await bench.openTable("users");
  for (const [button, form] of [["Add index", "New index"], ["Add unique", "New unique constraint"], ["Add check", "New check"]] as const) {
    await bench.panel.getByRole("button", { name: button }).click();
    await expect(bench.panel.getByRole("group", { name: form, exact: true })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(bench.panel.getByRole("group", { name: form, exact: true })).toHaveCount(0);
    await expect(bench.panel.getByRole("button", { name: button })).toBeFocused();
  }
  await page.keyboard.press("Escape");
  await expect(bench.panel).toHaveCount(0);
  await expect(bench.pending).toContainText("Nothing is pending");
});

test("a dialog keeps the focus and gives it back", async ({ page }) => {
  const bench = await Bench.open(page, await newDiagram(page.request, "shop_flow"));
  const exports = page.getByRole("button", { name: "Export…" });
  for (const [opener, dialog] of [
    [exports, "Export"],
    [page.getByRole("button", { name: "Keyboard shortcuts" }), "Keyboard shortcuts"],
    [page.getByRole("button", { name: "Find table or command" }), "Find table or command"],
  ] as const) {
    await opener.focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog", { name: dialog })).toBeVisible();
    await expect(page.getByRole("dialog").locator(":focus")).toHaveCount(1);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(opener).toBeFocused();
  }
  await expect(bench.canvas).toBeVisible();
});
