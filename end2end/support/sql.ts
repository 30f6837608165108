// What SQL text declares, case, layout and the order of statements aside.

import { parse } from "libpg-query";

interface ColumnSaid {
  type: string;
  notNull: boolean;
  default: string | null;
}

interface TableSaid {
  columns: Record<string, ColumnSaid>;
  /** Each key with the name that PostgreSQL gives it when none is written. */
  primary: string | null;
  unique: string[];
  references: string[];
}

type Node = Record<string, any>;

const ACTIONS: Record<string, string> = {
  a: "no action",
  r: "restrict",
  c: "cascade",
  n: "set null",
  d: "set default",
};

/** The tables that a script makes, by name with the schema, with everything that is added to them later. */
export async function declared(sql: string): Promise<Record<string, TableSaid>> {
  const tables: Record<string, TableSaid> = {};
  for (const { stmt } of ((await parse(sql)) as Node).stmts) {
    const [kind, node] = Object.entries<Node>(stmt)[0]!;
    if (kind === "CreateStmt") tables[relation(node.relation)] = created(node);
    if (kind === "AlterTableStmt") {
      const table = tables[relation(node.relation)]!;
      for (const { AlterTableCmd: command } of node.cmds) {
        if (command.subtype !== "AT_AddConstraint") throw new Error(`unexpected ${command.subtype}`);
        constrain(table, node.relation.relname, command.def.Constraint, []);
      }
    }
  }
  for (const table of Object.values(tables)) table.references.sort();
  return tables;
}

function created(node: Node): TableSaid {
  const table: TableSaid = { columns: {}, primary: null, unique: [], references: [] };
  for (const element of node.tableElts) {
    if (element.Constraint) {
      constrain(table, node.relation.relname, element.Constraint, []);
      continue;
    }
    const { colname, typeName, constraints } = element.ColumnDef;
    table.columns[colname] = { type: typed(typeName), notNull: false, default: null };
    for (const { Constraint: constraint } of constraints ?? []) {
      constrain(table, node.relation.relname, constraint, [colname]);
    }
  }
  return table;
}

function constrain(table: TableSaid, name: string, constraint: Node, columns: string[]): void {
  const own = names(constraint.keys ?? constraint.fk_attrs) ?? columns;
  const called = (suffix: string) => constraint.conname ?? [name, ...own, suffix].join("_");
  switch (constraint.contype) {
    case "CONSTR_NOTNULL":
      for (const column of own) table.columns[column]!.notNull = true;
      break;
    case "CONSTR_NULL":
      break;
    case "CONSTR_DEFAULT":
      table.columns[own[0]!]!.default = plain(constraint.raw_expr);
      break;
    case "CONSTR_PRIMARY":
      table.primary = `${constraint.conname ?? `${name}_pkey`} (${own})`;
      for (const column of own) table.columns[column]!.notNull = true;
      break;
    case "CONSTR_UNIQUE":
      table.unique.push(`${called("key")} (${own})`);
      break;
    case "CONSTR_FOREIGN": {
      const to = `${relation(constraint.pktable)} (${names(constraint.pk_attrs)})`;
      const actions = `on delete ${ACTIONS[constraint.fk_del_action]}, on update ${ACTIONS[constraint.fk_upd_action]}`;
      table.references.push(`${called("fkey")} (${own}) references ${to} ${actions}`);
      break;
    }
    default:
      throw new Error(`unexpected ${constraint.contype}`);
  }
}

function relation(node: Node): string {
  return `${node.schemaname ?? "public"}.${node.relname}`;
}

function names(nodes: Node[] | undefined): string[] | undefined {
  return nodes?.map((node) => node.String.sval as string);
}

/** A type by PostgreSQL's own name of it: `timestamptz`, however it was spelled. */
function typed(node: Node): string {
  const name = names(node.names)!.filter((part) => part !== "pg_catalog");
  return [...name, ...(node.typmods ?? []).map(plain)].join(" ");
}

/** A tree as text, without where in the script it stood. */
function plain(node: unknown): string {
  return JSON.stringify(node, (key, value) => (key === "location" ? undefined : value));
}
