// A diagram shown to those who have no account: a link is made, given away, and ended.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import AxeBuilder from "@axe-core/playwright";
import type { Browser, Page } from "@playwright/test";
import { expect, test } from "../support/app.ts";
import { Bench } from "../support/bench.ts";
import { newDiagram } from "../support/rpc.ts";

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations).toEqual([]);
}

/** Looks at a link in a browser of one's own; without scripts when asked. */
async function visit(browser: Browser, link: string, javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled });
  const page = await context.newPage();
  await page.goto(link);
  await page.waitForURL("**/v/*");
  return page;
}

test("a link by pointer: made, looked at with and without scripts, and ended", async ({ page, browser }) => {
  const diagram = await newDiagram(page.request, "shop_flow");
  const bench = await Bench.open(page, diagram);
  await bench.addTable("secret_plans");
  await bench.done();

  await page.getByRole("button", { name: "Share…" }).click();
  const dialog = page.getByRole("dialog", { name: "Share" });
  await expect(dialog).toContainText("No link leads here yet");
  await dialog.getByLabel("Ends").selectOption({ label: "in 7 days" });
  await dialog.getByRole("button", { name: "Make link" }).click();
  const link = await dialog.getByLabel("Link", { exact: true }).inputValue();
  expect(link).toMatch(/\/s\/[0-9a-f]{64}$/);
  const row = dialog.getByRole("listitem");
  await expect(row).toContainText("look and download");
  await expect(row).toContainText("never used");

  for (const javaScriptEnabled of [true, false]) {
    const visitor = await visit(browser, link, javaScriptEnabled);
    await expect(visitor.getByRole("heading", { level: 1, name: "ShopFlow" })).toBeVisible();
    expect(visitor.url()).not.toContain(link.split("/").at(-1));
    await expect(visitor.locator(".shared-picture svg").getByText("order_items")).toBeVisible();
    await expect(visitor.locator("body")).not.toContainText("secret_plans");
    await visitor.getByText("order_items", { exact: true }).first().click();
    await expect(visitor.getByText("order_items.order_id → orders.id")).toBeVisible();
    // The picture at its own size, by keyboard.
    const picture = visitor.locator(".shared-picture svg");
    const whole = (await picture.boundingBox())!.width;
    await visitor.getByRole("radio", { name: "Whole" }).focus();
    await visitor.keyboard.press("ArrowRight");
    await expect(visitor.getByRole("radio", { name: "100%" })).toBeChecked();
    expect((await picture.boundingBox())!.width).toBeGreaterThanOrEqual(whole);
    const [download] = await Promise.all([
      visitor.waitForEvent("download"),
      visitor.getByRole("link", { name: "SQL" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("ShopFlow.sql");
    await visitor.context().close();
  }

  // What is committed later is there the next time.
  await page.keyboard.press("Escape");
  await bench.commitAll(1);
  const later = await visit(browser, link, false);
  await expect(later.locator(".shared-picture svg").getByText("secret_plans")).toBeVisible();

  await page.getByRole("button", { name: "Share…" }).click();
  await expect(row).toContainText("last used");
  await expect(dialog.getByLabel("Link", { exact: true })).toHaveCount(0);
  await row.getByRole("button", { name: /^End link of/ }).click();
  await row.getByRole("button", { name: "Keep" }).click();
  await row.getByRole("button", { name: /^End link of/ }).click();
  await row.getByRole("button", { name: "End it" }).click();
  await expect(dialog).toContainText("No link leads here yet");
  const gone = await later.reload();
  expect(gone!.status()).toBe(404);
  await expect(later.getByRole("heading", { name: "This link does not work any more" })).toBeVisible();
  await later.context().close();
});

test("a link by keyboard", async ({ page, browser }) => {
  await Bench.open(page, await newDiagram(page.request, "shop_flow"));
  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.type("share");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Share" });
  await expect(dialog).toBeVisible();
  await dialog.getByLabel("Ends").focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  for (let stop = 0; stop < 3; stop++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const field = dialog.getByLabel("Link", { exact: true });
  await expect(field).toBeFocused();
  const visitor = await visit(browser, await field.inputValue(), true);
  await expect(visitor.getByRole("heading", { level: 1, name: "ShopFlow" })).toBeVisible();
  await expect(visitor.getByRole("link", { name: "SQL" })).toHaveCount(0);
  await visitor.context().close();
});

test("a link with a password asks for it, with and without scripts", async ({ page, browser, guard }) => {
  guard.expect(/422 \(Unprocessable Entity\)/);
  await Bench.open(page, await newDiagram(page.request, "shop_flow"));
  await page.getByRole("button", { name: "Share…" }).click();
  const dialog = page.getByRole("dialog", { name: "Share" });
  await dialog.getByText("Ask for a password").click();
  await dialog.getByLabel("Password").fill("short");
  await dialog.getByRole("button", { name: "Make link" }).click();
  await expect(dialog.getByRole("alert")).toContainText("A password has at least 8 characters");
  await expect(dialog.getByLabel("Password")).toHaveValue("short");
  await dialog.getByLabel("Password").fill("crows over feet");
  await dialog.getByRole("button", { name: "Make link" }).click();
  const link = await dialog.getByLabel("Link", { exact: true }).inputValue();
  await expect(dialog.getByRole("listitem")).toContainText("with a password");
  await expect(dialog.getByLabel("Password")).toHaveValue("");

  for (const javaScriptEnabled of [true, false]) {
    const context = await browser.newContext({ javaScriptEnabled });
    const visitor = await context.newPage();
    await visitor.goto(link);
    await expect(visitor.getByRole("heading", { level: 1 })).toHaveText("This diagram asks for a password");
    await expect(visitor.locator("body")).not.toContainText("ShopFlow");
    if (javaScriptEnabled) await expectAccessible(visitor);
    await expect(visitor.getByLabel("Password")).toBeFocused();
    await visitor.keyboard.type("crows over fee");
    await visitor.keyboard.press("Enter");
    await expect(visitor.getByRole("alert")).toHaveText("This is not the password of the link.");
    if (javaScriptEnabled) await expectAccessible(visitor);
    await visitor.getByLabel("Password").fill("crows over feet");
    await visitor.keyboard.press("Enter");
    await expect(visitor.getByRole("heading", { level: 1, name: "ShopFlow" })).toBeVisible();
    expect(visitor.url()).not.toContain(link.split("/").at(-1));
    await context.close();
  }
});

test("a page of another site shows the diagram in a frame only where the link says so", async ({ page, baseURL, guard }) => {
  const diagram = await newDiagram(page.request, "shop_flow");
  const make = async (origins: string[]) => {
    const answer = await page.request.post("/rpc/make_share_link", {
      data: { id: diagram, new: { days: 1, may_export: false, embed_origins: origins } },
    });
    return (await answer.json()).embed_path as string;
  };
  let frame = "";
  const other = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>Wiki</title><iframe title="diagram" src="${baseURL}${frame}"></iframe>`);
  });
  await new Promise<void>((ready) => other.listen(0, "127.0.0.1", ready));
  const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;

  frame = await make([elsewhere]);
  await page.goto(elsewhere);
  await expect(page.frameLocator("iframe").getByRole("heading", { level: 1 })).toHaveText("ShopFlow");
  guard.expect(/frame-ancestors/);
  frame = await make(["https://wiki.example"]);
  await page.goto(elsewhere);
  await expect.poll(() => page.frames().at(-1)!.url()).toMatch(/^chrome-error:/);
  other.close();
});
