/**
 * Decoded items to stored images, many in one transaction, each all or nothing.
 *
 * A batch is one commit: pixels first (durable files), then rows of images, layers, files of the import and the items
 * of the job together. An item is reported done in the very transaction that stores it, so a crash, a cancel or a lost
 * lease leaves items and images in agreement.
 */

import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorToWire, FoundryError, isFoundryError } from "#core/errors.ts";
import { parseMetadata } from "#core/metadata.ts";
import {
  addImportFiles,
  ensureSource,
  getImage,
  type InsertedImage,
  insertPreparedImages,
  inTransaction,
  isLargeImage,
  type JobItem,
  type KeptBlob,
  keepBlob,
  openImageLevels,
  type PreparedImage,
  prepareLayer,
  type Store,
} from "#store/index.ts";
import type { JobContext } from "../job.ts";
import { channelsOf, channelsOfSheet, type KnownAnswers } from "./answers.ts";
import type { DecodedItem } from "./decoder/protocol.ts";
import type { PlannedImage, PlannedImport } from "./plan-import.ts";

/** Images of one transaction: enough to share its cost, few enough that a cancel is seen soon. */
const BATCH_IMAGES = 64;
/** A transaction of this many objects takes about a second. */
const BATCH_OBJECTS = 20_000;
/** Pixels held in memory for one batch. */
const BATCH_BYTES = 64 * 2 ** 20;
/** Nobody waits longer than this for the first image to appear. */
const BATCH_MS = 250;

/** Trouble of the data folder or the job, not of one file: going on would only repeat it for every file. */
const endsImport: ReadonlySet<string> = new Set(["job.leaseLost", "disk.full", "disk.io", "home.database"]);

export interface Destination {
  readonly context: JobContext<"ingest">;
  readonly projectId: string;
  readonly importId: string;
  readonly plan: PlannedImport;
  readonly answers: KnownAnswers;
  /** Folder of arrays too large to send. */
  readonly spool: string;
  readonly onStored: (items: readonly JobItem[], objects: number) => void;
}

export interface BatchWriter {
  /** Takes a decoded item; resolves when there is room for the next. */
  add(image: PlannedImage, at: ItemPlace, decoded: DecodedItem): Promise<void>;
  /** Reports an item that could not be read. */
  fail(name: string, at: Pick<ItemPlace, "index">, error: unknown): Promise<void>;
  /** Stores what is left. */
  finish(): Promise<void>;
}

interface ItemPlace {
  /** Position in the plan: items of one batch are reported in this order. */
  readonly index: number;
  /** Of the image to be. */
  readonly id: string;
}

interface Entry extends ItemPlace {
  readonly image: PlannedImage;
  readonly decoded: DecodedItem;
}

/** What became of an item of the plan. */
interface Outcome {
  readonly index: number;
  readonly item: JobItem;
}

interface Ready {
  readonly entry: Entry;
  readonly prepared: PreparedImage;
}

/** @throws FoundryError from `add`, `fail` and `finish`: what ends the whole import. */
export function writeInBatches(to: Destination): BatchWriter {
  let entries: Entry[] = [];
  let failures: Outcome[] = [];
  let since = performance.now();
  let writing: Promise<void> = Promise.resolve();
  const sourceOf = rememberSources(to);
  const isFull = (): boolean => {
    const objects = sum(entries, ({ decoded }) => sum(decoded.layers, (layer) => layer.objects.count));
    const bytes = sum(entries, ({ decoded }) =>
      decoded.pixels instanceof Uint8Array ? decoded.pixels.length : 0,
    );
    const late = performance.now() - since > BATCH_MS;
    return (
      late ||
      entries.length + failures.length >= BATCH_IMAGES ||
      objects > BATCH_OBJECTS ||
      bytes > BATCH_BYTES
    );
  };
  const flush = (): Promise<void> => {
    const [batch, failed] = [entries, failures];
    [entries, failures, since] = [[], [], performance.now()];
    if (batch.length === 0 && failed.length === 0) return writing;
    // Pixels of this batch are made durable while the database still works on the one before.
    const prepared = Promise.allSettled(batch.map((entry) => prepare(to, entry, sourceOf)));
    writing = writing.then(async () => writeBatch(to, batch, await prepared, failed));
    return writing;
  };
  return {
    async add(image, at, decoded) {
      if (entries.length === 0 && failures.length === 0) since = performance.now();
      entries.push({ image, ...at, decoded });
      // While one batch is written the next one fills; not more.
      if (isFull()) {
        await writing;
        if (isFull()) void flush().catch(() => undefined);
      }
    },
    async fail(name, { index }, error) {
      if (isFoundryError(error) && endsImport.has(error.code)) throw error;
      failures.push({ index, item: { name, state: "failed", error: errorToWire(error), id: null } });
      if (isFull()) await flush();
    },
    async finish() {
      await flush();
    },
  };
}

const sum = <T>(list: readonly T[], read: (one: T) => number): number =>
  list.reduce((total, one) => total + read(one), 0);

/** Id of the source of a licence; asked of the database once. */
type SourceOf = (licence: string) => Promise<string>;

function rememberSources({ context, projectId, plan }: Destination): SourceOf {
  const known = new Map<string, Promise<string>>();
  return (licence) => {
    const id = known.get(licence) ?? ensureSource(context.store, projectId, { title: plan.title, licence });
    known.set(licence, id);
    return id;
  };
}

async function writeBatch(
  to: Destination,
  entries: readonly Entry[],
  ends: readonly PromiseSettledResult<PreparedImage>[],
  failed: readonly Outcome[],
): Promise<void> {
  const refused: Outcome[] = [...failed];
  const ready: Ready[] = [];
  for (const [i, end] of ends.entries()) {
    const entry = entries[i] as Entry;
    if (end.status === "fulfilled") ready.push({ entry, prepared: end.value });
    else refused.push(refusal(entry, end.reason));
  }
  try {
    await store(to, ready, refused);
  } catch (error) {
    if (ready.length <= 1 || mustEnd(error)) throw error;
    // One image that the database refuses must not take the others with it.
    for (const one of ready) {
      await store(to, [one], []).catch((cause: unknown) => {
        if (mustEnd(cause)) throw cause;
        refused.push(refusal(one.entry, cause));
      });
    }
    await store(to, [], refused);
  }
}

const mustEnd = (error: unknown): boolean => isFoundryError(error) && endsImport.has(error.code);

function refusal({ image, index }: Entry, error: unknown): Outcome {
  if (mustEnd(error)) throw error;
  return { index, item: { name: image.name, state: "failed", error: errorToWire(error), id: null } };
}

/** Pixels durable, everything checked. */
async function prepare(
  to: Destination,
  { image, id, decoded }: Entry,
  sourceOf: SourceOf,
): Promise<PreparedImage> {
  const { answers } = to;
  const { store } = to.context;
  const said = channelsOfSheet(image.channels, decoded.channels.length) ?? answers.channels;
  const channels = channelsOf(decoded.channels, image.metadata, said, image.item.imagePath);
  const metadata = parseMetadata(image.metadata);
  const mpp = image.mpp ?? decoded.mpp ?? answers.mpp ?? null;
  const blob = await keepPixels(to, decoded);
  if (blob.digest !== decoded.digest) {
    throw new FoundryError("disk.io", {
      message: `The pixels of "${image.name}" changed on their way into the data folder.`,
      hint: "Check the disk; nothing of this image was saved.",
    });
  }
  const sourceId = await sourceOf(image.licence);
  const regions = await Promise.all(
    decoded.layers.map(({ region }) => (region === null ? null : keepBlob(store, region))),
  );
  return {
    id,
    projectId: to.projectId,
    sourceId,
    name: image.name,
    blob,
    axes: decoded.axes,
    shape: decoded.shape,
    dtype: decoded.dtype,
    channels,
    mpp,
    mppReason: mpp === null ? unknownSize(answers) : null,
    group: {
      key: image.group,
      level: image.groupLevel,
      rule: image.groupRule,
      known: image.groupKnown,
    },
    metadata,
    importId: to.importId,
    importPath: image.item.imagePath,
    layers: decoded.layers.map((layer, i) =>
      prepareLayer(store.ids, {
        ...layer,
        region: regions[i] ?? null,
        accepted: layer.truth !== "prediction",
      }),
    ),
  };
}

function unknownSize({ mpp }: KnownAnswers): string {
  return mpp === null
    ? "asked at the import; the person does not know it"
    : "neither the file nor a sheet tells the pixel size";
}

/** Pixels into the store; those of a large image by renaming their file, and its smaller levels beside them. */
async function keepPixels(
  { context, spool }: Pick<Destination, "context" | "spool">,
  decoded: DecodedItem,
): Promise<KeptBlob> {
  const { store } = context;
  const { pixels, digest } = decoded;
  if (pixels === null || pixels instanceof Uint8Array || digest === null || !isLargeImage(store, decoded))
    return keepBlob(store, await takePixels(spool, pixels));
  const path = join(spool, pixels.file);
  const { size } = await stat(path);
  await store.blobs.adopt(path, digest);
  await openImageLevels(store, digest, (fraction) => {
    context.signal.throwIfAborted();
    const text = `Making the smaller views of a large image: ${Math.round(100 * fraction)} %`;
    context.report({ fraction: null, text, msLeft: null });
  });
  return { digest, bytes: size };
}

async function takePixels(spool: string, pixels: DecodedItem["pixels"]): Promise<Uint8Array> {
  if (pixels instanceof Uint8Array) return pixels;
  if (pixels === null) throw new Error("internal: an item was read without its pixels");
  const path = join(spool, pixels.file);
  const bytes = await readFile(path);
  await rm(path, { force: true });
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

async function store(to: Destination, ready: readonly Ready[], refused: readonly Outcome[]): Promise<void> {
  const { context, importId } = to;
  const items = await inTransaction(context.store, async (tx) => {
    await addImportFiles(tx, importId, distinctFiles(ready.flatMap(({ entry }) => entry.decoded.files)));
    const inserted = await insertPreparedImages(
      tx,
      context.actor,
      ready.map(({ prepared }) => prepared),
    );
    const stored: Outcome[] = [];
    for (const [i, { entry }] of ready.entries()) {
      const item = await outcome(tx, to, entry.image.name, inserted[i] as InsertedImage);
      stored.push({ index: entry.index, item });
    }
    const all = [...refused, ...stored].sort((a, b) => a.index - b.index).map(({ item }) => item);
    await context.itemsIn(tx, all);
    return all;
  });
  const objects = sum(ready, ({ entry }) => sum(entry.decoded.layers, (layer) => layer.objects.count));
  to.onStored(items, objects);
}

function distinctFiles<T extends { readonly path: string }>(files: readonly T[]): T[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

async function outcome(
  tx: Store,
  { context }: Destination,
  name: string,
  result: InsertedImage,
): Promise<JobItem> {
  const { imageId } = result;
  if (result.state === "inserted") return { name, state: "done", error: null, id: imageId };
  const twin = await getImage(tx, imageId);
  // Stored by an attempt of this job that did not live to say so.
  if (twin.name === name && twin.createdAt >= context.job.createdAt)
    return { name, state: "done", error: null, id: imageId };
  const error = new FoundryError("request.invalid", {
    message: `The pixels of "${name}" are already in the project, as "${twin.name}"; it was not imported again.`,
    hint: "Nothing to do, unless the two were meant to be different images.",
  });
  return { name, state: "skipped", error: errorToWire(error), id: imageId };
}
