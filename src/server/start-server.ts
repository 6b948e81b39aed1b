/** Listens, and ends well: no new work, streams closed, running requests given a few seconds. */

import { buildServer, type ServerOptions } from "./build-server.ts";
import { sweepStaging } from "./staging.ts";

export interface StartOptions extends ServerOptions {
  /** Default 127.0.0.1: other machines reach the server only when asked for. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Closes the server when it fires. */
  readonly signal?: AbortSignal;
}

export interface RunningServer {
  /** Address without a path, such as `http://127.0.0.1:8787`. */
  readonly url: string;
  readonly port: number;
  /** Ends the server; safe to call twice. */
  close(): Promise<void>;
}

/** How long running requests may take to finish when the server stops. */
const graceMs = 5_000;

const sweepMs = 50;

/** @throws the system's error when the port is taken (`code` is EADDRINUSE) or not allowed. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { host = "127.0.0.1", port = 0, store } = options;
  const app = await buildServer(options);
  try {
    await sweepStaging(store.home, store.clock.now());
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw error;
  }
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= closeWithin(app);
    return closed;
  };
  options.signal?.addEventListener("abort", () => void close(), { once: true });
  if (options.signal?.aborted === true) await close();
  const address = app.server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  return { url: `http://${urlHost(host)}:${bound}`, port: bound, close };
}

async function closeWithin(app: Awaited<ReturnType<typeof buildServer>>): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
  // A browser keeps its connection after the answer; once the answer is out nothing is lost by closing it.
  const sweep = setInterval(() => app.server.closeIdleConnections(), sweepMs);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
    clearInterval(sweep);
  }
}

/** What a person can open: a wildcard address is not one. */
function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
