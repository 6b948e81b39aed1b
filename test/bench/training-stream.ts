/**
 * Training that streams its crops: memory and time of a step with images that fit into the cache, and with a cache that
 * holds a small part of them.
 *
 * Images are files on disk (zeros and ones would compress; these are made cells), read and decoded for each crop that is
 * not in the cache, as in a run on a data folder. Each case is a process of its own, so that its peak memory is its own.
 *
 * Usage: node test/bench/training-stream.ts [--images 200] [--side 1024] [--steps 40]
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { imageArray, labelImage } from "#core/array/index.ts";
import { createOrtNodeEngine } from "#nn/engine/ort-node.ts";
import type { ItemSource } from "#nn/index.ts";
import { defaultSegmentationConfig, itemsInMemory, trainSegmentation } from "#nn/training/index.ts";
import { makeSyntheticCells } from "#testing/index.ts";

const { values } = parseArgs({
  options: {
    images: { type: "string", default: "200" },
    side: { type: "string", default: "1024" },
    steps: { type: "string", default: "40" },
    folder: { type: "string" },
    mode: { type: "string" },
  },
});
const [count, side, steps] = [Number(values.images), Number(values.side), Number(values.steps)];
const MiB = 2 ** 20;

function makeFiles(folder: string): void {
  const { image, labels } = makeSyntheticCells({ height: side, width: side, seed: "stream" });
  const pixels = Uint16Array.from(image.data);
  for (let i = 0; i < count; i++) {
    // The same cells, brighter from file to file: making others would take longer than the training.
    writeFileSync(join(folder, `${i}.image`), Buffer.from(pixels.map((value) => value + i).buffer));
    writeFileSync(join(folder, `${i}.labels`), Buffer.from(labels.data.buffer));
  }
}

async function readItem(folder: string, id: string) {
  const [image, labels] = [
    await readFile(join(folder, `${id}.image`)),
    await readFile(join(folder, `${id}.labels`)),
  ];
  const into = labelImage(side, side);
  new Uint8Array(into.data.buffer).set(labels);
  const pixels = new Uint16Array(side * side);
  new Uint8Array(pixels.buffer).set(image);
  return {
    id,
    group: `g${Number(id) % 5}`,
    mpp: null,
    image: imageArray("uint16", "yx", [side, side], pixels),
    labels: { nuclear: into },
  };
}

/** One run; prints milliseconds per step, peak memory and the digest of the weights. */
async function runMode(folder: string, mode: string): Promise<void> {
  const ids = Array.from({ length: count }, (_, i) => String(i));
  const facts = ids.map((id) => ({ id, group: `g${Number(id) % 5}`, height: side, width: side, mpp: null }));
  const streamed: ItemSource = { facts, load: (id) => readItem(folder, id) };
  const whole =
    mode === "all" ? itemsInMemory(await Promise.all(ids.map((id) => readItem(folder, id)))) : streamed;
  const cacheBytes = mode === "all" ? Number.MAX_SAFE_INTEGER : Number(mode) * MiB;
  const engine = await createOrtNodeEngine({ threads: 2 });
  const config = defaultSegmentationConfig({
    steps,
    warmupSteps: 2,
    recordEvery: steps,
    validateEvery: steps,
    checkpointEvery: 1e6,
  });
  const before = performance.now();
  const cpu = process.cpuUsage();
  const { weights } = await trainSegmentation({
    engine,
    config,
    train: whole,
    validation: itemsInMemory([]),
    cacheBytes,
  });
  const used = process.cpuUsage(cpu);
  const { createHash } = await import("node:crypto");
  console.log(
    JSON.stringify({
      msPerStep: Math.round((performance.now() - before) / steps),
      cpuMsPerStep: Math.round((used.user + used.system) / 1000 / steps),
      peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
      weights: createHash("sha256").update(weights).digest("hex").slice(0, 12),
    }),
  );
}

if (values.mode !== undefined && values.folder !== undefined) {
  await runMode(values.folder, values.mode);
} else {
  const folder = mkdtempSync(join(tmpdir(), "cellfoundry-stream-"));
  try {
    makeFiles(folder);
    const bytes =
      count * (readFileSync(join(folder, "0.image")).length + readFileSync(join(folder, "0.labels")).length);
    console.log(
      `${cpus().length} cores ${cpus()[0]?.model.trim()}; ${count} images of ${side} x ${side}, ${Math.round(bytes / MiB)} MiB of pixels and labels`,
    );
    for (const mode of ["all", "1024", "128"]) {
      const args = [
        fileURLToPath(import.meta.url),
        "--mode",
        mode,
        "--folder",
        folder,
        "--images",
        values.images,
        "--side",
        values.side,
        "--steps",
        values.steps,
      ];
      const text = execFileSync(process.execPath, args, {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "inherit"],
      });
      console.log(`${mode === "all" ? "all in memory" : `cache of ${mode} MiB`}: ${text.trim()}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
