// A schema as text, brought into a diagram: read, judged, staged as one step, and saved.

import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../support/app.ts";
import { Bench } from "../support/bench.ts";
import { newDiagram, open } from "../support/rpc.ts";

const SQL = `create table suppliers (
  id serial primary key,
  name text not null
);

make me a sandwich;

create table deliveries (
  id serial primary key,
  supplier_id int not null references suppliers (id),
  user_id int references users (id)
);

create table users (id serial primary key);
`;

const DBML = `Table brands {
  id integer [pk]
}

Table models {
  id integer [pk]
  brand_id integer [ref: > brands.id]
}
`;

async function openSample(page: Page): Promise<{ bench: Bench; diagram: string }> {
  const diagram = await newDiagram(page.request, "shop_flow");
  return { bench: await Bench.open(page, diagram), diagram };
}

function dialogOf(page: Page): Locator {
  return page.getByRole("dialog", { name: "Import", exact: true });
}

async function tablesOf(page: Page, diagram: string): Promise<string[]> {
  return Object.values((await open(page.request, diagram)).schema.tables).map((table) => table.name);
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations).toEqual([]);
}

test("SQL with a bad statement, by pointer: found, staged, undone, staged again and saved", async ({ page }) => {
  const { bench, diagram } = await openSample(page);
  await page.getByRole("button", { name: "Import…" }).click();
  const dialog = dialogOf(page);
  const text = dialog.getByLabel("SQL or DBML");
  await text.fill(SQL);
  const stage = dialog.getByRole("button", { name: "Stage 2 tables" });
  await expect(stage).toHaveAttribute("aria-disabled", "false");
  await expect(dialog.getByLabel("Format").locator("option:checked")).toHaveText("Guessed: PostgreSQL");
  await expect(dialog.getByRole("status")).toContainText("Imported 3 of 4 statements");
  await expect(dialog).toContainText("users is in the diagram already and stays as it is");
  await expect(dialog.getByRole("img", { name: "What is imported" })).toContainText("deliveries");

  await dialog.getByRole("button", { name: /^Line 6/ }).click();
  const selected = await text.evaluate((field: HTMLTextAreaElement) =>
    field.value.slice(field.selectionStart, field.selectionEnd),
  );
  expect(selected).toBe("make me a sandwich;");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }

  await stage.click();
  await expect(dialog).toBeHidden();
  await expect(bench.row("deliveries")).toBeVisible();
  const staged = await bench.pendingTitles();
  expect(staged).toEqual(expect.arrayContaining(["Table suppliers", "Table deliveries"]));
  const window = page.viewportSize()!;
  for (const table of ["suppliers", "deliveries"]) {
    const box = await bench.tableRect(table);
    expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= window.width && box.y + box.height <= window.height).toBe(true);
  }

  await page.keyboard.press("ControlOrMeta+z");
  await bench.expectPending();
  await page.getByRole("button", { name: "Import…" }).click();
  await expect(text).toHaveValue("");
  await text.fill(SQL);
  await stage.click();
  await bench.expectPending(...staged);
  await bench.commitAll(1);
  expect(await tablesOf(page, diagram)).toEqual(expect.arrayContaining(["suppliers", "deliveries"]));
});

test("a DBML file by keyboard, and a text that is not understood", async ({ page }) => {
  const { bench, diagram } = await openSample(page);
  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.type("Import");
  await page.keyboard.press("Enter");
  const dialog = dialogOf(page);
  const text = dialog.getByLabel("SQL or DBML");
  await expect(text).toBeFocused();

  await page.keyboard.insertText("make me a sandwich");
  await expect(dialog.getByRole("button", { name: /^Line 1/ })).toBeVisible();
  const stage = dialog.getByRole("button", { name: /^Stage/ });
  await expect(stage).toHaveAttribute("aria-disabled", "true");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await page.getByRole("button", { name: "Import…" }).press("Enter");
  await expect(text).toHaveValue("make me a sandwich");

  const chooser = page.waitForEvent("filechooser");
  await dialog.getByRole("button", { name: "Choose file…" }).press("Enter");
  await (await chooser).setFiles({ name: "shop.dbml", mimeType: "text/plain", buffer: Buffer.from(DBML) });
  await expect(text).toHaveValue(DBML);
  await expect(dialog.getByLabel("Format").locator("option:checked")).toHaveText("Guessed: DBML");
  await expect(stage).toHaveText("Stage 2 tables");

  await dialog.getByLabel("Format").selectOption({ label: "MySQL" });
  await expect(stage).toHaveAttribute("aria-disabled", "true");
  await dialog.getByLabel("Format").selectOption({ label: "DBML" });
  await expect(stage).toHaveText("Stage 2 tables");
  await expect(stage, "read").not.toHaveAttribute("aria-disabled", "true");
  await stage.press("Enter");
  await expect(dialog).toBeHidden();
  await bench.commitAll(1);
  expect(await tablesOf(page, diagram)).toEqual(expect.arrayContaining(["brands", "models"]));
});
