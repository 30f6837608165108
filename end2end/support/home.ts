// The page where diagrams are found.

import { expect, type APIRequestContext, type Locator, type Page } from "@playwright/test";
import { call } from "./rpc.ts";

export interface Summary {
  id: string;
  workspace: string;
  folder: string | null;
  name: string;
  tables: number;
}

export async function diagrams(request: APIRequestContext): Promise<Summary[]> {
  return call<Summary[]>(request, "list_diagrams", {});
}

/** The card of a diagram, or the tile of a folder. */
export function card(page: Page, name: string): Locator {
  return page.getByRole("listitem").filter({ has: page.getByRole("link", { name, exact: true }) });
}

/** Chooses from the menu of a card. */
export async function choose(card: Locator, action: string): Promise<void> {
  await card.getByRole("button", { name: /^Actions for / }).click();
  const menu = card.page().getByRole("menu");
  await menu.getByRole("menuitem", { name: action, exact: true }).click();
  await expect(menu).toHaveCount(0);
}

/** Whether the picture of a card has been fetched and drawn. */
export async function expectPicture(card: Locator): Promise<void> {
  const picture = card.locator("img:visible");
  await picture.scrollIntoViewIfNeeded();
  await expect(picture).toHaveCount(1);
  await expect.poll(() => picture.evaluate((it: HTMLImageElement) => it.complete && it.naturalWidth)).toBe(320);
}
