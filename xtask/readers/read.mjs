// Reads scripts of SQL Server and Oracle with @dbml/core, and tells what tables they make.
//
// Takes a JSON list of {"dialect", "text"} and answers with a JSON list of {"tables"} or {"error"}.
import { readFileSync } from "node:fs";
import { Parser } from "@dbml/core";

const DIALECTS = { sqlserver: "mssql", oracle: "oracle", mysql: "mysql", mariadb: "mysql" };

const lower = (names) => names.map((name) => name.toLowerCase());

function nameOf(schema, table) {
  return ["public", "dbo"].includes(schema) ? table.toLowerCase() : `${schema}.${table}`.toLowerCase();
}

function read({ dialect, text }) {
  const database = new Parser().parse(text, DIALECTS[dialect]);
  const tables = {};
  for (const schema of database.schemas) {
    for (const table of schema.tables) {
      const found = { columns: [], primary: [], unique: [], references: [], indexes: [] };
      for (const field of table.fields) {
        const name = field.name.toLowerCase();
        found.columns.push(name);
        if (field.pk) found.primary.push(name);
        if (field.unique) found.unique.push([name]);
      }
      for (const index of table.indexes) {
        if (index.columns.some((column) => column.type === "expression")) continue;
        const columns = lower(index.columns.map((column) => column.value));
        if (index.pk) found.primary = columns;
        else (index.unique ? found.unique : found.indexes).push(columns);
      }
      tables[nameOf(schema.name, table.name)] = found;
    }
  }
  for (const schema of database.schemas) {
    for (const ref of schema.refs) {
      const [one, other] = ref.endpoints;
      const [from, to] = one.relation.endsWith("*") ? [one, other] : [other, one];
      tables[nameOf(from.schemaName ?? "public", from.tableName)].references.push({
        columns: lower(from.fieldNames),
        table: nameOf(to.schemaName ?? "public", to.tableName),
        referenced: lower(to.fieldNames),
      });
    }
  }
  return tables;
}

const answers = JSON.parse(readFileSync(0, "utf8")).map((script) => {
  try {
    return { tables: read(script) };
  } catch (error) {
    const words = error.diags?.map((it) => `${it.location?.start?.line}: ${it.message}`).slice(0, 3).join("; ");
    return { error: words ?? String(error) };
  }
});
process.stdout.write(JSON.stringify(answers));
