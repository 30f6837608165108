// Starting and stopping: PostgreSQL comes and goes with the server, and a killed server costs nothing.

import { type APIRequestContext, request } from "@playwright/test";
import { expect, test } from "../support/app.ts";
import { isAlive, Server } from "../support/server.ts";

async function answers(client: APIRequestContext, server: Server): Promise<boolean> {
  return (await client.get(server.baseURL)).ok();
}

test("Ctrl-C and termination stop the server and its PostgreSQL", async () => {
  const client = await request.newContext();
  const server = await Server.start();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    if (!server.isRunning) await server.launch();
    expect(await answers(client, server)).toBe(true);
    const postgres = await server.postgresPid();
    expect(postgres).toBeDefined();
    await server.end(signal);
    expect(await isAlive(postgres!), `PostgreSQL after ${signal}`).toBe(false);
  }
  await server.dispose();
});

test("the next start adopts the PostgreSQL of a killed server", async () => {
  const client = await request.newContext();
  const server = await Server.start();
  const postgres = await server.postgresPid();
  await server.psql("create table survivor (id int)");
  await server.end("SIGKILL");
  expect(await isAlive(postgres!)).toBe(true);

  await server.launch();
  expect(await server.postgresPid()).toBe(postgres);
  expect(await answers(client, server)).toBe(true);
  expect(await server.psql("select count(*) from survivor")).toBe("0");

  await server.dispose();
  expect(await isAlive(postgres!)).toBe(false);
});

test("a second server on the same data folder is refused and names the first", async ({ app }) => {
  await expect(Server.on(app.dataDir).launch()).rejects.toThrow(new RegExp(`process ${app.pid}`));
  expect(await isAlive((await app.postgresPid())!)).toBe(true);
});
