/**
 * The field of a query that asks what the cells of an image are: `cells.type under "T cell"`.
 *
 * An image has it with a list, the terms that at least one of its cells bears now; `cellType` is another thing, the
 * word with which the source describes the whole image. Its text is the label of a term, `cells.type.term` its CURIE.
 * Cells of branches and named layers do not count, as they do not for `cells`.
 */
export const cellsTypeField = "cells.type";
