/**
 * Words about channels among the flat fields of an image's metadata: `channel2Target` is the target of the second.
 *
 * Name and role of a channel are facts that models use and have a place of their own; target, stain and compartment are
 * words with terms, kept, edited in bulk and undone like every other word.
 */
import { channelFields, type MetadataField } from "./metadata-schema.ts";

export interface ChannelWord {
  /** Position of the channel, from 0. */
  readonly index: number;
  /** Of `channelFields`. */
  readonly field: MetadataField;
}

/** Fields that are words; `name` and `role` are not. */
const wordFields = channelFields.filter(({ name }) => name !== "name" && name !== "role");

/** The metadata field in which a channel's word is kept. */
export function channelWordField(index: number, field: string): string {
  return `channel${index + 1}${field.charAt(0).toUpperCase()}${field.slice(1)}`;
}

/** What a metadata field says of a channel; `null` for every other field. */
export function channelWordOf(name: string): ChannelWord | null {
  const match = /^channel(\d{1,3})([A-Z][A-Za-z]*)$/.exec(name);
  const number = Number(match?.[1] ?? 0);
  const field = wordFields.find((known) => channelWordField(0, known.name) === `channel1${match?.[2] ?? ""}`);
  return number === 0 || field === undefined ? null : { index: number - 1, field };
}
