// What is staged is on the server too: other devices go on with it, and a device that has lost everything gets it back.

import type { Browser, BrowserContext } from "@playwright/test";
import { expect, test } from "../support/app.ts";
import { Bench, holdNews } from "../support/bench.ts";
import { newDiagram } from "../support/rpc.ts";
import { Server } from "../support/server.ts";

/** The same person at another device: the same session, a browser that keeps edits of its own. */
async function another(browser: Browser, context: BrowserContext, baseURL: string): Promise<BrowserContext> {
  return browser.newContext({ baseURL, storageState: await context.storageState() });
}

test("what is staged is backed up within a second and a half", async ({ page }) => {
  const bench = await Bench.open(page, await newDiagram(page.request, "shop_flow"));
  const times: number[] = [];
  for (let n = 1; n <= 20; n += 1) {
    const started = Date.now();
    await page.getByRole("button", { name: "New table" }).first().click();
    await bench.expectBackedUp(n);
    times.push(Date.now() - started);
    await bench.done();
  }
  times.sort((a, b) => a - b);
  console.log(`backed up after: median ${times[10]} ms, p95 ${times[18]} ms`);
  expect(times[18]).toBeLessThan(3_000);
  await bench.page.keyboard.press("ControlOrMeta+z");
  await bench.expectBackedUp(19);
});

test("another device goes on with what was staged here", async ({ page, browser, context, baseURL }) => {
  const diagram = await newDiagram(page.request, "shop_flow");
  const one = await Bench.open(page, diagram);
  await one.addTable("categories");
  await one.addColumn("slug", "text");
  await one.done();
  await one.expectBackedUp(1);
  const elsewhere = await another(browser, context, baseURL!);
  const two = await Bench.open(await elsewhere.newPage(), diagram);
  await two.expectPending("Table categories");
  await expect(two.item("Table categories")).toContainText("slug text");
  await expect(two.row("categories")).toBeVisible();
  await two.expectBackedUp(1);

  // It can be undone there as here, and discarding reaches the first device as well.
  await two.page.keyboard.press("ControlOrMeta+z");
  await expect(two.item("Table categories")).not.toContainText("slug text");
  await two.addTable("brands");
  await two.done();
  await two.expectBackedUp(2);
  await one.expectPending("Table categories", "Table brands");
  await one.item("Table categories").getByRole("button", { name: /^Discard/ }).click();
  await one.expectPending("Table brands");
  await one.expectBackedUp(1);
  await two.expectPending("Table brands");

  // A commit here is a commit there, and nothing of it is staged any more.
  await one.commitAll(1);
  await two.expectPending();
  await expect(two.saveState).toHaveText("Saved as revision 1");
  const third = await another(browser, context, baseURL!);
  const fresh = await Bench.open(await third.newPage(), diagram);
  await fresh.expectPending();
  await expect(fresh.saveState).toHaveText("Saved as revision 1");
  await elsewhere.close();
  await third.close();
});

test("two devices that stage at the same moment keep both", async ({ page, browser, context, baseURL }) => {
  const diagram = await newDiagram(page.request, "shop_flow");
  const elsewhere = await another(browser, context, baseURL!);
  const one = await Bench.open(page, diagram);
  const two = await Bench.open(await elsewhere.newPage(), diagram);
  for (let round = 0; round < 3; round += 1) {
    const stage = async (bench: Bench, name: string) => {
      await bench.addTable(name);
      await bench.done();
    };
    await Promise.all([stage(one, `here_${round}`), stage(two, `there_${round}`)]);
  }
  const all = ["here_0", "here_1", "here_2", "there_0", "there_1", "there_2"].map((name) => `Table ${name}`);
  await expect(async () => {
    for (const bench of [one, two]) expect((await bench.pendingTitles()).sort()).toEqual(all);
  }).toPass({ timeout: 20_000 });
  await elsewhere.close();
});

test("what two devices change differently is listed and not lost", async ({ page, browser, context, baseURL }) => {
  const diagram = await newDiagram(page.request, "shop_flow");
  const elsewhere = await another(browser, context, baseURL!);
  const one = await Bench.open(page, diagram);
  const tablet = await elsewhere.newPage();
  await holdNews(tablet);
  const two = await Bench.open(tablet, diagram);
  await one.openTable("users");
  await one.renameColumn("name", "full_name");
  await one.done();
  await one.expectBackedUp(1);
  // This one has not heard of it.
  await two.openTable("users");
  await two.renameColumn("name", "display_name");
  await expect(two.toasts).toContainText("Another device changed the same things");
  await two.expectPending("Column users.full_name");
  await two.expectBackedUp(1);
  const clash = two.page.getByTestId("conflict");
  await expect(clash).toHaveCount(1);
  await expect(page.getByTestId("conflict"), "on every device").toHaveCount(1);
  await elsewhere.close();
});

test("a device that has lost everything gets its edits back", async ({ page }) => {
  const diagram = await newDiagram(page.request, "shop_flow");
  const bench = await Bench.open(page, diagram);
  await bench.addTable("categories");
  await bench.done();
  await bench.openTable("users");
  await bench.renameColumn("name", "full_name");
  await bench.done();
  await bench.expectBackedUp(2);
  await page.goto("/");
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.deleteDatabase("crowfoot");
        request.onsuccess = () => resolve();
        request.onerror = () => reject(request.error);
      }),
  );
  const again = await Bench.open(page, diagram);
  await again.expectPending("Table categories", "Column users.full_name");
  await again.expectBackedUp(2);
  await again.commitAll(1);
});

test("a browser that keeps nothing is backed up all the same", async ({ page, context, browser, baseURL }) => {
  await context.addInitScript(() => Object.defineProperty(window, "indexedDB", { value: null }));
  const diagram = await newDiagram(page.request, "shop_flow");
  const bench = await Bench.open(page, diagram);
  await expect(bench.toasts).toContainText("Changes are kept in this tab only");
  await bench.addTable("categories");
  await bench.done();
  await bench.expectBackedUp(1);
  await bench.reload();
  await bench.expectPending("Table categories");
  const elsewhere = await another(browser, context, baseURL!);
  const two = await Bench.open(await elsewhere.newPage(), diagram);
  await two.expectPending("Table categories");
  await elsewhere.close();
});

test("a browser that may only be read is given up, and the server is not asked without end", async ({ page, context }) => {
  const diagram = await newDiagram(page.request, "shop_flow");
  const bench = await Bench.open(page, diagram);
  await bench.addTable("categories");
  await bench.done();
  await bench.expectBackedUp(1);
  // A full disk: what is there can be read, and nothing can be written.
  await context.addInitScript(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("The disk is full.", "QuotaExceededError");
    };
  });
  await bench.reload();
  const calls: string[] = [];
  page.on("request", (request) => calls.push(request.url().split("/").pop()!));
  await bench.addTable("brands");
  await bench.done();
  await expect(bench.toasts).toContainText("Changes are kept in this tab only");
  await bench.expectBackedUp(2);
  // The next change is told as the first: nothing else is sent in between.
  await bench.addTable("colors");
  await bench.done();
  await bench.expectBackedUp(3);
  const stored = calls.filter((name) => name === "store_draft").length;
  expect(stored, "a call a change, or two").toBeLessThan(12);
  await bench.reload();
  await bench.expectPending("Table categories", "Table brands", "Table colors");
});

test("with the server away editing goes on, and it catches up", async ({ browser }) => {
  const server = await Server.start();
  const context = await browser.newContext({ baseURL: server.baseURL });
  const page = await context.newPage();
  const diagram = await newDiagram(page.request, "shop_flow");
  const bench = await Bench.open(page, diagram);
  await bench.addTable("categories");
  await bench.done();
  await bench.expectBackedUp(1);

  await server.end("SIGKILL");
  await page.getByRole("button", { name: "New table" }).first().click();
  await expect(bench.toasts).toContainText("The server does not answer");
  await bench.rename("brands");
  await bench.done();
  await expect(bench.saveState).toHaveText("2 changes staged on this device");
  await expect(page.getByTestId("offline")).toHaveText("Offline: changes are kept on this device");
  await bench.openTable("users");
  await bench.renameColumn("name", "full_name");
  await bench.done();
  await expect(bench.saveState).toHaveText("3 changes staged on this device");

  await server.launch();
  await bench.expectBackedUp(3);
  const elsewhere = await another(browser, context, server.baseURL);
  const two = await Bench.open(await elsewhere.newPage(), diagram);
  await two.expectPending("Table categories", "Table brands", "Column users.full_name");
  await context.close();
  await elsewhere.close();
  await server.dispose();
});
