/**
 * How fast DSB2018 comes in (120 images, 5,833 nuclei as one PNG each), and how that compares with a numpy + tifffile
 * script that merges the same masks.
 *
 *     node test/bench/import-dsb2018.ts [../shared/data/dsb2018] [RUNS]
 *
 * Each run: the script, then the whole import as a job (planning, decoding, labels, database, durable pixels), then the
 * storing alone from items decoded before. Prints the table of docs/benchmarks.md.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runJobHere } from "#jobs/index.ts";
import { openDecoderPool } from "#jobs/ingest/decoder/decoder-pool.ts";
import type { DecodedItem } from "#jobs/ingest/decoder/protocol.ts";
import { writeInBatches } from "#jobs/ingest/store-batches.ts";
import {
  type Agent,
  agentOf,
  beginImport,
  createProject,
  doctor,
  ensureOwner,
  openStore,
  type Store,
} from "#store/index.ts";

const data = resolve(process.argv[2] ?? "../shared/data/dsb2018", "stage1_train");
const runs = Number(process.argv[3] ?? 3);
const python = process.env["PYTHON"] ?? "/usr/bin/python3";

interface Row {
  readonly scriptS: number;
  readonly importS: number;
  readonly storeObjectsPerS: number;
}

const folder = mkdtempSync(join(tmpdir(), "import-dsb2018-"));
const store = await openStore({ home: join(folder, "home") });
try {
  const actor = agentOf(await ensureOwner(store));
  const rows: Row[] = [];
  for (let run = 0; run < runs; run++) {
    const scriptS = mergeByScript(run);
    const importS = await importWhole(store, actor, run);
    const storeObjectsPerS = await storeOnly(store, actor, run);
    rows.push({ scriptS, importS, storeObjectsPerS });
    console.log(
      `run ${run + 1}: script ${scriptS.toFixed(2)} s, import ${importS.toFixed(2)} s (${(scriptS / importS).toFixed(2)}x), ` +
        `storing ${Math.round(storeObjectsPerS).toLocaleString("en")} objects/s`,
    );
  }
  const middle = (read: (row: Row) => number): number =>
    rows.map(read).sort((a, b) => a - b)[rows.length >> 1] as number;
  const { findings } = await doctor(store, { full: true });
  console.log(
    `| ${middle((row) => row.scriptS).toFixed(2)} s | ${middle((row) => row.importS).toFixed(2)} s | ` +
      `**${middle((row) => row.scriptS / row.importS).toFixed(2)}x** | ` +
      `**${Math.round(middle((row) => row.storeObjectsPerS)).toLocaleString("en")}** | ${findings.length} findings |`,
  );
} finally {
  await store.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
}

function mergeByScript(run: number): number {
  const script = join(import.meta.dirname, "merge-masks.py");
  const text = execFileSync(python, [script, data, join(folder, `script-${run}`)], { encoding: "utf8" });
  return (JSON.parse(text) as { seconds: number }).seconds;
}

async function importWhole(to: Store, actor: Agent, run: number): Promise<number> {
  const project = await createProject(to, actor, `whole ${run}`);
  const start = performance.now();
  const job = await runJobHere(to, actor, {
    kind: "ingest",
    projectId: project.id,
    title: "Import",
    params: { rootPath: data, licence: "CC0-1.0" },
  });
  const seconds = (performance.now() - start) / 1000;
  if (job.state !== "done" || job.result?.["imported"] !== 120)
    throw new Error(JSON.stringify(job.error ?? job.result));
  return seconds;
}

/** Objects stored per second when decoding costs nothing. */
async function storeOnly(to: Store, actor: Agent, run: number): Promise<number> {
  const pool = await openDecoderPool({
    place: { kind: "folder", path: data },
    tempFolder: join(folder, "spool"),
  });
  try {
    const plan = await pool.plan({});
    const decoded: DecodedItem[] = [];
    const items = plan.images.map(({ item }) => item);
    await pool.readAll(items, { format: plan.format, answers: {}, inspect: false }, async (outcome) => {
      if (!("decoded" in outcome)) throw outcome.error;
      decoded[outcome.index] = outcome.decoded;
    });
    const project = await createProject(to, actor, `store ${run}`);
    const start = performance.now();
    const importId = await beginImport(to, actor, {
      projectId: project.id,
      jobId: null,
      title: plan.title,
      format: plan.format,
      licence: "CC0-1.0",
      options: {},
    });
    let objects = 0;
    const writer = writeInBatches({
      // What a job gives; its items are not what is measured here.
      context: { store: to, actor, itemsIn: async () => undefined, job: { createdAt: "" } } as never,
      projectId: project.id,
      importId,
      plan,
      answers: {},
      spool: pool.spool,
      onStored: (_, count) => {
        objects += count;
      },
    });
    for (const [index, image] of plan.images.entries())
      await writer.add(image, { index, id: to.ids.next() }, decoded[index] as DecodedItem);
    await writer.finish();
    return objects / ((performance.now() - start) / 1000);
  } finally {
    await pool.close();
  }
}
