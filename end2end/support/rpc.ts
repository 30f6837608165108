// Calls to the server as the page makes them, for journeys that need a diagram and no page.

import type { APIRequestContext } from "@playwright/test";
import { expect } from "@playwright/test";

/** A table of a snapshot, as far as journeys look at it. */
export interface Table {
  id: string;
  namespace: string;
  name: string;
  columns: { id: string; name: string; data_type: string; nullable: boolean; default: string | null }[];
  keys: { name: string; kind: "primary" | "unique"; columns: string[] }[];
}

export interface Reference {
  name: string;
  referencing: string;
  referenced: string;
  pairs: { referencing: string; referenced: string }[];
  on_delete: string;
  on_update: string;
}

export interface Snapshot {
  id: string;
  name: string;
  revision: number;
  person: string;
  schema: {
    namespaces: Record<string, { name: string }>;
    tables: Record<string, Table>;
    references: Record<string, Reference>;
  };
  database: { name: string; problem: string | null } | null;
}

/** Calls a server function and answers with what it returns. */
export async function call<T>(request: APIRequestContext, name: string, body: object): Promise<T> {
  const response = await request.post(`/rpc/${name}`, { data: body });
  // That others committed meanwhile is an answer too.
  const answers = name === "commit" ? [200, 409] : [200];
  expect(answers, `${name}: ${await response.text()}`).toContain(response.status());
  return (await response.json()) as T;
}

export async function newDiagram(request: APIRequestContext, template: "blank" | "shop_flow"): Promise<string> {
  return call<string>(request, "create_diagram", { template });
}

export async function open(request: APIRequestContext, id: string): Promise<Snapshot> {
  return call<Snapshot>(request, "open_diagram", { id });
}

/** An export of the committed schema. */
export async function exported(request: APIRequestContext, id: string, format: string): Promise<string> {
  const response = await request.get(`/api/v1/diagrams/${id}/export?format=${format}`);
  expect(response.status(), format).toBe(200);
  return response.text();
}
