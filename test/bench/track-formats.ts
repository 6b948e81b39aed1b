/**
 * Files of tracks at the size of a large movie: time to write and to read, bytes, and that the links come back.
 *
 * Usage: node test/bench/track-formats.ts [FRAMES] [CELLS]   (default 1000 frames of 500 cells). Processor time.
 */

import type { PlacedDetection, PlacedLineage, TrackLink } from "../../src/core/lineage/index.ts";
import { rng } from "../../src/core/rng.ts";
import { zarrStoreOfKeys } from "../../src/formats/pixels/zarr/zarr-store.ts";
import { readGeff } from "../../src/formats/tracks/geff/read-geff.ts";
import { writeGeff } from "../../src/formats/tracks/geff/write-geff.ts";
import { readTrackCsv } from "../../src/formats/tracks/track-csv/read-track-csv.ts";
import { writeTrackCsv } from "../../src/formats/tracks/track-csv/write-track-csv.ts";
import { readTrackMate } from "../../src/formats/tracks/trackmate/read-trackmate.ts";
import { writeTrackMate } from "../../src/formats/tracks/trackmate/write-trackmate.ts";

const [frames, cells] = [Number(process.argv[2] ?? 1_000), Number(process.argv[3] ?? 500)];

/** Every cell lives 50 frames; then two of the next generation come from it and another ends. */
function movie(): PlacedLineage {
  const random = rng(1, "bench");
  const detections: PlacedDetection[] = [];
  const links: TrackLink[] = [];
  for (let t = 0; t < frames; t++)
    for (let k = 0; k < cells; k++) {
      const generation = Math.floor(t / 50);
      const label = 1 + generation * cells + k;
      const areaPx = 100 + random.int(300);
      detections.push({ t, label, z: 0, y: random.uniform(0, 2_048), x: random.uniform(0, 2_048), areaPx });
      if (t === 0) continue;
      const from = (t - 1) * cells + (t % 50 === 0 ? k >> 1 : k);
      links.push({ from, to: t * cells + k, kind: t % 50 === 0 ? "division" : "link" });
    }
  return { detections, links };
}

const lineage = movie();
const expected = lineage.links.length;

async function measure(
  name: string,
  write: () => Uint8Array[],
  read: (parts: Uint8Array[]) => Promise<PlacedLineage> | PlacedLineage,
): Promise<void> {
  const start = process.cpuUsage();
  const parts = write();
  const written = process.cpuUsage(start);
  const begin = process.cpuUsage();
  const { links } = await read(parts);
  const done = process.cpuUsage(begin);
  const seconds = ({ user, system }: NodeJS.CpuUsage) => ((user + system) / 1e6).toFixed(1);
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  const same = links.length === expected ? "all links" : `${links.length} of ${expected} links`;
  console.log(
    `| ${name} | ${(bytes / 1e6).toFixed(1)} MB | ${seconds(written)} s | ${seconds(done)} s | ${same} |`,
  );
}

const encode = (pieces: Iterable<string>): Uint8Array[] => [new TextEncoder().encode([...pieces].join(""))];
const size = { imageName: "m.tif", width: 2_048, height: 2_048, frameCount: frames, depth: 1 };
const sizes = { mpp: null, zStepUm: null, frameIntervalS: null };

console.log(`${lineage.detections.length} cells, ${expected} links`);
console.log("| file | size | written | read | |\n|---|---|---|---|---|");
for (const zarrVersion of [2, 3] as const) {
  let keys: string[] = [];
  await measure(
    `GEFF, Zarr ${zarrVersion}`,
    () => {
      const files = [...writeGeff("g", lineage, { zarrVersion })];
      keys = files.map(([key]) => key);
      return files.map(([, bytes]) => bytes);
    },
    (parts) => {
      const files = new Map(keys.map((key, i) => [key, parts[i]!]));
      return readGeff(zarrStoreOfKeys({ get: (key) => files.get(key) }, "m"), "g");
    },
  );
}
await measure(
  "TrackMate",
  () => encode(writeTrackMate({ ...lineage, ...size, ...sizes })),
  ([xml]) => readTrackMate(xml!, "m.xml"),
);
await measure(
  "table",
  () => encode(writeTrackCsv(lineage)),
  ([csv]) => readTrackCsv(new TextDecoder().decode(csv), "m.csv"),
);
console.log(`peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
