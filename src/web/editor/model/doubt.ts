/**
 * In which order a person should look at the cells.
 *
 * First what a model made and is least sure of; then, among cells without a confidence, those whose size is unusual
 * for this image: very large ones are often two cells, very small ones often dirt. Marks "reviewed" are the person's
 * own and stay on this computer.
 */

export interface CellFacts {
  readonly uid: string;
  /** Pixels. */
  readonly area: number;
  /** 0..1 for proposals; null when a person made the shape. */
  readonly confidence: number | null;
}

/**
 * Cells in the order of doubt, most doubtful first.
 *
 * Ties (equal confidence, equal size) are broken by uid, so that the order does not depend on how the cells arrive.
 */
export function orderByDoubt<C extends CellFacts>(cells: readonly C[]): C[] {
  const middle = medianLog(cells);
  const unusual = (cell: C): number => Math.abs(Math.log(Math.max(1, cell.area)) - middle);
  return [...cells].sort((a, b) => {
    if (a.confidence !== null && b.confidence !== null && a.confidence !== b.confidence) {
      return a.confidence - b.confidence;
    }
    if ((a.confidence === null) !== (b.confidence === null)) return a.confidence === null ? 1 : -1;
    const difference = unusual(b) - unusual(a);
    if (difference !== 0) return difference;
    return a.uid < b.uid ? -1 : 1;
  });
}

function medianLog(cells: readonly CellFacts[]): number {
  if (cells.length === 0) return 0;
  const logs = Float64Array.from(cells, (cell) => Math.log(Math.max(1, cell.area))).sort();
  const half = logs.length >> 1;
  return logs.length % 2 === 1
    ? (logs[half] as number)
    : ((logs[half - 1] as number) + (logs[half] as number)) / 2;
}

/**
 * The next cell to look at, or null when all are reviewed.
 *
 * @param current  the cell looked at now: the search goes on behind it and starts over at the end.
 */
export function nextInDoubt(
  cells: readonly CellFacts[],
  reviewed: ReadonlySet<string>,
  current: string | null,
): string | null {
  const order = orderByDoubt(cells);
  const from = order.findIndex((cell) => cell.uid === current) + 1;
  for (let i = 0; i < order.length; i++) {
    const cell = order[(from + i) % order.length] as CellFacts;
    if (cell.uid !== current && !reviewed.has(cell.uid)) return cell.uid;
  }
  return null;
}
