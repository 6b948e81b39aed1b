/**
 * The edits between two revisions as one small value.
 *
 * As rows, an edit of one cell costs some 250 bytes beside its shape; packed, about 40. A change names its object by
 * label (a small number, unique in the layer for ever) and keeps only what the object was *before*, as the first bytes
 * of the digest of that shape: what it became is the `before` of its next change, or its present state. Layout:
 * byte 1 (format) | byte coding (0 plain, 1 deflate) | varint n | body of n bytes before coding | prefixes.
 * Integers are LEB128, signed ones zigzag. Operation ids that are ULIDs lie beside the pack, 16 bytes each; they tell
 * the time of an edit but for a few milliseconds. The kinds of edits and whoever made the revision need no name.
 */

import { deflateRawSync, inflateRawSync } from "node:zlib";
import { assert, FoundryError } from "#core/errors.ts";
import { idKey, ulidFromBytes, ulidToBytes } from "./id-bytes.ts";

/** Bytes of a shape's digest that are kept: 96 bits, one clash among 10^9 shapes in 10^11 repositories. */
export const prefixBytes = 12;

/** One change of a logged edit. */
export interface PackedChange {
  readonly label: number;
  /** First bytes of the digest of the shape before; `null`: the object was not there. */
  readonly before: Buffer | null;
  readonly confidence: number | null;
}

export interface PackedEdit {
  readonly seq: number;
  readonly operationId: string;
  readonly kind: string;
  readonly tool: string;
  readonly msSpent: number;
  readonly undoes: string | null;
  readonly agentId: string;
  /** ISO time, to the millisecond. */
  readonly at: string;
  readonly changes: readonly PackedChange[];
}

export interface LogPack {
  /** Who made the revision that the pack belongs to. */
  readonly agentId: string;
  /** Sequence number of the first edit; the others follow without a gap. */
  readonly from: number;
  readonly operationIds: Buffer;
  readonly bytes: Buffer;
}

const format = 1;

/** Edits a pack may hold; a revision after a year of work has some ten thousand. */
const editsMax = 10_000_000;

/**
 * @param edits  at least one, in order, without gaps. `before` may be longer than a prefix.
 * @param agentId  who makes the revision.
 */
export function packLog(edits: readonly PackedEdit[], agentId: string): LogPack {
  const [first] = edits;
  assert(first !== undefined, "a pack holds at least one edit");
  assert(
    edits.every(({ seq }, i) => seq === first.seq + i),
    "the edits of a pack follow each other",
  );
  const names = new Names([...knownNames, agentId]);
  const out = new Writer();
  const prefixes: Buffer[] = [];
  let time = 0;
  let label = 0;
  for (const edit of edits) {
    out.varint(names.indexOf(edit.kind));
    out.varint(names.indexOf(edit.tool));
    out.varint(names.indexOf(edit.agentId));
    out.varint(ulidToBytes(edit.operationId) === null ? 1 + names.indexOf(edit.operationId) : 0);
    out.varint(edit.undoes === null ? 0 : 1 + names.indexOf(edit.undoes));
    out.varint(edit.msSpent);
    const at = Date.parse(edit.at);
    out.zigzag(at - (timeOfUlid(ulidToBytes(edit.operationId)) ?? time));
    time = at;
    out.varint(edit.changes.length);
    for (const change of edit.changes) {
      const { before, confidence } = change;
      out.zigzag(2 * (change.label - label) + (before === null ? 0 : 1));
      label = change.label;
      if (before !== null) prefixes.push(before.subarray(0, prefixBytes));
      out.varint(confidence === null ? 0 : 1 + Math.round(confidence * confidenceSteps));
    }
  }
  const head = new Writer();
  head.varint(edits.length);
  names.writeTo(head);
  const body = Buffer.concat([head.bytes(), out.bytes()]);
  const deflated = deflateRawSync(body, { level: 9 });
  const shorter = deflated.length < body.length ? deflated : body;
  const lead = new Writer();
  lead.varint(shorter.length);
  return {
    agentId,
    from: first.seq,
    operationIds: Buffer.concat(edits.map(({ operationId }) => idKey(operationId))),
    bytes: Buffer.concat([Buffer.of(format, shorter === body ? 0 : 1), lead.bytes(), shorter, ...prefixes]),
  };
}

/** Confidence is shown with two digits; a millionth is far below what a model can tell. */
const confidenceSteps = 1_000_000;

/** @throws FoundryError `blob.corrupt` when the bytes are no pack. */
export function unpackLog(pack: LogPack): PackedEdit[] {
  try {
    return readPack(pack);
  } catch (cause) {
    throw new FoundryError("blob.corrupt", {
      message: "The packed log of a label revision is damaged.",
      hint: "Run `cellfoundry doctor` to see which one, and restore the database from a backup.",
      cause,
    });
  }
}

function readPack({ agentId: committer, from, operationIds, bytes }: LogPack): PackedEdit[] {
  if (bytes[0] !== format) throw new Error(`format ${bytes[0]}`);
  const lead = new Reader(bytes, 2);
  const length = lead.varint();
  const stored = bytes.subarray(lead.at, lead.at + length);
  if (stored.length !== length) throw new Error("cut off");
  const input = new Reader(bytes[1] === 1 ? inflateRawSync(stored) : stored, 0);
  let prefixAt = lead.at + length;
  const count = input.varint();
  if (count > editsMax || operationIds.length !== count * 16) throw new Error("wrong number of edits");
  const names = Names.readFrom(input, [...knownNames, committer]);
  let [time, label] = [0, 0];
  const readChange = (): PackedChange => {
    const code = input.zigzag();
    const known = (code & 1) === 1;
    label += (code - (known ? 1 : 0)) / 2;
    const before = known ? bytes.subarray(prefixAt, prefixAt + prefixBytes) : null;
    if (known) prefixAt += prefixBytes;
    const confidence = input.varint();
    return { label, before, confidence: confidence === 0 ? null : (confidence - 1) / confidenceSteps };
  };
  const edits = Array.from({ length: count }, (_, i): PackedEdit => {
    const [kind, tool, agentId] = [names(input.varint()), names(input.varint()), names(input.varint())];
    const named = input.varint();
    const undoes = input.varint();
    const msSpent = input.varint();
    const id = named === 0 ? operationIds.subarray(i * 16, i * 16 + 16) : null;
    time = (timeOfUlid(id) ?? time) + input.zigzag();
    return {
      seq: from + i,
      operationId: id === null ? names(named - 1) : ulidFromBytes(id),
      kind,
      tool,
      msSpent,
      undoes: undoes === 0 ? null : names(undoes - 1),
      agentId,
      at: new Date(time).toISOString(),
      changes: Array.from({ length: input.varint() }, readChange),
    };
  });
  if (prefixAt !== bytes.length || !input.atEnd) throw new Error("bytes left over");
  return edits;
}

/** Names every pack knows, by position: only ever appended to. Tools are often called like the kind of their edits. */
const knownNames = [
  ...["draw", "erase", "delete", "split", "merge", "fill", "reshape", "import", "propose", "undo", "redo"],
  ...["takeIn", "restore", "brush", "eraser", "split-line", "select"],
];

/** Milliseconds since 1970 in the first six bytes. */
function timeOfUlid(bytes: Uint8Array | null): number | null {
  return bytes === null ? null : Buffer.from(bytes).readUIntBE(0, 6);
}

/** Texts by number: known ones first, then others in order of first use. */
class Names {
  readonly #indexes: Map<string, number>;
  readonly #known: number;
  #next: number;

  constructor(known: readonly string[]) {
    this.#indexes = new Map(known.map((name, i) => [name, i]));
    this.#known = known.length;
    this.#next = known.length;
  }

  indexOf(name: string): number {
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    const index = this.#next++;
    this.#indexes.set(name, index);
    return index;
  }

  writeTo(out: Writer): void {
    out.varint(this.#next - this.#known);
    for (const [name, index] of this.#indexes) {
      if (index < this.#known) continue;
      const ulid = ulidToBytes(name);
      const bytes = Buffer.from(name);
      out.varint(ulid === null ? bytes.length + 1 : 0);
      out.push(ulid ?? bytes);
    }
  }

  static readFrom(input: Reader, known: readonly string[]): (index: number) => string {
    const count = input.varint();
    const names: string[] = [...known];
    for (let i = 0; i < count; i++) {
      const length = input.varint();
      names.push(length === 0 ? ulidFromBytes(input.take(16)) : input.take(length - 1).toString());
    }
    return (index) => {
      const name = names[index];
      if (name === undefined) throw new Error(`name ${index} of ${names.length}`);
      return name;
    };
  }
}

class Writer {
  readonly #parts: Buffer[] = [];
  #numbers: number[] = [];

  /** Below 2^53. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#numbers.push((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#numbers.push(rest);
  }

  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  push(bytes: Buffer): void {
    this.#parts.push(Buffer.from(this.#numbers), bytes);
    this.#numbers = [];
  }

  bytes(): Buffer {
    return Buffer.concat([...this.#parts, Buffer.from(this.#numbers)]);
  }
}

class Reader {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  get atEnd(): boolean {
    return this.at === this.#bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 53; scale *= 0x80) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) throw new Error("cut off");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new Error("a number is too long");
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  take(count: number): Buffer {
    const bytes = this.#bytes.subarray(this.at, this.at + count);
    if (bytes.length !== count) throw new Error("cut off");
    this.at += count;
    return bytes;
  }
}
