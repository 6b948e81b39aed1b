/** Public surface of `core/umap`: a map of cells by their features. */

export { type UmapOptions, type UmapPlaces, umap, umapCellsMax, umapCellsMin } from "./umap.ts";
