/** Spots in the editor: drawn, found, assigned to cells, read and saved as tables. */

export { spotColumns } from "./spot-columns.ts";
export { spotDeskOf } from "./spot-desk-of.ts";
export { SpotLayer } from "./spot-layer.tsx";
export { SpotsSection } from "./spots-section.tsx";
