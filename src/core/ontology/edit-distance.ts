/**
 * How many slips apart two words are: insertions, deletions, replacements, and swaps of neighbours.
 *
 * The restricted ("optimal string alignment") distance of Damerau and Levenshtein, with a bound: most pairs of words
 * are unlike, and the work stops as soon as the bound is passed, so a whole vocabulary can be compared while typing.
 */

/**
 * @param bound largest distance of interest, 0 to 20.
 * @returns the distance, or `bound + 1` when it is larger. Cost: O(length x bound).
 */
export function editDistance(a: string, b: string, bound: number): number {
  const over = bound + 1;
  if (Math.abs(a.length - b.length) > bound) return over;
  if (a === b) return 0;
  const width = b.length + 1;
  let beforeLast = new Uint8Array(width);
  let last = new Uint8Array(width);
  let row = new Uint8Array(width);
  for (let j = 0; j < width; j++) last[j] = Math.min(j, over);
  for (let i = 1; i <= a.length; i++) {
    // Cells further from the diagonal than the bound cannot come back under it.
    const from = Math.max(1, i - bound);
    const to = Math.min(b.length, i + bound);
    row.fill(over);
    row[0] = Math.min(i, over);
    let least = row[0] as number;
    for (let j = from; j <= to; j++) {
      const cost = cell(a, b, i, j, { beforeLast, last, row });
      row[j] = Math.min(cost, over);
      if (cost < least) least = cost;
    }
    if (least > bound) return over;
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  return Math.min(last[b.length] as number, over);
}

interface Rows {
  readonly beforeLast: Uint8Array;
  readonly last: Uint8Array;
  readonly row: Uint8Array;
}

function cell(a: string, b: string, i: number, j: number, rows: Rows): number {
  const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
  let cost = (rows.last[j - 1] as number) + (same ? 0 : 1);
  cost = Math.min(cost, (rows.last[j] as number) + 1, (rows.row[j - 1] as number) + 1);
  const swapped =
    i > 1 &&
    j > 1 &&
    a.charCodeAt(i - 1) === b.charCodeAt(j - 2) &&
    a.charCodeAt(i - 2) === b.charCodeAt(j - 1);
  return swapped ? Math.min(cost, (rows.beforeLast[j - 2] as number) + 1) : cost;
}
