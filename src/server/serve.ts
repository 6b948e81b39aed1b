/**
 * The `serve` command: everything that a lab needs on one machine, started together and ended together.
 *
 * Order: database, the lock on the data folder, queue, HTTP, worker, sample project, and one link to sign in. The end
 * goes the other way. A killed server (kill -9) leaves nothing behind either: the worker notices its closed pipe, the
 * database its missing user, and the next start finds every acknowledged edit.
 */

import { join } from "node:path";
import { FoundryError } from "#core/errors.ts";
import { ensureSampleProject, openQueue } from "#jobs/index.ts";
import { type Log, packageRoot, silentLog, systemCode } from "#platform/index.ts";
import {
  createSignInToken,
  ensureLab,
  ensureOwner,
  listProjects,
  lockServer,
  openStore,
  type Store,
} from "#store/index.ts";
import { type RunningServer, startServer } from "./start-server.ts";
import { startWorkerProcess } from "./worker-process.ts";

export interface ServeOptions {
  readonly home?: string | undefined;
  /** Outside PostgreSQL; default the embedded one. */
  readonly databaseUrl?: string | undefined;
  readonly host?: string | undefined;
  /** Default 8787; when it is taken the next free one is used. 0 takes any. */
  readonly port?: number | undefined;
  /** Load the sample project into an empty folder. Default true. */
  readonly sample?: boolean | undefined;
  /** Start a worker beside the server. Default true; false when workers run elsewhere. */
  readonly worker?: boolean | undefined;
  /** Folder of the built pages; default `dist/web` of the program. */
  readonly webDir?: string | undefined;
  /** Ends everything when it fires. */
  readonly signal: AbortSignal;
  /** One line for people about what is happening. */
  readonly say: (line: string) => void;
  /** Called once when people may come. */
  readonly ready: (facts: ServeFacts) => void;
  readonly log?: Log | undefined;
}

interface ServeFacts {
  /** Address of the server. */
  readonly url: string;
  /** Link that signs the owner in, once. */
  readonly signInUrl: string;
  readonly home: string;
  /** From the call of `serve` on. */
  readonly startMs: number;
}

const defaultPort = 8787;

/** Ports tried after the wanted one. */
const portsTried = 20;

/**
 * Runs until the signal fires.
 *
 * @throws FoundryError `home.locked` when another server uses the folder, and whatever opening it throws.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const startedAt = performance.now();
  const { say, signal } = options;
  const ends: (() => Promise<void>)[] = [];
  try {
    say("Opening the data folder");
    const store = await openStore(pickDefined({ home: options.home, databaseUrl: options.databaseUrl }));
    ends.push(() => store.close());
    const lock = await lockServer(store);
    ends.push(() => lock.release());
    await ensureLab(store);
    await ensureOwner(store);
    const server = await startParts(store, options, ends);
    if (options.sample !== false && !signal.aborted) await loadSample(store, say);
    const token = await createSignInToken(store, { oneTime: true });
    if (!signal.aborted) {
      options.ready({
        url: server.url,
        signInUrl: `${server.url}/#token=${token}`,
        home: store.home,
        startMs: Math.round(performance.now() - startedAt),
      });
      await fired(signal);
    }
    say("Stopping");
  } finally {
    for (const end of ends.reverse())
      await end().catch((error: unknown) => say(`While stopping: ${String(error)}`));
  }
  say("Stopped");
}

async function startParts(
  store: Store,
  options: ServeOptions,
  ends: (() => Promise<void>)[],
): Promise<RunningServer> {
  const log = options.log ?? silentLog;
  const queue = await openQueue(store, { role: "client" });
  ends.push(() => queue.close());
  const webDir = options.webDir ?? join(packageRoot, "dist", "web");
  const server = await listen(options.port ?? defaultPort, options.say, (port) =>
    startServer({ store, queue, webDir, log, port, ...pickDefined({ host: options.host }) }),
  );
  ends.push(() => server.close());
  if (options.worker !== false) {
    // After the server listens: on a small machine a second process would only slow the start.
    const worker = startWorkerProcess({ home: store.home, databaseUrl: options.databaseUrl, log });
    ends.push(() => worker.stop());
  }
  return server;
}

/** Listens on the wanted port or the next free one. @throws FoundryError `server.port` when none of them is. */
async function listen(
  wanted: number,
  say: (line: string) => void,
  start: (port: number) => Promise<RunningServer>,
): Promise<RunningServer> {
  for (let port = wanted; port <= Math.min(65_535, wanted + portsTried); port++) {
    try {
      const server = await start(port);
      if (port !== wanted) say(`Port ${wanted} is taken; using ${port}`);
      return server;
    } catch (error) {
      if (systemCode(error) !== "EADDRINUSE") throw portError(error, port);
    }
  }
  throw new FoundryError("server.port", {
    message: `Ports ${wanted} to ${wanted + portsTried} are all taken.`,
    hint: "Choose another with --port.",
  });
}

function portError(error: unknown, port: number): unknown {
  const code = systemCode(error);
  if (code !== "EACCES" && code !== "EADDRNOTAVAIL" && code !== "ENOTFOUND") return error;
  return new FoundryError("server.port", {
    message: `The server may not listen on port ${port} of that address (${code}).`,
    hint: "Choose a port above 1023 with --port, and an address of this machine with --host.",
    cause: error,
  });
}

/** The sample never keeps a server from starting: without it people begin with their own images. */
async function loadSample(store: Store, say: (line: string) => void): Promise<void> {
  try {
    if ((await listProjects(store)).length === 0)
      say("Loading the sample project; the first time takes a moment");
    await ensureSampleProject(store, {
      samplesDir: join(packageRoot, "samples"),
      modelsDir: join(packageRoot, "models"),
      log: { write: (_level, message) => say(message) },
    });
  } catch (error) {
    const why = error instanceof FoundryError ? error.message : String(error);
    say(`The sample project could not be loaded: ${why}`);
  }
}

function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Options that were given; the rest keep their defaults. */
function pickDefined<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
