/** Public surface of `testing`: generators with exact answers. Imported by tests, samples and benchmarks only. */

export { type SimulatedTissue, simulateTissue, type TissueParams } from "#core/tissue/index.ts";
export { forSeeds, labelsOf, maskOf, pictureOf, randomLabels } from "./pictures.ts";
export { makeSyntheticCells, type SyntheticCellOptions, type SyntheticCells } from "./synthetic-cells.ts";
