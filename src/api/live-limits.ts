/** Limits of what a page says of its person; apart from the schemas, because the page imports this file by name. */

/** Cells whose selection is told; more outlines than this tell nobody anything. */
export const toldSelectionMax = 20;
