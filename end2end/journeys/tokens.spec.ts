// A token for a program: made on the account page, used, and ended.

import AxeBuilder from "@axe-core/playwright";
import { request, type Page } from "@playwright/test";
import { emailOf, signUp } from "../support/accounts.ts";
import { expect, gotoHydrated, test } from "../support/app.ts";

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include("main").analyze();
  expect(violations).toEqual([]);
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`a token by keyboard: made, used as far as it goes, and revoked, ${colorScheme}`, async ({ page, baseURL, guard }) => {
    guard.expect(/422 \(Unprocessable Entity\)/);
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 1280, height: 720 });
    await gotoHydrated(page, "/sign-up");
    await signUp(page, "Ada", emailOf("Ada"));
    await gotoHydrated(page, "/account");
    const section = page.getByRole("region", { name: "API tokens" });
    await expect(section).toContainText("No program has a token of yours");

    // A token without a name is none.
    await section.getByRole("textbox", { name: "Name of the token" }).focus();
    await page.keyboard.press("Enter");
    await expect(section.getByText("A name is needed.")).toBeVisible();
    await expect(section.getByRole("textbox", { name: "Name of the token" })).toBeFocused();

    await page.keyboard.type("Nightly export");
    await page.keyboard.press("Tab");
    await expect(section.getByRole("checkbox", { name: /^Read/ })).toBeChecked();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await expect(section.getByRole("checkbox", { name: /^Write/ })).toBeChecked();
    await section.getByLabel("Ends", { exact: true }).selectOption({ label: "in 7 days" });
    await section.getByRole("button", { name: "Make a token" }).press("Enter");
    const text = section.getByLabel(/Take the token now/);
    await expect(text).toBeFocused();
    const token = await text.inputValue();
    expect(token).toMatch(/^crowfoot_[0-9a-f]{64}$/);
    await expect(section.getByRole("button", { name: "Copy" })).toBeVisible();
    const row = section.getByRole("listitem").filter({ hasText: "Nightly export" });
    await expect(row).toContainText("never used");
    await expectAccessible(page);

    // A program has no cookie of anybody's.
    const program = await request.newContext({ baseURL, extraHTTPHeaders: { authorization: `Bearer ${token}` } });
    const made = await program.post("/api/v1/diagrams", { data: { name: "From a program" } });
    expect(made.status()).toBe(201);
    const { id } = await made.json();
    const file = await program.get(`/api/v1/diagrams/${id}/export?format=sql`);
    expect(file.status()).toBe(200);
    const links = await program.get(`/api/v1/diagrams/${id}/share-links`);
    expect(links.status()).toBe(403);
    expect(await links.json()).toMatchObject({ status: 403, scope: "share" });

    // The text is gone once the page is opened again; the use is seen.
    await gotoHydrated(page, "/account");
    await expect(section.getByLabel(/Take the token now/)).toHaveCount(0);
    await expect(row).toContainText(/last used \d{4}-\d\d-\d\d/);
    await row.getByRole("button", { name: "Revoke Nightly export" }).press("Enter");
    await expect(row.getByRole("button", { name: "Keep" })).toBeFocused();
    await expectAccessible(page);
    await page.keyboard.press("Enter");
    await expect(row.getByRole("button", { name: "Revoke Nightly export" })).toBeFocused();
    await page.keyboard.press("Enter");
    await row.getByRole("button", { name: "Revoke it" }).press("Enter");
    await expect(section).toContainText("No program has a token of yours");
    await expect(section.getByRole("heading", { name: "API tokens" })).toBeFocused();

    const refused = await program.get("/api/v1/diagrams");
    expect(refused.status()).toBe(401);
    expect(refused.headers()["content-type"]).toBe("application/problem+json");
    await program.dispose();
    await gotoHydrated(page, "/");
    await expect(page.getByRole("link", { name: "From a program" })).toBeVisible();
  });
}
