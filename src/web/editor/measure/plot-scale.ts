/** Numbers of a plot: how far values reach, bars of a histogram, round marks on an axis. Pure. */

import type { Range } from "./gate.ts";

/** Smallest and largest finite value of the rows; null when there is none. A constant gets room around it. */
export function extentOf(values: Float64Array, rows: readonly number[]): Range | null {
  let [from, to] = [Infinity, -Infinity];
  for (const row of rows) {
    const value = values[row] as number;
    if (!Number.isFinite(value)) continue;
    if (value < from) from = value;
    if (value > to) to = value;
  }
  if (from > to) return null;
  if (from < to) return { from, to };
  const room = from === 0 ? 0.5 : Math.abs(from) / 2;
  return { from: from - room, to: to + room };
}

export interface Bins {
  readonly range: Range;
  /** Rows per bin; the last bin has both its ends. */
  readonly counts: Int32Array;
  /** Rows without a value. */
  readonly unknown: number;
}

/** @param range  values outside it are not counted. Cost: O(rows). */
export function binRows(values: Float64Array, rows: readonly number[], range: Range, count: number): Bins {
  const counts = new Int32Array(count);
  let unknown = 0;
  const scale = count / (range.to - range.from);
  for (const row of rows) {
    const value = values[row] as number;
    if (!Number.isFinite(value)) unknown++;
    else if (value >= range.from && value <= range.to) {
      const bin = Math.min(count - 1, Math.floor((value - range.from) * scale));
      counts[bin] = (counts[bin] as number) + 1;
    }
  }
  return { range, counts, unknown };
}

/** Round numbers inside a range, at most `most` of them, at least one where the range allows. */
export function roundMarks({ from, to }: Range, most = 5): number[] {
  const rough = (to - from) / most;
  if (!(rough > 0) || !Number.isFinite(rough)) return [];
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10) * magnitude;
  const marks: number[] = [];
  for (let k = Math.ceil(from / step); k * step <= to * (1 + 1e-12) && marks.length <= most; k++) {
    // Twelve digits: 3 x 0.1 is 0.3 to a reader.
    marks.push(Number((k * step).toPrecision(12)) + 0);
  }
  return marks;
}

/** 0.012345 -> "0.0123", 12345.6 -> "12,346": four digits, or all before the point. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const digits = Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4));
  if (Math.abs(digits) >= 1e9) return digits.toExponential(2);
  return digits.toLocaleString("en", { maximumSignificantDigits: 12 });
}

/** The value below which `share` of the rows lie (by rank, no interpolation); NaN without values. */
export function rankValue(values: Float64Array, rows: readonly number[], share: number): number {
  const known = Float64Array.from(rows, (row) => values[row] as number)
    .filter(Number.isFinite)
    .sort();
  if (known.length === 0) return Number.NaN;
  return known[Math.min(known.length - 1, Math.max(0, Math.round(share * (known.length - 1))))] as number;
}

/** Rows ordered by a column; unknown values last in either direction, ties as they were. */
export function sortRows(rows: readonly number[], values: Float64Array, descending: boolean): number[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [values[a] as number, values[b] as number];
    const [knownX, knownY] = [!Number.isNaN(x), !Number.isNaN(y)];
    if (knownX && knownY) return x === y ? a - b : sign * (x - y);
    return knownX === knownY ? a - b : knownX ? -1 : 1;
  });
}
