/**
 * The keeper: a small process that owns the embedded PostgreSQL for all programs that use one data folder.
 *
 * Every program holds a connection to the keeper's socket for as long as it uses the database. The kernel closes that
 * connection however the program ends, so the keeper always knows who is left, without process ids or polling. Two
 * seconds after the last one is gone it stops PostgreSQL and ends. It restarts PostgreSQL when that dies, and adopts a
 * running one when an earlier keeper died. An operating-system lock makes it the only keeper.
 *
 * Started as `node keeper.ts HOME`; its own output goes to `run/keeper.log`.
 */

import { rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { isFoundryError } from "#core/errors.ts";
import { openHome } from "../home.ts";
import { createLog, type Log } from "../log.ts";
import { type OsLock, takeOsLock } from "../os-lock.ts";
import {
  type Cluster,
  clusterUrl,
  ensureCluster,
  openCluster,
  type Postmaster,
  startPostmaster,
  stopPostmaster,
} from "./cluster.ts";
import { isKeeperAlive } from "./keeper-socket.ts";
import { encodeState, type KeeperState } from "./keeper-state.ts";
import { closeRunFolder } from "./run-folder.ts";

/** Long enough for one command after another to find the database running, short enough not to linger. */
const lingerMs = 2_000;

/** A crash loop is not cured by restarting: this many failures in a row, then the programs are told. */
const startsMax = 6;

/** How long a second keeper waits for the first to finish stopping. */
const lockMsMax = 60_000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function main(home: string): Promise<void> {
  const log = createLog((line) => process.stderr.write(line));
  const layout = openHome(home);
  const lock = await waitForLock(join(layout.run, "keeper.lock"), openCluster(layout));
  if (lock === null) return;
  // Only now: the keeper before us may have removed its folders on leaving.
  const cluster = openCluster(layout);
  const keeper = createKeeper(cluster, log);
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => keeper.stop(name));
  await keeper.run();
  closeRunFolder(cluster.run);
  lock.release();
}

/** `null` when another keeper turns out to be at work. */
async function waitForLock(path: string, cluster: Cluster): Promise<OsLock | null> {
  const deadline = Date.now() + lockMsMax;
  for (;;) {
    const lock = takeOsLock(path);
    if (lock !== null) return lock;
    if ((await isKeeperAlive(cluster.run.keeperSocket)) || Date.now() > deadline) return null;
    await wait(50);
  }
}

function createKeeper(cluster: Cluster, log: Log): { run(): Promise<void>; stop(reason: string): void } {
  const holders = new Set<Socket>();
  let state: KeeperState | null = null;
  let linger: NodeJS.Timeout | undefined;
  let endNow: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    endNow = resolve;
  });

  const watchHolders = (): void => {
    clearTimeout(linger);
    if (holders.size === 0) linger = setTimeout(endNow, lingerMs);
  };
  const tell = (next: KeeperState): void => {
    state = next;
    for (const holder of holders) holder.write(encodeState(next));
  };
  const server = createServer((socket) => {
    holders.add(socket);
    watchHolders();
    socket.on("error", () => undefined);
    socket.on("close", () => {
      holders.delete(socket);
      watchHolders();
    });
    socket.resume();
    if (state !== null) socket.write(encodeState(state));
  });

  return {
    stop(reason) {
      log.write("info", "keeper asked to stop", { reason });
      endNow();
    },
    async run() {
      await listen(server, cluster.run.keeperSocket);
      watchHolders();
      let postmaster: Postmaster | null = null;
      try {
        await ensureCluster(cluster);
        postmaster = await keepRunning(cluster, log, stopped, () =>
          tell({ state: "ready", url: clusterUrl(cluster) }),
        );
      } catch (error) {
        log.write("error", "database failed", { error: String(error) });
        tell({
          state: "failed",
          message: isFoundryError(error) ? error.message : "The database could not be started.",
        });
      }
      clearTimeout(linger);
      // Out of sight first: a program that comes now starts a new keeper, which waits for our lock.
      server.close();
      rmSync(cluster.run.keeperSocket, { force: true });
      if (postmaster !== null) await stopPostmaster(postmaster);
      for (const holder of holders) holder.destroySoon();
      log.write("info", "keeper ends");
    },
  };
}

/** Starts PostgreSQL, again whenever it dies, until `stopped`. Returns the one that runs then. */
async function keepRunning(
  cluster: Cluster,
  log: Log,
  stopped: Promise<void>,
  onReady: () => void,
): Promise<Postmaster | null> {
  let failures = 0;
  const stop = stopped.then(() => "stop" as const);
  for (;;) {
    try {
      const postmaster = await startPostmaster(cluster);
      log.write("info", "database ready", { pid: postmaster.pid });
      failures = 0;
      onReady();
      const end = await Promise.race([stop, postmaster.ended.then(() => "ended" as const)]);
      if (end === "stop") return postmaster;
      log.write("warn", "database ended by itself; starting it again", { pid: postmaster.pid });
    } catch (error) {
      failures++;
      log.write("warn", "database did not start", { error: String(error), failures });
      if (failures >= startsMax) throw error;
      // Its orphaned children still hold its shared memory for a moment after a crash.
      await wait(150 * 2 ** failures);
    }
  }
}

async function listen(server: Server, path: string): Promise<void> {
  // We hold the lock, so a socket file that is there belongs to a dead keeper.
  rmSync(path, { force: true });
  const mask = process.umask(0o077);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
  } finally {
    process.umask(mask);
  }
}

const home = process.argv[2];
if (home === undefined) throw new Error("usage: keeper HOME");
await main(home);
