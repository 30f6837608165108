// What leaves the product can be read elsewhere, and says the same there.

import { readFile } from "node:fs/promises";
import { Parser } from "@dbml/core";
import type { Locator, Page } from "@playwright/test";
import { parse } from "libpg-query";
import { expect, test } from "../support/app.ts";
import { Bench } from "../support/bench.ts";
import { exported, newDiagram, open, type Snapshot } from "../support/rpc.ts";

test("ShopFlow's SQL loads into an empty database and comes back the same", async ({ app, request }) => {
  const id = await newDiagram(request, "shop_flow");
  const sql = await exported(request, id, "sql");
  const statements = ((await parse(sql)).stmts ?? []).map((it) => Object.keys(it.stmt ?? {})[0]);
  expect(new Set(statements)).toEqual(new Set(["CreateStmt", "IndexStmt", "AlterTableStmt", "CommentStmt"]));

  await app.psql("create database loaded", "postgres");
  await app.psql(sql, "loaded");
  const { database } = await open(request, id);
  const without = (dump: string) => dump.split("\n").filter((line) => !/^(\\|--|$)/.test(line)).join("\n");
  const sandbox = without(await app.dumpSchema(database!.name));
  const loaded = without(await app.dumpSchema("loaded"));
  expect(loaded).toContain("FOREIGN KEY (product_id) REFERENCES public.products(id)");
  expect(sandbox.split("\n").filter((line) => !line.includes("__crowfoot"))).toEqual(expect.arrayContaining(loaded.split("\n")));
});

test("ShopFlow's DBML is read by the reference reader and says the same", async ({ request }) => {
  const id = await newDiagram(request, "shop_flow");
  const snapshot = await open(request, id);
  const database = new Parser().parse(await exported(request, id, "dbml"), "dbmlv2");
  expect(fromDbml(database)).toEqual(fromSnapshot(snapshot));
});

/** What a press of the button saves: the file's name and what is in it. */
async function saved(page: Page, press: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const coming = page.waitForEvent("download");
  await press();
  const download = await coming;
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

const optionsOf = (select: Locator) => select.locator("option").evaluateAll((all) => all.map((it) => (it as HTMLOptionElement).value));

test("each format is shown and saved, of everything or of what is selected", async ({ page }) => {
  await Bench.open(page, await newDiagram(page.request, "shop_flow"));
  await page.getByRole("tree", { name: "Tables" }).locator('[aria-level="2"]').filter({ hasText: "users" }).click();
  await page.getByRole("button", { name: "Export…" }).click();
  const dialog = page.getByRole("dialog", { name: "Export" });
  const tab = (name: string) => dialog.getByRole("tab", { name, exact: true });
  const text = dialog.getByLabel("Exported text");
  const download = () => dialog.getByRole("button", { name: "Download", exact: true }).click();
  const names = new Set<string>();

  for (const [group, label] of [
    ["SQL", "Database"],
    ["More", "Format"],
  ] as const) {
    await tab(group).click();
    const select = dialog.getByRole("combobox", { name: label });
    for (const value of await optionsOf(select)) {
      await select.selectOption(value);
      await expect(text, value).toContainText(/order\\*_?items/i);
      const { name, bytes } = await saved(page, download);
      expect(bytes.toString("utf8"), value).toBe(await text.textContent());
      names.add(name);
    }
  }
  expect(names.has("shopflow.sql") && names.has("shopflow.json") && names.has("shopflow.md"), [...names].join()).toBe(true);

  const part = dialog.getByRole("checkbox", { name: "Only the selected table" });
  await part.check();
  await tab("SQL").click();
  await dialog.getByRole("combobox", { name: "Database" }).selectOption({ index: 0 });
  await expect(text).not.toContainText("order_items");
  await expect(text).toContainText("users");
  const alone = (await saved(page, download)).bytes.toString("utf8");
  const made = ((await parse(alone)).stmts ?? []).flatMap((it) => (it.stmt && "CreateStmt" in it.stmt ? [it.stmt.CreateStmt.relation?.relname] : []));
  expect(made).toEqual(["users"]);

  await tab("SVG").click();
  const picture = dialog.getByRole("img", { name: "The whole diagram" });
  const width = () => picture.evaluate((it: HTMLImageElement) => it.naturalWidth);
  await expect.poll(width).toBeGreaterThan(0);
  const small = await saved(page, () => dialog.getByRole("button", { name: "Download PNG" }).click());
  const narrow = await width();
  expect([small.name, small.bytes.subarray(1, 4).toString("latin1")]).toEqual(["shopflow.png", "PNG"]);
  expect(small.bytes.readUInt32BE(16), "two pixels for one").toBe(narrow * 2);
  await part.uncheck();
  await expect.poll(width, "all of it is wider").toBeGreaterThan(narrow);
  const all = await saved(page, () => dialog.getByRole("button", { name: "Download PNG" }).click());
  expect(all.bytes.readUInt32BE(16)).toBe((await width()) * 2);
});

test("an export by keyboard alone", async ({ page }) => {
  const bench = await Bench.open(page, await newDiagram(page.request, "shop_flow"));
  await bench.canvas.focus();
  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.type("export");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Export" });
  await expect(dialog).toBeVisible();
  await dialog.getByRole("tab", { name: "SQL", exact: true }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(dialog.getByLabel("Exported text")).toContainText("Table users");
  for (let at = 0; at < 12; at += 1) {
    await page.keyboard.press("Tab");
    if ((await page.evaluate(() => document.activeElement?.textContent)) === "Download") break;
  }
  const { name, bytes } = await saved(page, () => page.keyboard.press("Enter"));
  expect(name).toBe("shopflow.dbml");
  new Parser().parse(bytes.toString("utf8"), "dbmlv2");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

/** Tables with their columns and keys, and references, in a form that both sides can be brought into. */
interface Said {
  tables: Record<string, { columns: string[]; keys: string[] }>;
  references: string[];
}

function fromSnapshot(snapshot: Snapshot): Said {
  const tables = Object.values(snapshot.schema.tables);
  const column = (table: string, id: string) =>
    snapshot.schema.tables[table]!.columns.find((it) => it.id === id)!.name;
  return {
    tables: Object.fromEntries(
      tables.map((table) => [
        table.name,
        {
          columns: table.columns.map((it) => {
            const primary = table.keys.some((key) => key.kind === "primary" && key.columns.includes(it.id));
            return `${it.name} ${it.data_type.replaceAll(" ", "")}${it.nullable || primary ? "" : " not null"}`;
          }),
          keys: table.keys
            .map((key) => `${key.kind} ${key.columns.map((id) => column(table.id, id)).join(",")}`)
            .sort(),
        },
      ]),
    ),
    references: Object.values(snapshot.schema.references)
      .map((it) => {
        const [from, to] = [it.referencing, it.referenced].map((id) => snapshot.schema.tables[id]!.name);
        const columns = it.pairs.map((pair) => column(it.referencing, pair.referencing));
        const keys = it.pairs.map((pair) => column(it.referenced, pair.referenced));
        const actions = [it.on_delete, it.on_update].map((action) => action.replace("_", " "));
        return `${it.name}: ${from}(${columns}) > ${to}(${keys}) ${actions.join("/")}`;
      })
      .sort(),
  };
}

function fromDbml(database: ReturnType<Parser["parse"]>): Said {
  const said: Said = { tables: {}, references: [] };
  for (const schema of database.schemas) {
    for (const table of schema.tables) {
      const keys: string[] = [];
      const columns = table.fields.map((field) => {
        if (field.pk) keys.push(`primary ${field.name}`);
        if (field.unique) keys.push(`unique ${field.name}`);
        const type = String(field.type.type_name).replaceAll(" ", "");
        return `${field.name} ${type}${field.not_null && !field.pk ? " not null" : ""}`;
      });
      for (const index of table.indexes) {
        const names = index.columns.map((it) => it.value).join(",");
        if (index.pk) keys.push(`primary ${names}`);
        else if (index.unique) keys.push(`unique ${names}`);
      }
      said.tables[table.name] = { columns, keys: keys.sort() };
    }
    for (const ref of schema.refs) {
      const many = ref.endpoints.find((it) => it.relation === "*")!;
      const one = ref.endpoints.find((it) => it !== many)!;
      const actions = [ref.onDelete, ref.onUpdate].map((action) => action ?? "no action");
      said.references.push(
        `${ref.name}: ${many.tableName}(${many.fieldNames}) > ${one.tableName}(${one.fieldNames}) ${actions.join("/")}`,
      );
    }
  }
  said.references.sort();
  return said;
}
