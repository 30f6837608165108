// A thousand tables: all of them there, and the view follows the hand. How long it takes is measured and told, not
// asserted: the figures of a debug build on a busy machine say nothing that a test could hold on to.

import type { Page } from "@playwright/test";
import { expect, test } from "../support/app.ts";
import { Bench } from "../support/bench.ts";
import { newDiagram } from "../support/rpc.ts";
import { commitWell, generate, makerFor } from "../support/schema.ts";

const TABLES = 1_000;

// Recording a trace takes pictures of the document, which is what would be measured then.
test.use({ trace: "off" });

interface Measured {
  firstFrame?: number;
  longTasks: { start: number; duration: number }[];
}

/** Notes when the canvas has drawn its first frame, and every task that held the main thread for 50 ms or more. */
async function measure(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const measured: Measured = { longTasks: [] };
    Object.assign(window, { measured });
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) measured.longTasks.push({ start: startTime, duration });
    }).observe({ type: "longtask", buffered: true });
    const look = () => {
      if (document.querySelector("#canvas.is-live")) measured.firstFrame = performance.now();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

async function measured(page: Page): Promise<Measured> {
  return page.evaluate(() => (window as unknown as { measured: Measured }).measured);
}

/** Tells how long the main thread was held, 50 ms and more, by what was done since a moment. */
async function tell(page: Page, what: string, since: number): Promise<void> {
  const tasks = (await measured(page)).longTasks.filter((task) => task.start >= since);
  console.log(`${TABLES} tables, ${what}: long tasks ${JSON.stringify(tasks.map((it) => it.duration))} ms`);
}

/** Waits until the frames that are due have been drawn, and answers with the moment. */
async function settled(page: Page): Promise<number> {
  return page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    await new Promise((done) => requestIdleCallback(done));
    return performance.now();
  });
}

test("a thousand tables open, and the view follows panning and zooming", async ({ page }) => {
  const visitor = page.request;
  const diagram = await newDiagram(visitor, "blank");
  const maker = await makerFor(visitor, diagram);
  generate(maker, TABLES);
  await commitWell(visitor, diagram, maker);

  await measure(page);
  const bench = await Bench.open(page, diagram);
  const { firstFrame } = await measured(page);
  console.log(`${TABLES} tables, first frame ${Math.round(firstFrame ?? Number.NaN)} ms after the start`);
  expect(await page.evaluate(() => window.__crowfoot.frame())).toBe(TABLES);

  const box = (await bench.canvas.boundingBox())!;
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(middle.x, middle.y);
  let since = await settled(page);
  for (let turn = 0; turn < 40; turn += 1) await page.mouse.wheel(turn % 2 ? 30 : -20, 40);
  await settled(page);
  await tell(page, "panning with everything in view", since);

  since = await settled(page);
  await page.keyboard.down("Control");
  const from = (await bench.camera()).zoom;
  for (let turn = 0; turn < 45; turn += 1) await page.mouse.wheel(0, -120);
  const near = (await bench.camera()).zoom;
  expect(near, "zoomed in").toBeGreaterThan(from * 4);
  for (let turn = 0; turn < 20; turn += 1) await page.mouse.wheel(0, 60);
  await page.keyboard.up("Control");
  await settled(page);
  await tell(page, "zooming", since);

  since = await settled(page);
  const before = await bench.camera();
  for (let turn = 0; turn < 40; turn += 1) await page.mouse.wheel(60, 80);
  await page.mouse.move(middle.x, middle.y);
  await page.keyboard.down("Space");
  await page.mouse.down();
  await page.mouse.move(middle.x - 400, middle.y - 200, { steps: 30 });
  await page.mouse.move(middle.x + 300, middle.y + 100, { steps: 30 });
  await page.mouse.up();
  await page.keyboard.up("Space");
  await settled(page);
  expect((await bench.camera()).x, "panned").toBeGreaterThan(before.x);
  await tell(page, "panning among tables", since);

  since = await settled(page);
  await page.keyboard.press("Shift+Digit1");
  await settled(page);
  await page.mouse.move(middle.x + 50, middle.y + 50, { steps: 20 });
  await settled(page);
  await tell(page, "showing everything and hovering", since);
});
