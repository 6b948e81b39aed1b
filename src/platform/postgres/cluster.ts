/**
 * One PostgreSQL cluster in `<home>/postgres`: made once, started, watched, stopped. Only the keeper uses this.
 *
 * On Linux the programs get their data folder as `/proc/self/cwd`. The kernel follows that link without looking at
 * the folders above, so the unprivileged account can work in a home below /root; elsewhere the path itself is used.
 */

import { type ChildProcess, spawn } from "node:child_process";
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { join } from "node:path";
import { FoundryError } from "#core/errors.ts";
import type { HomeLayout } from "../home.ts";
import { type Account, postgresAccount } from "./account.ts";
import { preparePostgresBinaries } from "./binaries.ts";
import { findPostmaster, isAlive, isPostmasterReady, removeStalePidFile } from "./postmaster-pid.ts";
import { openRunFolder, postgresPort, type RunFolder } from "./run-folder.ts";

export interface Cluster {
  readonly layout: HomeLayout;
  readonly account: Account | null;
  readonly binaries: string;
  readonly run: RunFolder;
  readonly log: string;
}

export interface Postmaster {
  readonly pid: number;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
}

/** Name of the database and of its only account. Access is by the socket's folder, which is private. */
const databaseName = "cellfoundry";

/** Ten megabytes of log are enough to see what went wrong; more is dropped at the next start. */
const logBytesMax = 10 * 2 ** 20;

/** Recovery after a crash replays at most `max_wal_size` of log; a slow disk does that well within this time. */
const startMsMax = 300_000;
const pollMs = 15;

const onLinux = process.platform === "linux";

/** Locates everything; creates nothing but the folder for the socket. */
export function openCluster(layout: HomeLayout): Cluster {
  const account = postgresAccount(layout.postgres);
  const binaries = preparePostgresBinaries(account);
  const run = openRunFolder(layout, account);
  return { layout, account, binaries, run, log: join(layout.run, "postgres.log") };
}

/** Makes the cluster when there is none: aside first, then renamed, so that a half-made one is never opened. */
export async function ensureCluster(cluster: Cluster): Promise<void> {
  const { layout, account } = cluster;
  if (existsSync(join(layout.postgres, "PG_VERSION"))) return;
  const fresh = `${layout.postgres}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  if (account !== null) chownSync(fresh, account.uid, account.gid);
  const flags = [
    "-U",
    databaseName,
    "-E",
    "UTF8",
    "--locale-provider=builtin",
    "--locale=C.UTF-8",
    "--auth-local=trust",
    "--auth-host=reject",
  ];
  await runToEnd(cluster, "initdb", ["-D", dataArgument(fresh), ...flags], fresh);
  await runToEnd(
    cluster,
    "postgres",
    ["--single", "-D", dataArgument(fresh), "postgres"],
    fresh,
    `CREATE DATABASE ${databaseName};\n`,
  );
  renameSync(fresh, layout.postgres);
}

/**
 * Starts the server, or adopts one whose keeper died, and waits until it answers.
 *
 * @throws FoundryError `home.database` when it ends instead; the reason is in `run/postgres.log`.
 */
export async function startPostmaster(cluster: Cluster): Promise<Postmaster> {
  const { postgres } = cluster.layout;
  const running = findPostmaster(postgres);
  if (running !== null) {
    await waitReady(cluster, running, () => isAlive(running));
    return { pid: running, ended: pollEnd(running) };
  }
  removeStalePidFile(postgres);
  const child = spawnTool(
    cluster,
    "postgres",
    ["-D", dataArgument(postgres), ...settings(cluster)],
    postgres,
  );
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const pid = child.pid;
  if (pid === undefined) throw failed("PostgreSQL could not be started.");
  await waitReady(cluster, pid, () => child.exitCode === null && child.signalCode === null);
  return { pid, ended };
}

/** Ends all sessions, writes a checkpoint and stops: PostgreSQL's "fast" shutdown. */
export async function stopPostmaster(postmaster: Postmaster): Promise<void> {
  signal(postmaster.pid, "SIGINT");
  // A session stuck in the kernel must not keep the keeper alive for ever; an immediate stop is safe, only slower to start.
  const impatient = setTimeout(() => signal(postmaster.pid, "SIGQUIT"), 30_000);
  await postmaster.ended;
  clearTimeout(impatient);
}

/** Connection string for clients on this machine. */
export function clusterUrl(cluster: Cluster): string {
  const host = encodeURIComponent(cluster.run.postgresFolder);
  return `postgresql://${databaseName}@localhost/${databaseName}?host=${host}&port=${postgresPort}`;
}

function settings(cluster: Cluster): string[] {
  const values = {
    listen_addresses: "",
    port: String(postgresPort),
    unix_socket_directories: cluster.run.postgresFolder,
    unix_socket_permissions: "0700",
    // Durability as PostgreSQL means it; written out because everything else here rests on it.
    fsync: "on",
    synchronous_commit: "on",
    full_page_writes: "on",
    max_connections: "100",
    // Our statements are short; compiling them costs more than it saves.
    jit: "off",
    timezone: "UTC",
    log_timezone: "UTC",
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

const dataArgument = (folder: string): string => (onLinux ? "/proc/self/cwd" : folder);

function spawnTool(
  cluster: Cluster,
  tool: string,
  args: string[],
  cwd: string,
  input?: string,
): ChildProcess {
  const stats = statSync(cluster.log, { throwIfNoEntry: false });
  if (stats !== undefined && stats.size > logBytesMax) truncateSync(cluster.log);
  const log = openSync(cluster.log, "a");
  try {
    const child = spawn(join(cluster.binaries, tool), args, {
      cwd,
      // The rest of our environment (tokens, PG* settings) is none of its business.
      env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
      stdio: [input === undefined ? "ignore" : "pipe", log, log],
      ...(cluster.account === null ? {} : cluster.account),
    });
    child.stdin?.end(input);
    return child;
  } finally {
    closeSync(log);
  }
}

async function runToEnd(
  cluster: Cluster,
  tool: string,
  args: string[],
  cwd: string,
  input?: string,
): Promise<void> {
  const child = spawnTool(cluster, tool, args, cwd, input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("exit", resolve);
    child.once("error", reject);
  });
  if (code !== 0) throw failed("The database could not be created.");
}

async function waitReady(cluster: Cluster, pid: number, alive: () => boolean): Promise<void> {
  const deadline = Date.now() + startMsMax;
  while (!isPostmasterReady(cluster.layout.postgres, pid)) {
    if (!alive()) throw failed("The database ended while it was starting.");
    if (Date.now() > deadline) throw failed("The database did not become ready in time.");
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** For a process that is not our child there is no event to wait for. */
async function pollEnd(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 200));
}

function signal(pid: number, name: "SIGINT" | "SIGQUIT"): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
}

function failed(message: string): FoundryError {
  return new FoundryError("home.database", {
    message,
    hint: "The reason stands at the end of `run/postgres.log` in the data folder.",
  });
}
