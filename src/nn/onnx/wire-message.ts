/**
 * Reading single fields of a message that may have been made to deceive.
 *
 * Where protobuf lets a field stand twice, readers differ in which one they take. A check must see what the runtime will
 * see, so a field that may stand once is refused when it stands twice.
 */
import { FoundryError } from "#core/errors.ts";
import type { ProtobufField } from "./protobuf-reader.ts";
import { readFields, readPackedIntegers } from "./protobuf-reader.ts";

const text = new TextDecoder("utf-8", { fatal: false });

// Names of weights are paths in the module tree; a longer one is noise that would be printed in messages.
const NAME_LENGTH_MAX = 1024;

export type Message = readonly ProtobufField[];

/** What is wrong with the file, where, and what to do. */
export function refusal(place: string, what: string, hint: string): FoundryError {
  return new FoundryError("model.invalid", {
    message: `The ONNX model cannot be used: ${place}: ${what}.`,
    hint,
    details: { place },
  });
}

export const exportAgain = "The file may be damaged or cut short; export or download it again.";

/** A field of at most one occurrence. */
export function single(message: Message, field: number, place: string): ProtobufField | undefined {
  const found = message.filter((one) => one.field === field);
  if (found.length > 1) throw refusal(place, `field ${field} stands twice`, exportAgain);
  return found[0];
}

export function bytesOf(field: ProtobufField, place: string): Uint8Array {
  if (typeof field.value !== "bigint") return field.value;
  throw refusal(place, `field ${field.field} is a number where a text or a message belongs`, exportAgain);
}

export function textOf(field: ProtobufField | undefined, place: string): string {
  if (field === undefined) return "";
  const bytes = bytesOf(field, place);
  if (bytes.length > NAME_LENGTH_MAX)
    throw refusal(place, `a name has ${bytes.length} bytes; the limit is ${NAME_LENGTH_MAX}`, exportAgain);
  return text.decode(bytes);
}

/** Texts of any length, for documentation. */
export function longTextOf(field: ProtobufField | undefined, place: string): string {
  return field === undefined ? "" : text.decode(bytesOf(field, place));
}

export function wholeOf(field: ProtobufField | undefined, place: string): number {
  if (field === undefined) return 0;
  if (typeof field.value !== "bigint")
    throw refusal(place, `field ${field.field} is not a number`, exportAgain);
  return Number(BigInt.asIntN(64, field.value));
}

/** Repeated integers, packed or one by one. */
export function wholesOf(message: Message, field: number): number[] {
  const values: number[] = [];
  for (const one of message) {
    if (one.field !== field) continue;
    if (typeof one.value === "bigint") values.push(Number(BigInt.asIntN(64, one.value)));
    else for (const value of readPackedIntegers(one.value)) values.push(value);
  }
  return values;
}

export function textsOf(message: Message, field: number, place: string): string[] {
  return message.filter((one) => one.field === field).map((one) => textOf(one, place));
}

export function messagesOf(message: Message, field: number, place: string): Message[] {
  return message.filter((one) => one.field === field).map((one) => readFields(bytesOf(one, place)));
}
