/**
 * Arrays of a GEFF group as columns: checked for size before they are read.
 */
import type { Dtype, TypedArrays } from "#core/array/index.ts";
import { readLimits } from "../../limits.ts";
import { type OpenZarrArray, openZarrArray } from "../../pixels/zarr/read-zarr-array.ts";
import { readNode } from "../../pixels/zarr/zarr-metadata.ts";
import type { ZarrStore } from "../../pixels/zarr/zarr-store.ts";
import { geffFault, propPath } from "./geff-metadata.ts";

export type Column = TypedArrays[Dtype];

// Ten times the densest movie we aim at (500,000 detections).
const NODES_MAX = 5_000_000;
// Rows decoded together: a chunk of more is no table of that size but a bomb.
const CHUNK_ROWS_MAX = 2 ** 23;

/** A property that nodes may lack, NaN for those; `null` when there is no such property. */
export async function readOptional(
  store: ZarrStore,
  path: string,
  name: string,
  count: number,
): Promise<Float64Array | null> {
  const key = propPath(store, path, "nodes", name, "values");
  if ((await readNode(store, key)) === null) return null;
  const values = Float64Array.from(await readColumn(store, key, [count]));
  const missing = await readMissing(store, path, name, count);
  if (missing !== null) for (let i = 0; i < count; i++) if (missing[i] !== 0) values[i] = Number.NaN;
  return values;
}

async function readMissing(
  store: ZarrStore,
  path: string,
  name: string,
  count: number,
): Promise<Column | null> {
  const key = propPath(store, path, "nodes", name, "missing");
  return (await readNode(store, key)) === null ? null : readColumn(store, key, [count]);
}

/** A property that every node must have. */
export async function readProp(store: ZarrStore, path: string, name: string, count: number): Promise<Column> {
  const values = await readColumn(store, propPath(store, path, "nodes", name, "values"), [count]);
  const missing = await readMissing(store, path, name, count);
  const lacks = missing === null ? -1 : missing.findIndex((value) => value !== 0);
  if (lacks >= 0) throw geffFault(store, path, `node ${lacks} of its list has no ${name}`);
  return values;
}

/** @param shape  expected lengths; `null` for any. Values of a table, row by row. */
export async function readColumn(
  store: ZarrStore,
  key: string,
  shape: readonly (number | null)[],
): Promise<Column> {
  const array: OpenZarrArray = await openZarrArray(store, key);
  const { facts } = array;
  // Some writers give a table without rows one dimension.
  if (facts.shape.length === 1 && facts.shape[0] === 0) return new Float64Array(0);
  const fits =
    facts.shape.length === shape.length && shape.every((size, i) => size === null || size === facts.shape[i]);
  if (!fits)
    throw geffFault(
      store,
      key,
      `its shape is (${facts.shape.join(", ")}), (${shape.map((size) => size ?? "any").join(", ")}) is expected`,
    );
  const rows = facts.shape[0]!;
  if (rows > NODES_MAX || facts.chunks[0]! > CHUNK_ROWS_MAX)
    throw geffFault(
      store,
      key,
      `it has ${rows} rows in chunks of ${facts.chunks[0]}; the limits are ${NODES_MAX} and ${CHUNK_ROWS_MAX}`,
      "Cut the graph into parts.",
    );
  return array.read({ start: facts.shape.map(() => 0), size: facts.shape }, readLimits({}));
}
