/**
 * Best assignment of rows to columns where few pairs are possible.
 *
 * Maximises the sum of weights over a matching; a row or column may stay alone at weight 0. Shortest augmenting paths
 * with potentials, one Dijkstra per row (Jonker and Volgenant 1987, on a sparse graph). Each search stays inside the
 * pairs it can reach, so a field of thousands of cells that each touch a few others is quick, where a dense solver
 * would need memory and time of cells squared and cubed.
 */

export interface WeightedPair {
  readonly row: number;
  readonly column: number;
  /** Above 0. */
  readonly weight: number;
}

/**
 * @param rowCount, columnCount  sizes of the two sides.
 * @param pairs  possible pairs, each at most once, in any order.
 * @returns column of each row, -1 for rows left alone. Equal solutions: decided by the order of rows and pairs.
 * Cost: O(rows x reachable pairs x log); in practice near linear.
 */
export function assignPairs(
  rowCount: number,
  columnCount: number,
  pairs: readonly WeightedPair[],
): Int32Array {
  const byRow = groupByRow(rowCount, pairs);
  const columnOfRow = new Int32Array(rowCount).fill(-1);
  const rowOfColumn = new Int32Array(columnCount).fill(-1);
  // Cost of a pair is minus its weight; reduced costs cost - rowDual - columnDual stay at least 0.
  const rowDual = new Float64Array(rowCount);
  const columnDual = new Float64Array(columnCount);
  for (let row = 0; row < rowCount; row++) {
    let lowest = 0;
    for (const { column, weight } of byRow[row] as WeightedPair[]) {
      lowest = Math.min(lowest, -weight - (columnDual[column] as number));
    }
    rowDual[row] = lowest;
    augment(row, byRow, columnOfRow, rowOfColumn, rowDual, columnDual);
  }
  return columnOfRow;
}

function groupByRow(rowCount: number, pairs: readonly WeightedPair[]): WeightedPair[][] {
  const byRow: WeightedPair[][] = Array.from({ length: rowCount }, () => []);
  for (const pair of pairs) (byRow[pair.row] as WeightedPair[]).push(pair);
  return byRow;
}

/** Finds the cheapest way to place one more row, freeing another row for good if that is cheapest. */
function augment(
  start: number,
  byRow: readonly (readonly WeightedPair[])[],
  columnOfRow: Int32Array,
  rowOfColumn: Int32Array,
  rowDual: Float64Array,
  columnDual: Float64Array,
): void {
  const distance = new Map<number, number>();
  const cameFrom = new Map<number, number>();
  const settled = new Map<number, number>();
  const rowsReached: { readonly row: number; readonly at: number }[] = [];
  const heap: (readonly [number, number])[] = [];
  let row = start;
  let reached = 0;
  // Staying alone costs 0 - rowDual above the row's own distance; the best such end bounds the search.
  let aloneRow = start;
  let aloneAt = Infinity;
  let endColumn = -1;
  let end = Infinity;
  for (;;) {
    rowsReached.push({ row, at: reached });
    const alone = reached - (rowDual[row] as number);
    if (alone < aloneAt) {
      aloneAt = alone;
      aloneRow = row;
    }
    for (const { column, weight } of byRow[row] as WeightedPair[]) {
      if (settled.has(column)) continue;
      const step = Math.max(0, -weight - (rowDual[row] as number) - (columnDual[column] as number));
      const way = reached + step;
      if (way >= (distance.get(column) ?? Infinity)) continue;
      distance.set(column, way);
      cameFrom.set(column, row);
      pushHeap(heap, [way, column]);
    }
    let next = popHeap(heap);
    while (next !== undefined && (settled.has(next[1]) || next[0] > (distance.get(next[1]) as number))) {
      next = popHeap(heap);
    }
    if (next === undefined || next[0] >= aloneAt) {
      end = aloneAt;
      break;
    }
    const [way, column] = next;
    if (rowOfColumn[column] === -1) {
      endColumn = column;
      end = way;
      break;
    }
    settled.set(column, way);
    row = rowOfColumn[column] as number;
    reached = way;
  }
  for (const { row: passed, at } of rowsReached) rowDual[passed] = (rowDual[passed] as number) + end - at;
  for (const [column, at] of settled) columnDual[column] = (columnDual[column] as number) - (end - at);
  let column = endColumn;
  if (column === -1) {
    if (aloneRow === start) return;
    column = columnOfRow[aloneRow] as number;
    columnOfRow[aloneRow] = -1;
  }
  for (;;) {
    const from = cameFrom.get(column) as number;
    rowOfColumn[column] = from;
    const before = columnOfRow[from] as number;
    columnOfRow[from] = column;
    if (from === start) return;
    column = before;
  }
}

type HeapItem = readonly [key: number, value: number];

const isLess = (a: HeapItem, b: HeapItem): boolean => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

function pushHeap(heap: HeapItem[], item: HeapItem): void {
  let at = heap.length;
  heap.push(item);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isLess(item, heap[parent] as HeapItem)) break;
    heap[at] = heap[parent] as HeapItem;
    at = parent;
  }
  heap[at] = item;
}

function popHeap(heap: HeapItem[]): HeapItem | undefined {
  const top = heap[0];
  const item = heap.pop();
  if (top === undefined || item === undefined || heap.length === 0) return top;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isLess(heap[child + 1] as HeapItem, heap[child] as HeapItem)) child++;
    if (!isLess(heap[child] as HeapItem, item)) break;
    heap[at] = heap[child] as HeapItem;
    at = child;
  }
  heap[at] = item;
  return top;
}
