/** The processes of `serve`: workers come back when they crash, go when the server goes, and one folder has one server. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { removeHome } from "#store/testing/temporary-store.ts";
import { processesOf, type RunningServe, startServe } from "../serve-command.ts";

let home: string;
const started: RunningServe[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "cellfoundry-serve-"));
});
afterAll(async () => {
  for (const { child } of started) child.kill("SIGKILL");
  for (let left = 300; left > 0 && processesOf(home).length > 0; left--) await sleep(100);
  await removeHome(home);
});

async function start(args: readonly string[] = []): Promise<RunningServe> {
  const server = await startServe(home, ["--no-sample", "--port", "0", ...args]);
  started.push(server);
  return server;
}

/** Ids of the worker processes: one for light jobs and its child for heavy ones. */
const workers = (): number[] =>
  processesOf(home)
    .filter((line) => line.includes(" worker "))
    .map((line) => Number.parseInt(line, 10));

const patience = { timeout: 60_000, interval: 100 };

test("a worker that is killed comes back, and the server goes on", async () => {
  const server = await start();
  await expect.poll(workers, patience).toHaveLength(2);
  const before = workers();
  for (const pid of before) process.kill(pid, "SIGKILL");
  await expect.poll(() => workers().filter((pid) => !before.includes(pid)), patience).toHaveLength(2);
  expect((await fetch(`${server.url}/api/health`)).status).toBe(200);
});

test("a second server on the folder is refused in one clear sentence, and the first goes on", async () => {
  const [first] = started;
  await expect(start()).rejects.toThrow(/"code": "home\.locked"/);
  await expect(start()).rejects.toThrow(String(first?.child.pid));
  expect((await fetch(`${first?.url}/api/health`)).status).toBe(200);
});

test("killing the server takes its workers and its database with it", async () => {
  const [first] = started;
  first?.child.kill("SIGKILL");
  await expect.poll(() => processesOf(home), patience).toEqual([]);
});

test("the sign-in link works once, a taken port gives the next one, and SIGINT ends everything", async () => {
  const other = await startOnPort();
  const server = await start(["--port", String(other.port)]);
  expect(server.said()).toContain(`Port ${other.port} is taken; using `);
  expect(new URL(server.url).port).not.toBe(String(other.port));
  await other.close();
  const token = new URL(server.signInUrl).hash.replace("#token=", "");
  const signIn = () =>
    fetch(`${server.url}/api/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token }),
    });
  expect(await (await signIn()).json()).toMatchObject({ member: { role: "owner" } });
  expect((await signIn()).status).toBe(400);
  const ended = once(server.child, "exit");
  server.child.kill("SIGINT");
  expect(await ended).toEqual([0, null]);
  expect(server.said()).toContain("Stopped");
  await expect.poll(() => processesOf(home), patience).toEqual([]);
});

test("ending npm itself ends what `npm start` began", async () => {
  const npm = spawn("npm", ["start", "--", "--no-sample", "--port", "0"], {
    cwd: join(import.meta.dirname, "..", ".."),
    env: { ...process.env, CELLFOUNDRY_HOME: home },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  npm.stdout.on("data", (chunk) => {
    said += chunk;
  });
  await expect.poll(() => said, { ...patience, timeout: 120_000 }).toContain("is ready at");
  npm.kill("SIGTERM");
  await expect.poll(() => processesOf(home), patience).toEqual([]);
});

async function startOnPort(): Promise<{ port: number; close: () => Promise<void> }> {
  const { createServer } = await import("node:net");
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    close: async () => {
      taken.close();
      await once(taken, "close");
    },
  };
}
