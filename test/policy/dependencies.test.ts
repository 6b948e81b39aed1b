/** The rules for dependencies hold: fixed versions, a reason on file, a permissive licence, no registry in the lockfile. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../scripts/find-node.mjs";

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly license?: string;
}

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const manifest: Manifest = JSON.parse(read("package.json"));
const direct = { ...manifest.dependencies, ...manifest.devDependencies };

/** Licences that let a lab use, change and pass on the program. MPL-2.0 only for what is never shipped. */
const permissive = /^\(?(MIT|ISC|Apache-2\.0|BSD-[23]-Clause|MIT OR Apache-2\.0|MIT OR ISC)\)?$/;
const neverShipped: Readonly<Record<string, string>> = { "axe-core": "MPL-2.0" };

describe.each(Object.entries(direct))("%s", (name, version) => {
  test("has a fixed version", () => expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/));

  test("has its reason in docs/dependencies.md", () => {
    const reasons = read("docs/dependencies.md");
    // A family that stands or falls together has one line: `@deck.gl/*`.
    const named = reasons.includes(name) || reasons.includes(`${name.split("/")[0]}/*`);
    expect(named, `${name} is not in docs/dependencies.md`).toBe(true);
  });

  test("has a permissive licence", () => {
    const path = `node_modules/${name}/package.json`;
    expect(existsSync(join(root, path))).toBe(true);
    const { license = "" }: Manifest = JSON.parse(read(path));
    expect(neverShipped[name] === license || permissive.test(license), `${name}: ${license}`).toBe(true);
  });
});

test("the lockfile has integrity hashes and names no registry", () => {
  const lock: { packages: Record<string, { integrity?: string; resolved?: string }> } = JSON.parse(
    read("package-lock.json"),
  );
  const entries = Object.entries(lock.packages).filter(([path]) => path !== "");
  expect(entries.filter(([, entry]) => entry.integrity === undefined).map(([path]) => path)).toEqual([]);
  expect(entries.filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
});
