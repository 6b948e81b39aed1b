/**
 * Files that would hang or fill a process: the one process that reads them ends, its file is named, all else goes on.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isFoundryError } from "#core/errors.ts";
import { writePng } from "#formats/index.ts";
import { type DecoderPool, openDecoderPool } from "#jobs/ingest/decoder/decoder-pool.ts";
import type { DecodedItem } from "#jobs/ingest/decoder/protocol.ts";

let folder = "";
const pools: DecoderPool[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hostile-"));
  mkdirSync(join(folder, "in"));
  for (let i = 0; i < 12; i++) {
    const data = new Uint8Array(64).fill(i + 1);
    writeFileSync(join(folder, "in", `good-${i}.png`), writePng({ height: 8, width: 8, channels: 1, data }));
  }
  // 120 MB of pixels in a file of 120 kB: sound, but it takes memory and seconds.
  const large = new Uint8Array(11_000 * 11_000);
  writeFileSync(
    join(folder, "in", "large.png"),
    writePng({ height: 11_000, width: 11_000, channels: 1, data: large }),
  );
});

afterAll(async () => {
  for (const pool of pools) await pool.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
});

async function open(options: { silenceMs?: number; memoryBytesMax?: number }): Promise<DecoderPool> {
  const place = { kind: "folder", path: join(folder, "in") } as const;
  const pool = await openDecoderPool({ place, tempFolder: join(folder, "spool"), processes: 2, ...options });
  pools.push(pool);
  return pool;
}

interface Outcomes {
  readonly read: ReadonlyMap<string, DecodedItem>;
  readonly errors: ReadonlyMap<string, unknown>;
}

async function readAll(pool: DecoderPool, onFirst: () => void = () => undefined): Promise<Outcomes> {
  const plan = await pool.plan({});
  const read = new Map<string, DecodedItem>();
  const errors = new Map<string, unknown>();
  const items = plan.images.map(({ item }) => item);
  await pool.readAll(items, { format: "images", answers: {}, inspect: true }, async (outcome) => {
    const { name } = items[outcome.index]!;
    if (read.size + errors.size === 0) onFirst();
    if ("decoded" in outcome) read.set(name, outcome.decoded);
    else errors.set(name, outcome.error);
  });
  return { read, errors };
}

const goodNames = Array.from({ length: 12 }, (_, i) => `good-${i}`).sort();

test("a file that takes too much memory is stopped and named; the others are read", async () => {
  const { read, errors } = await readAll(await open({ memoryBytesMax: 200 * 2 ** 20 }));
  expect([...read.keys()].sort()).toEqual(goodNames);
  const error = errors.get("large");
  expect(isFoundryError(error, "limit.memory")).toBe(true);
  expect(error).toMatchObject({ message: expect.stringContaining("large.png"), hint: expect.any(String) });
});

test("a file that makes no progress is stopped and named; the others are read", async () => {
  const { read, errors } = await readAll(await open({ silenceMs: 250 }));
  // Under load a good file may be slow, too; the large one always is.
  expect(read.size).toBeGreaterThan(0);
  expect(isFoundryError(errors.get("large"), "limit.time")).toBe(true);
  expect(errors.get("large")).toMatchObject({ message: expect.stringContaining("large.png") });
});

test("within its limits the large file is read", async () => {
  const { read, errors } = await readAll(await open({}));
  expect([...errors.keys()]).toEqual([]);
  expect(read.get("large")?.shape).toEqual([11_000, 11_000]);
});

test("decoders that are killed are replaced, and what they were reading is read again", async () => {
  const pool = await open({});
  const { read, errors } = await readAll(pool, () => {
    for (const pid of pool.pids()) process.kill(pid, "SIGKILL");
  });
  expect([...errors.keys()]).toEqual([]);
  expect([...read.keys()].sort()).toEqual([...goodNames, "large"]);
});
