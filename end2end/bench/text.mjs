// How long the reference implementation of DBML takes: DBML to PostgreSQL and back, warm. It is told a folder and numbers
// of tables, reads the texts of that many tables in the folder, and leaves the SQL that it makes of them there. What it
// prints are lines of way, number of tables, and the median of the milliseconds that the processor worked.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exporter, importer } from "@dbml/core";

const [folder, ...sizes] = process.argv.slice(2);

/** What the work makes, and the line about it. */
function measured(way, tables, work) {
  // The largest take a minute each; by then everything is warm.
  const runs = tables > 1000 ? 1 : tables > 100 ? 3 : 9;
  const times = [];
  let made = "";
  for (let run = 0; run < runs; run += 1) {
    const before = process.cpuUsage();
    made = work();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  times.sort((a, b) => a - b);
  console.log(`${way} ${tables} ${times[Math.floor(runs / 2)]}`);
  return made;
}

for (const tables of sizes.map(Number)) {
  const dbml = readFileSync(join(folder, `${tables}.dbml`), "utf8");
  const sql = measured("dbml", tables, () => exporter.export(dbml, "postgres"));
  writeFileSync(join(folder, `${tables}.sql`), sql);
  measured("sql", tables, () => importer.import(sql, "postgres"));
}
