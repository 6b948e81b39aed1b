/**
 * Import of many small images with labels: images per second, and memory over the course of the import.
 *
 *     node test/bench/import-many.ts [COUNT] [SIDE]
 *
 * Default 20,000 images of 64 x 64 pixels with label images, made with known cells and distinct pixels, in 200 groups.
 * Prints memory of the storing process and of all decoding processes at each tenth of the import.
 */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rng } from "#core/rng.ts";
import { writeLabelTiff, writePng } from "#formats/index.ts";
import { runJobHere } from "#jobs/index.ts";
import { agentOf, createProject, doctor, ensureOwner, openStore } from "#store/index.ts";

const count = Number(process.argv[2] ?? 20_000);
const side = Number(process.argv[3] ?? 64);
const folder = mkdtempSync(join(tmpdir(), "import-many-"));

interface Reading {
  readonly done: number;
  readonly storingMiB: number;
  readonly decodingMiB: number;
}

try {
  const objects = writeImages(join(folder, "in"));
  const store = await openStore({ home: join(folder, "home") });
  try {
    const actor = agentOf(await ensureOwner(store));
    const project = await createProject(store, actor, "many");
    const readings: Reading[] = [];
    let next = 0;
    const start = performance.now();
    const job = await runJobHere(
      store,
      actor,
      {
        kind: "ingest",
        projectId: project.id,
        title: "Import",
        params: { rootPath: join(folder, "in"), format: "pairs" },
      },
      {
        onProgress: ({ fraction }) => {
          if (fraction === null || fraction < next) return;
          next += 0.1;
          readings.push({ done: Math.round(fraction * count), ...memory() });
        },
      },
    );
    const seconds = (performance.now() - start) / 1000;
    if (job.state !== "done" || job.result?.["imported"] !== count)
      throw new Error(
        JSON.stringify([job.error, job.result, job.items.filter((item) => item.state !== "done")]),
      );
    for (const { done, storingMiB, decodingMiB } of readings)
      console.log(`${done} images: storing process ${storingMiB} MiB, decoding processes ${decodingMiB} MiB`);
    const [row] = await store.sql.query<{ images: number; objects: number }>(
      "SELECT (SELECT count(*) FROM image) AS images, (SELECT count(*) FROM object) AS objects",
    );
    if (row?.images !== count || row.objects !== objects)
      throw new Error(`stored ${JSON.stringify(row)}, made ${objects} objects`);
    const { findings } = await doctor(store, { full: false });
    const half = readings.slice(readings.length >> 1);
    const slope = (half.at(-1)?.storingMiB ?? 0) - (half.at(0)?.storingMiB ?? 0);
    console.log(
      `| ${count} | ${objects} | ${seconds.toFixed(1)} s | **${Math.round(count / seconds)}/s** | ` +
        `${Math.max(...readings.map((one) => one.storingMiB))} MiB, ${slope >= 0 ? "+" : ""}${slope} MiB in the second half | ` +
        `${Math.max(...readings.map((one) => one.decodingMiB))} MiB | ${findings.length} findings |`,
    );
  } finally {
    await store.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
}

/** Squares of known labels on noise. @returns number of objects in all. */
function writeImages(to: string): number {
  mkdirSync(join(to, "images"), { recursive: true });
  mkdirSync(join(to, "labels"), { recursive: true });
  const chance = rng(7, "import-many");
  const rows = ["name,group,kind"];
  const cell = 12;
  const across = Math.floor(side / cell);
  let objects = 0;
  for (let index = 0; index < count; index++) {
    const pixels = new Uint8Array(side * side);
    const labels = new Int32Array(side * side);
    let label = 0;
    for (let at = 0; at < across * across; at++) {
      if (chance.int(3) === 0) continue;
      label++;
      const [y0, x0, size] = [Math.floor(at / across) * cell, (at % across) * cell, 5 + chance.int(6)];
      for (let y = y0; y < y0 + size; y++) {
        labels.fill(label, y * side + x0, y * side + x0 + size);
        pixels.fill(100 + chance.int(100), y * side + x0, y * side + x0 + size);
      }
    }
    // The number of the image in its first pixels, so that no two are the same.
    pixels.set([index & 255, (index >> 8) & 255, (index >> 16) & 255]);
    objects += label;
    const name = String(index).padStart(6, "0");
    writeFileSync(
      join(to, "images", `${name}.png`),
      writePng({ height: side, width: side, channels: 1, data: pixels }),
    );
    writeFileSync(
      join(to, "labels", `${name}.tif`),
      writeLabelTiff({ dtype: "int32", height: side, width: side, data: labels }),
    );
    rows.push(`${name},group-${index % 200},fluorescence`);
  }
  writeFileSync(join(to, "sheet.csv"), `${rows.join("\n")}\n`);
  return objects;
}

/** Of this process, and of the processes it started for decoding together. */
function memory(): Omit<Reading, "done"> {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8")
    .trim()
    .split(/\s+/);
  let decoding = 0;
  for (const pid of children) {
    const command = pid === "" ? "" : readFileSync(`/proc/${pid}/cmdline`, "utf8");
    if (!command.includes("decoder/child.ts")) continue;
    decoding += Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  }
  return { storingMiB: Math.round(process.memoryUsage.rss() / 2 ** 20), decodingMiB: Math.round(decoding) };
}
