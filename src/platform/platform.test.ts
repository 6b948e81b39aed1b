/** Ids, digests, versions and the operating-system lock. */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { codeVersion, createIds, lockDigest, sha256, takeOsLock } from "./index.ts";

test("ids are new each time and sort in the order made", () => {
  const ids = createIds();
  const made = Array.from({ length: 1000 }, () => ids.next());
  expect(new Set(made).size).toBe(1000);
  expect([...made].sort()).toEqual(made);
});

test("versions of code and lockfile have their form", () => {
  expect(codeVersion()).toMatch(/^\d+\.\d+\.\d+(\+[0-9a-f]{12})?$/);
  expect(lockDigest()).toMatch(/^[0-9a-f]{64}$/);
  expect(lockDigest("/nonexistent")).toBe(sha256(""));
});

test("a lock excludes others in this process and in another one, and ends with a killed holder", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cellfoundry-lock-"));
  const path = join(folder, "lock");
  const lock = takeOsLock(path);
  expect(takeOsLock(path)).toBeNull();
  lock?.release();
  const module = fileURLToPath(new URL("./os-lock.ts", import.meta.url));
  const program = `import { takeOsLock } from ${JSON.stringify(module)}; console.log(takeOsLock(${JSON.stringify(path)}) !== null); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = await new Promise<string>((resolve) =>
    child.stdout.once("data", (data) => resolve(String(data))),
  );
  expect(said.trim()).toBe("true");
  expect(takeOsLock(path)).toBeNull();
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("exit", resolve));
  const again = takeOsLock(path);
  expect(again).not.toBeNull();
  again?.release();
  rmSync(folder, { recursive: true });
});
