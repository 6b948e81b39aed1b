/**
 * Broken and hostile files through every reader that could claim them, by the importer's own processes.
 *
 *     node test/bench/bad-input.ts [../shared/data/bad-input] [--kinds image,zip,…] [--every N]
 *
 * Each file is offered as each kind of thing an import knows: image, labels, mask, archive, table, region set … beside
 * sound files. For each: a plan, then the items of every layout that takes it. Counted are answers (arrays, coded
 * errors), processes that ended by themselves, the longest time without an answer, the largest decoding process; a
 * second importer works meanwhile and must not notice. Ends with 1 when a figure misses its bar.
 */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { isErrorCode, isFoundryError } from "#core/errors.ts";
import { writeLabelTiff, writePng } from "#formats/index.ts";
import { type DecoderPool, openDecoderPool } from "#jobs/ingest/decoder/decoder-pool.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { kinds: { type: "string" }, every: { type: "string", default: "1" } },
});
const corpus = resolve(positionals[0] ?? "../shared/data/bad-input");

const image = writePng({ height: 8, width: 8, channels: 1, data: new Uint8Array(64).map((_, i) => i) });
const tiff = writeLabelTiff({ dtype: "int32", height: 8, width: 8, data: new Int32Array(64).fill(1, 9, 20) });

/** Kind -> files of one import that holds the bad one. */
const kinds: Readonly<Record<string, (bad: Uint8Array) => Readonly<Record<string, Uint8Array>>>> = {
  image: (bad) => ({ a: bad }),
  labels: (bad) => ({ "a.png": image, "a_labels.tif": bad }),
  mask: (bad) => ({ "s/images/s.png": image, "s/masks/1.png": bad }),
  zip: (bad) => ({ "a.zip": bad }),
  cellpose: (bad) => ({ "a.png": image, "a_seg.npy": bad }),
  cellposeMasks: (bad) => ({ "a.png": image, "a_cp_masks.png": bad }),
  stardist: (bad) => ({ "train/images/a.tif": tiff, "train/masks/a.tif": bad }),
  npz: (bad) => ({ "a.npz": bad }),
  folds: (bad) => ({ "fold1/images.npy": bad, "fold1/masks.npy": bad, "fold1/types.npy": bad }),
  tracks: (bad) => ({ "a.trk": bad, "b.trks": bad }),
  coco: (bad) => ({ "a.png": image, "a.json": bad }),
  geojson: (bad) => ({ "a.png": image, "a.geojson": bad }),
  region: (bad) => ({ "a.tif": tiff, "a.roi": bad }),
  regionSet: (bad) => ({ "a.tif": tiff, "a_RoiSet.zip": bad }),
  aperio: (bad) => ({ "a.tif": tiff, "a.xml": bad }),
  companion: (bad) => ({ "a.companion.ome": bad, "a.tif": tiff }),
  runLengths: (bad) => ({ "stage1_train/a.png": image, "stage1_train_labels.csv": bad }),
  zarr3: (bad) => ({ "a.zarr/zarr.json": bad }),
  zarr2: (bad) => ({
    "a.zarr/.zattrs": bad,
    "a.zarr/.zgroup": new TextEncoder().encode('{"zarr_format":2}'),
  }),
  project: (bad) => ({ "X.ome.tiff": bad, "y.ome.tiff": tiff, "cells.json": bad }),
  challenge: (bad) => ({
    "01/t000.tif": bad,
    "01_GT/SEG/man_seg000.tif": bad,
    "01_GT/TRA/man_track.txt": bad,
  }),
  sheet: (bad) => ({ "a.png": image, "sheet.csv": bad }),
  yamlSheet: (bad) => ({ "a.png": image, "sheet.yaml": bad }),
};

interface Tally {
  plans: number;
  arrays: number;
  errors: Map<string, number>;
  uncoded: string[];
  stopped: string[];
  slowestMs: number;
  slowest: string;
  peakMiB: number;
}

const files = corpusFiles(corpus).filter((_, i) => i % Number(values.every) === 0);
const folder = mkdtempSync(join(tmpdir(), "bad-input-"));
const end = new AbortController();
const companion = importMeanwhile(end.signal);
let missed = false;
try {
  console.log(
    "| kind | plans | arrays | coded errors | stopped | longest | largest process |\n|---|---|---|---|---|---|---|",
  );
  for (const kind of values.kinds?.split(",") ?? Object.keys(kinds)) {
    const tally = await runKind(kind);
    const errors = [...tally.errors.values()].reduce((sum, count) => sum + count, 0);
    console.log(
      `| ${kind} | ${tally.plans} | ${tally.arrays} | ${errors} | ${tally.stopped.length} | ` +
        `${(tally.slowestMs / 1000).toFixed(1)} s (${tally.slowest}) | ${tally.peakMiB} MiB |`,
    );
    console.error(kind, Object.fromEntries(tally.errors), ...tally.stopped, ...tally.uncoded);
    missed ||= tally.uncoded.length > 0 || tally.peakMiB >= 1024;
  }
  end.abort();
  const rounds = await companion;
  console.log(
    `\n${files.length} files; the importer beside them: ${rounds.done} imports, ${rounds.failed} failed; ` +
      `this process: ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB`,
  );
  missed ||= rounds.failed > 0;
} finally {
  end.abort();
  await companion;
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = missed ? 1 : 0;

function corpusFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.includes("/") && statSync(join(root, path)).isFile())
    .sort();
}

async function runKind(kind: string): Promise<Tally> {
  const make = kinds[kind];
  if (make === undefined) throw new Error(`kinds are ${Object.keys(kinds).join(", ")}`);
  const root = join(folder, kind);
  for (const [index, path] of files.entries()) {
    for (const [name, bytes] of Object.entries(make(readFileSync(join(corpus, path))))) {
      const to = join(root, String(index).padStart(4, "0"), name);
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, bytes);
    }
  }
  const place = { kind: "folder", path: root } as const;
  const pool = await openDecoderPool({ place, tempFolder: join(folder, "spool"), processes: 1 });
  const tally: Tally = {
    plans: 0,
    arrays: 0,
    errors: new Map(),
    uncoded: [],
    stopped: [],
    slowestMs: 0,
    slowest: "",
    peakMiB: 0,
  };
  const watch = setInterval(() => {
    for (const pid of pool.pids()) tally.peakMiB = Math.max(tally.peakMiB, peakMiB(pid));
  }, 5);
  try {
    // The start of the process and the listing of the files are not a file's own time.
    await pool.plan({ only: ["nothing"] }).catch(() => undefined);
    for (const [index, path] of files.entries())
      await offer(pool, `${String(index).padStart(4, "0")}/`, `${kind} ${path}`, tally);
    return tally;
  } finally {
    clearInterval(watch);
    await pool.close();
    rmSync(root, { recursive: true, force: true });
  }
}

/** Plans one small import and reads what every layout that fits makes of it. */
async function offer(pool: DecoderPool, only: string, name: string, tally: Tally): Promise<void> {
  const formats = await answered(name, tally, async () => {
    const plan = await pool.plan({ only: [only], allCandidates: true });
    for (const { error } of plan.failures) count(tally, name, error.code);
    return plan.candidates.filter(({ fits }) => fits).map(({ format }) => format);
  });
  for (const format of formats ?? []) {
    await answered(name, tally, async () => {
      const plan = await pool.plan({ only: [only], format });
      tally.plans++;
      const items = plan.images.map(({ item }) => item);
      for (const item of items) {
        await answered(`${name} as ${format}`, tally, async () => {
          await pool.readAll([item], { format, answers: {}, inspect: false }, async (outcome) => {
            if (!("decoded" in outcome)) throw outcome.error;
            tally.arrays++;
            if (outcome.decoded.pixels !== null && "file" in outcome.decoded.pixels)
              rmSync(join(pool.spool, outcome.decoded.pixels.file), { force: true });
          });
        });
      }
    });
  }
}

async function answered<T>(name: string, tally: Tally, work: () => Promise<T>): Promise<T | undefined> {
  const start = performance.now();
  try {
    return await work();
  } catch (error) {
    if (isFoundryError(error)) count(tally, name, error.code, error.hint);
    else tally.uncoded.push(`${name}: ${String(error)}`);
    return undefined;
  } finally {
    const ms = performance.now() - start;
    if (ms > tally.slowestMs) [tally.slowestMs, tally.slowest] = [ms, name];
  }
}

function count(tally: Tally, name: string, code: string, hint: string | undefined = "given"): void {
  tally.errors.set(code, (tally.errors.get(code) ?? 0) + 1);
  if (["limit.time", "limit.memory", "format.crash"].includes(code)) tally.stopped.push(`${code}: ${name}`);
  if (!isErrorCode(code) || code === "server.internal" || hint === undefined)
    tally.uncoded.push(`${name}: ${code}`);
}

/** Largest resident size a process ever had, MiB; 0 when it is gone. */
function peakMiB(pid: number): number {
  try {
    const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return Math.round(Number(line?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

/** Reads sound files over and over until told to stop, by processes of its own. */
async function importMeanwhile(
  signal: AbortSignal,
): Promise<{ readonly done: number; readonly failed: number }> {
  const root = join(folder, "sound");
  mkdirSync(root, { recursive: true });
  for (let i = 0; i < 8; i++) writeFileSync(join(root, `${i}.png`), image);
  const pool = await openDecoderPool({
    place: { kind: "folder", path: root },
    tempFolder: join(folder, "sound-spool"),
    processes: 1,
  });
  let [done, failed] = [0, 0];
  try {
    while (!signal.aborted) {
      const plan = await pool.plan({});
      const items = plan.images.map(({ item }) => item);
      let read = 0;
      await pool.readAll(items, { format: plan.format, answers: {}, inspect: true }, async (outcome) => {
        if ("decoded" in outcome) read++;
      });
      done++;
      if (read !== 8) failed++;
      await new Promise((go) => setTimeout(go, 500));
    }
    return { done, failed };
  } finally {
    await pool.close();
  }
}
