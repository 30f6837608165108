// Where the programs lie that journeys run.

import { accessSync, constants } from "node:fs";
import { delimiter, join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** The server under test. */
export const crowfoot = process.env.CROWFOOT_BINARY ?? join(root, "target/debug/crowfoot");

/** The built site that the server hands out. */
export const site = process.env.CROWFOOT_SITE ?? resolve(crowfoot, "../../site");

/** The machine's own browser; Playwright's download is not used. */
export function chromium(): string {
  const named = process.env.CROWFOOT_CHROMIUM;
  const found = named ?? ["chromium", "chromium-browser", "google-chrome"].map(which).find(Boolean);
  if (!found) {
    throw new Error("no Chromium on PATH: install it, or name its program in CROWFOOT_CHROMIUM");
  }
  return found;
}

function which(program: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, program)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
