/**
 * Joins the embedded PostgreSQL of a data folder: finds the keeper or starts one, and holds it until `leave`.
 *
 * When the keeper dies, a new one is started in the background; it takes over the running PostgreSQL, so connections
 * to the database do not notice.
 */

import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FoundryError } from "#core/errors.ts";
import type { HomeLayout } from "../home.ts";
import { postgresAccount } from "./account.ts";
import { connectToKeeper } from "./keeper-socket.ts";
import { decodeState, type KeeperState } from "./keeper-state.ts";
import { openRunFolder } from "./run-folder.ts";

export interface JoinedPostgres {
  readonly url: string;
  /** Lets go of the database; it stops a moment after its last user has left. */
  leave(): void;
}

/** The first start copies files and creates the cluster; five minutes is for a machine under heavy load. */
const joinMsMax = 300_000;
const pollMs = 20;

interface Held {
  readonly socket: Socket;
  readonly url: string;
}

/**
 * Waits until the database is ready.
 *
 * @throws FoundryError `home.database` when it cannot be started. Cost: a first start about two seconds, a later one
 *         half a second, milliseconds when it runs already.
 */
export async function joinPostgres(layout: HomeLayout): Promise<JoinedPostgres> {
  let left = false;
  let held = await hold(layout);
  const watch = (socket: Socket): void => {
    socket.once("close", async () => {
      // Again and again: without a keeper nobody would stop or restart the database.
      while (!left) {
        try {
          held = await hold(layout);
          if (left) held.socket.destroy();
          else watch(held.socket);
          return;
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 1_000).unref());
        }
      }
    });
  };
  watch(held.socket);
  return {
    url: held.url,
    leave() {
      left = true;
      held.socket.destroy();
    },
  };
}

async function hold(layout: HomeLayout): Promise<Held> {
  const { keeperSocket } = openRunFolder(layout, postgresAccount(layout.postgres));
  const deadline = Date.now() + joinMsMax;
  let starting: { readonly ended: () => boolean } | null = null;
  while (Date.now() < deadline) {
    const socket = await connectToKeeper(keeperSocket);
    const state = socket === null ? null : await readState(socket);
    if (socket !== null && state?.state === "ready") {
      // The hold alone must not keep a finished program running.
      socket.unref();
      return { socket, url: state.url };
    }
    socket?.destroy();
    if (state?.state === "failed") throw failed(state.message);
    if (socket === null && (starting === null || starting.ended())) starting = startKeeper(layout);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw failed("The database did not become ready in time.");
}

/** First state the keeper tells; `null` when it goes away without one. */
function readState(socket: Socket): Promise<KeeperState | null> {
  return new Promise((resolve) => {
    let received = "";
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      received += text;
      const end = received.indexOf("\n");
      if (end >= 0) resolve(decodeState(received.slice(0, end)));
    });
    socket.once("close", () => resolve(null));
  });
}

function startKeeper(layout: HomeLayout): { ended(): boolean } {
  const program = fileURLToPath(new URL("./keeper.ts", import.meta.url));
  const log = openSync(join(layout.run, "keeper.log"), "a");
  try {
    // Detached: a Ctrl-C in the terminal must reach the programs, which then finish their work on the database.
    const child = spawn(process.execPath, [program, layout.root], {
      cwd: "/",
      detached: true,
      stdio: ["ignore", log, log],
    });
    let ended = false;
    const end = (): void => {
      ended = true;
    };
    child.once("exit", end);
    child.once("error", end);
    child.unref();
    return { ended: () => ended };
  } finally {
    closeSync(log);
  }
}

function failed(message: string): FoundryError {
  return new FoundryError("home.database", {
    message,
    hint: "The reason stands at the end of `run/postgres.log` and `run/keeper.log` in the data folder.",
  });
}
