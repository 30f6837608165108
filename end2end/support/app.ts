// What every journey starts from: `import { test, expect } from "../support/app.ts"`.

import { expect, type Page, test as base } from "@playwright/test";
import { Server } from "./server.ts";

/** Errors that a page reported; the journey fails on the first that it did not announce. */
export class Guard {
  readonly problems: string[] = [];
  private readonly expected: RegExp[] = [];

  /** Says that a message is part of the journey, as when the server is stopped on purpose. */
  expect(message: RegExp): void {
    this.expected.push(message);
  }

  note(message: string): void {
    this.problems.push(message);
  }

  get unexpected(): string[] {
    return this.problems.filter((problem) => !this.expected.some((it) => it.test(problem)));
  }
}

interface TestFixtures {
  /** Fails the journey at its end when a page logged an error, threw, or broke the content security policy. */
  guard: Guard;
}

interface WorkerFixtures {
  /** The server of this worker, shared by its journeys: each makes the diagrams it needs. */
  app: Server;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  app: [
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.dispose();
    },
    { scope: "worker", timeout: 120_000 },
  ],

  baseURL: async ({ app }, use) => {
    await use(app.baseURL);
  },

  guard: [
    async ({ context }, use) => {
      const guard = new Guard();
      await context.addInitScript(() => {
        document.addEventListener("securitypolicyviolation", (event) => {
          console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
        });
      });
      context.on("console", (message) => {
        if (message.type() === "error") guard.note(`${message.text()} (${message.location().url})`);
      });
      context.on("weberror", (error) => guard.note(String(error.error())));
      await use(guard);
      expect(guard.unexpected, "errors that pages reported").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Opens a page and waits until it answers to input, not merely shows. */
export async function gotoHydrated(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await hydrated(page);
}

/** Waits until the page that is open answers to input. */
export async function hydrated(page: Page): Promise<void> {
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true", { timeout: 30_000 });
}
