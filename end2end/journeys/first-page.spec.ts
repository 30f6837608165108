// The server hands out a page that the browser takes over, and guards what it hands out.

import { once } from "node:events";
import http from "node:http";
import { expect, gotoHydrated, test } from "../support/app.ts";

test("the first page shows before the script runs and answers after it", async ({ page, request }) => {
  const html = await (await request.get("/")).text();
  expect(html, "rendered on the server").toContain("<h1");

  await gotoHydrated(page, "/");
  await expect(page).toHaveTitle(/Crowfoot/);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

test("every response carries the policy, and a nonce is used once", async ({ request }) => {
  const policies: string[] = [];
  for (const path of ["/", "/", "/nothing-here", "/icons.svg"]) {
    const headers = (await request.get(path)).headers();
    policies.push(headers["content-security-policy"] ?? "");
    expect(headers["x-content-type-options"], path).toBe("nosniff");
    expect(headers["referrer-policy"], path).toBe("same-origin");
  }
  for (const policy of policies) {
    expect(policy).toMatch(/script-src 'self' 'nonce-[\w-]{22}' 'wasm-unsafe-eval'/);
    expect(policy).not.toContain("unsafe-inline");
  }
  expect(new Set(policies).size).toBe(policies.length);
});

test("a post from another site is refused", async ({ app, request }) => {
  const send = (headers: Record<string, string>) => request.post("/rpc/health", { headers });
  expect((await send({ origin: "https://evil.example" })).status()).toBe(403);
  expect((await send({ origin: "null" })).status()).toBe(403);
  expect((await send({ "sec-fetch-site": "cross-site" })).status()).toBe(403);
  expect((await send({ origin: app.baseURL })).status()).not.toBe(403);
});

test("a body beyond the limit is refused", async ({ app }) => {
  // The answer comes before the body, so a client that only writes would see a closed connection.
  const announced = http.request(`${app.baseURL}/rpc/health`, {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": 9 * 1024 * 1024 },
  });
  announced.on("error", () => {});
  announced.flushHeaders();
  const [response] = (await once(announced, "response")) as [http.IncomingMessage];
  expect(response.statusCode).toBe(413);
  announced.destroy();
});
