/**
 * Exports: images per second by format, and whether memory grows with their number.
 *
 *     node test/bench/exports.ts [--images 2000] [--formats coco,npz]
 *
 * Items are made up (256 x 256, 16 bits, 25 cells in each of two layers, two channels) and the files are hashed and thrown
 * away, so that neither database nor disk is measured. Memory is the peak resident set of a process of its own per
 * format, once with the images asked for and once with a tenth of them.
 */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { imageArray } from "#core/array/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { combineLicences } from "#core/licence/index.ts";
import { type ExportItem, type ExportSource, exporterNamed, exportFormats } from "#formats/export/index.ts";
import type { ExportSink } from "../../src/jobs/export/sink.ts";
import { writeExport } from "../../src/jobs/export/write-export.ts";

const SIDE = 256;
const CELLS_PER_SIDE = 5;

const { values } = parseArgs({
  options: {
    images: { type: "string", default: "2000" },
    formats: { type: "string" },
    one: { type: "string" },
  },
});

/** Discs on a grid, moved and sized by the number of the image; noise between. */
function makeItem(n: number): ExportItem {
  const labels = new Int32Array(SIDE * SIDE);
  const step = SIDE / CELLS_PER_SIDE;
  for (let i = 0; i < CELLS_PER_SIDE ** 2; i++) {
    const [cy, cx] = [Math.floor(i / CELLS_PER_SIDE), i % CELLS_PER_SIDE].map((k) => (k + 0.5) * step) as [
      number,
      number,
    ];
    const radius = 10 + ((n * 7 + i * 3) % 12);
    for (let y = Math.floor(cy - radius); y <= cy + radius; y++)
      for (let x = Math.floor(cx - radius); x <= cx + radius; x++)
        if ((y - cy) ** 2 + (x - cx) ** 2 <= radius ** 2) labels[y * SIDE + x] = i + 1;
  }
  const shapes = [...objectShapesFromLabels({ dtype: "int32", height: SIDE, width: SIDE, data: labels })];
  const readImage = async () => {
    const data = new Uint16Array(2 * SIDE * SIDE);
    let state = n + 1;
    for (let i = 0; i < data.length; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      data[i] = (state >>> 24) + ((labels[i % labels.length] as number) > 0 ? 3_000 : 200);
    }
    return imageArray("uint16", "cyx", [2, SIDE, SIDE], data);
  };
  const layer = (compartment: "nuclear" | "wholeCell") => ({
    compartment,
    name: "",
    truth: "gold",
    coverage: "exhaustive",
    root: createHash("sha256").update(`${compartment} ${n}`).digest("hex"),
    objects: shapes.map(([label, shape]) => ({
      uid: `${compartment}-${n}-${label}`,
      label,
      shape,
      cellType: null,
      agentKind: "importer",
    })),
    links: [],
    spots: [],
  });
  return {
    name: `plate ${Math.floor(n / 96)} field ${n}`,
    axes: "cyx",
    shape: [2, SIDE, SIDE],
    dtype: "uint16",
    readImage,
    channels: [
      { name: "DAPI", role: "nuclear" },
      { name: "CD45", role: "membrane" },
    ],
    mpp: { y: 0.5, x: 0.5 },
    layers: [layer("nuclear"), layer("wholeCell")],
    metadata: { organ: "lung", platform: "CODEX" },
    terms: { organ: "UBERON:0002048" },
    buckets: { organ: "lung" },
    role: n % 10 === 0 ? "test" : n % 10 === 1 ? "validation" : "train",
    group: `plate ${Math.floor(n / 96)}`,
    source: { title: "made up", licence: "CC0-1.0", url: "" },
    arrayDigest: createHash("sha256").update(`image ${n}`).digest("hex"),
  };
}

function sourceOf(images: number): ExportSource {
  return {
    async *items(role) {
      for (let n = 0; n < images; n++) {
        const item = makeItem(n);
        if (role === undefined || item.role === role) yield item;
      }
    },
  };
}

/** Hashes and forgets. */
function nowhere(): ExportSink & { bytes: number } {
  const sink = {
    bytes: 0,
    async write(path: string, bytes: Uint8Array | AsyncIterable<Uint8Array>) {
      const hash = createHash("sha256");
      let size = 0;
      for await (const piece of bytes instanceof Uint8Array ? [bytes] : bytes) {
        hash.update(piece);
        size += piece.length;
      }
      sink.bytes += size;
      return { path, bytes: size, sha256: hash.digest("hex") };
    },
    finish: async () => sink.bytes,
    discard: async () => undefined,
  };
  return sink;
}

async function runOne(format: string, images: number): Promise<void> {
  const started = performance.now();
  const written = await writeExport(sourceOf(images), nowhere(), {
    exporter: exporterNamed(format),
    facts: {
      name: "made up",
      version: "1.0.0",
      digest: "0".repeat(64),
      splitDigest: "0".repeat(64),
      query: "",
      description: "Made-up images.",
      licence: combineLicences([{ title: "made up", licence: "CC0-1.0", url: "", citation: "", images }]),
      creators: ["A lab"],
      datePublished: "2026-11-22",
      url: "urn:sha256:0",
      counts: { images, cells: 0, channels: 2 },
      models: [],
      tool: { name: "Cell Foundry", version: "0" },
    },
    signal: new AbortController().signal,
    onItem: () => undefined,
    models: () => [],
  });
  const seconds = (performance.now() - started) / 1000;
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(JSON.stringify({ ...written, seconds, peakMb }));
}

interface Outcome {
  readonly seconds: number;
  readonly peakMb: number;
  readonly bytes: number;
  readonly fileCount: number;
}

function measure(format: string, images: number): Outcome {
  const args = [import.meta.filename, "--one", format, "--images", String(images)];
  const ran = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as Outcome;
}

const images = Number(values.images);
if (values.one !== undefined) await runOne(values.one, images);
else {
  console.log(
    `${images} images of ${SIDE} x ${SIDE} x 2, ${CELLS_PER_SIDE ** 2} cells in each of two layers`,
  );
  console.log("format            images/s    MB written    files   peak MB (a tenth of the images)");
  for (const format of values.formats?.split(",") ?? exportFormats) {
    const small = measure(format, Math.ceil(images / 10));
    const { seconds, bytes, fileCount, peakMb } = measure(format, images);
    const cells = [images / seconds, bytes / 1e6].map((value) => value.toFixed(0).padStart(11)).join(" ");
    console.log(
      `${format.padEnd(16)}${cells} ${String(fileCount).padStart(9)}   ${peakMb} (${small.peakMb})`,
    );
  }
}
