/**
 * HiGHS (compiled to WebAssembly) as the solver of yes-or-no programs that `core/tracking` asks for.
 *
 * Here and not in core, because it loads a library; core takes the function. Each program gets a solver of its own that
 * is freed at once. Limits are in nodes, not seconds, so that a slow machine gives the same answer as a fast one.
 */
import loadHighs from "highs";
import { FoundryError } from "#core/errors.ts";
import type { BinaryProgram, SolveBinaryProgram } from "#core/tracking/index.ts";

/**
 * Branch-and-bound nodes before a program counts as too hard. Windows of simulated and real movies need one to a few
 * hundred after reduction.
 */
const nodesMax = 100_000;

/** A column at one within HiGHS's tolerance of integers. */
const isChosen = (value: number): number => (value > 0.5 ? 1 : 0);

/** Loads the library once; the returned function blocks while it solves. */
export async function openHighs(): Promise<SolveBinaryProgram> {
  // Its types describe the CommonJS build; what Node and bundlers load is the module, whose default is the loader.
  const load = loadHighs as unknown as typeof loadHighs.default;
  const highs = await load();
  const { modelStatus, objectiveSense, variableType } = highs.constants;
  return (program: BinaryProgram) => {
    const columns = program.gains.length;
    const rows = program.lower.length;
    if (columns === 0) return new Uint8Array(0);
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
      integrality: new Int32Array(columns).fill(variableType.integer),
    });
    try {
      // No gap: the answer is an optimum, not one within a ten-thousandth of it.
      model.options.set({ output_flag: false, mip_rel_gap: 0, mip_abs_gap: 1e-9, mip_max_nodes: nodesMax });
      model.run();
      const status = model.getModelStatus();
      if (status !== modelStatus.optimal) {
        throw new FoundryError("limit.time", {
          message: `The exact linking of ${columns} candidates was not solved (HiGHS status ${status}).`,
          hint: "Link this movie with the assignment solver.",
          details: { columns, rows, status },
        });
      }
      return Uint8Array.from(model.getSolution().colValue, isChosen);
    } finally {
      model.dispose();
    }
  };
}
