// Browsers that crash, are killed, close and reload with staged edits, again and again: what was shown as staged must be
// there afterwards. Tabs and devices that stage at the same time, and go away without a word. The numbers of rounds come
// from the environment; what chance decides comes from a seed that is told.

import { mkdtemp, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "@playwright/test";
import config from "../playwright.config.ts";
import { expect, test } from "../support/app.ts";
import { Bench } from "../support/bench.ts";
import { newDiagram } from "../support/rpc.ts";
import type { Server } from "../support/server.ts";

const SEED = Number(process.env.CROWFOOT_SEED ?? 1);
/** So many rounds of each kind. */
const CRASHES = Number(process.env.CROWFOOT_CRASHES ?? 40);
const TWO_TABS = Number(process.env.CROWFOOT_TWO_TABS ?? 16);
const TWO_DEVICES = Number(process.env.CROWFOOT_TWO_DEVICES ?? 8);
/** How long a page or browser may take to end, in milliseconds; one that never does is told of. */
const PATIENCE = 15_000;
/** After so many rounds a new diagram is begun, so that the list stays short. */
const ROUNDS_A_DIAGRAM = 8;

test.use({ trace: "off", screenshot: "off" });

/** Numbers that look random and are not. */
class Dice {
  constructor(private state: number) {}

  below(n: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * n);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

/** What a page shows: the words beside the diagram's name, and the list of pending changes. */
interface Shown {
  words: string;
  list: string[];
}

const isSafe = ({ words, list }: Shown) => / (on this device|backed up)$/.test(words) || list.length === 0;

/** What each page of a context has shown so far, frame by frame. */
class Record {
  private readonly shown = new Map<Page, Shown[]>();

  async watch(context: BrowserContext): Promise<void> {
    await context.exposeBinding("__shown", ({ page }, shown: Shown) => {
      this.of(page).push(shown);
    });
    await context.addInitScript(() => {
      let last = "";
      let isDue = false;
      const look = () => {
        isDue = false;
        const state = document.querySelector<HTMLElement>('[data-testid="save-state"]');
        if (!state || document.documentElement.dataset.hydrated !== "true") return;
        const items = document.querySelectorAll<HTMLElement>('[data-testid="pending-item"]');
        const list = [...items].map((item) => (item.textContent ?? "").replace(/\s+/g, " ").trim()).sort();
        const shown = { words: state.innerText.trim(), list };
        if (JSON.stringify(shown) === last) return;
        last = JSON.stringify(shown);
        (window as unknown as { __shown(shown: Shown): void }).__shown(shown);
      };
      // What is painted is what somebody sees.
      new MutationObserver(() => {
        if (!isDue) requestAnimationFrame(look);
        isDue = true;
      }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    });
  }

  of(page: Page): Shown[] {
    const shown = this.shown.get(page) ?? [];
    this.shown.set(page, shown);
    return shown;
  }

  last(page: Page): Shown | undefined {
    return this.of(page).at(-1);
  }

  /** Does something and waits until the list shows it. */
  async after(page: Page, what: () => Promise<unknown>): Promise<void> {
    const before = JSON.stringify(this.last(page)?.list);
    await what();
    await expect.poll(() => JSON.stringify(this.last(page)?.list)).not.toBe(before);
  }

  /** The lists that may come back: the last that was shown as staged, and each after it. */
  allowed(page: Page): string[][] {
    const shown = this.of(page);
    const safe = shown.findLastIndex(isSafe);
    return shown.slice(Math.max(safe, 0)).map(({ list }) => list);
  }
}

/** One thing that a person does; answers with what it was, or with nothing where it could not be done. */
async function act(bench: Bench, record: Record, dice: Dice, n: number): Promise<string | undefined> {
  const { page } = bench;
  const list = record.last(page)?.list ?? [];
  switch (dice.pick(["table", "table", "column", "rename", "undo", "undo", "discard"] as const)) {
    case "table":
      await record.after(page, () => page.getByRole("button", { name: "New table" }).first().click());
      if (dice.below(3) > 0) await record.after(page, () => bench.rename(`made_${n}`));
      if (dice.below(3) > 0) await bench.done();
      return "made a table";
    case "column":
      await bench.openTable("products");
      await record.after(page, () => bench.panel.getByRole("button", { name: "Add column" }).click());
      await bench.done();
      return "added a column";
    case "rename": {
      await bench.openTable("orders");
      const field = bench.panel.locator(".column-item").nth(1).getByRole("textbox", { name: "Name", exact: true });
      await record.after(page, async () => {
        await field.fill(`column_${n}`);
        await field.press("Enter");
      });
      await bench.done();
      return "renamed a column";
    }
    case "undo": {
      const verb = dice.pick(["Undo", "Redo"]);
      const button = page.getByRole("button", { name: new RegExp(`^${verb}`) }).first();
      if ((await button.getAttribute("aria-disabled")) === "true") return undefined;
      await record.after(page, () => button.click());
      return verb;
    }
    case "discard": {
      if (list.length < 2) return undefined;
      const item = bench.pendingItems.nth(dice.below(list.length));
      await record.after(page, () => item.getByRole("button", { name: /^Discard/ }).click());
      return "discarded";
    }
  }
}

/** Ends the browser as a crash does. It names its own process in its profile. */
async function kill(context: BrowserContext, folder: string): Promise<void> {
  const pid = Number((await readlink(join(folder, "SingletonLock"))).split("-").at(-1));
  const closed = context.waitForEvent("close", { timeout: PATIENCE });
  process.kill(pid, "SIGKILL");
  await closed;
}

/** Ends a page in one of the ways in which pages end. */
async function crash(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash", { timeout: PATIENCE });
  session.send("Page.crash").catch(() => {});
  await crashed;
  await page.close();
}

async function restored(page: Page): Promise<string[]> {
  const bench = new Bench(page);
  await bench.ready();
  await expect(bench.saveState).toHaveText(/ (on this device|backed up)$|^Nothing to save yet$|^Saved as/);
  // What is rendered differs while the list makes way for a panel; what is in it does not.
  const texts = await bench.pendingItems.allTextContents();
  return texts.map((text) => text.replace(/\s+/g, " ").trim()).sort();
}

function launch(app: Server, folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    ...config.use?.launchOptions,
    baseURL: app.baseURL,
    viewport: { width: 1440, height: 900 },
  });
}

test("crashes, reloads and closes", async ({ app }) => {
  test.setTimeout(CRASHES * 30_000 + 60_000);
  const dice = new Dice(SEED);
  const folder = await mkdtemp(join(tmpdir(), "crowfoot-profile-"));
  let context = await launch(app, folder);
  let record = new Record();
  await record.watch(context);
  let diagram = "";
  const tally: { [way: string]: number } = {};
  let nShown = 0;
  for (let round = 0; round < CRASHES; round += 1) {
    let page = context.pages().at(-1) ?? (await context.newPage());
    if (round % ROUNDS_A_DIAGRAM === 0) {
      diagram = await newDiagram(context.request, "shop_flow");
      // Chromium writes cookies half a minute late; a browser that ends in order writes them at once.
      await context.close();
      context = await launch(app, folder);
      record = new Record();
      await record.watch(context);
      page = await context.newPage();
    }
    const bench = await Bench.open(page, diagram);
    await expect.poll(() => record.last(page)?.words).toMatch(/./);
    for (let n = dice.below(4); n >= 0; n -= 1) await act(bench, record, dice, round * 10 + n);
    await page.waitForTimeout(dice.below(90));
    const allowed = record.allowed(page);
    nShown += allowed[0]!.length;
    const way = dice.pick(["crash", "crash", "kill", "reload", "close"] as const);
    tally[way] = (tally[way] ?? 0) + 1;
    let found: string[];
    if (way === "reload") {
      await page.reload();
      found = await restored(page);
    } else {
      if (way === "crash") await crash(page);
      if (way === "close") await page.close();
      if (way === "kill") {
        await kill(context, folder);
        context = await launch(app, folder);
        record = new Record();
        await record.watch(context);
      }
      page = await context.newPage();
      await page.goto(`/d/${diagram}`);
      found = await restored(page);
    }
    expect(allowed, `round ${round} of seed ${SEED}, ${way}`).toContainEqual(found);
    for (const other of context.pages()) if (other !== page) await other.close();
  }
  await context.close();
  await rm(folder, { recursive: true, force: true });
  console.log(`seed ${SEED}: ${CRASHES} endings`, tally, `${nShown} changes shown as staged, none lost`);
});

/** Makes tables in all of these pages at once, and some of the pages end meanwhile. Answers with the names that were shown
 * as staged. */
async function stageEverywhere(pages: Page[], round: number, dice: Dice, isShown: (words: string) => boolean): Promise<string[]> {
  const names: string[] = [];
  const plans = pages.map((page, at) => ({ page, at, tables: 1 + dice.below(3), waits: dice.below(200) }));
  await Promise.all(
    plans.map(async ({ page, at, tables, waits }) => {
      const bench = new Bench(page);
      for (let n = 0; n < tables; n += 1) {
        const name = `made_${round}_${at}_${n}`;
        await bench.addTable(name);
        await bench.done();
        await expect(async () => {
          const words = await bench.saveState.innerText();
          expect(isShown(words), words).toBe(true);
          expect(await bench.pendingTitles()).toContain(`Table ${name}`);
        }).toPass({ timeout: 20_000, intervals: [5, 10, 20] });
        names.push(`Table ${name}`);
        await page.waitForTimeout(waits);
      }
    }),
  );
  return names;
}

test("two tabs", async ({ browser, baseURL }) => {
  test.setTimeout(TWO_TABS * 40_000 + 60_000);
  const dice = new Dice(SEED + 1);
  let n = 0;
  for (let round = 0; round < TWO_TABS; round += 1) {
    const context = await browser.newContext({ baseURL });
    const diagram = await newDiagram(context.request, "blank");
    let pages = [await context.newPage(), await context.newPage()];
    for (const page of pages) await Bench.open(page, diagram);
    const names: string[] = [];
    for (let part = 0; part < 2; part += 1) {
      names.push(...(await stageEverywhere(pages, part, dice, (words) => / (on this device|backed up)$/.test(words))));
      const victim = dice.below(2);
      await crash(pages[victim]!);
      pages = [pages[1 - victim]!, await context.newPage()];
      await Bench.open(pages[1]!, diagram);
      for (const page of pages) await expectAll(page, names, `round ${round} of seed ${SEED}`);
    }
    n += names.length;
    await context.close();
  }
  console.log(`seed ${SEED}: ${TWO_TABS} runs of two tabs, ${2 * TWO_TABS} crashes, ${n} tables, none lost`);
});

async function expectAll(page: Page, titles: string[], what: string): Promise<void> {
  await expect(async () => {
    expect((await new Bench(page).pendingTitles()).sort(), what).toEqual([...titles].sort());
  }).toPass({ timeout: 20_000 });
}

/** The same person at another device. */
async function another(browser: Browser, context: BrowserContext, baseURL: string): Promise<BrowserContext> {
  return browser.newContext({ baseURL, storageState: await context.storageState() });
}

test("two devices", async ({ browser, baseURL }) => {
  test.setTimeout(TWO_DEVICES * 60_000 + 60_000);
  const dice = new Dice(SEED + 2);
  let n = 0;
  for (let round = 0; round < TWO_DEVICES; round += 1) {
    const first = await browser.newContext({ baseURL });
    const diagram = await newDiagram(first.request, "blank");
    let devices = [first, await another(browser, first, baseURL!)];
    const names: string[] = [];
    for (let part = 0; part < 2; part += 1) {
      const pages = await Promise.all(devices.map((device) => device.newPage()));
      for (const page of pages) await Bench.open(page, diagram);
      names.push(...(await stageEverywhere(pages, part, dice, (words) => / backed up$/.test(words))));
      // One of them is lost, with all that it kept.
      const victim = dice.below(2);
      const left = devices[1 - victim]!;
      const replacement = await another(browser, left, baseURL!);
      await devices[victim]!.close();
      devices = [left, replacement];
      const page = await replacement.newPage();
      await Bench.open(page, diagram);
      for (const it of [page, pages[1 - victim]!]) await expectAll(it, names, `round ${round} of seed ${SEED}`);
      for (const it of [page, pages[1 - victim]!]) await it.close();
    }
    n += names.length;
    for (const device of devices) await device.close();
  }
  console.log(`seed ${SEED}: ${TWO_DEVICES} runs of two devices, each lost twice, ${n} tables, none lost`);
});
