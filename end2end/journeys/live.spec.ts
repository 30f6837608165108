// Several people, tabs and devices in one diagram: what one does appears at the others, and nothing is lost when the
// server or the diagram goes away.

import AxeBuilder from "@axe-core/playwright";
import { type Browser, type BrowserContext, type Page } from "@playwright/test";
import { somebodyElse, teammate } from "../support/accounts.ts";
import { expect, test } from "../support/app.ts";
import { Bench } from "../support/bench.ts";
import { History } from "../support/history.ts";
import { call, newDiagram } from "../support/rpc.ts";
import { Server } from "../support/server.ts";

/** The same person at another device: the same session, a browser that keeps edits of its own. */
async function atAnotherDevice(browser: Browser, context: BrowserContext, baseURL: string): Promise<BrowserContext> {
  return browser.newContext({ baseURL, storageState: await context.storageState() });
}

function avatars(page: Page) {
  return page.getByTestId("people").getByRole("listitem");
}

/** Where a table stands in the world, as far as the picture tells. */
async function placeOf(bench: Bench, table: string): Promise<{ x: number; y: number }> {
  const [box, area, camera] = [await bench.tableRect(table), await bench.canvas.boundingBox(), await bench.camera()];
  return {
    x: Math.round((box.x - area!.x) / camera.zoom + camera.x),
    y: Math.round((box.y - area!.y) / camera.zoom + camera.y),
  };
}

async function expectSamePlace(one: Bench, other: Bench, table: string): Promise<void> {
  await expect(async () => {
    const [here, there] = [await placeOf(one, table), await placeOf(other, table)];
    expect(Math.hypot(here.x - there.x, here.y - there.y), JSON.stringify([here, there])).toBeLessThan(3);
  }).toPass({ timeout: 5_000 });
}

test("what one saves, moves and renames appears at the others at once", async ({ page, context, browser, app }) => {
  const diagram = await newDiagram(page.request, "shop_flow");
  const anna = await Bench.open(page, diagram);
  const theirs = await somebodyElse(browser, app, diagram);
  const ben = await Bench.open(await theirs.newPage(), diagram);

  // A commit, while something else is staged there.
  await ben.addTable("brands");
  await ben.done();
  await anna.addTable("categories");
  await anna.done();
  await anna.commitAll(1);
  await expect(ben.row("categories")).toBeVisible();
  await expect(ben.toasts).toContainText("Guest saved revision 1");
  await expect(ben.spoken).toHaveText("Guest saved revision 1");
  await ben.expectPending("Table brands");
  await expect(anna.toasts).not.toContainText("Guest saved");

  // A move, which is no revision; not of a table that is under the hand.
  for (const bench of [anna, ben]) {
    const fold = bench.pending.getByRole("button", { name: "Pending changes" });
    if ((await fold.getAttribute("aria-expanded")) === "true") await fold.click();
    await bench.page.getByRole("button", { name: "Show everything" }).click();
  }
  const before = await placeOf(ben, "users");
  const users = await anna.tableRect("users");
  await anna.drag({ x: users.x + 40, y: users.y + 8 }, { x: users.x + 100, y: users.y + 48 });
  await expectSamePlace(anna, ben, "users");
  expect(await placeOf(ben, "users")).not.toEqual(before);

  const held = await ben.tableRect("users");
  await ben.page.mouse.move(held.x + 40, held.y + 8);
  await ben.page.mouse.down();
  await ben.page.mouse.move(held.x + 90, held.y + 8, { steps: 4 });
  const underHand = await placeOf(ben, "users");
  const again = await anna.tableRect("users");
  await anna.drag({ x: again.x + 40, y: again.y + 8 }, { x: again.x + 40, y: again.y + 60 });
  const orders = await anna.tableRect("orders");
  const ordersBefore = await placeOf(ben, "orders");
  await anna.drag({ x: orders.x + 40, y: orders.y + 8 }, { x: orders.x + 70, y: orders.y + 30 });
  await expect.poll(() => placeOf(ben, "orders")).not.toEqual(ordersBefore);
  expect(await placeOf(ben, "users"), "what is held stays under the hand").toEqual(underHand);
  await ben.page.mouse.up();
  await expectSamePlace(ben, anna, "users");
  await expectSamePlace(ben, anna, "orders");
  await ben.reload();
  await expectSamePlace(ben, anna, "users");
  await expect(anna.saveState).toHaveText("Saved as revision 1");

  // A name.
  const name = page.getByRole("textbox", { name: "Name of the diagram" });
  await name.fill("Our shop");
  await name.press("Enter");
  await expect(ben.page.getByRole("textbox", { name: "Name of the diagram" })).toHaveValue("Our shop");
  await theirs.close();
});

test("two tabs are one person, and people come and go", async ({ page, context, browser, app, baseURL }) => {
  const diagram = await newDiagram(page.request, "blank");
  const anna = await Bench.open(page, diagram);
  const device = await atAnotherDevice(browser, context, baseURL!);
  const tablet = await Bench.open(await device.newPage(), diagram);
  const theirs = await somebodyElse(browser, app, diagram);
  const ben = await Bench.open(await theirs.newPage(), diagram);
  for (const bench of [anna, tablet, ben]) {
    await expect(bench.page.getByRole("list", { name: "1 other person here: Guest" })).toBeVisible();
    await expect(avatars(bench.page)).toHaveCount(1);
  }
  const hue = (bench: Bench) => avatars(bench.page).evaluate((it) => getComputedStyle(it).backgroundColor);
  // The colors of a person are the same everywhere.
  expect(await hue(anna)).toEqual(await hue(tablet));
  expect(await hue(anna)).not.toEqual(await hue(ben));
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    const { violations } = await new AxeBuilder({ page }).include("header").analyze();
    expect(violations.map((it) => it.id), scheme).toEqual([]);
  }
  await device.close();
  await expect(avatars(ben.page)).toHaveCount(1);
  await theirs.close();
  await expect(page.getByTestId("people")).toHaveCount(0);
});

test("a commit in one tab reaches another tab and another person with everything staged there", async ({
  page,
  context,
  browser,
  app,
}) => {
  const diagram = await newDiagram(page.request, "shop_flow");
  const one = await Bench.open(page, diagram);
  const two = await Bench.open(await context.newPage(), diagram);
  const theirs = await somebodyElse(browser, app, diagram);
  const three = await Bench.open(await theirs.newPage(), diagram);
  await three.addTable("brands");
  await three.done();
  for (const [revision, name] of [[1, "categories"], [2, "vouchers"], [3, "returns"]] as const) {
    const bench = revision === 2 ? two : one;
    await bench.addTable(name);
    await bench.done();
    await bench.commitAll(revision);
    for (const other of [one, two, three]) await expect(other.row(name)).toBeVisible();
    for (const other of [one, two]) {
      await expect(other.saveState).toHaveText(`Saved as revision ${revision}`);
      await other.expectPending();
    }
    await three.expectPending("Table brands");
  }
  await three.commitAll(4);
  for (const other of [one, two]) await expect(other.row("brands")).toBeVisible();
  await theirs.close();
});

test("the server goes away and comes back: editing goes on, and everybody catches up", async ({ browser, guard }) => {
  guard.expect(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket connection/);
  const server = await Server.start();
  const context = await browser.newContext({ baseURL: server.baseURL });
  const diagram = await newDiagram(context.request, "shop_flow");
  const one = await Bench.open(await context.newPage(), diagram);
  const device = await atAnotherDevice(browser, context, server.baseURL);
  const other = await Bench.open(await device.newPage(), diagram);

  for (const [round, signal] of (["SIGTERM", "SIGKILL"] as const).entries()) {
    await server.end(signal);
    for (const bench of [one, other]) {
      await expect(bench.page.getByTestId("offline")).toHaveText("Offline: changes are kept on this device");
      await expect(bench.page.getByTestId("offline")).toBeVisible();
      await expect(bench.saveState).toBeHidden();
    }
    const name = `made_offline_${round}`;
    await one.addTable(name);
    await one.done();
    await one.expectKept(1);
    await server.launch();
    for (const bench of [one, other]) await expect(bench.page.getByTestId("offline")).toHaveCount(0, { timeout: 30_000 });
    await expect(one.toasts).toContainText("Back online");
    await one.commitAll(round + 1);
    await expect(other.row(name)).toBeVisible();
  }
  await context.close();
  await device.close();
  await server.dispose();
});

test("a deleted diagram says so elsewhere, and what was staged can be taken along", async ({
  page,
  context,
  browser,
  baseURL,
}) => {
  const diagram = await newDiagram(page.request, "shop_flow");
  const bench = await Bench.open(page, diagram);
  await bench.addTable("categories");
  await bench.done();
  await bench.expectKept(1);
  const device = await atAnotherDevice(browser, context, baseURL!);
  await call(device.request, "delete_diagram", { id: diagram });

  const notice = page.getByTestId("ended");
  await expect(notice).toContainText("This diagram was deleted");
  await expect(notice).toContainText("Your staged change stays here");
  // Nothing can be changed, by pointer or by keyboard; looking around goes on.
  await expect(page.getByRole("button", { name: "New table" })).toBeHidden();
  await bench.canvas.focus();
  await page.keyboard.press("t");
  await expect(bench.toasts).toContainText("You can view this diagram, not edit it");
  await bench.expectPending("Table categories");
  await page.keyboard.press("ControlOrMeta+z");
  await bench.expectPending("Table categories");
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((it) => `${it.id} ${it.nodes.map((node) => node.html)}`), scheme).toEqual([]);
  }
  await notice.getByRole("button", { name: "Export…" }).click();
  const dialog = page.getByRole("dialog", { name: /Export/ });
  await expect(dialog).toBeVisible();
  await expect(dialog).toContainText("categories");
  await page.keyboard.press("Escape");

  // Whoever deleted it brings it back, and everything is as it was.
  await call(device.request, "restore_diagram", { id: diagram });
  await notice.getByRole("link", { name: "Try again" }).click();
  await bench.ready();
  await expect(notice).toHaveCount(0);
  await bench.expectPending("Table categories");
  await bench.commitAll(1);
  await device.close();
});

test("who loses access in the midst of an edit is told and keeps what was staged", async ({ page, browser, app }) => {
  const diagram = await newDiagram(page.request, "blank");
  const theirs = await somebodyElse(browser, app, diagram);
  const ben = await Bench.open(await theirs.newPage(), diagram);
  await ben.addTable("mine");
  await ben.done();
  // Otherwise the server may refuse the copy before it tells of the access.
  await ben.expectBackedUp(1);
  await app.psql(`delete from membership using diagram
    where diagram.id = '${diagram}' and membership.workspace_id = diagram.workspace_id and role = 'editor'`);
  const notice = ben.page.getByTestId("ended");
  await expect(notice).toContainText("You no longer have access to this diagram", { timeout: 6_000 });
  await ben.expectPending("Table mine");
  await theirs.close();
});

test("people go by their names, and what they may do follows", async ({ page, browser, baseURL, guard }) => {
  // The guest who made the diagram becomes somebody with an account, whose session is another one.
  guard.expect(/WebSocket connection/);
  const diagram = await newDiagram(page.request, "blank");
  const host = await Bench.open(page, diagram);
  const bo = await teammate(browser, baseURL!, page, diagram, "Bo");
  const theirs = await Bench.open(bo.page, diagram);
  await expect(page.getByRole("list", { name: "1 other person here: Bo" })).toBeVisible();
  await expect(avatars(bo.page)).toHaveText(["HHost"]);
  await theirs.addTable("categories");
  await theirs.done();
  await theirs.commitAll(1);
  await expect(host.toasts).toContainText("Bo saved revision 1");

  const [{ workspace }] = await call<{ workspace: string }[]>(page.request, "list_diagrams", {});
  const { members } = await call<{ members: { id: string; is_me: boolean }[] }>(page.request, "open_workspace", {
    id: workspace,
  });
  const member = members.find((it) => !it.is_me)!.id;
  await theirs.addTable("brands");
  await theirs.done();
  await call(page.request, "set_role", { id: workspace, member, role: "viewer" });
  await expect(theirs.saveState).toHaveText("View only");
  await expect(theirs.toasts).toContainText("You may only view this diagram now");
  await theirs.expectPending("Table brands");
  await call(page.request, "set_role", { id: workspace, member, role: "editor" });
  await expect(theirs.toasts).toContainText("You may edit this diagram now");
  await theirs.commitAll(2);
  await expect(host.row("brands")).toBeVisible();
  await call(page.request, "remove_member", { id: workspace, member });
  await expect(bo.page.getByTestId("ended")).toContainText("You no longer have access to this diagram");
  await expect(page.getByTestId("people")).toHaveCount(0);
  await bo.context.close();
});

test("what is being typed stays, whatever others save", async ({ page, browser, app }) => {
  const diagram = await newDiagram(page.request, "shop_flow");
  const anna = await Bench.open(page, diagram);
  const theirs = await somebodyElse(browser, app, diagram);
  const ben = await Bench.open(await theirs.newPage(), diagram);
  await ben.openTable("users");
  const name = ben.panel.locator("#table-name");
  await name.fill("");
  await name.pressSequentially("peo");
  await anna.openTable("orders");
  await anna.addColumn("note", "text");
  await anna.done();
  await anna.commitAll(1);
  await expect(ben.toasts).toContainText("Guest saved revision 1");
  await expect(name).toBeFocused();
  await ben.page.keyboard.type("ple");
  await expect(name).toHaveValue("people");
  await ben.page.keyboard.press("Enter");
  await ben.expectPending("Table people");
  await theirs.close();
});

test("an earlier revision stays as it is looked at, whatever others save and move", async ({ page, browser, app }) => {
  const diagram = await newDiagram(page.request, "shop_flow");
  const anna = await Bench.open(page, diagram);
  const theirs = await somebodyElse(browser, app, diagram);
  const ben = await Bench.open(await theirs.newPage(), diagram);
  await anna.addTable("categories");
  await anna.done();
  await anna.commitAll(1);
  await expect(ben.row("categories")).toBeVisible();
  const history = new History(ben.page);
  await history.open();
  await history.look(1);
  const before = await placeOf(ben, "users");
  await anna.page.getByRole("button", { name: "Show everything" }).click();
  const users = await anna.tableRect("users");
  await anna.drag({ x: users.x + 40, y: users.y + 8 }, { x: users.x + 100, y: users.y + 48 });
  await anna.addTable("brands");
  await anna.done();
  await anna.commitAll(2);
  await expect(ben.toasts).toContainText("Guest saved revision 2");
  await expect(ben.row("brands")).toHaveCount(0);
  expect(await placeOf(ben, "users")).toEqual(before);
  await history.backToNow.click();
  await expect(ben.row("brands")).toBeVisible();
  await expectSamePlace(ben, anna, "users");
  await theirs.close();
});

test("news wait for the answer to a commit that is on its way", async ({ page, browser, app }) => {
  const diagram = await newDiagram(page.request, "shop_flow");
  const anna = await Bench.open(page, diagram);
  const theirs = await somebodyElse(browser, app, diagram);
  const ben = await Bench.open(await theirs.newPage(), diagram);
  let letGo = () => {};
  const isLetGo = new Promise<void>((resolve) => (letGo = resolve));
  await ben.page.route("**/rpc/commit", async (route) => {
    await isLetGo;
    await route.continue();
  });
  const asked: string[] = [];
  ben.page.on("request", (request) => request.url().endsWith("/changes_since") && asked.push(request.url()));
  await ben.addTable("brands");
  await ben.done();
  await ben.review();
  await ben.pressCommit();
  await anna.addTable("categories");
  await anna.done();
  await anna.commitAll(1);
  await ben.page.waitForTimeout(1_000);
  expect(asked, "while the commit has no answer").toEqual([]);
  letGo();
  await expect(ben.reviewDialog.getByText("Saved as revision 2")).toBeVisible();
  await ben.page.keyboard.press("Escape");
  for (const bench of [anna, ben]) for (const name of ["brands", "categories"]) await expect(bench.row(name)).toBeVisible();
  await ben.expectPending();
  await theirs.close();
});
