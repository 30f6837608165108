// How long a thousand tables take: the first frame, the editor, and the longest that the main thread was held by each thing that one
// does with them. The figures are told and compared by people; nothing is asserted of them.

import type { Page } from "@playwright/test";
import { expect, test } from "../support/app.ts";
import { Bench } from "../support/bench.ts";
import { newDiagram } from "../support/rpc.ts";
import { commitWell, generate, makerFor } from "../support/schema.ts";

const TABLES = 1_000;
const RUNS = 3;

test.use({ trace: "off", screenshot: "off" });

interface Task {
  start: number;
  duration: number;
}

interface Measured {
  firstFrame?: number;
  editor?: number;
  longTasks: Task[];
}

/**
 * Notes when the canvas has drawn its first frame, when the editor has taken it over, and every task that held the main
 * thread for 50 ms or more.
 */
async function measure(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const measured: Measured = { longTasks: [] };
    Object.assign(window, { measured });
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) measured.longTasks.push({ start: startTime, duration });
    }).observe({ type: "longtask", buffered: true });
    const look = () => {
      if (document.querySelector("#canvas:is([data-drawn], .is-live)")) measured.firstFrame ??= performance.now();
      if (document.querySelector("#canvas.is-live")) measured.editor = performance.now();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

async function measured(page: Page): Promise<Measured> {
  return page.evaluate(() => (window as unknown as { measured: Measured }).measured);
}

/** Waits until the frames that are due have been drawn, and answers with the moment. */
async function settled(page: Page): Promise<number> {
  return page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    await new Promise((done) => setTimeout(done, 200));
    await new Promise((done) => requestIdleCallback(done));
    return performance.now();
  });
}

/** The longest task while something was done; 0 when none was longer than the 50 ms that browsers report. */
async function longest(page: Page, what: () => Promise<unknown>): Promise<number> {
  const since = await settled(page);
  await what();
  await settled(page);
  const tasks = (await measured(page)).longTasks.filter((task) => task.start >= since);
  return Math.max(0, ...tasks.map((task) => Math.round(task.duration)));
}

test("a thousand tables", async ({ page }) => {
  test.setTimeout(300_000);
  const diagram = await newDiagram(page.request, "blank");
  const maker = await makerFor(page.request, diagram);
  generate(maker, TABLES);
  await commitWell(page.request, diagram, maker);
  await measure(page);

  const figures: Record<string, number[]> = {};
  const note = (name: string, figure: number) => (figures[name] ??= []).push(figure);
  for (let run = 0; run < RUNS; run += 1) {
    const bench = await Bench.open(page, diagram);
    const { firstFrame = Number.NaN, editor = Number.NaN } = await measured(page);
    note("first frame", Math.round(firstFrame));
    note("editor", Math.round(editor));
    expect(await page.evaluate(() => window.__crowfoot.frame())).toBe(TABLES);

    const box = (await bench.canvas.boundingBox())!;
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await page.mouse.move(middle.x, middle.y);
    const wheel = async (turns: number, x: number, y: number) => {
      for (let turn = 0; turn < turns; turn += 1) await page.mouse.wheel(turn % 2 ? x : x - 50, y);
    };
    const zoom = async (turns: number, by: number) => {
      await page.keyboard.down("Control");
      await wheel(turns, 0, by);
      await page.keyboard.up("Control");
    };
    note("panning, everything in view", await longest(page, () => wheel(40, 30, 40)));
    note("zooming in", await longest(page, () => zoom(45, -120)));
    note("zooming out", await longest(page, () => zoom(20, 60)));
    note("panning among tables", await longest(page, () => wheel(60, 60, 80)));
    note(
      "dragging the view",
      await longest(page, async () => {
        await page.keyboard.down("Space");
        await page.mouse.down();
        await page.mouse.move(middle.x - 400, middle.y - 200, { steps: 30 });
        await page.mouse.move(middle.x + 300, middle.y + 100, { steps: 30 });
        await page.mouse.up();
        await page.keyboard.up("Space");
      }),
    );
    note("showing everything", await longest(page, () => page.keyboard.press("Shift+Digit1")));
    note("hovering", await longest(page, () => page.mouse.move(middle.x + 200, middle.y + 100, { steps: 40 })));
    note("selecting everything", await longest(page, () => page.keyboard.press("Control+KeyA")));
    note("moving everything", await longest(page, () => page.keyboard.press("ArrowRight")));
    note("undoing that", await longest(page, () => page.keyboard.press("Control+KeyZ")));
    await page.keyboard.press("Escape");
    note("adding a table", await longest(page, () => page.keyboard.press("KeyT")));
    await bench.panel.getByRole("button", { name: "Done" }).click();
    await page.keyboard.press("Control+KeyZ");
    await bench.expectPending();
  }
  const rows = Object.entries(figures).map(([name, all]) => {
    const sorted = all.toSorted((a, b) => a - b);
    return [name, { min: sorted[0], median: sorted[Math.floor(sorted.length / 2)], max: sorted.at(-1) }] as const;
  });
  console.log(`${TABLES} tables, ${RUNS} runs; milliseconds, for all but the first two of the longest task:`);
  console.table(Object.fromEntries(rows));
});
