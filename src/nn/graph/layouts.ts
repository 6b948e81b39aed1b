/**
 * The two layouts of an image tensor in a written graph: plain (n, c, h, w) and channel blocks (n, c/b, h, w, b).
 *
 * In blocks of `b` channels the runtime's convolutions on a processor are up to twice as fast, but the runtime uses them on
 * its own only for fixed weights. A training graph therefore asks for them itself (domain `com.microsoft.nchwc`). Which
 * layout a value has is decided while it is written: operators with a blocked form take it when that saves a change of
 * layout. Measured in docs/decisions/0021.
 */
import type { Emitter } from "./emitter.ts";
import { int } from "./emitter.ts";
import type { Shape, Value } from "./graph.ts";

export const BLOCKED_DOMAIN = "com.microsoft.nchwc";

/** What an operator sees of the graph being written in blocks. */
export interface Layouts {
  /** Channels per block. */
  readonly block: number;
  /** Whether the value has been written in blocks; writes it first when that has not happened. */
  isBlocked(value: Value): boolean;
  /** Name of the value in the plain layout. */
  plain(value: Value): string;
  /** Name of the value in blocks; its channels are a multiple of `block`. */
  blocked(value: Value): string;
  /** Whether one other value reads it, so that an operator may swallow it. */
  isReadOnce(value: Value): boolean;
}

export interface WrittenValue {
  readonly name: string;
  readonly layout: "plain" | "blocked";
}

export const fitsBlocks = (shape: Shape, block: number): boolean =>
  shape.length === 4 && (shape[1] as number) % block === 0;

/** Reorders a plain tensor into blocks. */
export const toBlocks = (name: string, emitter: Emitter): string =>
  emitter.node("ReorderInput", [name], {}, BLOCKED_DOMAIN);

/** Reorders blocks into a plain tensor of `channels`. */
export const fromBlocks = (name: string, channels: number, emitter: Emitter): string =>
  emitter.node("ReorderOutput", [name], { channels: int(channels) }, BLOCKED_DOMAIN);

/** The blocked form of an operator that treats all elements alike, once one of its inputs is in blocks. */
export function blockedElementwise(
  value: Value,
  layouts: Layouts,
  write: (inputs: readonly string[]) => string,
): WrittenValue | null {
  if (!fitsBlocks(value.shape, layouts.block)) return null;
  const alike = value.inputs.every(
    ({ shape }) => shape.length === 0 || (shape.length === 4 && shape.every((n, i) => n === value.shape[i])),
  );
  if (!alike || !value.inputs.some((input) => input.shape.length === 4 && layouts.isBlocked(input)))
    return null;
  const names = value.inputs.map((input) =>
    input.shape.length === 4 ? layouts.blocked(input) : layouts.plain(input),
  );
  return { name: write(names), layout: "blocked" };
}
