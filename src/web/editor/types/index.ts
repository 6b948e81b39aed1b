/** Types of cells in the editor: naming by box, key and rule; legend, counts, colours; the project's markers. */

export { CellsPanel, TypeColouring } from "./cells-panel.tsx";
export { namingOf } from "./naming.ts";
export { useTypes } from "./use-types.ts";
