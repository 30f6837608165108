// What people with bad intent type is refused with a message, or comes out as it went in and does nothing.

import { randomUUID } from "node:crypto";
import { Parser } from "@dbml/core";
import type { APIRequestContext, Locator, Page } from "@playwright/test";
import { parse } from "libpg-query";
import { expect, gotoHydrated, test } from "../support/app.ts";
import { Bench } from "../support/bench.ts";
import { corpus, sample } from "../support/hostile.ts";
import { call, exported, newDiagram, open } from "../support/rpc.ts";
import { commitWell, type Maker, makerFor } from "../support/schema.ts";

const FIRST = "0, ADD COLUMN x text DEFAULT pg_read_file('PG_VERSION')";

/** Types a text and expects a message that is tied to the field; puts back what stood there. */
async function expectRefused(page: Page, field: Locator, text: string): Promise<void> {
  const before = await field.inputValue();
  await field.fill(text);
  await field.press("Enter");
  await expect(field, text).toHaveAttribute("aria-invalid", "true");
  const described = await field.getAttribute("aria-describedby");
  await expect(page.locator(`[id="${described}"]`), text).toHaveText(/\w{3}/);
  await field.press("Escape");
  await expect(field, text).toHaveValue(before);
  await expect(field).not.toHaveAttribute("aria-invalid");
}

test("refused names, types and defaults are said to be so where they are typed, and stage nothing", async ({ page }) => {
  const bench = await Bench.open(page, await newDiagram(page.request, "shop_flow"));
  await bench.openTable("users");
  // A field of one line takes no line breaks, so none can be typed.
  const typed = (texts: string[]) => texts.filter((text) => !/[\n\r]/.test(text));

  const name = bench.panel.locator("#table-name");
  for (const text of sample(typed(corpus("refused_names")), 2)) await expectRefused(page, name, text);
  const column = bench.column("email");
  const columnName = column.getByRole("textbox", { name: "Name", exact: true });
  for (const text of sample(typed(corpus("refused_names")), 5)) await expectRefused(page, columnName, text);
  const type = column.getByRole("combobox", { name: "Type", exact: true });
  for (const text of sample(corpus("refused_types"), 6)) await expectRefused(page, type, text);
  await column.getByRole("button", { name: "More about email" }).click();
  const byDefault = column.getByRole("textbox", { name: "Default", exact: true });
  for (const text of [FIRST, ...sample(corpus("refused_expressions"), 9)]) await expectRefused(page, byDefault, text);

  await bench.expectPending();
  await expect(bench.saveState).toHaveText("Nothing to save yet");
});

test("hostile names that are staged by hand reach the database as they were typed", async ({ app, page }) => {
  const bench = await Bench.open(page, await newDiagram(page.request, "shop_flow"));
  const diagram = new URL(page.url()).pathname.split("/").at(-1)!;
  const names = [`users"; DROP TABLE users; --`, "<script>alert(1)</script>", "a\\b", "日本"];
  for (const name of names) {
    await bench.addTable(name);
    await bench.addColumn(`x', ${name}`, "text");
    await bench.done();
  }
  await bench.commitAll(1);
  const { database, schema } = await open(page.request, diagram);
  expect(Object.values(schema.tables).map((table) => table.name)).toEqual(expect.arrayContaining(names));
  const sql = "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by oid desc";
  const inDatabase = (await app.psql(`${sql} limit 4`, database!.name)).split("\n");
  expect(inDatabase.sort()).toEqual([...names].sort());
});

/** A table for each name, with a column, notes and a reference to the one before that hold the name as well. */
function withNames(maker: Maker, names: string[]): void {
  names.forEach((name, at) => {
    maker.table({
      name,
      note: name,
      primary: ["id"],
      columns: [
        { name: "id", data_type: "integer" },
        { name: name === "id" ? "id2" : name, data_type: "integer", nullable: true, note: name },
      ],
      at: { x: (at % 12) * 400, y: Math.floor(at / 12) * 200 },
    });
    const before = names[at - 1];
    if (before !== undefined) maker.reference({ name, from: [name, name], to: [before, "id"] });
  });
}

test("harmless names come out of canvas, HTML, SQL and DBML as they went in", async ({ app, page, context }) => {
  const names = corpus("harmless_names");
  const request = page.request;
  const diagram = await newDiagram(request, "blank");
  const maker = await makerFor(request, diagram);
  withNames(maker, names);
  await commitWell(request, diagram, maker);
  const dialogs: string[] = [];
  context.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });

  const sql = await exported(request, diagram, "sql");
  const statements = (await parse(sql)).stmts!.map((it) => it.stmt as Record<string, any>);
  const kinds = statements.map((it) => Object.keys(it)[0]!);
  const count = (kind: string) => kinds.filter((it) => it === kind).length;
  expect(new Set(kinds)).toEqual(new Set(["CreateStmt", "AlterTableStmt", "CommentStmt"]));
  expect([count("CreateStmt"), count("AlterTableStmt"), count("CommentStmt")]).toEqual([
    names.length,
    names.length - 1,
    names.length * 2,
  ]);
  const created = statements.filter((it) => it.CreateStmt).map((it) => it.CreateStmt.relation.relname);
  expect(created.sort()).toEqual([...names].sort());
  for (const { CommentStmt } of statements.filter((it) => it.CommentStmt)) expect(names).toContain(CommentStmt.comment);

  await app.psql("create database harmless", "postgres");
  await app.psql(sql, "harmless");
  const ask = async (query: string) => JSON.parse(await app.psql(query, "harmless")) as string[];
  const tables = "from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace";
  expect((await ask(`select json_agg(relname) ${tables}`)).sort()).toEqual([...names].sort());
  const constraints = await ask("select json_agg(conname) from pg_constraint where contype = 'f'");
  expect(constraints.sort()).toEqual(names.slice(1).sort());
  const notes = await ask(`select json_agg(obj_description(oid)) ${tables}`);
  expect(notes.sort()).toEqual([...names].sort());

  const dbml = new Parser().parse(await exported(request, diagram, "dbml"), "dbmlv2");
  const inDbml = dbml.schemas.flatMap((schema) => schema.tables.map((table) => table.name));
  expect(inDbml.sort()).toEqual([...names].sort());

  const bench = await Bench.open(page, diagram);
  const missing = await page.evaluate((names) => names.filter((name) => !window.__crowfoot.tableRect(name)), names);
  expect(missing, "not on the canvas").toEqual([]);
  await page.keyboard.press("ControlOrMeta+a");
  const inMirror = await bench.canvas.getByRole("list", { name: "Tables in view" }).locator(":scope > li > button").allTextContents();
  expect(inMirror.length, "as many as are read out at most").toBe(80);
  const expected = names.map((name) => `Table ${name}`);
  expect(inMirror.filter((text) => !expected.includes(text))).toEqual([]);
  const outline = await page.getByRole("tree", { name: "Tables" }).locator(".outline-name").allTextContents();
  expect(outline).toEqual(expect.arrayContaining(names));
  await bench.openTable("<script>alert(1)</script>");
  await bench.done();
  await page.getByRole("button", { name: "Export…" }).click();
  const text = page.getByLabel("Exported text");
  for (const [tab, format] of [
    ["SQL", "sql"],
    ["DBML", "dbml"],
  ] as const) {
    await page.getByRole("tablist", { name: "Format" }).getByRole("tab", { name: tab, exact: true }).click();
    await expect.poll(() => text.textContent(), tab).toBe(await exported(request, diagram, format));
  }
  await page.getByRole("tab", { name: "SVG", exact: true }).click();
  const picture = page.getByRole("img", { name: "The whole diagram" });
  await expect.poll(() => picture.evaluate((it: HTMLImageElement) => it.complete && it.naturalWidth > 0)).toBe(true);
  const svg = await exported(request, diagram, "svg");
  const read = await page.evaluate((text) => {
    const drawn = new DOMParser().parseFromString(text, "image/svg+xml");
    const handlers = [...drawn.querySelectorAll("*")].filter((it) => [...it.attributes].some(({ name }) => /^on/i.test(name)));
    const count = (selector: string) => drawn.querySelectorAll(selector).length;
    return { errors: count("parsererror"), active: count("script, img, foreignObject"), handlers: handlers.length };
  }, svg);
  expect(read).toEqual({ errors: 0, active: 0, handlers: 0 });
  expect(dialogs, "no script ran").toEqual([]);
});

test("a diagram's name is text wherever it stands", async ({ page, context }) => {
  const dialogs: string[] = [];
  context.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  const diagram = await newDiagram(page.request, "blank");
  const name = `"><img src=x onerror=alert(1)></title><script>alert(1)</script>`;
  await call(page.request, "rename_diagram", { id: diagram, name });
  const bench = await Bench.open(page, diagram);
  await expect(page).toHaveTitle(new RegExp(name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  await expect(page.getByRole("textbox", { name: "Name of the diagram" })).toHaveValue(name);
  await expect(bench.canvas).toBeVisible();
  await gotoHydrated(page, "/");
  await expect(page.getByText(name).first()).toBeVisible();
  expect(await page.locator("img").count()).toBe(0);
  expect(dialogs, "no script ran").toEqual([]);
});

/** Sends a commit with one table, changed by hand, as no page would send it. */
async function sendForged(
  request: APIRequestContext,
  diagram: string,
  namespace: string,
  forge: { name?: string; column?: string; data_type?: string; default?: string; check?: string },
): Promise<{ status: number; text: string }> {
  const [table, column] = [randomUUID(), randomUUID()];
  const made = {
    id: table,
    namespace,
    name: forge.name ?? "t",
    note: null,
    columns: [
      {
        id: column,
        rank: 0,
        name: forge.column ?? "c",
        data_type: forge.data_type ?? "text",
        nullable: true,
        default: forge.default ?? null,
        note: null,
      },
    ],
    keys: [],
    checks: forge.check === undefined ? [] : [{ id: randomUUID(), name: "t_check", expression: forge.check }],
    indexes: [],
  };
  const { person } = await open(request, diagram);
  const body = {
    diagram,
    person,
    commit_id: randomUUID(),
    base_revision: 0,
    edits: [{ create: { table: made } }],
    message: "",
    placements: {},
  };
  const response = await request.post("/rpc/commit", { data: { request: body } });
  return { status: response.status(), text: await response.text() };
}

test("forged commits are refused with a message and store nothing", async ({ page }) => {
  const request = page.request;
  const diagram = await newDiagram(request, "blank");
  const before = await open(request, diagram);
  const namespace = Object.keys(before.schema.namespaces)[0]!;
  const forgeries = [
    ...[FIRST, ...corpus("refused_wide")].flatMap((text) => [{ default: text }, { check: text }]),
    // A program may name more types than people do: what stands in quotes, and intervals of some fields.
    ...corpus("refused_types")
      .filter((text) => !/^("|interval year)/.test(text))
      .map((text) => ({ data_type: text })),
    ...corpus("refused_names").flatMap((text) => [{ name: text }, { column: text }]),
  ];
  const taken: string[] = [];
  for (const forgery of forgeries) {
    const { status, text } = await sendForged(request, diagram, namespace, forgery);
    const isRefused = (status >= 400 && status < 500) || text.includes('"refused"');
    if (!isRefused || !/\w{3} \w/.test(text)) taken.push(`${JSON.stringify(forgery)}: ${status} ${text}`);
  }
  expect(taken).toEqual([]);
  expect(await open(request, diagram)).toEqual(before);

  // The form of the forgeries is right: with nothing hostile in it, the same is taken.
  const { text } = await sendForged(request, diagram, namespace, {});
  expect(text).toContain('"committed"');
});

test("harmless defaults are kept as the values that they are", async ({ app, page }) => {
  const literals = corpus("harmless_expressions").filter((text) => /^'([^']|'')*'$/.test(text));
  expect(literals.length).toBeGreaterThan(15);
  const diagram = await newDiagram(page.request, "blank");
  const maker = await makerFor(page.request, diagram);
  maker.table({
    name: "harmless",
    columns: literals.map((text, at) => ({ name: `c${at}`, data_type: "text", default: text })),
  });
  await commitWell(page.request, diagram, maker);
  await app.psql("create database defaults", "postgres");
  await app.psql(await exported(page.request, diagram, "sql"), "defaults");
  await app.psql("insert into harmless default values", "defaults");
  const row = JSON.parse(await app.psql("select json_agg(harmless) from harmless", "defaults"))[0];
  const meant = literals.map((text) => text.slice(1, -1).replaceAll("''", "'"));
  expect(Object.values(row)).toEqual(meant);
});
