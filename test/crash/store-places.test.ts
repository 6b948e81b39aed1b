/** Where a data folder may lie: a private place, a very long path, an ordinary user's. */

import { spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { openStore } from "#store/index.ts";
import { homeUse, waitFor } from "#store/testing/home-use.ts";
import { removeHome, temporaryHome } from "#store/testing/temporary-store.ts";

const homes: string[] = [];
afterEach(async () => {
  for (const home of homes.splice(0)) await removeHome(home);
});

async function newHome(): Promise<string> {
  const home = await temporaryHome();
  homes.push(home);
  return home;
}

/** Opens, asks, closes; returns the folder of the database's socket. */
async function useOnce(home: string): Promise<string> {
  const store = await openStore({ home });
  expect(await store.sql.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await store.close();
  return new URL(store.databaseUrl).searchParams.get("host") ?? "";
}

test("in an ordinary folder the sockets lie inside it", async () => {
  const home = await newHome();
  expect(await useOnce(home)).toBe(join(home, "run", "pg"));
});

test("below a private folder the database works, its data stay inside, and the folder of its socket is removed", async () => {
  const base = await newHome();
  const home = join(base, "data");
  mkdirSync(home);
  chmodSync(base, 0o700);
  const sockets = await useOnce(home);
  // Only root has to give the database another account, which then cannot enter.
  expect(sockets.startsWith(home)).toBe(process.getuid?.() !== 0);
  expect(existsSync(join(home, "postgres", "PG_VERSION"))).toBe(true);
  await waitFor(() => homeUse(base).length === 0, "the database to stop");
  if (!sockets.startsWith(home))
    await waitFor(() => !existsSync(dirname(sockets)), "the socket's folder to go");
});

test("a path too long for a socket is no obstacle", async () => {
  const home = join(await newHome(), "a-folder-with-a-long-name".repeat(5));
  const sockets = await useOnce(home);
  expect(sockets.startsWith(home)).toBe(false);
});

test.runIf(process.getuid?.() === 0)("an ordinary user can use it too", async () => {
  const home = await newHome();
  const nobody = 65_534;
  chownSync(home, nobody, nobody);
  const program = fileURLToPath(new URL("./store-holder.ts", import.meta.url));
  const options = { uid: nobody, gid: nobody, env: { HOME: "/nonexistent", PATH: process.env["PATH"] } };
  const child = spawn(process.execPath, [program, home], {
    ...options,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = await new Promise<string>((resolve) => {
    child.stdout.once("data", (data) => resolve(String(data)));
    child.once("exit", () => resolve("ended"));
  });
  expect(said.trim()).toBe("ready");
  child.kill("SIGKILL");
  await waitFor(() => homeUse(home).length === 0, "keeper and PostgreSQL to end");
});
