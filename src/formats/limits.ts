/**
 * Limits on what a file may ask for, checked against its header before anything is allocated.
 *
 * A caller can lower or raise them; the defaults suit a machine with 4 GB of memory.
 */
import type { ErrorCode } from "#core/errors.ts";
import { fault } from "./fault.ts";

export interface ReadLimits {
  /** Largest accepted file, bytes. */
  readonly fileBytesMax: number;
  /** Largest number of samples (pixels times channels times planes) of one decoded image. */
  readonly samplesMax: number;
  /** Largest decoded image, bytes. */
  readonly decodedBytesMax: number;
}

export const defaultReadLimits: ReadLimits = {
  // A JavaScript buffer and a decoded copy of it must fit in memory together.
  fileBytesMax: 512 * 1024 * 1024,
  // 11,585 pixels squared, or 2,048 planes of 256 pixels squared.
  samplesMax: 2 ** 27,
  decodedBytesMax: 512 * 1024 * 1024,
};

/** Longest side of a plane. Beyond it, sums of row bytes could leave the exact integers of the runtime. */
export const SIDE_MAX = 2 ** 24;

export function readLimits(limits: Partial<ReadLimits> | undefined): ReadLimits {
  return { ...defaultReadLimits, ...limits };
}

/** @throws FoundryError `limit.bytes` when the file itself is too large. */
export function checkFileBytes(bytes: Uint8Array, file: string, limits: ReadLimits): void {
  if (bytes.byteLength <= limits.fileBytesMax) return;
  throw fault("limit.bytes", {
    file,
    reason: `the file has ${mebibytes(bytes.byteLength)}, the limit is ${mebibytes(limits.fileBytesMax)}`,
    remedy: "Crop the image or split the stack into several files.",
  });
}

/** @throws FoundryError `limit.pixels` or `limit.bytes` when the decoded image would be too large. */
export function checkDecodedSize(
  file: string,
  size: { readonly samples: number; readonly bytes: number; readonly what: string },
  limits: ReadLimits,
): void {
  const over: ErrorCode | null =
    size.samples > limits.samplesMax
      ? "limit.pixels"
      : size.bytes > limits.decodedBytesMax
        ? "limit.bytes"
        : null;
  if (over === null) return;
  const limit =
    over === "limit.pixels" ? `${limits.samplesMax} pixels` : `${mebibytes(limits.decodedBytesMax)} decoded`;
  throw fault(over, {
    file,
    reason: `the header announces ${size.what}, more than the limit of ${limit}`,
    remedy: "Crop the image, split the stack, or check whether the file is damaged.",
    details: { samples: size.samples, bytes: size.bytes },
  });
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
