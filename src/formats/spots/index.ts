/** Public surface of `formats/spots`: spots read from tables, and as tables. */

export { type ReadSpots, readSpotsCsv, type SpotImage } from "./read-spots.ts";
export { spotTable, type TabledSpot } from "./spot-table.ts";
