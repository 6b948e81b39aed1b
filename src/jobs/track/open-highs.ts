/**
 * HiGHS (compiled to WebAssembly) as the solver of yes-or-no programs that `core/tracking` asks for.
 *
 * Here and not in core, because it loads a library; core takes the function. The relaxation of a lineage is nearly
 * always whole, so it is solved first, by simplex, and branch and bound is asked only where it is not: the same optimum
 * at a fifth of the time. Limits are in nodes, not seconds, so that a slow machine gives the same answer as a fast one.
 */
import loadHighs, { type Highs } from "highs";
import { FoundryError } from "#core/errors.ts";
import type { BinaryProgram, SolveBinaryProgram } from "#core/tracking/index.ts";

/** Branch-and-bound nodes before a program counts as too hard; windows with 3,200 columns were done at the root. */
const nodesMax = 10_000;

/** HiGHS calls a column whole when it is this near to a whole number. */
const wholeTolerance = 1e-6;

/** Loads the library once; the returned function blocks while it solves. */
export async function openHighs(): Promise<SolveBinaryProgram> {
  // Its types describe the CommonJS build; what Node and bundlers load is the module, whose default is the loader.
  const load = loadHighs as unknown as typeof loadHighs.default;
  const highs = await load();
  return (program: BinaryProgram) => {
    if (program.gains.length === 0) return new Uint8Array(0);
    const relaxed = solve(highs, program, false);
    const isWhole = (value: number): boolean => Math.abs(value - Math.round(value)) <= wholeTolerance;
    const values = relaxed?.every(isWhole) === true ? relaxed : solve(highs, program, true);
    if (values === null) {
      const [columns, rows] = [program.gains.length, program.lower.length];
      throw new FoundryError("limit.time", {
        message: `The exact linking of ${columns} candidates was not solved within ${nodesMax} steps.`,
        hint: "Link this movie with the assignment solver.",
        details: { columns, rows },
      });
    }
    return Uint8Array.from(values, (value) => (value > 0.5 ? 1 : 0));
  };
}

/** @returns the columns of an optimum, `null` when there is none or it was not found. */
function solve(highs: Highs, program: BinaryProgram, whole: boolean): Float64Array | null {
  const { modelStatus, objectiveSense, variableType } = highs.constants;
  const columns = program.gains.length;
  const rows = program.lower.length;
  const model = highs.createModel({
    numCols: columns,
    numRows: rows,
    sense: objectiveSense.maximize,
    colCost: program.gains,
    colLower: new Float64Array(columns),
    colUpper: new Float64Array(columns).fill(1),
    rowLower: program.lower,
    rowUpper: program.upper,
    matrix: {
      format: "csr",
      numRows: rows,
      numCols: columns,
      starts: program.starts,
      indices: program.columns,
      values: program.values,
    },
    ...(whole ? { integrality: new Int32Array(columns).fill(variableType.integer) } : {}),
  });
  try {
    // No gap: the answer is an optimum, not one within a ten-thousandth of it.
    model.options.set({ output_flag: false, mip_rel_gap: 0, mip_abs_gap: 1e-9, mip_max_nodes: nodesMax });
    model.run();
    return model.getModelStatus() === modelStatus.optimal ? model.getSolution().colValue : null;
  } finally {
    model.dispose();
  }
}
