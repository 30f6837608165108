// Staged edits: kept through reloads and crashes, shared by tabs, taken back, discarded, and safe when a commit is not.

import { readlink, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page } from "@playwright/test";
import config from "../playwright.config.ts";
import { teammate } from "../support/accounts.ts";
import { expect, gotoHydrated, test } from "../support/app.ts";
import { Bench, holdNews } from "../support/bench.ts";
import { choose } from "../support/home.ts";
import { newDiagram, open } from "../support/rpc.ts";
import { isAlive, Server } from "../support/server.ts";

/** The sample, new and of the page's own session. */
async function openSample(page: Page): Promise<Bench> {
  return Bench.open(page, await newDiagram(page.request, "shop_flow"));
}

function diagramOf(page: Page): string {
  return new URL(page.url()).pathname.split("/").at(-1)!;
}

test("staged edits and their history survive a reload", async ({ page }) => {
  const bench = await openSample(page);
  await bench.addTable("categories");
  await bench.addColumn("slug", "text");
  await bench.done();
  await bench.expectPending("Table categories");
  await bench.expectKept(1);

  await bench.reload();
  await bench.expectPending("Table categories");
  await expect(bench.row("categories")).toBeVisible();
  await page.keyboard.press("ControlOrMeta+z");
  await expect(bench.item("Table categories").getByText("slug text", { exact: true })).toHaveCount(0);
  await bench.expectKept(1);

  await bench.reload();
  await page.keyboard.press("ControlOrMeta+Shift+z");
  await expect(bench.item("Table categories").getByText("slug text", { exact: true })).toBeVisible();
});

test("staged edits survive a killed browser", async ({ app }) => {
  const folder = await mkdtemp(join(tmpdir(), "crowfoot-profile-"));
  const launch = () => chromium.launchPersistentContext(folder, { ...config.use?.launchOptions, baseURL: app.baseURL });
  // Chromium writes cookies half a minute late, so the visitor is one who has been here before.
  let browser = await launch();
  const diagram = await newDiagram(browser.request, "shop_flow");
  const first = await Bench.open(await browser.newPage(), diagram);
  await expect(first.saveState).toHaveText(/^Saved|^Nothing/);
  await browser.close();

  browser = await launch();
  const bench = await Bench.open(await browser.newPage(), diagram);
  await bench.addTable("categories");
  await bench.expectKept(1);
  await kill(browser, folder);

  browser = await launch();
  const again = await Bench.open(await browser.newPage(), diagram);
  await again.expectPending("Table categories");
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

/** Ends the browser as a crash does. It names its own process in its profile. */
async function kill(browser: BrowserContext, folder: string): Promise<void> {
  const pid = Number((await readlink(join(folder, "SingletonLock"))).split("-").at(-1));
  const closed = browser.waitForEvent("close");
  process.kill(pid, "SIGKILL");
  await closed;
  await expect.poll(() => isAlive(pid)).toBe(false);
}

test("two tabs of one diagram share what is staged", async ({ page, context }) => {
  const one = await openSample(page);
  const two = await Bench.open(await context.newPage(), diagramOf(page));
  await one.addTable("categories");
  await one.done();
  await two.expectPending("Table categories");
  await expect(two.row("categories")).toBeVisible();

  await two.addTable("brands");
  await two.done();
  await one.expectPending("Table categories", "Table brands");
  // The history is shared as well: the other tab undoes what this one did.
  await page.keyboard.press("ControlOrMeta+z");
  await page.keyboard.press("ControlOrMeta+z");
  await one.expectPending("Table categories");
  await two.expectPending("Table categories");
});

test("a commit in one tab is followed by the other", async ({ page, context }) => {
  const one = await openSample(page);
  const two = await Bench.open(await context.newPage(), diagramOf(page));
  await one.addTable("categories");
  await one.done();
  await two.expectPending("Table categories");
  await one.commitAll(1);
  await two.expectPending();
  await expect(two.saveState).toHaveText("Saved as revision 1");
  await expect(two.row("categories")).toBeVisible();
});

test("undo and redo go through every gesture, and a commit makes the inverse pending", async ({ page }) => {
  const bench = await openSample(page);
  await bench.openTable("users");
  await bench.addColumn("phone", "varchar(20)");
  await bench.done();
  await bench.addTable("categories");
  await bench.done();
  await bench.expectPending("Column users.phone", "Table categories");

  const undo = page.getByRole("button", { name: /^Undo/ }).first();
  const redo = page.getByRole("button", { name: /^Redo/ }).first();
  // Add column, its name, its type; add table, its name.
  for (let gesture = 0; gesture < 5; gesture += 1) await undo.click();
  await bench.expectPending();
  await expect(undo).toHaveAttribute("aria-disabled", "true");
  for (let gesture = 0; gesture < 5; gesture += 1) await redo.click();
  await expect(redo).toHaveAttribute("aria-disabled", "true");
  await bench.expectPending("Column users.phone", "Table categories");

  await bench.commitAll(1);
  await bench.expectPending();
  await undo.click();
  await undo.click();
  await bench.expectPending("Table categories");
  await expect(bench.item("Table categories")).toContainText("removed");
});

test("× and Esc take back what was done since the panel was opened, and Undo brings it again", async ({ page }) => {
  const bench = await openSample(page);
  await bench.openTable("orders");
  await bench.addColumn("note", "text");
  await bench.done();

  for (const leave of ["Take back and close", "Escape"]) {
    await bench.openTable("users");
    await bench.addColumn("phone", "varchar(20)");
    await bench.rename("people");
    await bench.expectPending("Column orders.note", "Column people.phone", "Table people");
    if (leave === "Escape") await bench.panel.press("Escape");
    else await bench.panel.getByRole("button", { name: leave }).click();
    await expect(bench.panel).toHaveCount(0);
    // What was staged before the panel was opened stays.
    await bench.expectPending("Column orders.note");
    await expect(bench.toasts).toContainText("Take back changes to people");
    await bench.toasts.getByRole("button", { name: "Undo" }).click();
    await bench.expectPending("Column orders.note", "Column people.phone", "Table people");
    await page.keyboard.press("ControlOrMeta+Shift+z");
    await bench.expectPending("Column orders.note");
  }
});

test("Done, and selecting something else, keep what is staged", async ({ page }) => {
  const bench = await openSample(page);
  await bench.openTable("users");
  await bench.addColumn("phone", "varchar(20)");
  await bench.row("orders").first().click();
  await expect(page.getByRole("complementary", { name: "Table orders" })).toBeVisible();
  await bench.panel.getByRole("button", { name: "Take back and close" }).click();
  await bench.expectPending("Column users.phone");
  await bench.openTable("users");
  await bench.done();
  await bench.expectPending("Column users.phone");
});

test("discarding one change names what goes with it, and all of them can be discarded", async ({ page }) => {
  const bench = await openSample(page);
  await bench.addTable("categories");
  await bench.done();
  await bench.openTable("products");
  await bench.addColumn("category_id", "integer");
  await bench.panel.getByRole("button", { name: "Add reference products.category_id → categories.id" }).click();
  await bench.done();
  const reference = "Reference products_category_id_fkey";
  await bench.expectPending("Table categories", "Column products.category_id", reference);

  await bench.item("Table categories").getByRole("button", { name: "Discard Table categories" }).click();
  const question = bench.pending.getByRole("group", { name: "Discard with what depends on it" });
  await expect(question.getByRole("listitem")).toHaveText([reference]);
  await question.getByRole("button", { name: "Keep" }).click();
  await expect(question).toHaveCount(0);
  await bench.item("Table categories").getByRole("button", { name: "Discard Table categories" }).click();
  await question.getByRole("button", { name: "Discard 2 changes" }).click();
  await bench.expectPending("Column products.category_id");
  await page.keyboard.press("ControlOrMeta+z");
  await bench.expectPending("Table categories", "Column products.category_id", reference);

  await bench.pending.getByRole("button", { name: "Discard all…" }).click();
  await bench.pending.getByRole("button", { name: "Keep" }).click();
  await bench.pending.getByRole("button", { name: "Discard all…" }).click();
  await bench.pending.getByRole("button", { name: "Discard all", exact: true }).click();
  await bench.expectPending();
  await expect(bench.pending).toContainText("Nothing is pending");
  await bench.toasts.getByRole("button", { name: "Undo" }).click();
  await bench.expectPending("Table categories", "Column products.category_id", reference);
});

test("a refused commit changes nothing, keeps the list and marks what failed", async ({ app, page }) => {
  const bench = await openSample(page);
  const diagram = diagramOf(page);
  const { database } = await open(page.request, diagram);
  const before = await app.dumpSchema(database!.name);
  await bench.addTable("categories");
  await bench.done();
  await bench.openTable("products");
  await bench.addColumn("sku", "text");
  await bench.column("sku").getByRole("checkbox", { name: "Not null" }).check();
  await bench.done();
  const staged = ["Table categories", "Column products.sku"];
  await bench.expectPending(...staged);

  const dialog = await bench.review();
  await bench.pressCommit();
  await expect(dialog).toContainText('column "sku" of relation "products" contains null values');
  await expect(dialog).toContainText("Nothing was changed");
  const failed = dialog.getByTestId("review-item").filter({ hasText: "This is what failed" });
  await expect(failed).toHaveCount(1);
  await expect(failed).toContainText("Column products.sku");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await bench.expectPending(...staged);
  expect((await open(page.request, diagram)).revision).toBe(0);
  expect(withoutSecrets(await app.dumpSchema(database!.name))).toBe(withoutSecrets(before));

  // What failed is put right, and the same list goes through.
  await bench.openTable("products");
  await bench.column("sku").getByRole("checkbox", { name: "Not null" }).uncheck();
  await bench.done();
  await bench.commitAll(1);
  expect(await app.dumpSchema(database!.name)).toContain("sku text");
});

/** pg_dump begins and ends with a word of its own making. */
function withoutSecrets(dump: string): string {
  return dump.replaceAll(/^\\(un)?restrict .*$/gm, "");
}

for (const [point, leaves] of [
  ["between-statements", "nothing done"],
  ["after-commit", "the database changed and the store not"],
] as const) {
  test(`a server killed with ${leaves} is asked again after its start`, async ({ browser }) => {
    const server = await Server.start({ env: { CROWFOOT_KILL_AT: point } });
    const context = await browser.newContext({ baseURL: server.baseURL });
    const commits: string[] = [];
    context.on("request", (request) => {
      if (request.url().endsWith("/rpc/commit")) commits.push(request.postDataJSON().request.commit_id);
    });
    const bench = await openSample(await context.newPage());
    await bench.addTable("categories");
    await bench.done();
    await bench.addTable("brands");
    await bench.done();
    const dialog = await bench.review();
    await bench.pressCommit();
    await server.ended();
    await expect(dialog).toContainText("Trying again is safe");
    await bench.expectPending("Table categories", "Table brands");

    await server.launch();
    await dialog.getByRole("button", { name: "Try again" }).click();
    await expect(dialog.getByText("Saved as revision 1")).toBeVisible({ timeout: 30_000 });
    await bench.expectPending();
    expect(new Set(commits).size, "one commit, sent more than once").toBe(1);
    expect(commits.length).toBeGreaterThan(1);
    await expectBoth(server, bench.page);
    await context.close();
    await server.dispose();
  });
}

test("a page that was closed while it committed learns what happened when it opens again", async ({ browser }) => {
  const server = await Server.start({ env: { CROWFOOT_KILL_AT: "after-commit" } });
  const context = await browser.newContext({ baseURL: server.baseURL });
  const bench = await openSample(await context.newPage());
  await bench.addTable("categories");
  await bench.done();
  const dialog = await bench.review();
  await bench.pressCommit();
  await server.ended();
  await expect(dialog).toContainText("Trying again is safe");
  await server.launch();
  await bench.reload();
  await expect(bench.saveState).toHaveText("Saved as revision 1", { timeout: 30_000 });
  await bench.expectPending();
  await expectBoth(server, bench.page);
  await context.close();
  await server.dispose();
});

test("a page that cannot open the revision of its own commit keeps all until it can", async ({ page, guard }) => {
  guard.expect(/ERR_FAILED/);
  const bench = await openSample(page);
  await bench.addTable("categories");
  await bench.done();
  await bench.expectBackedUp(1);
  // The commit does not get through, so that the page finds it on its way when it opens again.
  await page.route("**/rpc/commit", (route) => route.abort(), { times: 1 });
  const dialog = await bench.review();
  await bench.pressCommit();
  await expect(dialog).toContainText("Trying again is safe");
  await page.route("**/rpc/open_diagram", (route) => route.abort());
  await bench.reload();
  await expect(bench.toasts).toContainText("Saved as revision 1, which could not be opened");
  await bench.expectPending("Table categories");
  await expect(bench.row("users")).toBeVisible();

  await page.unroute("**/rpc/open_diagram");
  await bench.review();
  await dialog.getByRole("button", { name: "Try again" }).click();
  await expect(dialog.getByText("Saved as revision 1")).toBeVisible();
  await bench.expectPending();
  await bench.reload();
  await bench.expectPending();
});

/** Store and database agree on revision 1, which has a table of categories. */
async function expectBoth(server: Server, page: Page): Promise<void> {
  const snapshot = await open(page.request, diagramOf(page));
  expect(snapshot.revision).toBe(1);
  expect(Object.values(snapshot.schema.tables).map((table) => table.name)).toContain("categories");
  expect(await server.psql("select count(*) from categories", snapshot.database!.name)).toBe("0");
}

test("who commits second is told of the conflict, and keeps the rest", async ({
  page,
  browser,
  baseURL,
  guard,
}) => {
  guard.expect(/409 \(Conflict\)/);
  await holdNews(page);
  const first = await openSample(page);
  const diagram = diagramOf(page);
  const bo = await teammate(browser, baseURL!, page, diagram, "Bo");
  const second = await Bench.open(bo.page, diagram);

  await first.openTable("users");
  await first.renameColumn("name", "full_name");
  await first.done();
  await first.addTable("categories");
  await first.done();
  await second.openTable("users");
  await second.renameColumn("name", "display_name");
  await second.done();
  await second.commitAll(1);

  const dialog = await first.review();
  await first.pressCommit();
  await expect(dialog).toContainText("Revision 1 was saved meanwhile");
  await expect(dialog).toContainText("Column users.display_name: Both changed the name in revision 1.");
  await first.expectPending("Column users.full_name", "Table categories");
  await dialog.getByRole("button", { name: "Update to revision 1 and keep my changes" }).click();
  await page.keyboard.press("Escape");
  await first.expectPending("Table categories");
  const conflict = page.getByTestId("conflict");
  for (const [term, name] of [["Was", "name"], ["Revision 1", "display_name"], ["Yours", "full_name"]]) {
    const side = conflict.locator("dl > div").filter({ has: page.getByText(term!, { exact: true }) });
    await expect(side.locator("dd")).toHaveText(name!);
  }
  await conflict.getByRole("button", { name: "Keep saved" }).click();
  await expect(conflict).toHaveCount(0);
  await first.commitAll(2);

  // What does not touch the same things needs no question.
  await second.addTable("brands");
  await second.done();
  const theirs = await second.review();
  await second.pressCommit();
  await expect(theirs.getByText("Saved as revision 3")).toBeVisible();
  await expect(second.row("categories")).toBeVisible();
  await bo.context.close();
});

test("a page whose program has stopped is loaded anew, with what was staged", async ({ page }) => {
  const bench = await openSample(page);
  await bench.addTable("categories");
  await bench.done();
  await bench.expectKept(1);
  // What a panic does to the page, and a mark that does not outlive it.
  await page.evaluate(() => document.documentElement.setAttribute("data-crashed", "true"));
  const notice = page.getByRole("alert").filter({ hasText: "stopped because of a defect" });
  await expect(notice).toContainText("Your staged edits are kept on this device");
  await notice.getByRole("link", { name: "Reload the page" }).click();
  await expect(page.locator("html")).not.toHaveAttribute("data-crashed");
  await bench.ready();
  await bench.expectPending("Table categories");
});

test("a page whose program cannot be fetched says so at once", async ({ page, guard }) => {
  guard.expect(/ERR_FAILED|Failed to fetch/);
  const bench = await openSample(page);
  await bench.addTable("categories");
  await bench.expectKept(1);
  const programs = /\.wasm$/;
  await page.route(programs, (route) => route.abort());
  for (const path of [new URL(page.url()).pathname, "/"]) {
    await page.goto(path);
    await expect(page.getByRole("alert").filter({ hasText: "The page has not started" })).toBeVisible({ timeout: 5_000 });
  }
  await page.unroute(programs);
  await page.goBack();
  await bench.ready();
  await expect(page.getByText("The page has not started")).toBeHidden();
  await bench.expectPending("Table categories");
});

test("undo works from the field that has the focus, unless something is being typed in it", async ({ page }) => {
  const bench = await openSample(page);
  await bench.canvas.focus();
  await page.keyboard.press("t");
  const name = bench.panel.locator("#table-name");
  await expect(name).toBeFocused();
  await page.keyboard.type("x");
  await page.keyboard.press("ControlOrMeta+z");
  await expect(bench.panel).toHaveCount(1);
  await bench.rename("brands");
  await name.focus();
  await page.keyboard.press("ControlOrMeta+z");
  await expect(name).not.toHaveValue("brands");
  await page.keyboard.press("ControlOrMeta+z");
  await bench.expectPending();
  await expect(bench.panel).toHaveCount(0);
  // The focus is not lost with the panel.
  await expect(bench.canvas).toBeFocused();
});

test("deleted diagrams can each be brought back", async ({ page }) => {
  for (let diagram = 0; diagram < 2; diagram += 1) await newDiagram(page.request, "blank");
  await gotoHydrated(page, "/");
  const rows = page.getByRole("list", { name: "Diagrams" }).getByRole("listitem");
  const before = await rows.count();
  const undo = page.getByRole("button", { name: /^Undo the deletion of/ });
  for (let deleted = 1; deleted <= 2; deleted += 1) {
    await choose(rows.first(), "Delete");
    await expect(undo).toHaveCount(deleted);
    await expect(rows).toHaveCount(before - deleted);
  }
  for (let left = 1; left >= 0; left -= 1) {
    await undo.last().click();
    await expect(undo).toHaveCount(left);
  }
  await expect(rows).toHaveCount(before);
});
