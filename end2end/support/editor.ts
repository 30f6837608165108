// Drawing with the editor, by pointer: tables with their columns, references, and commits of them.

import { expect, type Locator, type Page } from "@playwright/test";
import { gotoHydrated } from "./app.ts";
import { Bench } from "./bench.ts";

/** A column as it is typed into the table editor. */
export interface ColumnSpec {
  name: string;
  type?: string;
  primary?: boolean;
  notNull?: boolean;
  unique?: boolean;
  default?: string;
}

/** A reference as it is chosen in a form. */
export interface ReferenceSpec {
  from: string;
  to: string;
  columns: [from: string, to: string][];
  kind?: "many to one" | "one to one" | "one to many";
  onDelete?: string;
  onUpdate?: string;
}

export class Editor extends Bench {
  readonly topbar: Locator;
  readonly sidebar: Locator;

  constructor(page: Page) {
    super(page);
    this.topbar = page.getByRole("banner");
    this.sidebar = page.getByRole("navigation", { name: "Schema" });
  }

  /** Opens a diagram by its address. */
  static async at(page: Page, id: string): Promise<Editor> {
    await page.goto(`/d/${id}`);
    return Editor.opened(page);
  }

  /** Makes a diagram on the home page. */
  static async create(page: Page, template: RegExp): Promise<Editor> {
    await gotoHydrated(page, "/");
    await page.getByRole("button", { name: template }).click();
    return Editor.opened(page);
  }

  /** The editor that is being opened, once it answers. */
  static async opened(page: Page): Promise<Editor> {
    await page.waitForURL(/\/d\/[0-9a-f-]{36}$/);
    const editor = new Editor(page);
    await editor.ready();
    return editor;
  }

  /** The diagram's id. */
  get id(): string {
    return new URL(this.page.url()).pathname.split("/").at(-1)!;
  }

  /** Waits until the panel is that of `Table orders`, or of `orders.user_id → users.id`. */
  async isOpen(label: string): Promise<void> {
    await expect(this.page.getByRole("complementary", { name: label, exact: true })).toBeVisible();
  }

  // Tables

  /** Adds a table, and its columns, of which the first takes the place of `id`. Its panel stays open. */
  async makeTable(name: string, columns: ColumnSpec[] = []): Promise<void> {
    await this.showTab("Tables");
    await this.sidebar.getByRole("button", { name: "New table" }).click();
    await expect(this.panel.getByRole("textbox", { name: "Name", exact: true }).first()).toBeFocused();
    await this.rename(name);
    for (const [at, column] of columns.entries()) {
      if (at === 0) await this.setColumn("id", column);
      else await this.makeColumn(column);
    }
  }

  /** Adds a column to the table whose panel is open. */
  async makeColumn(column: ColumnSpec): Promise<void> {
    const before = await this.columns.count();
    await this.panel.getByRole("button", { name: "Add column", exact: true }).click();
    await expect(this.columns).toHaveCount(before + 1);
    await expect(nameOf(this.columns.last())).toBeFocused();
    await this.setColumn(await nameOf(this.columns.last()).inputValue(), column);
  }

  /** Makes a column of the table whose panel is open be as described. */
  async setColumn(now: string, wanted: ColumnSpec): Promise<void> {
    if (now !== wanted.name) await settle(nameOf(this.column(now)), wanted.name);
    const column = this.column(wanted.name);
    await expect(column).toBeVisible();
    if (wanted.type) {
      const type = column.getByRole("combobox", { name: "Type" });
      await settle(type, wanted.type);
      await expect(type).not.toHaveAttribute("aria-invalid", "true");
    }
    const flags = [
      ["Primary key", wanted.primary],
      ["Not null", wanted.notNull],
      ["Unique", wanted.unique],
    ] as const;
    for (const [label, on] of flags) {
      if (on !== undefined) await column.getByRole("checkbox", { name: label }).setChecked(on);
    }
    if (wanted.default !== undefined) {
      const more = column.getByRole("button", { name: `More about ${wanted.name}` });
      if ((await more.getAttribute("aria-expanded")) === "false") await more.click();
      await settle(column.getByRole("textbox", { name: "Default" }), wanted.default);
      await expect(column.getByRole("textbox", { name: "Default" })).toHaveValue(wanted.default);
    }
  }

  /** The columns of the table whose panel is open. */
  get columns(): Locator {
    return this.panel.getByRole("group", { name: /^Column / });
  }

  /** Adds an index to the table whose panel is open, under a name of its own if one is given. */
  async makeIndex(columns: string[], name?: string): Promise<void> {
    await this.panel.getByRole("button", { name: "Add index" }).click();
    const form = this.panel.getByRole("group", { name: "New index", exact: true });
    for (const column of columns) await choose(form.getByRole("combobox"), column);
    await form.getByRole("button", { name: "Add", exact: true }).click();
    const made = this.panel.getByRole("group", { name: new RegExp(`^\\S+_${columns.join("_")}_idx\\d*$`) });
    await expect(made).toBeVisible();
    if (name) {
      await settle(nameOf(made), name);
      await expect(this.panel.getByRole("group", { name, exact: true })).toBeVisible();
    }
  }

  /** Opens the panel of a table from the outline. */
  override async openTable(name: string): Promise<void> {
    await this.showTab("Tables");
    await super.openTable(name);
  }

  /** Opens a table's panel from its head on the canvas. */
  async openTableOnCanvas(name: string): Promise<void> {
    const { x, y, width } = await this.tableRect(name);
    await this.page.mouse.dblclick(x + width / 2, y + 10);
    await this.isOpen(`Table ${name}`);
  }

  // References

  /** Fills the form for a reference that is open, up to its last button. */
  async fillReference(form: Locator, wanted: ReferenceSpec): Promise<void> {
    const from = form.getByRole("combobox", { name: "From table" });
    if (await from.isVisible()) await choose(from, wanted.from);
    await choose(form.getByRole("combobox", { name: /^(To|Target) table$/ }), wanted.to);
    if (wanted.kind) await pick(form, "Relationship", wanted.kind);
    for (const [at, [fromColumn, toColumn]] of wanted.columns.entries()) {
      const pair = form.getByRole("group", { name: `Column pair ${at + 1}` });
      if (!(await pair.isVisible())) await form.getByRole("button", { name: "Add column pair" }).click();
      await choose(pair.getByRole("combobox", { name: "From column" }), fromColumn);
      await choose(pair.getByRole("combobox", { name: "To column" }), toColumn);
    }
    await this.chooseActions(form, wanted);
  }

  /** Chooses what happens on delete and on update, in a form or in the panel of a reference. */
  async chooseActions(form: Locator, wanted: Pick<ReferenceSpec, "onDelete" | "onUpdate">): Promise<void> {
    if (wanted.onDelete) await pick(form, "On delete", wanted.onDelete);
    if (wanted.onUpdate) {
      const choices = form.getByRole("group", { name: "On update" });
      if (!(await choices.isVisible())) await form.locator("summary").filter({ hasText: "On update" }).click();
      await pick(form, "On update", wanted.onUpdate);
    }
  }

  /** Makes a reference with the form of the Refs tab, and leaves it open. */
  async addReference(wanted: ReferenceSpec): Promise<void> {
    await this.showTab("Refs");
    await this.sidebar.getByRole("button", { name: "Add ref", exact: true }).click();
    await this.isOpen("New reference");
    const form = this.panel.getByRole("group", { name: "New reference" });
    await this.fillReference(form, wanted);
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form).toBeHidden();
  }

  /** The line of a reference in the Refs tab: `orders.user_id → users.id`. */
  referenceRow(ends: string): Locator {
    return this.sidebar
      .getByRole("list", { name: "References" })
      .getByRole("button", { name: new RegExp(`^${escaped(ends)} ?,`) });
  }

  /** The reading of a reference on the canvas: `orders.user_id references users.id, …`. */
  line(words: string): Locator {
    return this.canvas.getByRole("list", { name: "References in view" }).getByRole("button", { name: words, exact: true });
  }

  /** Drags a line from the handle at a column's edge to a column. */
  async dragHandle(from: [table: string, column: string], to: [table: string, column: string]): Promise<void> {
    const [start, end] = [await this.columnRect(...from), await this.columnRect(...to)];
    const goesRight = end.x + end.width / 2 > start.x + start.width / 2;
    const edge = goesRight ? start.x + start.width - 1 : start.x + 1;
    await this.drag(
      { x: edge, y: start.y + start.height / 2 },
      { x: end.x + end.width / 2, y: end.y + end.height / 2 },
    );
  }

  /** Clicks the line of a reference where nothing lies over it. */
  async clickLine(name: string): Promise<void> {
    const point = await this.page.evaluate((it) => window.__crowfoot.linePoint(it), name);
    expect(point, `the line of ${name} on the canvas`).not.toBeNull();
    await this.page.mouse.click(point!.x, point!.y);
  }

  /** Shows all tables with nothing lying over them, so that each can be pointed at. */
  async showEverything(): Promise<void> {
    const fold = this.pending.getByRole("button", { name: "Pending changes" });
    if ((await fold.getAttribute("aria-expanded")) === "true") await fold.click();
    await this.page.getByRole("button", { name: "Show everything" }).click();
  }

  async showTab(name: "Tables" | "Refs" | "Types"): Promise<void> {
    const tab = this.sidebar.getByRole("tab", { name });
    if ((await tab.getAttribute("aria-selected")) !== "true") await tab.click();
    await expect(tab).toHaveAttribute("aria-selected", "true");
  }

  /** Commits what is ticked in the review that is open, and closes it. Answers with the number of the revision. */
  async commit(): Promise<number> {
    await this.pressCommit();
    const said = this.reviewDialog.getByText(/^Saved as revision \d+/);
    await expect(said).toBeVisible({ timeout: 20_000 });
    const revision = Number(/\d+/.exec(await said.innerText())![0]);
    await this.reviewDialog.getByRole("button", { name: "Close" }).last().click();
    await expect(this.reviewDialog).toBeHidden();
    return revision;
  }

  /** Reviews and commits everything that is staged. */
  async commitEverything(): Promise<number> {
    await this.review();
    const revision = await this.commit();
    await expect(this.saveState).toHaveText(`Saved as revision ${revision}`);
    return revision;
  }
}

/** Chooses the option that begins with a name. */
export async function choose(select: Locator, name: string): Promise<void> {
  await expect(option(select, name)).toHaveCount(1);
  await select.selectOption(await option(select, name).getAttribute("value"));
}

/** The option of a list that begins with a name. */
export function option(select: Locator, name: string): Locator {
  return select.locator("option").filter({ hasText: new RegExp(`^\\s*${escaped(name)}(?:\\s|$)`) });
}

/** Chooses one of a group of alternatives by its label, as a pointer does. */
export async function pick(within: Locator, group: string, label: string): Promise<void> {
  const choices = within.getByRole("group", { name: group });
  await choices.locator("label").filter({ hasText: new RegExp(`${label}$`) }).click();
  await expect(choices.getByRole("radio", { name: label, exact: true })).toBeChecked();
}

/** Types a text over what stands in a field, and settles it. */
export async function settle(field: Locator, text: string): Promise<void> {
  await field.fill(text);
  await field.press("Enter");
}

/** The field with the name of a column, index or key. */
export function nameOf(group: Locator): Locator {
  return group.getByRole("textbox", { name: "Name", exact: true });
}

export function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
