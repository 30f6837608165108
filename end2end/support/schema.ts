// Schemas made without the UI: edits as the page sends them, in one commit.

import { randomUUID } from "node:crypto";
import type { APIRequestContext } from "@playwright/test";
import { expect } from "@playwright/test";
import { call, open } from "./rpc.ts";

export interface ColumnMade {
  name: string;
  data_type: string;
  nullable?: boolean;
  default?: string;
  note?: string;
}

export interface TableMade {
  name: string;
  columns: ColumnMade[];
  /** The names of the columns of the primary key. */
  primary?: string[];
  note?: string;
  at?: { x: number; y: number };
}

export interface ReferenceMade {
  name: string;
  from: [table: string, column: string];
  to: [table: string, column: string];
}

export type Outcome =
  | { committed: { revision: number; statements: string[] } }
  | { refused: { message: string; postgres: string | null; findings: { message: string }[] } }
  | { conflict: { head: number; conflicts: { title: string; reason: string; base: string; theirs: string; mine: string }[]; more: number } }
  | { unknown: { message: string } };

const RANK_GAP = 2 ** 32;

/** Edits that make tables and references between them, and where the tables stand. */
export class Maker {
  readonly edits: object[] = [];
  readonly placements: Record<string, { x: number; y: number }> = {};
  private readonly tables = new Map<string, { id: string; columns: Map<string, string> }>();

  constructor(private readonly namespace: string) {}

  table(made: TableMade): void {
    const id = randomUUID();
    const columns = new Map(made.columns.map(({ name }) => [name, randomUUID()]));
    const key = made.primary && {
      id: randomUUID(),
      // The name of a constraint is shortened as PostgreSQL would; any that is free will do.
      name: `k${this.tables.size}_pkey`,
      kind: "primary",
      columns: made.primary.map((name) => columns.get(name)),
    };
    const table = {
      id,
      namespace: this.namespace,
      name: made.name,
      note: made.note ?? null,
      columns: made.columns.map((column, at) => ({
        id: columns.get(column.name),
        rank: at * RANK_GAP,
        name: column.name,
        data_type: column.data_type,
        nullable: column.nullable ?? false,
        default: column.default ?? null,
        note: column.note ?? null,
      })),
      keys: key ? [key] : [],
      checks: [],
      indexes: [],
    };
    this.edits.push({ create: { table } });
    if (made.at) this.placements[id] = made.at;
    this.tables.set(made.name, { id, columns });
  }

  reference(made: ReferenceMade): void {
    const [from, to] = [this.tables.get(made.from[0])!, this.tables.get(made.to[0])!];
    const reference = {
      id: randomUUID(),
      name: made.name,
      referencing: from.id,
      referenced: to.id,
      pairs: [{ referencing: from.columns.get(made.from[1]), referenced: to.columns.get(made.to[1]) }],
      on_delete: "no_action",
      on_update: "no_action",
    };
    this.edits.push({ create: { reference } });
  }
}

/** A maker for the namespace that a new diagram has. */
export async function makerFor(request: APIRequestContext, diagram: string): Promise<Maker> {
  const snapshot = await open(request, diagram);
  return new Maker(Object.keys(snapshot.schema.namespaces)[0]!);
}

/** Commits what was made to a diagram of revision 0, or to a later one. */
export async function commit(
  request: APIRequestContext,
  diagram: string,
  { edits, placements = {} }: { edits: object[]; placements?: object },
): Promise<Outcome> {
  const { revision, person } = await open(request, diagram);
  const body = { diagram, person, commit_id: randomUUID(), base_revision: revision, edits, message: "", placements };
  return call<Outcome>(request, "commit", { request: body });
}

/** Commits and expects the next revision. */
export async function commitWell(request: APIRequestContext, diagram: string, made: Maker): Promise<void> {
  expect(await commit(request, diagram, made)).toHaveProperty("committed");
}

const THINGS = ["account", "invoice", "shipment", "customer", "ticket", "comment", "product", "payment"];
const FILL: ColumnMade[] = [
  { name: "name", data_type: "text" },
  { name: "email", data_type: "varchar(255)", nullable: true },
  { name: "status", data_type: "text", default: "'new'" },
  { name: "created_at", data_type: "timestamptz", default: "now()" },
  { name: "amount", data_type: "numeric(12, 2)", default: "0" },
  { name: "is_active", data_type: "boolean", default: "true" },
  { name: "details", data_type: "jsonb", nullable: true },
];

/** So many tables of ten columns in rows, each with references to two others; the same for the same number. */
export function generate(maker: Maker, count: number): void {
  const across = Math.ceil(Math.sqrt(count));
  const names: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const name = `${THINGS[n % THINGS.length]}_${String(n).padStart(4, "0")}`;
    names.push(name);
    maker.table({
      name,
      primary: ["id"],
      columns: [
        { name: "id", data_type: "bigint" },
        { name: "parent_id", data_type: "bigint", nullable: true },
        { name: "owner_id", data_type: "bigint" },
        ...FILL,
      ],
      at: { x: (n % across) * 336, y: Math.floor(n / across) * 368 },
    });
    // Most references stay near, as in schemas that people draw; some go far.
    const near = names[Math.max(0, n - 1 - ((n * 7) % 5))]!;
    const far = names[(n * 389) % (n + 1)]!;
    maker.reference({ name: `${name}_parent_id_fkey`, from: [name, "parent_id"], to: [near, "id"] });
    maker.reference({ name: `${name}_owner_id_fkey`, from: [name, "owner_id"], to: [n % 10 === 0 ? far : near, "id"] });
  }
}
