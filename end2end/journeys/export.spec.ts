// What leaves the product can be read elsewhere, and says the same there.

import { Parser } from "@dbml/core";
import { parse } from "libpg-query";
import { expect, test } from "../support/app.ts";
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
