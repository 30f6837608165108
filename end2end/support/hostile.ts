// Texts that somebody with bad intent might type: the same lists that the grammar's own tests read.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const FOLDER = resolve(import.meta.dirname, "../../crates/schema/tests/data/hostile");

/** A list of texts, one a line, with `\\` made a backslash and `\u{…}` the character of that number. */
export function corpus(name: string): string[] {
  const lines = readFileSync(join(FOLDER, `${name}.txt`), "utf8").split("\n");
  if (lines.at(-1) === "") lines.pop();
  const decoded = (line: string) =>
    line.replaceAll(/\\(?:u\{([0-9A-Fa-f]+)\}|(\\))?/g, (_, digits?: string) =>
      digits ? String.fromCodePoint(Number.parseInt(digits, 16)) : "\\",
    );
  return lines.filter((line) => !line.startsWith("# ")).map(decoded);
}

/** The first, and every so many-th after it. */
export function sample(texts: string[], every: number): string[] {
  return texts.filter((_, at) => at % every === 0);
}
