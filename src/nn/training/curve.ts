/**
 * The training curve: what a run reports while it goes on.
 */

export interface CurvePoint {
  /** Steps done. */
  readonly step: number;
  /** Mean over the steps since the point before. */
  readonly loss: number;
  readonly lossTerms: Readonly<Record<string, number>>;
  readonly learningRate: number;
  /** Pooled over the validation items scored, IoU threshold 0.5. */
  readonly validation?: { readonly ap50: number; readonly f1: number };
  /** Milliseconds since this process began the run; 0 for points read from a checkpoint. Never hashed or stored. */
  readonly ms: number;
}

/** Sums since the last point; part of a checkpoint so that a resumed curve has the same numbers. */
export interface CurveSums {
  readonly count: number;
  readonly loss: number;
  readonly lossTerms: Readonly<Record<string, number>>;
}

export const emptySums: CurveSums = { count: 0, loss: 0, lossTerms: {} };

/** Sums with the losses of one more step. */
export function addLosses(sums: CurveSums, loss: number, terms: Readonly<Record<string, number>>): CurveSums {
  const lossTerms: Record<string, number> = {};
  for (const [name, value] of Object.entries(terms)) lossTerms[name] = (sums.lossTerms[name] ?? 0) + value;
  return { count: sums.count + 1, loss: sums.loss + loss, lossTerms };
}

/** Means of the sums, or `null` when there are none. */
export function meanLosses(sums: CurveSums): Pick<CurvePoint, "loss" | "lossTerms"> | null {
  if (sums.count === 0) return null;
  const lossTerms = Object.fromEntries(
    Object.entries(sums.lossTerms).map(([name, sum]) => [name, sum / sums.count]),
  );
  return { loss: sums.loss / sums.count, lossTerms };
}
