// Queries over references: of the selected tables, with other ways and counts, and of one line in its panel.

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "../support/app.ts";
import { Editor } from "../support/editor.ts";
import { exported, newDiagram } from "../support/rpc.ts";
import { commitWell, makerFor } from "../support/schema.ts";

async function blog(page: Page): Promise<Editor> {
  const id = await newDiagram(page.request, "blank");
  const maker = await makerFor(page.request, id);
  maker.table({
    name: "posts",
    primary: ["id"],
    columns: [
      { name: "id", data_type: "integer" },
      { name: "title", data_type: "text" },
    ],
    at: { x: 0, y: 0 },
  });
  maker.table({
    name: "comments",
    primary: ["id"],
    columns: [
      { name: "id", data_type: "integer" },
      { name: "post_id", data_type: "integer" },
      { name: "pinned_post_id", data_type: "integer", nullable: true },
    ],
    at: { x: 360, y: 0 },
  });
  maker.reference({ name: "comments_post_id_fkey", from: ["comments", "post_id"], to: ["posts", "id"] });
  maker.reference({ name: "comments_pinned_fkey", from: ["comments", "pinned_post_id"], to: ["posts", "id"] });
  await commitWell(page.request, id, maker);
  return Editor.at(page, id);
}

test("the selected tables as queries that a database takes", async ({ app, page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const editor = await blog(page);
  await editor.canvas.focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("j");
  const dialog = page.getByRole("dialog", { name: "Copy JOIN" });
  const rows = dialog.getByLabel("Row by row");
  await expect(rows).toContainText("JOIN public.posts ON posts.id = comments.post_id;");
  const counted = dialog.getByLabel("Number of comments for each row of posts");
  await expect(counted).toContainText("LEFT JOIN public.comments ON comments.post_id = posts.id");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }

  await dialog.getByRole("button", { name: "Copy SQL" }).first().click();
  await expect(dialog.getByText("Copied", { exact: true }).first()).toBeAttached();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await rows.innerText());

  // The reference that may be NULL is the other way, in which a post is called by its role.
  const ways = dialog.getByRole("combobox", { name: /^Over one of 2 ways/ });
  await ways.selectOption({ label: "comments.pinned_post_id → posts.id" });
  await expect(rows).toContainText("LEFT JOIN public.posts AS pinned_post ON pinned_post.id = comments.pinned_post_id;");
  await app.psql("create database blog", "postgres");
  await app.psql(await exported(page.request, editor.id, "sql"), "blog");
  for (const query of await dialog.locator("pre").allInnerTexts()) {
    expect(await app.psql(query, "blog")).toBe("");
  }
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
});

test("tables without a way between them, and too few of them", async ({ page }) => {
  const editor = await blog(page);
  await editor.makeTable("tags");
  await editor.done();
  await editor.canvas.focus();
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await expect(editor.toasts).toContainText("Select two or more tables to join them");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("j");
  await expect(page.getByRole("dialog", { name: "Copy JOIN" })).toContainText(
    "References do not connect comments, posts and tags.",
  );
});

test("one line is explained in its panel, with the index that it lacks", async ({ page }) => {
  const editor = await blog(page);
  await editor.showTab("Refs");
  await editor.referenceRow("comments.post_id → posts.id").click();
  const card = editor.panel.getByRole("region", { name: "What this line means" });
  await expect(card).toContainText("Every row of comments names one of posts, since post_id is NOT NULL.");
  await expect(card).toContainText("Any number of rows of comments may name the same row of posts.");
  await card.getByText("Its JOIN as SQL").click();
  await expect(card.getByLabel("Row by row")).toContainText("JOIN public.posts ON posts.id = comments.post_id;");
  await card.getByRole("button", { name: "Add index" }).click();
  await editor.expectPending("Index comments_post_id_idx");
  await expect(card).toContainText("Rows that name one are found by comments_post_id_idx.");
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});
