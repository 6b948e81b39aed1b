/**
 * JSON larger than memory: walks over the bytes and hands out the elements of top-level lists one at a time.
 *
 * COCO files have a few top-level keys and up to millions of elements below two of them; 2.1 GB do not fit one string.
 * The scanner finds where each element begins and ends (nesting and strings are all that takes), the runtime's own
 * parser then reads that piece. Values of keys nobody asked for are passed over without being parsed.
 */
import type { ByteSource } from "../../byte-source.ts";
import { fault } from "../../fault.ts";
import { joinBytes } from "../../join-bytes.ts";

interface JsonElement {
  /** Top-level key it stands under; "" when the file is one list. */
  readonly key: string;
  /** Its own key, when they stand in an object instead of a list. */
  readonly name: string | null;
  /** Bytes [from, to) of the file. */
  readonly from: number;
  readonly to: number;
  /** @throws FoundryError `format.json` naming the place. */
  parse(): unknown;
}

export interface ScanJsonOptions {
  /** Whether elements under this top-level key are handed out ("" for a file that is one list). */
  readonly wanted: (key: string) => boolean;
  /** Called in file order; `"stop"` ends the scan. A value that is no list and no object is one element. */
  readonly element: (element: JsonElement) => "stop" | undefined;
}

const CHUNK_BYTES = 4 * 1024 * 1024;
// One annotation of a million corners has 16 MiB.
const ELEMENT_BYTES_MAX = 64 * 1024 * 1024;
// GeoJSON nests eight deep.
const DEPTH_MAX = 64;
const KEY_BYTES_MAX = 4_096;

/** @throws FoundryError `format.json` for anything that is not JSON, `limit.bytes` for an element beyond 64 MiB. */
export async function scanJson(source: ByteSource, options: ScanJsonOptions): Promise<void> {
  const scanner = new JsonScanner(source.name, options);
  for (let at = 0; at < source.size && !scanner.stopped; at += CHUNK_BYTES) {
    scanner.push(await source.read(at, Math.min(source.size, at + CHUNK_BYTES)), at);
  }
  scanner.end();
}

/** Parses one element that was found before, from its place. @throws FoundryError `format.json`. */
export function parseJsonBytes(bytes: Uint8Array, file: string, from: number): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw jsonFault(file, from, "this part is not JSON", error);
  }
}

function jsonFault(file: string, at: number, reason: string, cause?: unknown) {
  return fault("format.json", {
    file,
    place: `byte ${at}`,
    reason,
    remedy: "The file is damaged or was cut short; export or download it again.",
    cause,
  });
}

/** What each byte means to the structure. */
const PLAIN = 0;
const QUOTE = 1;
const OPEN = 2;
const CLOSE = 3;
const kindOf = new Uint8Array(256);
kindOf[0x22] = QUOTE;
kindOf[0x5b] = OPEN;
kindOf[0x7b] = OPEN;
kindOf[0x5d] = CLOSE;
kindOf[0x7d] = CLOSE;

const isBlank = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const isEnd = (byte: number) => byte === 0x2c || byte === 0x5d || byte === 0x7d || isBlank(byte);

/** An open list or object whose members are looked at one by one: the file itself, and the value of a wanted key. */
interface Level {
  readonly isObject: boolean;
  /** Top-level key it is the value of; "" for the file itself. */
  readonly key: string;
  name: string | null;
  members: number;
}

type State = "member" | "key" | "colon" | "value" | "inside" | "after" | "done";

class JsonScanner {
  stopped = false;
  readonly #file: string;
  readonly #options: ScanJsonOptions;
  readonly #levels: Level[] = [];
  #state: State = "value";
  /** Value or key being read. */
  #from = 0;
  #capture = false;
  #pieces: Uint8Array[] = [];
  #captured = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #primitive = false;

  constructor(file: string, options: ScanJsonOptions) {
    this.#file = file;
    this.#options = options;
  }

  push(chunk: Uint8Array, at: number): void {
    let i = at === 0 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0;
    let kept = i;
    while (i < chunk.length && !this.stopped) {
      if (this.#state === "inside" || this.#state === "key") {
        kept = Math.max(kept, this.#from - at);
        const end = this.#state === "key" ? this.#stringEnd(chunk, i) : this.#valueEnd(chunk, i, at);
        if (this.#capture) this.#keep(chunk.slice(kept, end), at + end);
        i = end;
        if (this.#closed) this.#finish(at + i);
        kept = i;
      } else if (isBlank(chunk[i] as number)) i++;
      else i = this.#step(chunk[i] as number, i, at);
    }
  }

  /** Set by the two scanners below when the value or key ended within the chunk. */
  #closed = false;

  /** One structural byte outside of values; returns where to go on. */
  #step(byte: number, i: number, at: number): number {
    const level = this.#levels.at(-1);
    switch (this.#state) {
      case "value":
        return this.#beginValue(byte, i, at, level);
      case "member":
        if (level?.members === 0 && byte === (level.isObject ? 0x7d : 0x5d)) return this.#closeLevel(i);
        if (level?.isObject !== true) return this.#beginValue(byte, i, at, level);
        if (byte !== 0x22) throw this.#fault(at + i, "a key is expected");
        this.#begin("key", at + i, true);
        return i + 1;
      case "colon":
        if (byte !== 0x3a) throw this.#fault(at + i, "a colon is expected");
        this.#state = "value";
        return i + 1;
      case "after":
        if (byte === 0x2c && level !== undefined) {
          this.#state = "member";
          level.members++;
          return i + 1;
        }
        if (level !== undefined && byte === (level.isObject ? 0x7d : 0x5d)) return this.#closeLevel(i);
        throw this.#fault(at + i, "a comma or the end of the list is expected");
      default:
        throw this.#fault(at + i, "there is something after the end");
    }
  }

  #begin(state: "key" | "inside", from: number, capture: boolean): void {
    this.#state = state;
    this.#from = from;
    this.#capture = capture;
    this.#pieces = [];
    this.#captured = 0;
    this.#depth = 0;
    this.#inString = state === "key";
    this.#escaped = false;
    this.#primitive = false;
    this.#closed = false;
  }

  #beginValue(byte: number, i: number, at: number, level: Level | undefined): number {
    const isContainer = byte === 0x5b || byte === 0x7b;
    const opensFile = level === undefined;
    const topKey = opensFile ? "" : this.#levels.length === 1 && level.isObject ? (level.name ?? "") : null;
    const listsElements = topKey !== null && isContainer && (opensFile || this.#options.wanted(topKey));
    if (opensFile && !isContainer) throw this.#fault(at + i, "it is not a JSON object or list");
    if (listsElements) {
      this.#levels.push({ isObject: byte === 0x7b, key: topKey, name: null, members: 0 });
      this.#state = "member";
      return i + 1;
    }
    if (byte === 0x2c || byte === 0x3a || kindOf[byte] === CLOSE)
      throw this.#fault(at + i, "a value is expected");
    this.#begin("inside", at + i, this.#options.wanted(topKey ?? (level as Level).key));
    this.#primitive = kindOf[byte] === PLAIN;
    return i;
  }

  #closeLevel(i: number): number {
    this.#levels.pop();
    this.#state = this.#levels.length === 0 ? "done" : "after";
    return i + 1;
  }

  /** Index after the closing quote, or the length of the chunk. */
  #stringEnd(chunk: Uint8Array, start: number): number {
    for (let i = start; i < chunk.length; i++) {
      const byte = chunk[i] as number;
      if (this.#escaped) this.#escaped = false;
      else if (byte === 0x5c) this.#escaped = true;
      else if (byte === 0x22) {
        this.#closed = true;
        return i + 1;
      }
    }
    return chunk.length;
  }

  /** Index after the value, or the length of the chunk. */
  #valueEnd(chunk: Uint8Array, start: number, at: number): number {
    let i = start;
    while (i < chunk.length) {
      if (this.#primitive) {
        if (isEnd(chunk[i] as number)) {
          this.#closed = true;
          return i;
        }
        i++;
        continue;
      }
      if (this.#inString) {
        i = this.#stringEnd(chunk, i);
        if (!this.#closed) return i;
        this.#inString = false;
        if (this.#depth === 0) return i;
        this.#closed = false;
        continue;
      }
      // Nearly all bytes are digits of coordinates; this loop is what a large file costs.
      while (i < chunk.length && kindOf[chunk[i] as number] === PLAIN) i++;
      if (i === chunk.length) return i;
      const kind = kindOf[chunk[i++] as number] as number;
      if (kind === QUOTE) this.#inString = true;
      else if (kind === OPEN) {
        if (++this.#depth > DEPTH_MAX) throw this.#fault(at + i, "it is nested too deeply");
      } else if (--this.#depth === 0) {
        this.#closed = true;
        return i;
      }
    }
    return i;
  }

  #keep(piece: Uint8Array, end: number): void {
    this.#captured += piece.length;
    const max = this.#state === "key" ? KEY_BYTES_MAX : ELEMENT_BYTES_MAX;
    if (this.#captured > max) {
      throw fault("limit.bytes", {
        file: this.#file,
        place: `byte ${end}`,
        reason: `one element of it has more than ${max} bytes`,
        remedy: "Split the file.",
      });
    }
    this.#pieces.push(piece);
  }

  /** A value or key has ended before byte `to`. */
  #finish(to: number): void {
    const level = this.#levels.at(-1) as Level;
    const from = this.#from;
    const bytes = joinBytes(this.#pieces);
    this.#pieces = [];
    if (this.#state === "key") {
      level.name = String(parseJsonBytes(bytes, this.#file, from));
      this.#state = "colon";
      return;
    }
    this.#state = "after";
    if (!this.#capture) return;
    const file = this.#file;
    const parse = () => parseJsonBytes(bytes, file, from);
    const element = {
      key: this.#levels.length === 1 && level.isObject ? (level.name ?? "") : level.key,
      name: level.name,
      from,
      to,
      parse,
    };
    if (this.#options.element(element) === "stop") this.stopped = true;
  }

  end(): void {
    if (!this.stopped && this.#state !== "done") throw this.#fault(this.#from, "it is cut short");
  }

  #fault(at: number, reason: string) {
    return jsonFault(this.#file, at, reason);
  }
}
