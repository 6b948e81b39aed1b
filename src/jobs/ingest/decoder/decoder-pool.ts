/**
 * As many decoding processes as the machine has cores, working through the items of a plan.
 *
 * Items that lie in one container follow each other in one process, so that the container is read once. What one
 * process met (a hang, a bomb) is the failure of that item alone: the pool replaces the process and goes on.
 */

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { isFoundryError } from "#core/errors.ts";
import type { LayoutItem, OntologyFile } from "#formats/index.ts";
import type { PlannedImport, PlanOptions } from "../plan-import.ts";
import { type Decoder, startDecoder } from "./decoder-process.ts";
import type { DecodedItem, FileDigest, ReadAnswers, SourcePlace } from "./protocol.ts";

/** More processes than this wait for the disk and for the one that stores. */
const PROCESSES_MAX = 4;

/** Items per process below which starting another one costs more than it saves. */
const ITEMS_PER_PROCESS = 4;

/** What one decoder may take for files of ordinary size; with what it fills between two looks it stays below 1 GiB. */
const MEMORY_BYTES_MAX = 800 * 2 ** 20;

export interface DecoderPoolOptions {
  readonly place: SourcePlace;
  /** Folder in which a folder for large arrays is made. */
  readonly tempFolder: string;
  readonly silenceMs?: number;
  readonly memoryBytesMax?: number;
  /** Values of an image that is decoded whole at most; larger ones come in rows. */
  readonly wholeValuesMax?: number;
  /** Default: number of cores, at most 4. */
  readonly processes?: number;
}

interface ReadRequest {
  readonly format: string;
  readonly answers: ReadAnswers;
  readonly inspect: boolean;
  /** Positions of items of which pictures are wanted; default none. */
  readonly previews?: ReadonlySet<number>;
}

/** What became of one item. */
export type ReadOutcome =
  | { readonly index: number; readonly decoded: DecodedItem }
  | { readonly index: number; readonly error: unknown };

export interface DecoderPool {
  /** Folder of arrays that were too large to send; each is deleted by whoever takes it. */
  readonly spool: string;
  plan(options: PlanOptions): Promise<PlannedImport>;
  /**
   * Reads items; `take` gets each outcome once, in the order they are ready, and is awaited before its process reads on.
   * Stops early when `take` throws or the signal fires.
   */
  readAll(
    items: readonly LayoutItem[],
    request: ReadRequest,
    take: (outcome: ReadOutcome) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void>;
  digest(paths: readonly string[]): Promise<readonly FileDigest[]>;
  /** Terms of a file of the source. */
  ontology(path: string): Promise<OntologyFile>;
  /** Process ids that are alive, for tests and measurements. */
  pids(): number[];
  close(): Promise<void>;
}

export async function openDecoderPool(options: DecoderPoolOptions): Promise<DecoderPool> {
  await mkdir(options.tempFolder, { recursive: true });
  const spool = await mkdtemp(join(options.tempFolder, "decoded-"));
  const most = options.processes ?? Math.min(PROCESSES_MAX, availableParallelism());
  const start = (): Decoder =>
    startDecoder({
      place: options.place,
      spool,
      memoryBytesMax: options.memoryBytesMax ?? MEMORY_BYTES_MAX,
      ...(options.wholeValuesMax === undefined ? {} : { wholeValuesMax: options.wholeValuesMax }),
      ...(options.silenceMs === undefined ? {} : { silenceMs: options.silenceMs }),
    });
  const decoders: Decoder[] = [start()];
  const first = decoders[0] as Decoder;
  return {
    spool,
    plan: (planOptions) => first.call("plan", { options: planOptions }, "import"),
    async readAll(items, request, take, signal) {
      const runs = runsOf(items);
      const wanted = Math.max(1, Math.min(most, runs.length, Math.ceil(items.length / ITEMS_PER_PROCESS)));
      while (decoders.length < wanted) decoders.push(start());
      let next = 0;
      let stopped = false;
      const work = async (decoder: Decoder): Promise<void> => {
        for (let run = runs[next++]; run !== undefined; run = runs[next++]) {
          for (const index of run) {
            if (stopped || signal?.aborted === true) return;
            await take(await readOne(decoder, items, index, request));
          }
        }
      };
      const guarded = decoders.slice(0, wanted).map((decoder) =>
        work(decoder).catch((error: unknown) => {
          stopped = true;
          throw error;
        }),
      );
      // All have stopped before the first failure is passed on.
      const ends = await Promise.allSettled(guarded);
      const failure = ends.find((end) => end.status === "rejected");
      if (failure !== undefined) throw failure.reason;
    },
    digest: (paths) => first.call("digest", { paths }, paths[0] ?? "import"),
    ontology: (path) => first.call("ontology", { path }, path),
    pids: () => decoders.flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
    async close() {
      for (const decoder of decoders) decoder.close();
      await rm(spool, { recursive: true, force: true });
    },
  };
}

async function readOne(
  decoder: Decoder,
  items: readonly LayoutItem[],
  index: number,
  request: ReadRequest,
): Promise<ReadOutcome> {
  const item = items[index] as LayoutItem;
  const { previews, ...asked } = request;
  const preview = previews?.has(index) === true;
  for (let tries = 1; ; tries++) {
    try {
      return { index, decoded: await decoder.call("read", { ...asked, item, preview }, item.imagePath) };
    } catch (error) {
      // Killed from outside, perhaps for what another program took: the file gets a second chance.
      if (tries === 1 && isFoundryError(error, "limit.memory") && error.details["signal"] === "SIGKILL")
        continue;
      return { index, error };
    }
  }
}

/** Positions of items that one process reads in a row: those that begin with the same file. */
function runsOf(items: readonly LayoutItem[]): number[][] {
  const runs: number[][] = [];
  let path: string | undefined;
  for (const [index, item] of items.entries()) {
    const run = runs.at(-1);
    if (run !== undefined && item.imagePath === path) run.push(index);
    else runs.push([index]);
    path = item.imagePath;
  }
  return runs;
}
