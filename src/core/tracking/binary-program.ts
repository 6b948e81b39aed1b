/**
 * A linear program over yes-or-no columns: what the exact solver hands to whoever can solve it.
 *
 * Core loads no solver; one is handed in (`jobs/track` has one on HiGHS), so that linking stays a function of its
 * arguments and runs where the solver runs.
 */

/** Maximise the sum of `gains` of chosen columns, so that each row's sum lies within its bounds. */
export interface BinaryProgram {
  readonly gains: Float64Array;
  /** Columns of row `r`: `columns[starts[r]]` to `columns[starts[r + 1]]`, each with coefficient `values`. */
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/**
 * @returns 1 for each chosen column, of an optimal solution. The same program has the same answer.
 * @throws FoundryError `limit.time` when it cannot be solved to the optimum within the solver's limits.
 */
export type SolveBinaryProgram = (program: BinaryProgram) => Uint8Array;
