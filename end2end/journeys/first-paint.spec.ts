// The picture that the server sends is the one that the canvas draws, and nothing moves while it takes over.

import type { Browser, BrowserContext, Page } from "@playwright/test";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import { expect, test } from "../support/app.ts";
import { Bench } from "../support/bench.ts";
import { newDiagram } from "../support/rpc.ts";

const SIZES = [
  { width: 1600, height: 1000 },
  { width: 1280, height: 720 },
];
/** The part of the canvas's pixels that may differ. */
const MOST_DIFFERENT = 0.01;

async function shotOfCanvas(page: Page): Promise<PNG> {
  const box = (await page.getByTestId("canvas").boundingBox())!;
  return PNG.sync.read(await page.screenshot({ clip: box, animations: "disabled" }));
}

/** The page as it is before any script has run. */
async function withoutScript(
  browser: Browser,
  visitor: BrowserContext,
  options: { viewport: { width: number; height: number }; colorScheme: "light" | "dark"; baseURL: string },
  path: string,
): Promise<PNG> {
  const context = await browser.newContext({
    ...options,
    javaScriptEnabled: false,
    storageState: await visitor.storageState(),
  });
  const page = await context.newPage();
  await page.goto(path);
  const shot = await shotOfCanvas(page);
  await context.close();
  return shot;
}

for (const viewport of SIZES) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`the first frame is the server's picture at ${viewport.width}×${viewport.height}, ${colorScheme}`, async ({
      page,
      context,
      browser,
      baseURL,
    }, testInfo) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      const diagram = await newDiagram(page.request, "shop_flow");
      const before = await withoutScript(browser, context, { viewport, colorScheme, baseURL: baseURL! }, `/d/${diagram}`);
      await Bench.open(page, diagram);
      const after = await shotOfCanvas(page);

      expect({ width: after.width, height: after.height }).toEqual({ width: before.width, height: before.height });
      const difference = new PNG({ width: before.width, height: before.height });
      const count = pixelmatch(before.data, after.data, difference.data, before.width, before.height);
      for (const [name, image] of Object.entries({ before, after, difference })) {
        await testInfo.attach(`${name}.png`, { body: PNG.sync.write(image), contentType: "image/png" });
      }
      const share = count / (before.width * before.height);
      expect(share, "part of the pixels that differ").toBeLessThanOrEqual(MOST_DIFFERENT);
      // A canvas that drew nothing over a picture of nothing would differ in nothing.
      expect(colors(after), "something is drawn").toBeGreaterThan(8);
    });
  }
}

/** How many different colors an image has. */
function colors(image: PNG): number {
  return new Set(new Uint32Array(image.data.buffer, image.data.byteOffset, image.data.length / 4)).size;
}

test("nothing shifts while the page loads and the canvas takes over", async ({ page }) => {
  const diagram = await newDiagram(page.request, "shop_flow");
  const empty = await newDiagram(page.request, "blank");
  await page.addInitScript(() => {
    const shifts: string[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; sources?: { node?: Node }[] })[]) {
        const nodes = entry.sources?.map(({ node }) => (node as Element | undefined)?.outerHTML?.slice(0, 120) ?? "?");
        shifts.push(`${entry.value} at ${entry.startTime} ms: ${nodes?.join(", ")}`);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  for (const path of [`/d/${diagram}`, `/d/${empty}`]) {
    await page.goto(path);
    await new Bench(page).ready();
    await page.waitForLoadState("networkidle");
    const shifts = await page.evaluate(() => (window as unknown as { shifts: string[] }).shifts);
    expect(shifts, path).toEqual([]);
  }
});

test("the server's picture is gone for good once the canvas has taken over", async ({ page }) => {
  const bench = await Bench.open(page, await newDiagram(page.request, "shop_flow"));
  const picture = page.locator(".canvas-first");
  await expect(picture).toBeHidden();
  const table = await bench.tableRect("users");
  await page.mouse.move(table.x + table.width / 2, table.y + 12);
  await expect(bench.canvas).toHaveCSS("cursor", "pointer");
  await expect(picture).toBeHidden();
});
