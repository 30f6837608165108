// The editor's page, as a person works with it.

import { expect, type Locator, type Page } from "@playwright/test";
import { hydrated } from "./app.ts";

/** A rectangle in the window. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What `window.__crowfoot` tells of the canvas. */
interface Hook {
  frame(): number;
  camera(): { x: number; y: number; zoom: number };
  setCamera(x: number, y: number, zoom: number): void;
  tableRect(name: string): Box | null;
  columnRect(table: string, column: string): Box | null;
  linePoint(reference: string): Box | null;
}

declare global {
  interface Window {
    __crowfoot: Hook;
  }
}

/** Keeps a page that is opened afterwards from hearing what others do, as a network does that is slow. */
export async function holdNews(page: Page): Promise<void> {
  await page.routeWebSocket(/\/api\/v1\/diagrams\/.*\/live$/, () => {});
}

export class Bench {
  constructor(readonly page: Page) {}

  /** Opens a diagram and waits until its canvas answers. */
  static async open(page: Page, diagram: string): Promise<Bench> {
    await page.goto(`/d/${diagram}`);
    const editor = new Bench(page);
    await editor.ready();
    return editor;
  }

  /** Waits until the canvas has drawn and answers to input. */
  async ready(): Promise<void> {
    await hydrated(this.page);
    await expect(this.canvas).toHaveClass(/(^| )is-live( |$)/);
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  get canvas(): Locator {
    return this.page.getByTestId("canvas");
  }

  /** The words beside the diagram's name. */
  get saveState(): Locator {
    return this.page.getByTestId("save-state");
  }

  /** The panel on the right. */
  get panel(): Locator {
    return this.page.locator("aside.inspector");
  }

  get pending(): Locator {
    return this.page.getByRole("region", { name: "Pending changes" });
  }

  get pendingItems(): Locator {
    return this.page.getByTestId("pending-item");
  }

  get reviewDialog(): Locator {
    return this.page.getByRole("dialog", { name: /^(Review and save|Saved)$/ });
  }

  /** The messages that are shown for a moment. */
  get toasts(): Locator {
    return this.page.getByRole("region", { name: "Messages" });
  }

  /** What is said to those who listen; the last of it. */
  get spoken(): Locator {
    return this.page.locator("p.visually-hidden[role=status]");
  }

  item(title: string): Locator {
    return this.pendingItems.filter({ has: this.page.getByRole("button", { name: title, exact: true }) });
  }

  /** The titles of what is pending, in order. */
  async pendingTitles(): Promise<string[]> {
    return this.pendingItems.locator(".pending-title").allInnerTexts();
  }

  /** Waits until exactly these items are pending, in any order. */
  async expectPending(...titles: string[]): Promise<void> {
    await expect(async () => {
      expect((await this.pendingTitles()).sort()).toEqual([...titles].sort());
    }).toPass({ timeout: 10_000 });
  }

  /** Waits until as many changes as that are kept by the browser. */
  async expectKept(count: number): Promise<void> {
    const words = count === 1 ? "1 change staged" : `${count} changes staged`;
    await expect(this.saveState).toHaveText(new RegExp(`^${words}( on this device|, backed up)$`));
  }

  /** Waits until as many changes as that are on the server. */
  async expectBackedUp(count: number): Promise<void> {
    const words = count === 1 ? "1 change staged, backed up" : `${count} changes staged, backed up`;
    await expect(this.saveState).toHaveText(words);
  }

  row(name: string): Locator {
    return this.page.getByRole("tree", { name: "Tables" }).getByRole("treeitem", { name });
  }

  /** Opens the panel of a table from the outline. */
  async openTable(name: string): Promise<void> {
    const row = this.page.getByRole("tree", { name: "Tables" }).locator('[aria-level="2"]');
    await row.filter({ has: this.page.getByText(name, { exact: true }) }).dblclick();
    await expect(this.page.getByRole("complementary", { name: `Table ${name}` })).toBeVisible();
  }

  /** Adds a table with the button and names it; its panel stays open. */
  async addTable(name: string): Promise<void> {
    await this.page.getByRole("button", { name: "New table" }).first().click();
    await this.rename(name);
  }

  /** Gives the table of the open panel another name. */
  async rename(name: string): Promise<void> {
    const field = this.panel.locator("#table-name");
    await field.fill(name);
    await field.press("Enter");
    await expect(this.panel.getByRole("heading", { level: 2, name: `Table ${name}` })).toBeVisible();
  }

  /** The group of a column in the open panel. */
  column(name: string): Locator {
    return this.panel.getByRole("group", { name: `Column ${name}`, exact: true });
  }

  /** Adds a column to the table of the open panel. */
  async addColumn(name: string, type: string): Promise<void> {
    const before = await this.panel.locator(".column-item").count();
    await this.panel.getByRole("button", { name: "Add column" }).click();
    await expect(this.panel.locator(".column-item")).toHaveCount(before + 1);
    const added = this.panel.locator(".column-item").nth(before);
    const field = added.getByRole("textbox", { name: "Name", exact: true });
    await field.fill(name);
    await field.press("Enter");
    await this.setType(name, type);
  }

  async renameColumn(column: string, name: string): Promise<void> {
    const field = this.column(column).getByRole("textbox", { name: "Name", exact: true });
    await field.fill(name);
    await field.press("Enter");
    await expect(this.column(name)).toBeVisible();
  }

  async setType(column: string, type: string): Promise<void> {
    const field = this.column(column).getByRole("combobox", { name: "Type", exact: true });
    await field.fill(type);
    await field.press("Tab");
    await expect(field).toHaveValue(type);
  }

  /** Leaves the panel, whose changes stay staged. */
  async done(): Promise<void> {
    await this.panel.getByRole("button", { name: "Done" }).click();
    await expect(this.panel).toHaveCount(0);
  }

  /** Opens the review of everything staged. */
  async review(): Promise<Locator> {
    await this.page.getByRole("banner").getByRole("button", { name: /^Save…/ }).click();
    await expect(this.reviewDialog).toBeVisible();
    return this.reviewDialog;
  }

  /** Presses the button that commits what is ticked. */
  async pressCommit(): Promise<void> {
    await this.reviewDialog.getByRole("button", { name: /^Commit \d+ changes?$/ }).click();
  }

  /** Reviews and commits everything staged, and waits for the revision. */
  async commitAll(revision: number): Promise<void> {
    const dialog = await this.review();
    await this.pressCommit();
    await expect(dialog.getByText(`Saved as revision ${revision}`)).toBeVisible();
    await dialog.locator("footer").getByRole("button", { name: "Close" }).click();
    await expect(dialog).toBeHidden();
  }

  async tableRect(name: string): Promise<Box> {
    const box = await this.page.evaluate((name) => window.__crowfoot.tableRect(name), name);
    expect(box, `table ${name} on the canvas`).not.toBeNull();
    return box!;
  }

  async columnRect(table: string, column: string): Promise<Box> {
    const box = await this.page.evaluate(([table, column]) => window.__crowfoot.columnRect(table!, column!), [table, column]);
    expect(box, `${table}.${column} on the canvas`).not.toBeNull();
    return box!;
  }

  async camera(): Promise<{ x: number; y: number; zoom: number }> {
    return this.page.evaluate(() => window.__crowfoot.camera());
  }

  /** Presses on one point, goes to the other in steps, and lets go. */
  async drag(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
    await this.page.mouse.move(from.x, from.y);
    await this.page.mouse.down();
    await this.page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
    await this.page.mouse.move(to.x, to.y, { steps: 4 });
    await this.page.mouse.up();
  }
}
