// A thousand tables: all of them there, and the view follows the hand. How long it takes is told by the benchmark.

import { expect, test } from "../support/app.ts";
import { Bench } from "../support/bench.ts";
import { newDiagram } from "../support/rpc.ts";
import { commitWell, generate, makerFor } from "../support/schema.ts";

const TABLES = 1_000;

// Recording a trace takes pictures of the whole document at every step.
test.use({ trace: "off" });

test("a thousand tables open, and the view follows panning and zooming", async ({ page }) => {
  const visitor = page.request;
  const diagram = await newDiagram(visitor, "blank");
  const maker = await makerFor(visitor, diagram);
  generate(maker, TABLES);
  await commitWell(visitor, diagram, maker);

  const bench = await Bench.open(page, diagram);
  expect(await page.evaluate(() => window.__crowfoot.frame())).toBe(TABLES);

  const box = (await bench.canvas.boundingBox())!;
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(middle.x, middle.y);
  await page.keyboard.down("Control");
  const from = (await bench.camera()).zoom;
  for (let turn = 0; turn < 20; turn += 1) await page.mouse.wheel(0, -120);
  const near = (await bench.camera()).zoom;
  expect(near, "zoomed in").toBeGreaterThan(from * 4);
  await page.keyboard.up("Control");

  const before = await bench.camera();
  await page.keyboard.down("Space");
  await page.mouse.down();
  await page.mouse.move(middle.x - 400, middle.y - 200, { steps: 5 });
  await page.mouse.up();
  await page.keyboard.up("Space");
  expect((await bench.camera()).x, "panned").toBeGreaterThan(before.x);

  await page.keyboard.press("Control+KeyA");
  await expect(bench.spoken).toContainText("1000 tables selected");
  await page.keyboard.press("Shift+Digit1");
  await expect.poll(() => page.evaluate(() => window.__crowfoot.frame())).toBe(TABLES);
});
