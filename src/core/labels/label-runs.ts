/**
 * Label images as run lengths: small, exact, and plain numbers, for fixtures, journals and the wire.
 *
 * A flat list of pairs `value, length` over the image row by row; runs go on across row ends. Neighbouring pairs differ
 * in value, so an image has one list only.
 */

import { type LabelImage, labelImage, type Mask } from "../array/index.ts";
import { FoundryError } from "../errors.ts";

/** Pairs `value, length` of a label image or mask. Cost: O(pixels). */
export function labelsToRuns(labels: LabelImage | Mask): number[] {
  const { data } = labels;
  const runs: number[] = [];
  for (let i = 0; i < data.length; ) {
    const value = data[i] as number;
    const start = i++;
    while (i < data.length && data[i] === value) i++;
    runs.push(value, i - start);
  }
  return runs;
}

/**
 * Label image of pairs `value, length`.
 *
 * @throws FoundryError `label.invalid` when a value is not an int32 of at least 0, a length not a whole number above 0,
 *         or the lengths do not fill `height * width`; `limit.pixels`.
 */
export function labelsFromRuns(height: number, width: number, runs: ArrayLike<number>): LabelImage {
  const labels = labelImage(height, width);
  const total = height * width;
  let at = 0;
  for (let k = 0; k < runs.length; k += 2) {
    const value = runs[k] as number;
    const length = runs[k + 1] ?? 0;
    const isWrong =
      !Number.isInteger(value) ||
      value < 0 ||
      value >= 2 ** 31 ||
      !Number.isInteger(length) ||
      length < 1 ||
      length > total - at;
    if (isWrong) throw broken(`run ${k / 2} (value ${value}, length ${length}) does not fit`);
    labels.data.fill(value, at, at + length);
    at += length;
  }
  if (at !== total) throw broken(`the runs cover ${at} of ${total} pixels`);
  return labels;
}

function broken(problem: string): FoundryError {
  return new FoundryError("label.invalid", {
    message: `The run lengths of a label image cannot be used: ${problem}.`,
  });
}
