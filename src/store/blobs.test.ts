/** The blob folder on the real disk, and on one that fails. */

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FoundryError } from "#core/errors.ts";
import { createIds, type Disk, type HomeLayout, openHome, systemDisk } from "#platform/index.ts";
import { openBlobs } from "./blobs.ts";

let home: string;
let layout: HomeLayout;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "cellfoundry-blobs-"));
  layout = openHome(home);
});
afterEach(() => rm(home, { recursive: true, force: true }));

const open = (disk: Disk = systemDisk) => openBlobs(layout, disk, createIds());
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

// SHA-256 of "abc", from FIPS 180-4's examples.
const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

test("bytes lie under their SHA-256 and come back; the same bytes again are one file", async () => {
  const blobs = open();
  expect(await blobs.put(text("abc"))).toBe(abc);
  expect(await blobs.put(text("abc"))).toBe(abc);
  expect(blobs.path(abc)).toBe(join(layout.blobs, "ba", "78", abc));
  expect(Buffer.from(await blobs.get(abc)).toString()).toBe("abc");
  expect([await blobs.has(abc), await blobs.size(abc)]).toEqual([true, 3]);
  expect(await blobs.list()).toEqual([abc]);
  expect((await readdir(layout.blobs)).filter((name) => name.startsWith("."))).toEqual([]);
});

test("one flipped bit is found, the file goes to quarantine, and the bytes can be put again", async () => {
  const blobs = open();
  const big = new Uint8Array(100_000).fill(7);
  const digest = await blobs.put(big);
  const bytes = await readFile(blobs.path(digest));
  bytes[54_321] = (bytes[54_321] ?? 0) ^ 0b100;
  await writeFile(blobs.path(digest), bytes);
  await expect(blobs.get(digest)).rejects.toMatchObject({ code: "blob.corrupt", details: { digest } });
  expect(await readdir(layout.quarantine)).toHaveLength(1);
  await expect(blobs.get(digest)).rejects.toMatchObject({ code: "blob.missing" });
  await blobs.put(big);
  expect(await blobs.get(digest)).toHaveLength(100_000);
});

test("putting over a damaged file repairs it", async () => {
  const blobs = open();
  await blobs.put(text("abc"));
  await writeFile(blobs.path(abc), "abd");
  await blobs.put(text("abc"));
  expect(Buffer.from(await blobs.get(abc)).toString()).toBe("abc");
});

test("a string that is no digest never becomes a path", async () => {
  const blobs = open();
  for (const bad of ["../../etc/passwd", "", "ABC", `${abc}/..`, abc.toUpperCase()]) {
    await expect(blobs.get(bad), bad).rejects.toMatchObject({ code: "blob.missing" });
    expect(await blobs.has(bad)).toBe(false);
  }
});

test("the order is write, flush, read back, rename, flush folders", async () => {
  const calls: string[] = [];
  const disk = Object.fromEntries(
    Object.entries(systemDisk).map(([name, call]) => [
      name,
      (...args: [string, never]) => {
        calls.push(name);
        return (call as (...args: [string, never]) => unknown)(...args);
      },
    ]),
  ) as unknown as Disk;
  await open(disk).put(text("abc"));
  expect(calls).toEqual([
    "read",
    "writeNew",
    "read",
    "makeFolder",
    "rename",
    "flushFolder",
    "flushFolder",
    "flushFolder",
  ]);
});

test("a disk that gives back other bytes is not trusted, and leaves no file", async () => {
  const disk: Disk = {
    ...systemDisk,
    read: async (path) => (path.includes(".new-") ? text("abd") : systemDisk.read(path)),
  };
  await expect(open(disk).put(text("abc"))).rejects.toMatchObject({ code: "disk.io" });
  expect(await open().list()).toEqual([]);
});

test("after a failed flush nothing is acknowledged any more", async () => {
  let fail = true;
  const disk: Disk = {
    ...systemDisk,
    flushFolder: async (path) => {
      if (fail) throw new FoundryError("disk.io", { message: "flush failed" });
      return systemDisk.flushFolder(path);
    },
  };
  const blobs = open(disk);
  await expect(blobs.put(text("abc"))).rejects.toMatchObject({ code: "disk.io" });
  fail = false;
  await expect(blobs.put(text("other"))).rejects.toMatchObject({ code: "disk.io" });
});

test("a full disk is a state: it is said, and passes", async () => {
  let full = true;
  const disk: Disk = {
    ...systemDisk,
    writeNew: async (path, bytes) => {
      if (full) throw new FoundryError("disk.full", { message: "full" });
      return systemDisk.writeNew(path, bytes);
    },
  };
  const blobs = open(disk);
  await expect(blobs.put(text("abc"))).rejects.toMatchObject({ code: "disk.full" });
  full = false;
  expect(await blobs.put(text("abc"))).toBe(abc);
});
