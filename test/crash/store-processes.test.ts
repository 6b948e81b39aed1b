/** Many processes on one embedded database, and every way in which one of them can die. */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import {
  agentOf,
  createProject,
  doctor,
  editLog,
  ensureLayer,
  ensureOwner,
  insertImage,
  openStore,
  type Store,
} from "#store/index.ts";
import { homeUse, waitFor } from "#store/testing/home-use.ts";
import { sampleImage } from "#store/testing/sample-labels.ts";
import { removeHome, temporaryHome } from "#store/testing/temporary-store.ts";

const program = fileURLToPath(new URL("./store-holder.ts", import.meta.url));
const children: ChildProcess[] = [];
const homes: string[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const home of homes.splice(0)) await removeHome(home);
});

async function newHome(): Promise<string> {
  const home = await temporaryHome();
  homes.push(home);
  return home;
}

interface Holder {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly ended: Promise<void>;
}

function startHolder(home: string, ...args: string[]): Holder {
  const child = spawn(process.execPath, [program, home, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return { child, lines, ended };
}

const says = (holder: Holder, text: string): Promise<void> =>
  waitFor(() => holder.lines.some((line) => line.startsWith(text)), `"${text}"`, 60_000);

function postmasterPid(home: string): number {
  return Number.parseInt(readFileSync(join(home, "postgres", "postmaster.pid"), "utf8"), 10);
}

const keeperPid = (home: string): number =>
  homeUse(home).find(({ command }) => command.includes("keeper.ts"))?.pid ?? 0;

async function newLayer(store: Store): Promise<string> {
  const person = agentOf(await ensureOwner(store));
  const { id: projectId } = await createProject(store, person, "crash");
  const source = { title: "t", licence: "CC0-1.0" };
  const { imageId } = await insertImage(store, person, {
    projectId,
    name: "i",
    image: sampleImage(256, 256, 1),
    source,
  });
  return (await ensureLayer(store, person, imageId, "nuclear")).id;
}

test("two processes share one database; it stops after the last one was killed, and nothing is left", async () => {
  const home = await newHome();
  const [first, second] = [startHolder(home), startHolder(home)];
  await Promise.all([says(first, "ready"), says(second, "ready")]);
  expect(homeUse(home).filter(({ command }) => command.includes("keeper.ts"))).toHaveLength(1);
  first.child.kill("SIGKILL");
  await first.ended;
  const store = await openStore({ home });
  expect(await store.sql.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await store.close();
  second.child.kill("SIGKILL");
  await second.ended;
  await waitFor(() => homeUse(home).length === 0, "keeper and PostgreSQL to end");
  expect(existsSync(join(home, "postgres", "postmaster.pid"))).toBe(false);
  expect(readFileSync(join(home, "run", "postgres.log"), "utf8")).toContain("database system is shut down");
});

test("a second server on the folder is refused with the first one's process id, until that one dies", async () => {
  const home = await newHome();
  const first = startHolder(home, "lock");
  await says(first, "locked");
  const second = startHolder(home, "lock");
  await says(second, "home.locked");
  expect(second.lines[0]).toContain(`process ${first.child.pid}`);
  first.child.kill("SIGKILL");
  await first.ended;
  const third = startHolder(home, "lock");
  await says(third, "locked");
});

test("a killed PostgreSQL is started again under the same store", async () => {
  const home = await newHome();
  const store = await openStore({ home });
  const layerId = await newLayer(store);
  const before = postmasterPid(home);
  process.kill(before, "SIGKILL");
  await waitFor(
    async () => {
      try {
        return (await store.sql.query("SELECT 1 AS one")).length === 1 && postmasterPid(home) !== before;
      } catch {
        return false;
      }
    },
    "the database to come back",
    60_000,
  );
  expect((await editLog(store, layerId)).edits).toEqual([]);
  expect((await doctor(store, { full: true })).findings).toEqual([]);
  await store.close();
});

test("a killed keeper is replaced; the new one takes over the running PostgreSQL and stops it in the end", async () => {
  const home = await newHome();
  const store = await openStore({ home });
  await store.sql.query("CREATE TEMP TABLE mine (x integer)");
  const [keeper, postmaster] = [keeperPid(home), postmasterPid(home)];
  process.kill(keeper, "SIGKILL");
  await waitFor(() => keeperPid(home) > 0 && keeperPid(home) !== keeper, "a new keeper");
  expect(postmasterPid(home)).toBe(postmaster);
  expect(await store.sql.query("SELECT count(*) AS count FROM mine")).toEqual([{ count: 0 }]);
  await store.close();
  await waitFor(() => homeUse(home).length === 0, "keeper and PostgreSQL to end");
});

test("everything killed at once: the folder opens again", async () => {
  const home = await newHome();
  const holder = startHolder(home);
  await says(holder, "ready");
  const pids = [keeperPid(home), postmasterPid(home), holder.child.pid ?? 0];
  for (const pid of pids) process.kill(pid, "SIGKILL");
  await holder.ended;
  const store = await openStore({ home });
  expect((await doctor(store, { full: true })).findings).toEqual([]);
  await store.close();
});

test("a stale postmaster.pid that names a living stranger does not keep the database from starting", async () => {
  const home = await newHome();
  const holder = startHolder(home);
  await says(holder, "ready");
  const stranger = startHolder(await newHome());
  await says(stranger, "ready");
  const pidFile = join(home, "postgres", "postmaster.pid");
  const lines = readFileSync(pidFile, "utf8").split("\n");
  for (const pid of [keeperPid(home), postmasterPid(home), holder.child.pid ?? 0])
    process.kill(pid, "SIGKILL");
  await holder.ended;
  await waitFor(() => homeUse(home).length === 0, "all to end");
  writeFileSync(pidFile, [String(stranger.child.pid), ...lines.slice(1)].join("\n"));
  const store = await openStore({ home });
  expect(await store.sql.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await store.close();
});

test("edits stream in while the writer, PostgreSQL and the keeper are killed: no acknowledged edit is lost", async () => {
  const home = await newHome();
  const store = await openStore({ home });
  const layerId = await newLayer(store);
  const acknowledged = new Set<number>();
  let next = 0;
  for (const victim of ["writer", "postgres", "keeper and writer", "writer", "postgres"]) {
    const writer = startHolder(home, "stream", layerId, String(next));
    const target = next + 10;
    await waitFor(
      () => writer.lines.some((line) => line.startsWith(`saved ${target}`)),
      `edit ${target}`,
      60_000,
    );
    if (victim === "postgres") {
      process.kill(postmasterPid(home), "SIGKILL");
      // The writer either goes on when the database is back, or ends because a step was under way.
      const goesOn = `saved ${target + 10}`;
      await waitFor(
        () => writer.child.exitCode !== null || writer.lines.some((line) => line.startsWith(goesOn)),
        "the writer to go on or end",
        60_000,
      );
    }
    if (victim === "keeper and writer") process.kill(keeperPid(home), "SIGKILL");
    writer.child.kill("SIGKILL");
    await writer.ended;
    for (const line of writer.lines) if (line.startsWith("saved ")) acknowledged.add(Number(line.slice(6)));
    next = Math.max(...acknowledged) + 2;
  }
  await store.close();
  const again = await openStore({ home });
  const { edits } = await editLog(again, layerId);
  const kept = new Set(edits.map(({ operationId }) => Number(operationId.slice(2))));
  expect([...acknowledged].filter((i) => !kept.has(i))).toEqual([]);
  expect((await doctor(again, { full: true })).findings).toEqual([]);
  await again.close();
});
