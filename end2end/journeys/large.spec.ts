// A thousand tables: there at once, and never in the way of the hand.

import type { Page } from "@playwright/test";
import { expect, test } from "../support/app.ts";
import { Bench } from "../support/bench.ts";
import { newDiagram } from "../support/rpc.ts";
import { commitWell, generate, makerFor } from "../support/schema.ts";

const TABLES = 1_000;
const MOST_MS_TO_OPEN = 3_000;
const MOST_MS_OF_A_TASK = 100;

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

/** What was done since a moment held the main thread for at most so long. */
async function expectSmooth(page: Page, what: string, since: number): Promise<void> {
  const tasks = (await measured(page)).longTasks.filter((task) => task.start >= since);
  test.info().annotations.push({ type: what, description: `long tasks: ${JSON.stringify(tasks.map((it) => it.duration))}` });
  expect.soft(tasks.filter((task) => task.duration > MOST_MS_OF_A_TASK), what).toEqual([]);
}

/** Waits until the frames that are due have been drawn, and answers with the moment. */
async function settled(page: Page): Promise<number> {
  return page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    await new Promise((done) => requestIdleCallback(done));
    return performance.now();
  });
}

test("a thousand tables open within three seconds, and panning and zooming stay smooth", async ({ page }) => {
  const visitor = page.request;
  const diagram = await newDiagram(visitor, "blank");
  const maker = await makerFor(visitor, diagram);
  generate(maker, TABLES);
  await commitWell(visitor, diagram, maker);

  await measure(page);
  const bench = await Bench.open(page, diagram);
  const { firstFrame } = await measured(page);
  test.info().annotations.push({ type: "open", description: `${firstFrame} ms` });
  expect(await page.evaluate(() => window.__crowfoot.frame())).toBe(TABLES);
  expect.soft(firstFrame, "ms from the start of navigation to the first frame").toBeLessThanOrEqual(MOST_MS_TO_OPEN);

  const box = (await bench.canvas.boundingBox())!;
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(middle.x, middle.y);
  let since = await settled(page);
  for (let turn = 0; turn < 40; turn += 1) await page.mouse.wheel(turn % 2 ? 30 : -20, 40);
  await settled(page);
  await expectSmooth(page, "panning with everything in view", since);

  since = await settled(page);
  await page.keyboard.down("Control");
  const from = (await bench.camera()).zoom;
  for (let turn = 0; turn < 45; turn += 1) await page.mouse.wheel(0, -120);
  const near = (await bench.camera()).zoom;
  expect(near, "zoomed in").toBeGreaterThan(from * 4);
  for (let turn = 0; turn < 20; turn += 1) await page.mouse.wheel(0, 60);
  await page.keyboard.up("Control");
  await settled(page);
  await expectSmooth(page, "zooming", since);

  since = await settled(page);
  for (let turn = 0; turn < 40; turn += 1) await page.mouse.wheel(60, 80);
  await page.mouse.move(middle.x, middle.y);
  await page.keyboard.down("Space");
  await page.mouse.down();
  await page.mouse.move(middle.x - 400, middle.y - 200, { steps: 30 });
  await page.mouse.move(middle.x + 300, middle.y + 100, { steps: 30 });
  await page.mouse.up();
  await page.keyboard.up("Space");
  await settled(page);
  await expectSmooth(page, "panning among tables", since);

  since = await settled(page);
  await page.keyboard.press("Shift+Digit1");
  await settled(page);
  await page.mouse.move(middle.x + 50, middle.y + 50, { steps: 20 });
  await settled(page);
  await expectSmooth(page, "showing everything and hovering", since);
});
