/**
 * Damaged files of tracks against their readers: a lineage or a coded error, in bounded time.
 *
 * One piece of a valid file is damaged at a time. A lineage that is read must keep the laws that its reader promises:
 * links forward in time between detections that exist, one origin each, places that are numbers.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isFoundryError } from "../../src/core/errors.ts";
import type { PlacedLineage } from "../../src/core/lineage/index.ts";
import { rng } from "../../src/core/rng.ts";
import { zarrStoreOfKeys } from "../../src/formats/pixels/zarr/zarr-store.ts";
import { readGeff } from "../../src/formats/tracks/geff/read-geff.ts";
import { readTrackCsv, readTrackGraph } from "../../src/formats/tracks/track-csv/read-track-csv.ts";
import { writeTrackCsv } from "../../src/formats/tracks/track-csv/write-track-csv.ts";
import { readTrackMate } from "../../src/formats/tracks/trackmate/read-trackmate.ts";
import { writeTrackMate } from "../../src/formats/tracks/trackmate/write-trackmate.ts";
import { randomLineage } from "../../src/testing/random-lineages.ts";
import { generator, mutate } from "./mutations.ts";

const ROUNDS = 400;
// Far beyond what any file below needs (milliseconds), so that only a hang or a bomb reaches it.
const HANG_MS = 10_000;

function checkLaws({ detections, links }: PlacedLineage, label: string): void {
  const origins = new Set<number>();
  for (const { t, z, y, x } of detections)
    expect(Number.isInteger(t) && t >= 0 && Number.isFinite(z + y + x), label).toBe(true);
  for (const { from, to } of links) {
    expect(detections[from]!.t < detections[to]!.t, label).toBe(true);
    expect(origins.has(to), label).toBe(false);
    origins.add(to);
  }
}

async function survive(
  name: string,
  read: (round: number) => Promise<PlacedLineage> | PlacedLineage,
): Promise<void> {
  const counts = { read: 0, refused: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const label = `${name} ${round}`;
    const start = performance.now();
    try {
      checkLaws(await read(round), label);
      counts.read++;
    } catch (error) {
      if (!isFoundryError(error)) throw new Error(`${label}: not a coded error`, { cause: error });
      expect(error.message.length, label).toBeLessThan(600);
      expect(error.hint, label).toBeTruthy();
      counts.refused++;
    }
    expect(performance.now() - start, label).toBeLessThan(HANG_MS);
  }
  console.log(`${name}: ${counts.read} read, ${counts.refused} refused`);
  // Some damage must survive and some must be seen, otherwise this test tests nothing.
  expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(0);
}

const lineage = randomLineage(rng(1, "fuzz"), { frames: 6, founders: 2, gaps: true });
const size = { imageName: "m.tif", width: 200, height: 200, frameCount: 6, depth: 1 };
const sizes = { mpp: null, zStepUm: null, frameIntervalS: null };
const damaged = (text: string, round: number) => mutate(new TextEncoder().encode(text), generator(round));
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test("TrackMate", async () => {
  const text = [...writeTrackMate({ ...lineage, ...size, ...sizes })].join("");
  await survive("TrackMate", (round) => readTrackMate(damaged(text, round), "t.xml"));
}, 120_000);

test("tables and graphs of napari", async () => {
  const text = [...writeTrackCsv(lineage)].join("");
  await survive("table", (round) => readTrackCsv(decode(damaged(text, round)), "t.csv"));
  const table = "track_id,t,y,x\n1,0,5,5\n2,1,5,5\n3,1,6,6\n";
  await survive("graph", (round) =>
    readTrackCsv(table, "t.csv", readTrackGraph(decode(damaged('{"2": [1], "3": [1]}', round)), "g.json")),
  );
}, 120_000);

test("GEFF", async () => {
  const path = join(import.meta.dirname, "../../src/formats/tracks/fixtures/geff.json");
  const { cases } = JSON.parse(readFileSync(path, "utf8")) as {
    cases: Record<string, { files: Record<string, string> }>;
  };
  const graphs = Object.values(cases);
  await survive("GEFF", (round) => {
    const next = generator(round);
    const files = new Map(
      Object.entries(graphs[next(graphs.length)]!.files).map(([key, base64]) => [
        key,
        new Uint8Array(Buffer.from(base64, "base64")),
      ]),
    );
    const victim = [...files.keys()][next(files.size)]!;
    // Now and then a file that was not copied.
    if (next(10) === 0) files.delete(victim);
    else files.set(victim, mutate(files.get(victim)!, next));
    return readGeff(zarrStoreOfKeys({ get: (key) => files.get(key) }, "m.zarr"), "g");
  });
}, 120_000);
