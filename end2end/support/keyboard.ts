// Going about by keyboard alone, as somebody does who has no pointer.

import { expect, type Locator, type Page } from "@playwright/test";

/** More stops than any page has: beyond them the focus goes round in circles. */
const MOST_STOPS = 150;

export class Keyboard {
  constructor(private readonly page: Page) {}

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** Replaces what stands in the field that has the focus, and settles it. */
  async fill(text: string): Promise<void> {
    await this.press("ControlOrMeta+a");
    await this.type(text);
    await this.press("Enter");
  }

  /** Goes on with Tab until an element has the focus. */
  async tabTo(target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
    await expect(target).toBeVisible();
    for (let stop = 0; stop < MOST_STOPS; stop += 1) {
      if (await has(target)) return;
      await this.page.keyboard.press(key);
    }
    throw new Error(`${key} never comes to ${target}`);
  }

  /** Chooses in the list that has the focus, by typing what the choice begins with. */
  async choose(list: Locator, text: string): Promise<void> {
    await expect(list).toBeFocused();
    await this.type(text);
    const chosen = list.locator("option:checked");
    await expect(chosen).toHaveText(new RegExp(`^${text}(?:\\s|$)`));
  }

  /** Goes with the arrows to an alternative of the group that has the focus. */
  async arrowTo(target: Locator, key = "ArrowDown"): Promise<void> {
    for (let stop = 0; stop < 12; stop += 1) {
      if (await has(target)) return;
      await this.page.keyboard.press(key);
    }
    throw new Error(`${key} never comes to ${target}`);
  }

  /** Finds a table, column, reference or command by its name. */
  async find(name: string): Promise<void> {
    await this.press("ControlOrMeta+k");
    await expect(this.page.getByRole("combobox", { name: "Find table or command" })).toBeFocused();
    await this.type(name);
    const results = this.page.getByRole("listbox", { name: "Results" });
    await expect(results.getByRole("option", { selected: true })).toContainText(name);
    await this.press("Enter");
    await expect(this.page.getByRole("dialog")).toHaveCount(0);
  }
}

async function has(target: Locator): Promise<boolean> {
  return target.evaluate((element) => element === document.activeElement);
}
