/**
 * The decoding process: opens the files of one import, plans, reads items. Pixels from outside are parsed only here.
 *
 * It may be killed at any moment (too slow, too large) without loss: it holds nothing that the next one cannot read
 * again. Started by `decoder-process.ts` with its instructions as the one argument.
 */

import { assert, errorToWire } from "#core/errors.ts";
import { type ItemReader, layoutNamed, type ReadItem, readOntology } from "#formats/index.ts";
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
    const key = `${format} ${answers.pagesAre ?? ""}`;
    let reader = this.#readers.get(key);
    if (reader === undefined) {
      const choices = answers.pagesAre === undefined ? {} : { pagesAre: answers.pagesAre };
      reader = layoutNamed(format).open(recorded.source, choices);
      this.#readers = new Map([[key, reader]]);
    }
    recorded.take();
    const read: ReadItem = await reader.read(item);
    const encoded = await encodeItem(item, read, { spool: this.#start.spool, inspect, preview, answers });
    return { ...encoded, ...recorded.take() };
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
