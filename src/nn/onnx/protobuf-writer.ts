/**
 * Protocol-buffer wire format, writing side: varints, 32-bit floats and length-delimited fields.
 *
 * Nested messages are written to their own writer and then appended, because their length comes first. Fields appear
 * in the order of the calls, so equal content gives equal bytes. Source: protobuf encoding specification.
 */

const text = new TextEncoder();

// Grows by doubling from here; most nested messages (nodes) are smaller than this.
const INITIAL_BYTES = 256;

export class ProtobufWriter {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #length = 0;

  /** The bytes written so far (a copy). */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(extra: number): void {
    const needed = this.#length + extra;
    if (needed <= this.#bytes.length) return;
    let capacity = this.#bytes.length * 2;
    while (capacity < needed) capacity *= 2;
    const grown = new Uint8Array(capacity);
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }

  /** Base-128 varint; negative numbers as 64-bit two's complement, as protobuf's int64 does. */
  #varint(value: bigint): void {
    this.#reserve(10);
    let rest = BigInt.asUintN(64, value);
    while (rest >= 128n) {
      this.#bytes[this.#length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  #tag(field: number, wireType: number): void {
    this.#varint(BigInt(field * 8 + wireType));
  }

  integer(field: number, value: number | bigint): void {
    this.#tag(field, 0);
    this.#varint(BigInt(value));
  }

  float(field: number, value: number): void {
    this.#tag(field, 5);
    this.#reserve(4);
    new DataView(this.#bytes.buffer).setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  bytes(field: number, value: Uint8Array): void {
    this.#tag(field, 2);
    this.#varint(BigInt(value.length));
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  string(field: number, value: string): void {
    this.bytes(field, text.encode(value));
  }

  message(field: number, write: (nested: ProtobufWriter) => void): void {
    const nested = new ProtobufWriter();
    write(nested);
    this.bytes(field, nested.#bytes.subarray(0, nested.#length));
  }

  /** `repeated int64` in packed form. */
  packedIntegers(field: number, values: readonly number[]): void {
    const nested = new ProtobufWriter();
    for (const value of values) nested.#varint(BigInt(value));
    this.bytes(field, nested.#bytes.subarray(0, nested.#length));
  }
}
