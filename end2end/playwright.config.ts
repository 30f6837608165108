import { defineConfig } from "@playwright/test";
import { chromium } from "./support/programs.ts";

const inCi = Boolean(process.env.CI);

export default defineConfig({
  projects: [
    { name: "journeys", testDir: "journeys" },
    { name: "bench", testDir: "bench" },
  ],
  outputDir: "results",
  // A worker has a server and a PostgreSQL of its own; two cores carry one of each.
  workers: 1,
  fullyParallel: false,
  forbidOnly: inCi,
  // A shared machine stalls now and then; what passes at the second try only is reported as flaky.
  retries: inCi ? 1 : 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: inCi ? [["list"]] : [["list"], ["html", { outputFolder: "report", open: "never" }]],
  use: {
    browserName: "chromium",
    viewport: { width: 1440, height: 900 },
    locale: "en-US",
    timezoneId: "UTC",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: chromium(),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
