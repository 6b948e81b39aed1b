/**
 * Reads archives larger than a small machine's memory through their layouts and reports time and peak memory:
 * `node test/bench/public-sets.ts [FOLDER]` (needs some 4 GB of disk there; default the system's temporary folder).
 *
 * Written true to size: a PanNuke fold of 400 patches as published (64-bit floats, 1.9 GB) and a `.trks` of 8 movies of
 * 60 frames of 512 x 512 pixels (1 GB unpacked).
 */

import { once } from "node:events";
import {
  closeSync,
  createWriteStream,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGzip } from "node:zlib";
import { pannukeLayout } from "../../src/formats/collections/pannuke/pannuke-layout.ts";
import { trkLayout } from "../../src/formats/collections/trk/trk-layout.ts";
import { npyHead } from "../../src/formats/containers/npy/write-npy.ts";
import { writeTar } from "../../src/formats/containers/tar/write-tar.ts";
import type { ImportFiles, Layout } from "../../src/formats/import/layout.ts";
import { makeSyntheticCells } from "../../src/testing/index.ts";

const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), "public-sets-"));
const patches = 400;
const [movies, frames, side] = [8, 60, 512];

function folderFiles(root: string, paths: readonly string[]): ImportFiles {
  const range = async (path: string, from: number, to: number) => {
    const handle = openSync(join(root, path), "r");
    const bytes = new Uint8Array(to - from);
    const count = readSync(handle, bytes, 0, bytes.length, from);
    closeSync(handle);
    return bytes.subarray(0, count);
  };
  const entries = paths.map((path) => ({ path, size: statSync(join(root, path)).size }));
  return {
    title: "bench",
    entries,
    read: async (path) => range(path, 0, statSync(join(root, path)).size),
    readRange: range,
  };
}

function bytesOf(values: Float64Array | Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function writeFold(): void {
  const { labels, image } = makeSyntheticCells({ height: 256, width: 256, seed: 1 });
  const pixels = 256 * 256;
  const rgb = Float64Array.from(
    { length: pixels * 3 },
    (_, i) => (image.data[Math.floor(i / 3)] as number) >> 8,
  );
  const mask = new Float64Array(pixels * 6);
  for (let i = 0; i < pixels; i++) mask[i * 6 + ((labels.data[i] as number) % 5)] = labels.data[i] as number;
  for (const [name, item, channels] of [
    ["images.npy", rgb, 3],
    ["masks.npy", mask, 6],
  ] as const) {
    const handle = openSync(join(folder, name), "w");
    writeSync(handle, npyHead("<f8", [patches, 256, 256, channels]));
    for (let i = 0; i < patches; i++) writeSync(handle, bytesOf(item));
    closeSync(handle);
  }
}

async function writeMovies(): Promise<void> {
  const { labels, image } = makeSyntheticCells({ height: side, width: side, seed: 2 });
  const cells = [...new Set(labels.data)].filter((label) => label > 0);
  const all = Array.from({ length: frames }, (_, t) => t);
  const movie = Object.fromEntries(
    cells.map((label) => [
      label,
      { label, frames: all, daughters: [], capped: false, frame_div: null, parent: null },
    ]),
  );
  const lineages = new TextEncoder().encode(JSON.stringify(Array.from({ length: movies }, () => movie)));
  const gzip = createGzip({ level: 1 });
  const out = createWriteStream(join(folder, "movies.trks"));
  gzip.pipe(out);
  const put = async (bytes: Uint8Array) => {
    if (!gzip.write(bytes)) await once(gzip, "drain");
  };
  // The end mark (two blocks) of each little archive is left out but for the last.
  await put(writeTar([{ path: "lineages.json", bytes: lineages }]).subarray(0, -1024));
  const shape = [movies, frames, side, side, 1];
  for (const [path, descr, plane] of [
    ["raw.npy", "<f4", bytesOf(Float32Array.from(image.data))],
    ["tracked.npy", "<i4", bytesOf(labels.data)],
  ] as const) {
    const head = npyHead(descr, shape);
    const size = head.length + movies * frames * plane.length;
    await put(tarHeader(path, size));
    await put(head);
    for (let i = 0; i < movies * frames; i++) await put(plane);
    await put(new Uint8Array((512 - (size % 512)) % 512));
  }
  await put(new Uint8Array(1024));
  gzip.end();
  await once(out, "finish");
}

/** The header of an empty file with another size written in. */
function tarHeader(path: string, size: number): Uint8Array {
  const header = writeTar([{ path, bytes: new Uint8Array(0) }]).slice(0, 512);
  const text = (value: string) => new TextEncoder().encode(value);
  header.set(text(`${size.toString(8).padStart(11, "0")}\0`), 124);
  header.set(text("        "), 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.set(text(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  return header;
}

async function readSet(name: string, layout: Layout, paths: readonly string[]): Promise<void> {
  const files = folderFiles(folder, paths);
  const bytes = files.entries.reduce((sum, { size }) => sum + size, 0);
  let peak = 0;
  const start = performance.now();
  const plan = await layout.plan(files);
  const planned = performance.now();
  if (plan === null) throw new Error(`${name} is not recognised`);
  const reader = layout.open(files);
  let objects = 0;
  for (const item of plan.items) {
    const read = await reader.read(item);
    objects += read.layers.reduce((sum, layer) => sum + layer.objects.length, 0);
    peak = Math.max(peak, process.memoryUsage().rss);
  }
  const seconds = (performance.now() - planned) / 1000;
  console.log(
    `${name}: ${(bytes / 1e9).toFixed(2)} GB on disk, ${plan.items.length} items, ${objects} objects; plan ${Math.round(planned - start)} ms, ` +
      `read ${seconds.toFixed(1)} s (${Math.round(objects / seconds)} objects/s), peak memory ${Math.round(peak / 2 ** 20)} MiB`,
  );
}

try {
  writeFold();
  await readSet("PanNuke fold", pannukeLayout, ["images.npy", "masks.npy"]);
  rmSync(join(folder, "images.npy"));
  rmSync(join(folder, "masks.npy"));
  await writeMovies();
  await readSet(".trks", trkLayout, ["movies.trks"]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
