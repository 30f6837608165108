// The page where diagrams are found: pictures, searching, what was opened last, copies and folders, by pointer and keyboard.

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { anotherBrowser, emailOf, PASSWORD, signUp } from "../support/accounts.ts";
import { expect, gotoHydrated, hydrated, test } from "../support/app.ts";
import { card, choose, diagrams, expectPicture } from "../support/home.ts";
import { Keyboard } from "../support/keyboard.ts";
import { call, newDiagram, open } from "../support/rpc.ts";
import { commitWell, makerFor } from "../support/schema.ts";

/** A diagram with tables of these names. */
async function drawn(page: Page, name: string, ...tables: string[]): Promise<string> {
  const id = await newDiagram(page.request, "blank");
  await call(page.request, "rename_diagram", { id, name });
  if (tables.length > 0) {
    const maker = await makerFor(page.request, id);
    tables.forEach((table, at) =>
      maker.table({ name: table, primary: ["id"], columns: [{ name: "id", data_type: "bigint" }], at: { x: at * 300, y: 0 } }),
    );
    await commitWell(page.request, id, maker);
  }
  return id;
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`));
}

test("a card shows the diagram as it is now, in the theme of the page", async ({ page, context }) => {
  const shop = await newDiagram(page.request, "shop_flow");
  await drawn(page, "Bare");
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/thumbnail")) asked.push(request.url());
  });
  await gotoHydrated(page, "/");
  await expectPicture(card(page, "ShopFlow"));
  await expect(card(page, "Bare").getByText("No tables yet")).toBeVisible();
  expect(asked).toHaveLength(1);
  expect(asked[0]).toContain("theme=light");
  await page.emulateMedia({ colorScheme: "dark" });
  await expectPicture(card(page, "ShopFlow"));
  await expect.poll(() => asked.filter((it) => it.includes("theme=dark")).length).toBe(1);

  // Nothing moves when a picture comes.
  const box = await card(page, "Bare").boundingBox();
  const other = await card(page, "ShopFlow").boundingBox();
  expect(box?.height).toBe(other?.height);

  // Who comes back to the page sees what was done meanwhile.
  const elsewhere = await context.newPage();
  const maker = await makerFor(elsewhere.request, shop);
  maker.table({ name: "brands", primary: ["id"], columns: [{ name: "id", data_type: "bigint" }] });
  await commitWell(elsewhere.request, shop, maker);
  await call(elsewhere.request, "rename_diagram", { id: shop, name: "Web shop" });
  await elsewhere.close();
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect(card(page, "Web shop")).toContainText("5 tables");
  await expectPicture(card(page, "Web shop"));
  expect(asked.at(-1)).toContain("at=1.");

  // The whole card opens the diagram: its link lies over the picture.
  await card(page, "Web shop").locator(".thumbnail").click({ force: true });
  await expect(page).toHaveURL(new RegExp(`/d/${shop}$`));
});

test("a search finds diagrams by their tables too, and its address can be passed on", async ({ page }) => {
  await gotoHydrated(page, "/sign-up");
  await signUp(page, "Ada", emailOf("Ada"));
  await drawn(page, "Billing", "invoices", "order_items");
  await drawn(page, "Orders", "customers");
  await drawn(page, "Elsewhere", "planets");
  await gotoHydrated(page, "/");
  const keyboard = new Keyboard(page);
  const field = page.getByRole("textbox", { name: "Search diagrams and tables" });
  await keyboard.press("/");
  await expect(field).toBeFocused();
  await keyboard.type("order");
  const results = page.getByRole("list", { name: "Results" });
  await expect(results.getByRole("link")).toHaveText(["Orders", "Billing"]);
  await expect(page.getByRole("status").filter({ hasText: "2 diagrams found for “order”" })).toBeVisible();
  await expect(results.getByRole("listitem").nth(1)).toContainText("Table order_items");
  await expect(page).toHaveURL(/\/\?q=order$/);
  await keyboard.press("ArrowDown");
  await expect(results.getByRole("link", { name: "Orders" })).toBeFocused();

  // The slash is text where text is typed, and a search for nothing that is there says so and leads out.
  await field.fill("a/b ♥");
  await expect(page.getByText("Nothing found")).toBeVisible();
  await expect(page.getByText("has “a/b ♥” in its name")).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(page.getByText("Nothing found")).toBeVisible();
  await expect(field).toHaveValue("a/b ♥");
  await keyboard.tabTo(page.getByRole("link", { name: "Clear the search" }));
  await keyboard.press("Enter");
  await expect(page).toHaveURL(/\/$/);
  await expect(field).toHaveValue("");
  await expect(card(page, "Elsewhere")).toBeVisible();

  await expect(field).toBeFocused();
  await keyboard.type("planets");
  await expect(results.getByRole("link")).toHaveText(["Elsewhere"]);
  await field.press("Escape");
  await expect(field).toHaveValue("");
  await expect(card(page, "Billing")).toBeVisible();

  // Without a script it is a form like any other.
  const response = await page.request.get("/?q=planets");
  expect((await response.text()).match(/class="diagram-name[^>]*>([^<]*)/g)).toEqual([expect.stringContaining(">Elsewhere")]);
});

test("a diagram is duplicated, by pointer and by keyboard", async ({ page }) => {
  const shop = await newDiagram(page.request, "shop_flow");
  await gotoHydrated(page, "/");
  await choose(card(page, "ShopFlow"), "Duplicate");
  await expect(page.getByText("Made Copy of ShopFlow. Unlike ShopFlow, it is not linked to a database.")).toBeVisible();
  await expect(page.getByRole("link", { name: "Copy of ShopFlow" })).toBeFocused();
  const copy = (await diagrams(page.request)).find((it) => it.name === "Copy of ShopFlow")!;
  const [before, after] = [await open(page.request, shop), await open(page.request, copy.id)];
  expect(after.schema).toEqual(before.schema);
  expect([after.revision, after.database]).toEqual([0, null]);

  const keyboard = new Keyboard(page);
  await keyboard.tabTo(card(page, "Copy of ShopFlow").getByRole("button"));
  await keyboard.press("ArrowUp");
  const menu = page.getByRole("menu", { name: "Actions for Copy of ShopFlow" });
  await expect(menu.getByRole("menuitem", { name: "Delete" })).toBeFocused();
  await keyboard.press("Home");
  await expect(menu.getByRole("menuitem", { name: "Rename" })).toBeFocused();
  await keyboard.press("Escape");
  await expect(menu).toHaveCount(0);
  await expect(card(page, "Copy of ShopFlow").getByRole("button")).toBeFocused();
  await keyboard.press("Enter", "d", "Enter");
  await expect(page.getByRole("link", { name: "Copy of ShopFlow (2)" })).toBeFocused();

  // A press beside it closes a menu, and a second one on the button too.
  const button = card(page, "ShopFlow").getByRole("button");
  for (const close of [() => button.click(), () => page.getByRole("heading", { level: 1 }).click()]) {
    await button.click();
    await expect(page.getByRole("menu")).toBeVisible();
    await close();
    await expect(page.getByRole("menu")).toHaveCount(0);
  }

  // Renamed in place.
  await choose(card(page, "Copy of ShopFlow (2)"), "Rename");
  await page.keyboard.type("Second shop");
  await page.keyboard.press("Enter");
  await expect(card(page, "Second shop").getByRole("button")).toBeFocused();
});

test("folders hold diagrams, by pointer and by keyboard", async ({ page, guard }) => {
  guard.expect(/422 \(Unprocessable/);
  await drawn(page, "Plans", "ideas");
  await drawn(page, "Shop", "orders");
  await gotoHydrated(page, "/");
  // The first folder is made where the first diagram is put into it.
  await choose(card(page, "Plans"), "Move to folder…");
  const dialog = page.getByRole("dialog", { name: "Move to folder" });
  await dialog.getByRole("textbox", { name: "Name of the new folder" }).fill("Drafts");
  await dialog.getByRole("button", { name: "Move" }).click();
  await expect(dialog).toHaveCount(0);
  const folders = page.getByRole("list", { name: "Folders" });
  await expect(folders.getByRole("listitem")).toHaveText(/Drafts\s*1/);
  await expect(card(page, "Plans")).toHaveCount(0);

  const keyboard = new Keyboard(page);
  await keyboard.tabTo(page.getByRole("button", { name: "New folder" }));
  await keyboard.press("Enter");
  const naming = page.getByRole("dialog", { name: "New folder" });
  await keyboard.tabTo(naming.getByRole("textbox", { name: "Name" }));
  await keyboard.fill("drafts");
  await expect(naming.getByText("There is a folder of this name already.")).toBeVisible();
  await expect(naming.getByRole("textbox", { name: "Name" })).toBeFocused();
  await keyboard.fill("Old");
  await expect(naming).toHaveCount(0);
  await expect(page.getByRole("button", { name: "New folder" })).toBeFocused();
  await expect(folders.getByRole("link")).toHaveText(["Drafts", "Old"]);

  await keyboard.tabTo(card(page, "Shop").getByRole("button"));
  await keyboard.press("Enter", "m", "Enter");
  await keyboard.tabTo(dialog.getByRole("combobox", { name: "Folder" }));
  await keyboard.choose(dialog.getByRole("combobox", { name: "Folder" }), "Old");
  await keyboard.press("Tab", "Enter");
  await expect(dialog).toHaveCount(0);
  await expect(card(page, "Shop")).toHaveCount(0);

  // In a folder.
  await folders.getByRole("link", { name: "Old" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Old" })).toBeVisible();
  await expect(page.getByRole("list", { name: "Diagrams in Old" }).getByRole("link")).toHaveText(["Shop"]);
  await page.reload();
  await hydrated(page);
  await choose(card(page, "Shop"), "Duplicate");
  await expect(page.getByRole("list", { name: "Diagrams in Old" }).getByRole("link")).toHaveText(["Copy of Shop", "Shop"]);
  await page.getByRole("button", { name: "Actions for the folder Old" }).click();
  await page.getByRole("menuitem", { name: "Rename…" }).click();
  await page.getByRole("dialog", { name: "Rename the folder" }).getByRole("textbox", { name: "Name" }).fill("Archive");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 2, name: "Archive" })).toBeVisible();
  await page.getByRole("button", { name: "New blank diagram" }).click();
  await expect(page).toHaveURL(/\/d\//);
  await page.goBack();
  await hydrated(page);
  await expect(page.getByRole("list", { name: "Diagrams in Archive" }).getByRole("link")).toHaveCount(3);

  // It is deleted, and what was in it is not.
  await page.getByRole("button", { name: "Actions for the folder Archive" }).click();
  await page.getByRole("menuitem", { name: "Delete folder…" }).click();
  const asking = page.getByRole("dialog", { name: "Delete the folder" });
  await expect(asking).toContainText("The 3 diagrams in it stay in the workspace, outside of any folder.");
  await asking.getByRole("button", { name: "Delete the folder" }).click();
  await expect(card(page, "Shop")).toBeVisible();
  await expect(card(page, "Copy of Shop")).toBeVisible();
  await expect(folders.getByRole("link")).toHaveText(["Drafts"]);
});

test("what was opened last stands apart once there is much", async ({ page }) => {
  const ids: string[] = [];
  for (let number = 1; number <= 6; number += 1) ids.push(await drawn(page, `Diagram ${number}`));
  await open(page.request, ids[1]!);
  await gotoHydrated(page, "/");
  const recent = page.getByRole("list", { name: "Recently opened" });
  await expect(recent).toHaveCount(0);
  await drawn(page, "Diagram 7");
  await page.goto(`/d/${ids[4]}`);
  await hydrated(page);
  await page.getByRole("link", { name: "All diagrams" }).click();
  await expect(recent.getByRole("link")).toHaveText(["Diagram 5", "Diagram 2"]);
  await recent.getByRole("link", { name: "Diagram 2" }).click();
  await expect(page).toHaveURL(new RegExp(`/d/${ids[1]}$`));
});

test("a viewer sees folders and pictures, and changes nothing", async ({ page, browser, app }) => {
  await gotoHydrated(page, "/sign-up");
  await signUp(page, "Ada", emailOf("Ada"));
  const home = (await call<{ workspaces: { id: string }[] }>(page.request, "who_am_i", {})).workspaces[0]!.id;
  const team = await call<string>(page.request, "create_workspace", { name: "Team" });
  const id = await call<string>(page.request, "create_diagram", { template: "shop_flow", workspace: team });
  const loose = await call<string>(page.request, "create_diagram", { template: "blank", workspace: team });
  const folder = await call<string>(page.request, "make_folder", { workspace: team, name: "Shops" });
  await call(page.request, "put_in_folder", { id, folder });
  const { token } = await call<{ token: string }>(page.request, "invite", { id: team, role: "viewer", email: null });

  const bo = await anotherBrowser(browser, app.baseURL);
  await call(bo.page.request, "sign_up", { email: emailOf("Bo"), password: PASSWORD, name: "Bo" });
  await call(bo.page.request, "join", { token });
  await gotoHydrated(bo.page, `/?workspace=${team}`);
  await expect(bo.page.getByRole("button", { name: "New blank diagram" })).toHaveCount(0);
  await expect(bo.page.getByRole("button", { name: /^New folder/ })).toHaveCount(0);
  await expect(bo.page.getByRole("list", { name: "Diagrams of Team" }).getByRole("button")).toHaveCount(0);
  await bo.page.getByRole("list", { name: "Folders of Team" }).getByRole("link", { name: "Shops" }).click();
  await expectPicture(card(bo.page, "ShopFlow"));
  await expect(card(bo.page, "ShopFlow").getByRole("button")).toHaveCount(0);
  await bo.context.close();

  // Two workspaces: what is found says where it is, and a diagram that moves leaves its folder.
  await gotoHydrated(page, `/?workspace=${home}&q=order_items`);
  await expect(page.getByText("Nothing found")).toBeVisible();
  await page.getByRole("link", { name: "Search beyond Ada's workspace" }).click();
  await expect(card(page, "ShopFlow")).toContainText("In Team / Shops");
  await choose(card(page, "ShopFlow"), "Move to another workspace…");
  const dialog = page.getByRole("dialog", { name: "Move to another workspace" });
  await expect(dialog).toContainText("It leaves its folder.");
  await dialog.getByRole("button", { name: "Move" }).click();
  await expect(card(page, "ShopFlow")).toContainText("In Ada's workspace");
  expect((await diagrams(page.request)).find((it) => it.id === id)).toMatchObject({ workspace: home, folder: null });
  expect((await diagrams(page.request)).find((it) => it.id === loose)).toMatchObject({ workspace: team });
});

for (const theme of ["light", "dark"] as const) {
  test(`axe finds nothing on the page, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme });
    await gotoHydrated(page, "/sign-up");
    await signUp(page, "Ada", emailOf("Ada"));
    const found: string[] = [];
    const look = async (state: string) => found.push(...(await violations(page)).map((it) => `${state}: ${it}`));
    await look("nothing yet");
    const home = (await call<{ workspaces: { id: string }[] }>(page.request, "who_am_i", {})).workspaces[0]!.id;
    for (let number = 1; number <= 7; number += 1) await open(page.request, await drawn(page, `Diagram ${number}`, "orders"));
    await newDiagram(page.request, "shop_flow");
    const folder = await call<string>(page.request, "make_folder", { workspace: home, name: "Drafts" });
    await gotoHydrated(page, "/");
    await expectPicture(card(page, "ShopFlow"));
    await look("many");
    await card(page, "ShopFlow").getByRole("button").click();
    await look("menu");
    await page.getByRole("menuitem", { name: "Move to folder…" }).click();
    await look("choosing a folder");
    await page.keyboard.press("Escape");
    await choose(card(page, "ShopFlow"), "Duplicate");
    await expect(card(page, "Copy of ShopFlow")).toBeVisible();
    await look("duplicated");
    await page.getByRole("button", { name: "Actions for the folder Drafts" }).click();
    await page.getByRole("menuitem", { name: "Delete folder…" }).click();
    await look("deleting a folder");
    await gotoHydrated(page, `/?folder=${folder}`);
    await look("an empty folder");
    await gotoHydrated(page, "/?q=order");
    await look("results");
    await gotoHydrated(page, "/?q=nothing+like+it");
    await look("nothing found");
    expect(found).toEqual([]);
  });
}
