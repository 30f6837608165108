// The panel of revisions and what lies over the canvas meanwhile.

import { expect, type Locator, type Page } from "@playwright/test";

export class History {
  constructor(private readonly page: Page) {}

  get panel(): Locator {
    return this.page.getByRole("complementary", { name: "History" });
  }

  /** Says which state is looked at. */
  get banner(): Locator {
    return this.page.getByTestId("history-banner");
  }

  get rows(): Locator {
    return this.panel.getByRole("list", { name: "Revisions" }).getByRole("button");
  }

  /** What differs, a line an object. */
  get differences(): Locator {
    return this.panel.getByTestId("compared-item");
  }

  row(number: number): Locator {
    return this.panel.locator(`#history-revision-${number}`);
  }

  get compareWith(): Locator {
    return this.panel.getByRole("combobox", { name: "Compare with" });
  }

  get restore(): Locator {
    return this.panel.getByRole("button", { name: "Restore…" });
  }

  get backToNow(): Locator {
    return this.page.getByRole("button", { name: "Back to now" });
  }

  async open(): Promise<void> {
    await this.page.getByRole("banner").getByRole("button", { name: "History" }).click();
    await expect(this.panel).toBeVisible();
  }

  /** Opens a revision from the list. */
  async look(number: number): Promise<void> {
    await this.row(number).click();
    await expect(this.banner).toContainText(number === 0 ? "The beginning" : `Revision ${number}`);
  }

  /** Waits until exactly these objects differ, in any order. */
  async expectDifferences(...titles: string[]): Promise<void> {
    await expect(async () => {
      const found = await this.differences.locator(".pending-title").allInnerTexts();
      expect(found.sort()).toEqual([...titles].sort());
    }).toPass({ timeout: 10_000 });
  }
}
