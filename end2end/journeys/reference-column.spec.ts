// The examples of a visual editor's guide to relationships, made by pointer in an empty diagram: posts and comments,
// users in another schema, and the members of projects with a primary key over two columns. What is exported declares
// the same as the guide.

import { expect, test } from "../support/app.ts";
import { type ColumnSpec, Editor } from "../support/editor.ts";
import { exported } from "../support/rpc.ts";
import { declared } from "../support/sql.ts";

const WANTED = `
create table public.posts (
  id uuid primary key default gen_random_uuid(),
  title text not null,
  user_id text not null references system.users(id) on delete cascade
);
create table public.comments (
  id uuid primary key default gen_random_uuid(),
  post_id uuid not null references public.posts(id) on delete cascade,
  content text not null
);
create table public.project_members (
  project_id uuid not null references public.projects(id) on delete cascade,
  user_id text not null references system.users(id) on delete cascade,
  role text not null default 'member',
  joined_at timestamptz not null default now(),
  primary key (project_id, user_id)
);`;

const KEY: ColumnSpec = { name: "id", type: "uuid", default: "gen_random_uuid()" };

test("the export says what the guide says", async ({ page, app }) => {
  test.slow();
  const editor = await Editor.create(page, /blank/i);
  await expect(page.getByRole("heading", { name: "An empty diagram" })).toBeVisible();

  await editor.sidebar.getByRole("button", { name: "New schema" }).click();
  await editor.sidebar.getByRole("textbox", { name: "Name of the new schema" }).fill("system");
  await editor.sidebar.getByRole("button", { name: "Add", exact: true }).click();
  await expect(editor.sidebar.getByRole("treeitem", { name: /^system/ })).toBeVisible();

  await editor.makeTable("users", [{ name: "id", type: "text" }]);
  await editor.panel.getByRole("combobox", { name: "Schema" }).selectOption({ label: "system" });
  await editor.isOpen("Table system.users");
  await editor.makeTable("projects", [KEY]);
  await editor.makeTable("posts", [
    KEY,
    { name: "title", notNull: true },
    { name: "user_id", type: "text", notNull: true },
  ]);
  await editor.makeTable("comments", [
    KEY,
    { name: "post_id", type: "uuid", notNull: true },
    { name: "content", notNull: true },
  ]);
  await editor.makeTable("project_members", [
    { name: "project_id", type: "uuid", primary: true },
    { name: "user_id", type: "text", primary: true },
    { name: "role", notNull: true, default: "'member'" },
    { name: "joined_at", type: "timestamptz", notNull: true, default: "now()" },
  ]);

  // Each of the three ways to a reference: the form in the panel, the suggestion, and a line drawn on the canvas.
  await editor.panel.getByRole("button", { name: "Add foreign key" }).click();
  const form = editor.panel.getByRole("group", { name: "New reference" });
  await editor.fillReference(form, {
    from: "project_members",
    to: "projects",
    columns: [["project_id", "id"]],
    onDelete: "Cascade",
  });
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await cascades(editor, "project_members.project_id → projects.id");

  await editor.openTable("comments");
  await editor.column("post_id").getByRole("button", { name: /^Add reference .* → posts\.id$/ }).click();
  await cascades(editor, "comments.post_id → posts.id");

  for (const table of ["posts", "project_members"]) {
    await editor.done();
    await editor.showEverything();
    await editor.dragHandle([table, "user_id"], ["system.users", "id"]);
    await cascades(editor, `${table}.user_id → system.users.id`);
  }

  expect(await editor.commitEverything()).toBe(1);
  const sql = await exported(page.request, editor.id, "sql");
  const [said, wanted] = [await declared(sql), await declared(WANTED)];
  expect(said).toMatchObject(wanted);
  expect(Object.keys(said).sort()).toEqual([
    "public.comments",
    "public.posts",
    "public.project_members",
    "public.projects",
    "system.users",
  ]);

  // And PostgreSQL takes it, in an empty database.
  await app.psql("create database guide", "postgres");
  await app.psql(sql, "guide");
  await app.psql(
    `insert into system.users values ('ada'); insert into posts (title, user_id) values ('Hello', 'ada');
     insert into comments (post_id, content) select id, 'Hi' from posts;
     delete from system.users`,
    "guide",
  );
  expect(await app.psql("select count(*) from comments", "guide")).toBe("0");
});

/** The panel shows the reference that was just made; deleting is to reach further. */
async function cascades(editor: Editor, ends: string): Promise<void> {
  const at = editor.page.getByRole("complementary", { name: ends, exact: true });
  if (!(await at.isVisible())) {
    await editor.showTab("Refs");
    await editor.referenceRow(ends).click();
  }
  await editor.isOpen(ends);
  const choices = editor.panel.getByRole("group", { name: "On delete" });
  if (!(await choices.getByRole("radio", { name: "Cascade" }).isChecked())) {
    await editor.chooseActions(editor.panel, { onDelete: "Cascade" });
  }
}
