// A diagram can be looked at before its editor has come, and what is done meanwhile is done once it has.

import type { Page } from "@playwright/test";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import { expect, test } from "../support/app.ts";
import { Bench } from "../support/bench.ts";
import { newDiagram } from "../support/rpc.ts";

/** The part of the canvas's pixels that may differ. */
const MOST_DIFFERENT = 0.002;

/** Opens a diagram whose editor does not come before it is let go, and waits until it can be looked at. */
async function lookAt(page: Page, diagram: string): Promise<() => Promise<Bench>> {
  let letGo = () => {};
  const isLetGo = new Promise<void>((done) => (letGo = done));
  await page.route(/\/split_app\.wasm$/, async (route) => {
    await isLetGo;
    await route.continue();
  });
  await page.goto(`/d/${diagram}`);
  const bench = new Bench(page);
  await expect(bench.canvas).toHaveAttribute("data-drawn", "");
  await expect(page.locator(".canvas-first")).toBeHidden();
  await expect(page.locator("html")).not.toHaveAttribute("data-hydrated", "true");
  return async () => {
    letGo();
    await bench.ready();
    return bench;
  };
}

async function shotOfCanvas(page: Page): Promise<PNG> {
  const box = (await page.getByTestId("canvas").boundingBox())!;
  // Two frames: what is asked for in one is drawn in the next.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return PNG.sync.read(await page.screenshot({ clip: box, animations: "disabled" }));
}

/** The part of the pixels that differ. */
function difference(one: PNG, other: PNG): number {
  return pixelmatch(one.data, other.data, undefined, one.width, one.height) / (one.width * one.height);
}

/** The middle of the canvas. */
async function middle(page: Page): Promise<{ x: number; y: number }> {
  const box = (await page.getByTestId("canvas").boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

test("one looks around before the editor has come, and nothing jumps when it has", async ({ page }) => {
  const come = await lookAt(page, await newDiagram(page.request, "shop_flow"));
  const first = await shotOfCanvas(page);
  const at = await middle(page);
  await page.mouse.move(at.x, at.y);
  await page.mouse.wheel(60, 90);
  const panned = await shotOfCanvas(page);
  expect(difference(first, panned), "panned by the wheel").toBeGreaterThan(MOST_DIFFERENT);

  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -240);
  await page.keyboard.up("Control");
  const zoomed = await shotOfCanvas(page);
  expect(difference(panned, zoomed), "zoomed").toBeGreaterThan(MOST_DIFFERENT);

  await page.mouse.down({ button: "middle" });
  await page.mouse.move(at.x - 90, at.y - 50, { steps: 3 });
  await page.mouse.up({ button: "middle" });
  const dragged = await shotOfCanvas(page);
  expect(difference(zoomed, dragged), "dragged").toBeGreaterThan(MOST_DIFFERENT);

  await page.keyboard.press("Shift+Digit1");
  expect(difference(first, await shotOfCanvas(page)), "all of it again").toBeLessThanOrEqual(MOST_DIFFERENT);
  await page.keyboard.press("Control+Minus");
  const further = await shotOfCanvas(page);
  expect(difference(first, further), "further away").toBeGreaterThan(MOST_DIFFERENT);

  await page.mouse.move(at.x, 2);
  await come();
  expect(difference(further, await shotOfCanvas(page)), "jumped").toBeLessThanOrEqual(MOST_DIFFERENT);
});

test("what is done before the editor has come is done by it, in order", async ({ page }) => {
  const diagram = await newDiagram(page.request, "shop_flow");
  const before = await Bench.open(page, diagram);
  const users = await before.tableRect("users");
  const come = await lookAt(page, diagram);

  await page.mouse.click(users.x + users.width / 2, users.y + 12);
  await page.keyboard.press("Delete");
  await page.getByRole("button", { name: "New table" }).first().click();
  // One looks elsewhere meanwhile: what was clicked was clicked all the same.
  await page.mouse.move(users.x, users.y);
  await page.mouse.wheel(0, 300);
  await page.getByRole("searchbox").fill("prod");
  await expect(page.getByText("The editor is still on its way")).toBeVisible();

  const bench = await come();
  await expect(page.getByText("The editor is still on its way")).toBeHidden();
  await expect.poll(() => bench.pendingTitles()).toEqual(expect.arrayContaining(["Table users"]));
  await expect(bench.panel).toBeVisible();
  await expect(page.getByRole("searchbox")).toHaveValue("prod");
  await expect(bench.row("products")).toBeVisible();
  await expect(bench.row("orders")).toBeHidden();
});

test("what is typed after a key that opens a field is typed into it, and is no command", async ({ page }) => {
  const come = await lookAt(page, await newDiagram(page.request, "shop_flow"));
  await page.keyboard.press("/");
  await page.keyboard.type("torders");
  for (let at = 0; at < 6; at++) await page.keyboard.press("Backspace");
  await page.keyboard.type("ags");
  const bench = await come();
  await expect(page.getByRole("combobox", { name: "Find table or command" })).toHaveValue("tags");
  await page.keyboard.press("Escape");
  expect(await bench.pendingTitles()).toEqual([]);
});

test("a pan that is going on when the editor comes goes on", async ({ page }) => {
  const come = await lookAt(page, await newDiagram(page.request, "shop_flow"));
  const at = await middle(page);
  await page.mouse.move(at.x, at.y);
  await page.mouse.down({ button: "middle" });
  await page.mouse.move(at.x - 40, at.y);
  const bench = await come();
  const before = await bench.tableRect("users");
  await page.mouse.move(at.x - 100, at.y - 30);
  await expect.poll(async () => (await bench.tableRect("users")).x).toBeCloseTo(before.x - 60, 0);
  await page.mouse.up({ button: "middle" });
  await page.mouse.move(at.x, at.y);
  expect((await bench.tableRect("users")).x).toBeCloseTo(before.x - 60, 0);
});

test("a page whose editor cannot be fetched says so", async ({ page, guard }) => {
  guard.expect(/split_app|failed to load split module|Failed to fetch|net::ERR/);
  const diagram = await newDiagram(page.request, "shop_flow");
  await page.route(/\/split_app\.wasm$/, (route) => route.abort());
  await page.goto(`/d/${diagram}`);
  await expect(page.getByText("The page has not started")).toBeVisible();
  await expect(page.getByTestId("canvas")).toHaveAttribute("data-drawn", "");
});
