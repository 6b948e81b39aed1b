/** A data folder whose jobs are run by worker processes that a test may kill. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openQueue, type Queue } from "#jobs/index.ts";
import { type Agent, agentOf, ensureOwner, openStore, type Store } from "#store/index.ts";
import { root } from "../../scripts/find-node.mjs";

/** Longest wait for something to happen, ms: a loaded machine starts a worker in some seconds. */
const patience = 120_000;

export interface KillableWorkers {
  /** Fresh; the data folder is `home` below it. */
  readonly folder: string;
  readonly store: Store;
  readonly queue: Queue;
  readonly actor: Agent;
  /** A worker process with a lease so short that another one soon takes over. */
  startWorker(): ChildProcess;
  /** @throws with what the workers wrote, when it does not happen. */
  until(what: string, done: () => Promise<boolean>): Promise<void>;
  end(): Promise<void>;
}

export async function openKillableWorkers(name: string, jobs: "light" | "heavy"): Promise<KillableWorkers> {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const store = await openStore({ home: join(folder, "home") });
  const queue = await openQueue(store, { role: "client" });
  const running = new Set<ChildProcess>();
  const written: string[] = [];
  return {
    folder,
    store,
    queue,
    actor: agentOf(await ensureOwner(store)),
    startWorker() {
      const command = [
        "src/cli/main.ts",
        "worker",
        "--queue",
        jobs,
        "--lease-ms",
        "1000",
        "--home",
        store.home,
      ];
      const child = spawn(process.execPath, command, { cwd: root, stdio: ["pipe", "ignore", "pipe"] });
      child.stderr?.on("data", (chunk: Buffer) => written.push(chunk.toString()));
      running.add(child);
      child.once("exit", () => running.delete(child));
      return child;
    },
    async until(what, done) {
      const end = Date.now() + patience;
      while (!(await done())) {
        if (Date.now() > end) throw new Error(`waited too long for ${what}\n${written.join("")}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async end() {
      for (const child of running) child.kill("SIGKILL");
      await queue.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
    },
  };
}
