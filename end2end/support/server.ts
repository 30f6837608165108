// A server under test, with a PostgreSQL and a data folder of its own.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { crowfoot, site } from "./programs.ts";

const run = promisify(execFile);

export interface StartOptions {
  /** Settings beyond the usual ones. */
  env?: Record<string, string>;
}

export class Server {
  private child: ChildProcess | undefined;
  private log: string[] = [];
  private addr = "127.0.0.1:0";

  private constructor(readonly dataDir: string) {}

  /** Makes a data folder and starts a server on a free port. */
  static async start(options: StartOptions = {}): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), "crowfoot-"));
    // As root, PostgreSQL runs under another account, which has to get through this folder.
    await chmod(folder, 0o755);
    const server = new Server(folder);
    await server.launch(options);
    return server;
  }

  /** A server that is yet to be launched, on a data folder that exists. */
  static on(dataDir: string): Server {
    return new Server(dataDir);
  }

  /** The address of the site, without a slash at the end. */
  get baseURL(): string {
    return `http://${this.addr}`;
  }

  /** The process id of the server, while it runs. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Whether the server's process is there. */
  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** What the server has logged so far. */
  get logged(): string {
    return this.log.join("\n");
  }

  /** Starts the server on the data folder and waits until it listens; a second time, on the same port. */
  async launch(options: StartOptions = {}): Promise<void> {
    const child = spawn(crowfoot, ["serve", "--addr", this.addr, "--data-dir", this.dataDir], {
      // The person's own settings must not lead journeys to a database of theirs.
      env: { ...process.env, DATABASE_URL: "", CROWFOOT_SITE: site, NO_COLOR: "1", ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    createInterface({ input: child.stderr }).on("line", (line) => this.log.push(line));
    const ended = once(child, "exit").then(([code, signal]) => {
      throw new Error(`the server ended (${code ?? signal}) before it listened:\n${this.logged}`);
    });
    const listens = (async () => {
      for await (const line of createInterface({ input: child.stdout })) {
        const address = /^Crowfoot listens on http:\/\/(\S+)$/.exec(line)?.[1];
        if (address) return address;
      }
      return undefined;
    })();
    const address = await Promise.race([listens, ended]);
    ended.catch(() => {});
    if (!address) throw new Error(`the server did not say where it listens:\n${this.logged}`);
    this.addr = address;
    // What is printed later must not fill the pipe.
    child.stdout.resume();
  }

  /** Sends a signal and waits for the end of the server's process. PostgreSQL survives SIGKILL and nothing else. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.child || !this.isRunning) return;
    const ended = once(this.child, "exit");
    this.child.kill(signal);
    await ended;
  }

  /** Waits for the server to end by itself, as at a point where a test makes it fail. */
  async ended(): Promise<void> {
    if (this.child && this.isRunning) await once(this.child, "exit");
  }

  /** Stops everything and removes the data. */
  async dispose(): Promise<void> {
    if (!this.isRunning) {
      // A killed server left its PostgreSQL behind; the next one adopts it and stops it at its end.
      await this.launch();
    }
    await this.end("SIGTERM");
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** The process id of the PostgreSQL on this data folder, if one says that it runs. */
  async postgresPid(): Promise<number | undefined> {
    const text = await readFile(join(this.dataDir, "postgres/data/postmaster.pid"), "utf8").catch(() => "");
    const pid = Number.parseInt(text, 10);
    return Number.isNaN(pid) ? undefined : pid;
  }

  /** How to reach a database of this server's PostgreSQL as superuser, for libpq and its programs. */
  async libpqEnv(database: string): Promise<Record<string, string>> {
    const password = await readFile(join(this.dataDir, "postgres/password"), "utf8");
    return {
      PGHOST: join(this.dataDir, "postgres/run"),
      PGPORT: "5432",
      PGUSER: "crowfoot",
      PGPASSWORD: password.trim(),
      PGDATABASE: database,
    };
  }

  /**
   * Runs SQL with psql and answers with its rows, one a line, fields parted by `|`.
   * Fails with PostgreSQL's own words.
   */
  async psql(sql: string, database = "crowfoot"): Promise<string> {
    return this.client("psql", ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql], database);
  }

  /** The schema of a database as pg_dump writes it. */
  async dumpSchema(database: string): Promise<string> {
    return this.client("pg_dump", ["--schema-only", "--no-owner", "--no-privileges"], database);
  }

  /** The names of all databases but PostgreSQL's own and the store. */
  async sandboxes(): Promise<string[]> {
    const sql = "select datname from pg_database where not datistemplate and datname not in ('postgres', 'crowfoot')";
    const names = await this.psql(`${sql} order by oid`, "postgres");
    return names.split("\n").filter(Boolean);
  }

  private async client(program: string, args: string[], database: string): Promise<string> {
    const env = { ...process.env, ...(await this.libpqEnv(database)) };
    try {
      const { stdout } = await run(program, args, { env, maxBuffer: 64 * 1024 * 1024 });
      return stdout.trim();
    } catch (error) {
      const said = (error as { stderr?: string }).stderr?.trim();
      throw new Error(said || String(error));
    }
  }
}

/** Whether a process is there and no zombie. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "State:\tR");
  return !/^State:\s+Z/m.test(status);
}
