// People with accounts, as they type it.

import { expect, type Browser, type BrowserContext, type Page } from "@playwright/test";
import { gotoHydrated, hydrated } from "./app.ts";
import { call, newDiagram } from "./rpc.ts";
import type { Server } from "./server.ts";

export const PASSWORD = "tables and references";

/** An e-mail that nobody else in this run has. */
export function emailOf(name: string): string {
  return `${name.toLowerCase()}-${Math.random().toString(36).slice(2)}@example.com`;
}

/** Signs up on the page, from wherever it leads there. */
export async function signUp(page: Page, name: string, email: string): Promise<void> {
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("textbox", { name: "E-mail" }).fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign up" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Sign up" })).toHaveCount(0);
  await hydrated(page);
}

export async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await gotoHydrated(page, "/sign-in");
  await page.getByRole("textbox", { name: "E-mail" }).fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Somebody with a browser of their own. */
export async function anotherBrowser(browser: Browser, baseURL: string): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ baseURL, viewport: { width: 1440, height: 900 } });
  return { context, page: await context.newPage() };
}

/** Somebody with an account who may edit a diagram of the page's, in a browser of their own. */
export async function teammate(
  browser: Browser,
  baseURL: string,
  host: Page,
  diagram: string,
  name: string,
): Promise<{ context: BrowserContext; page: Page }> {
  // Only an account may invite.
  await call(host.request, "sign_up", { email: emailOf("Host"), password: PASSWORD, name: "Host" });
  const diagrams = await call<{ id: string; workspace: string }[]>(host.request, "list_diagrams", {});
  const workspace = diagrams.find((it) => it.id === diagram)!.workspace;
  const { token } = await call<{ token: string }>(host.request, "invite", { id: workspace, role: "editor", email: null });
  const mate = await anotherBrowser(browser, baseURL);
  await call(mate.page.request, "sign_up", { email: emailOf(name), password: PASSWORD, name });
  await call(mate.page.request, "join", { token });
  return mate;
}

/** Another person, who may edit the diagram. */
export async function somebodyElse(browser: Browser, app: Server, diagram: string): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: app.baseURL });
  const own = await newDiagram(context.request, "blank");
  const theirs = `select workspace_id from diagram where id = '${diagram}'`;
  const them = `select principal_id from membership join diagram using (workspace_id) where diagram.id = '${own}'`;
  await app.psql(`insert into membership (workspace_id, principal_id, role) values ((${theirs}), (${them}), 'editor')`);
  return context;
}
