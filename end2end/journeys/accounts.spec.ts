// Accounts and workspaces: a guest becomes a person, people work together, and sessions end where they should.

import { anotherBrowser, emailOf, PASSWORD, signIn, signUp } from "../support/accounts.ts";
import { expect, gotoHydrated, hydrated, test } from "../support/app.ts";
import { Bench } from "../support/bench.ts";
import { call, newDiagram, open } from "../support/rpc.ts";

test("a guest signs up and keeps the diagram, signs out and in again", async ({ page, guard }) => {
  guard.expect(/422 \(Unprocessable Entity\)/);
  guard.expect(/404 \(Not Found\)/);
  const email = emailOf("Ada");
  const diagram = await newDiagram(page.request, "blank");
  const bench = await Bench.open(page, diagram);
  await bench.addTable("users");
  await bench.done();
  await page.getByRole("link", { name: /^Guest/ }).click();
  await hydrated(page);
  await signUp(page, "Ada", email);
  await expect(page.getByRole("link", { name: "Untitled diagram" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Ada's workspace" })).toBeVisible();

  // What was staged as a guest is still there.
  await Bench.open(page, diagram);
  await bench.expectPending("Table users");

  await gotoHydrated(page, "/");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByText("No diagrams yet")).toBeVisible();
  await page.goto(`/d/${diagram}`);
  await expect(page.getByRole("heading", { name: "No such diagram" })).toBeVisible();

  await signIn(page, email, "not the password");
  await expect(page.getByText("The e-mail or the password is wrong.")).toBeVisible();
  await expect(page.getByLabel("Password")).toBeFocused();
  await page.getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "Untitled diagram" })).toBeVisible();
});

test("somebody is invited by a link, looks, is made an editor and commits", async ({ page, browser, app, guard }) => {
  guard.expect(/404 \(Not Found\)/);
  await gotoHydrated(page, "/sign-up");
  await signUp(page, "Ada", emailOf("Ada"));
  await page.getByRole("button", { name: "New workspace" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Shop team");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Shop team" })).toBeVisible();
  await hydrated(page);
  const workspace = page.url().split("/").pop() as string;
  await page.getByRole("combobox", { name: "As" }).selectOption("viewer");
  await page.getByRole("button", { name: "Make a link" }).click();
  await expect(page.getByRole("list", { name: "Open invitations" }).getByRole("listitem")).toHaveCount(1);
  // It stays to be copied after the page has shown the invitation.
  const link = await page.getByLabel(/Whoever has this link/).inputValue();
  const diagram: string = await (
    await page.request.post("/rpc/create_diagram", { data: { template: "shop_flow", workspace } })
  ).json();

  const bo = await anotherBrowser(browser, app.baseURL);
  await gotoHydrated(bo.page, link);
  await expect(bo.page.getByText(/Ada invites you to the workspace Shop team as viewer/)).toBeVisible();
  await bo.page.getByRole("link", { name: "Sign up" }).click();
  await hydrated(bo.page);
  await signUp(bo.page, "Bo", emailOf("Bo"));
  await bo.page.getByRole("button", { name: "Join" }).click();
  await expect(bo.page.getByRole("heading", { name: "Shop team" })).toBeVisible();
  await bo.page.getByRole("link", { name: "ShopFlow" }).click();

  // A viewer looks around and changes nothing.
  const viewing = new Bench(bo.page);
  await viewing.ready();
  await expect(viewing.saveState).toHaveText("View only");
  await expect(bo.page.getByRole("button", { name: "Save…" })).toHaveCount(0);
  await expect(bo.page.getByRole("button", { name: "New table" })).toBeHidden();
  await viewing.canvas.focus();
  await bo.page.keyboard.press("t");
  await expect(viewing.toasts).toContainText("You can view this diagram, not edit it");
  await viewing.openTable("orders");
  await expect(viewing.panel.locator("#table-name")).toBeDisabled();
  await bo.page.getByRole("button", { name: "Export…" }).click();
  await expect(bo.page.getByRole("tab", { name: "SQL", exact: true })).toBeVisible();
  await bo.page.keyboard.press("Escape");

  await page.reload();
  await hydrated(page);
  await page.getByRole("combobox", { name: "Role of Bo" }).selectOption("editor");
  await expect(page.getByText("made Bo editor")).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Role of Bo" })).toBeFocused();
  await expect(viewing.toasts).toContainText("You may edit this diagram now");
  await viewing.addTable("categories");
  await viewing.done();
  await viewing.commitAll(1);
  expect((await open(page.request, diagram)).revision).toBe(1);

  // Taken out, they are out.
  await page.getByRole("button", { name: "Remove Bo" }).click();
  await expect(page.getByText("removed Bo")).toBeVisible();
  await expect(bo.page.getByTestId("ended")).toContainText("You no longer have access to this diagram");
  await bo.page.goto(`/d/${diagram}`);
  await expect(bo.page.getByRole("heading", { name: "No such diagram" })).toBeVisible();
  await bo.context.close();
});

test("a session ended elsewhere is taken up again in place, with everything staged", async ({ page, browser, app, guard }) => {
  guard.expect(/404 \(Not Found\)|WebSocket connection/);
  const email = emailOf("Ada");
  await gotoHydrated(page, "/sign-up");
  await signUp(page, "Ada", email);
  const diagram = await newDiagram(page.request, "blank");
  const bench = await Bench.open(page, diagram);
  await bench.addTable("users");
  await bench.done();

  const other = await anotherBrowser(browser, app.baseURL);
  await signIn(other.page, email);
  await expect(other.page.getByRole("heading", { level: 1, name: "Diagrams" })).toBeVisible();
  await gotoHydrated(other.page, "/account");
  await expect(other.page.getByRole("listitem").filter({ hasText: "This browser" })).toHaveCount(1);
  await other.page.getByRole("button", { name: /^Sign out Chrome/ }).click();
  await expect(other.page.getByRole("button", { name: /^Sign out Chrome/ })).toHaveCount(0);
  await other.context.close();

  // That it has ended is said at once, and asked about where it matters.
  const notice = page.getByTestId("ended");
  await expect(notice).toContainText("Your session has ended");
  await bench.review();
  await bench.pressCommit();
  const dialog = page.getByRole("dialog", { name: "Sign in to go on" });
  await expect(dialog).toContainText("Everything you staged is still here.");
  await dialog.getByRole("textbox", { name: "E-mail" }).fill(email);
  await dialog.getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(notice).toHaveCount(0);
  await expect.poll(async () => (await open(page.request, diagram)).revision).toBe(1);
});

test("two people who share a browser see nothing of what the other has staged", async ({ page, context, browser, app, guard }) => {
  guard.expect(/WebSocket connection/);
  guard.expect(/404 \(Not Found\)/);
  const [ada, bo] = [emailOf("Ada"), emailOf("Bo")];
  await gotoHydrated(page, "/sign-up");
  await signUp(page, "Ada", ada);
  const diagram = await newDiagram(page.request, "shop_flow");
  const workspace = (await call<{ workspace: string }[]>(page.request, "list_diagrams", {}))[0]!.workspace;
  const { token } = await call<{ token: string }>(page.request, "invite", { id: workspace, role: "editor", email: null });
  const elsewhere = await anotherBrowser(browser, app.baseURL);
  await call(elsewhere.page.request, "sign_up", { email: bo, password: PASSWORD, name: "Bo" });
  await call(elsewhere.page.request, "join", { token });

  const adas = await Bench.open(page, diagram);
  await adas.addTable("secrets");
  await adas.done();
  await adas.expectBackedUp(1);
  const tab = await context.newPage();
  await gotoHydrated(tab, "/");
  await tab.getByRole("button", { name: "Sign out" }).click();
  await expect(tab.getByText("No diagrams yet")).toBeVisible();
  await signIn(tab, bo);
  await expect(tab.getByRole("link", { name: "ShopFlow" })).toBeVisible();
  const bos = await Bench.open(tab, diagram);
  await bos.expectPending();
  await bos.addTable("brands");
  await bos.done();
  await bos.expectBackedUp(1);
  await adas.expectPending("Table secrets");

  // The page that Ada left open writes nothing in the name of Bo, and says why.
  await adas.addTable("more");
  await adas.done();
  const dialog = page.getByRole("dialog", { name: "Sign in to go on" });
  await page.getByTestId("ended").getByRole("button", { name: "Sign in…" }).click();
  await dialog.getByRole("textbox", { name: "E-mail" }).fill(bo);
  await dialog.getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toContainText("another account than the one that staged these changes");
  const theirs = await Bench.open(elsewhere.page, diagram);
  await theirs.expectPending("Table brands");
  await dialog.getByRole("textbox", { name: "E-mail" }).fill(ada);
  await dialog.getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await adas.expectBackedUp(2);
  await adas.expectPending("Table secrets", "Table more");
  await elsewhere.context.close();
});

test("who signs in goes on with what they staged as a guest", async ({ page, browser, app, guard }) => {
  guard.expect(/ERR_FAILED/);
  const ada = emailOf("Ada");
  const elsewhere = await anotherBrowser(browser, app.baseURL);
  await call(elsewhere.page.request, "sign_up", { email: ada, password: PASSWORD, name: "Ada" });
  const diagram = await newDiagram(page.request, "shop_flow");
  // What the browser alone has is found as well.
  await page.route("**/rpc/store_draft", (route) => route.abort());
  const bench = await Bench.open(page, diagram);
  await bench.addTable("categories");
  await bench.done();
  await bench.expectKept(1);
  await signIn(page, ada);
  await expect(page.getByRole("link", { name: "ShopFlow" })).toBeVisible();
  await page.unroute("**/rpc/store_draft");
  await Bench.open(page, diagram);
  await bench.expectPending("Table categories");
  await bench.expectBackedUp(1);
  await bench.commitAll(1);
  await elsewhere.context.close();
});

test("a tab that was opened as a guest goes on as the account's", async ({ page, context, browser, app, guard }) => {
  guard.expect(/WebSocket connection|404 \(Not Found\)/);
  const ada = emailOf("Ada");
  const elsewhere = await anotherBrowser(browser, app.baseURL);
  await call(elsewhere.page.request, "sign_up", { email: ada, password: PASSWORD, name: "Ada" });
  await elsewhere.context.close();
  const diagram = await newDiagram(page.request, "shop_flow");
  const bench = await Bench.open(page, diagram);
  await bench.addTable("categories");
  await bench.done();
  await bench.expectBackedUp(1);
  const tab = await context.newPage();
  await signIn(tab, ada);
  await expect(tab.getByRole("link", { name: "ShopFlow" })).toBeVisible();

  await expect(page.getByRole("link", { name: /^Guest/ })).toHaveCount(0, { timeout: 15_000 });
  await bench.ready();
  await bench.expectPending("Table categories");
  await bench.addTable("brands");
  await bench.done();
  await bench.expectBackedUp(2);
  const other = await Bench.open(tab, diagram);
  await other.expectPending("Table categories", "Table brands");
  await other.item("Table categories").getByRole("button", { name: /^Discard/ }).click();
  await bench.expectPending("Table brands");
});

test("a diagram is moved into another workspace, by keyboard", async ({ page }) => {
  await gotoHydrated(page, "/sign-up");
  await signUp(page, "Ada", emailOf("Ada"));
  await newDiagram(page.request, "blank");
  await page.request.post("/rpc/create_workspace", { data: { name: "Team" } });
  await gotoHydrated(page, "/");
  await page.getByRole("button", { name: "Actions for Untitled diagram" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Rename" })).toBeFocused();
  await page.keyboard.type("m");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Move to another workspace…" })).toBeFocused();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Move to another workspace" });
  await dialog.getByRole("combobox", { name: "Into" }).focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  const team = page.getByRole("list", { name: "Diagrams of Team" });
  await expect(team.getByRole("link", { name: "Untitled diagram" })).toBeVisible();
  await page.getByRole("navigation", { name: "Workspaces" }).getByRole("link", { name: "Team" }).click();
  await expect(page.getByRole("heading", { name: "Ada's workspace" })).toHaveCount(0);
  await expect(team).toBeVisible();
});
