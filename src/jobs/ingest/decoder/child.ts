/**
 * The decoding process: opens the files of one import, plans, reads items. Pixels from outside are parsed only here.
 *
 * It may be killed at any moment (too slow, too large) without loss: it holds nothing that the next one cannot read
 * again. Started by `decoder-process.ts` with its instructions as the one argument.
 */

import { assert, errorToWire, isFoundryError } from "#core/errors.ts";
import {
  type ItemReader,
  type LayoutItem,
  layoutNamed,
  type ReadItem,
  readOntology,
  type StreamedItem,
} from "#formats/index.ts";
import { openSourcePlace } from "../open-source.ts";
import { planImport } from "../plan-import.ts";
import "../../wasm-decoders.ts";
import { encodeItem } from "./encode-item.ts";
import { type MemoryWatch, watchMemory } from "./memory-watch.ts";
import type {
  Answers,
  CallKind,
  Calls,
  DecodedItem,
  DecoderStart,
  FromDecoder,
  ToDecoder,
} from "./protocol.ts";
import { type RecordedSource, recordReads } from "./recorded-source.ts";
import { streamItem } from "./stream-item.ts";

/**
 * What a file may cost beyond the basic allowance, per byte: a file, a decoded copy, a copy of that for the message,
 * and the room a collector leaves.
 */
const BYTES_PER_FILE_BYTE = 4;

/** Above this resident size garbage is collected before the next item, so that one file does not pay for another. */
const COLLECT_ABOVE_BYTES = 256 * 2 ** 20;

class Decoder {
  readonly #start: DecoderStart;
  readonly #watch: MemoryWatch;
  #recorded: Promise<RecordedSource> | undefined;
  #readers = new Map<string, ItemReader>();
  #callId = 0;
  #held = 0;

  constructor(start: DecoderStart) {
    this.#start = start;
    this.#watch = watchMemory(start.memoryBytesMax);
  }

  async handle({ id, kind, args }: ToDecoder): Promise<void> {
    this.#callId = id;
    if (process.memoryUsage.rss() > COLLECT_ABOVE_BYTES) globalThis.gc?.();
    try {
      const value = await this.#run(kind, args);
      send({ id, state: "done", value });
    } catch (error) {
      if (!(error instanceof Error && "code" in error))
        process.stderr.write(`${String((error as Error).stack)}\n`);
      send({ id, state: "failed", error: errorToWire(error) });
    }
  }

  async #run(kind: CallKind, args: Calls[CallKind]): Promise<Answers[CallKind]> {
    const recorded = await this.#open();
    if (kind === "plan") return planImport(recorded.source, (args as Calls["plan"]).options);
    if (kind === "digest") {
      const digests = [];
      for (const path of (args as Calls["digest"]).paths) digests.push(await recorded.digest(path));
      return digests;
    }
    if (kind === "ontology") {
      const { path } = args as Calls["ontology"];
      return readOntology(await recorded.source.read(path), { name: path });
    }
    return this.#read(recorded, args as Calls["read"]);
  }

  async #read(
    recorded: RecordedSource,
    { format, item, answers, inspect, preview }: Calls["read"],
  ): Promise<DecodedItem> {
    const { pagesAre, keepOverlaps } = answers;
    const key = `${format} ${pagesAre ?? ""} ${keepOverlaps ?? ""}`;
    let reader = this.#readers.get(key);
    if (reader === undefined) {
      const { wholeValuesMax } = this.#start;
      const choices = {
        ...(pagesAre === undefined ? {} : { pagesAre }),
        ...(keepOverlaps === undefined ? {} : { keepOverlaps }),
        ...(wholeValuesMax === undefined ? {} : { wholeValuesMax }),
      };
      reader = layoutNamed(format).open(recorded.source, choices);
      this.#readers = new Map([[key, reader]]);
    }
    recorded.take();
    const options = { spool: this.#start.spool, inspect, preview, answers };
    const read = await readOrStream(reader, item);
    if (!("form" in read.image))
      return { ...(await encodeItem(item, read as ReadItem, options)), ...recorded.take() };
    const encoded = await streamItem(item, read as StreamedItem, options, (bytes) =>
      this.#reading(item.imagePath, bytes),
    );
    const { files, touched } = recorded.take();
    // The one file of a slide is named in the record of the import like any other.
    const whole = inspect || !touched.includes(item.imagePath) ? [] : [await recorded.digest(item.imagePath)];
    return {
      ...encoded,
      files: [...files, ...whole],
      touched: touched.filter((path) => path !== whole[0]?.path),
    };
  }

  #open(): Promise<RecordedSource> {
    this.#recorded ??= openSourcePlace(this.#start.place, (path, bytes) => this.#reading(path, bytes)).then(
      (source) => recordReads(source, (path, bytes) => this.#reading(path, bytes)),
    );
    return this.#recorded;
  }

  #reading(path: string, size: number): void {
    // The largest file so far counts: an archive or a container is kept while its members are read.
    this.#held = Math.max(this.#held, size);
    this.#watch.allow(this.#start.memoryBytesMax + BYTES_PER_FILE_BYTE * this.#held);
    send({ id: this.#callId, state: "reading", path, size });
  }
}

/** An image that proves too large to be read whole comes in rows, where its layout can give them. */
async function readOrStream(reader: ItemReader, item: LayoutItem): Promise<ReadItem | StreamedItem> {
  const known = await reader.stream?.(item, false);
  if (known !== null && known !== undefined) return known;
  try {
    return await reader.read(item);
  } catch (error) {
    const tooLarge = isFoundryError(error, "limit.pixels") || isFoundryError(error, "limit.bytes");
    const streamed = tooLarge ? await reader.stream?.(item, true) : null;
    if (streamed === null || streamed === undefined) throw error;
    return streamed;
  }
}

function send(message: FromDecoder): void {
  process.send?.(message);
}

const instructions = process.argv[2];
assert(instructions !== undefined && process.send !== undefined, "a decoder is started by its parent");
const decoder = new Decoder(JSON.parse(instructions) as DecoderStart);
let last: Promise<void> = Promise.resolve();
process.on("message", (message: ToDecoder) => {
  last = last.then(() => decoder.handle(message));
});
process.on("disconnect", () => process.exit(0));
