/** Cells in the colours of what a model made of them, as an evaluation says. */

export { ErrorLegend } from "./error-legend.tsx";
export { type JudgedCells, useJudgedCells } from "./use-judged-cells.ts";
