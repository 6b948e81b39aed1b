/**
 * The cells of a layer as items of the doubt queue (see core/doubt).
 *
 * What a model made and is unsure of comes first; among equals those whose size is unusual for this image: very large ones
 * are often two cells, very small ones often dirt.
 */

import type { CheckFinding } from "#core/checks/index.ts";
import { type DoubtItem, doubtKey, orderByDoubt as orderItems } from "#core/doubt/index.ts";

export interface CellFacts {
  readonly uid: string;
  /** Pixels. */
  readonly area: number;
  /** 0..1, calibrated, for proposals; null when a person made the shape. */
  readonly confidence: number | null;
  /** Who made the present shape, when known. */
  readonly agent?: { readonly kind: string };
}

/** Cost: O(n log n), for the median of sizes. */
export function doubtItems(
  cells: readonly CellFacts[],
  findings: ReadonlyMap<string, readonly CheckFinding[]> = new Map(),
): DoubtItem[] {
  const middle = medianLog(cells);
  return cells.map(({ uid, area, confidence, agent }) => ({
    subject: { kind: "cell", uid },
    confidence,
    byPerson: agent?.kind === "person",
    findings: (findings.get(uid) ?? []).map(({ rule }) => rule),
    unusual: Math.abs(Math.log(Math.max(1, area)) - middle),
  }));
}

/** Cells in the order of doubt, most doubtful first; it does not depend on how they arrive. */
export function orderByDoubt<C extends CellFacts>(cells: readonly C[]): C[] {
  const byKey = new Map(cells.map((cell) => [doubtKey({ kind: "cell", uid: cell.uid }), cell]));
  return orderItems(doubtItems(cells)).map(({ key }) => byKey.get(key) as C);
}

function medianLog(cells: readonly CellFacts[]): number {
  if (cells.length === 0) return 0;
  const logs = Float64Array.from(cells, (cell) => Math.log(Math.max(1, cell.area))).sort();
  const half = logs.length >> 1;
  return logs.length % 2 === 1
    ? (logs[half] as number)
    : ((logs[half - 1] as number) + (logs[half] as number)) / 2;
}
