/**
 * Objects of a large image, tile by tile: labelled, stitched, nuclei made to fit into their cells, given row by row.
 *
 * Each compartment is stitched as it was found and only then made to fit, on rows that no tile can change any more
 * (`createRowNester`). So a nucleus and its cell need not come from one tile, and lie in each other whatever tiles saw.
 * Measures are those of the tile that saw an object whole, taken there after making it fit.
 */
import type { LabelImage } from "#core/array/index.ts";
import {
  createLabelStitcher,
  createRowNester,
  type LabelStitcher,
  type RowNester,
  type StitchedRows,
} from "#core/labels/index.ts";
import type { Compartment, InputContract } from "../contract/index.ts";
import { labelMaps, nestingOf, type PostprocessingChanges, pairMaps } from "./label-maps.ts";
import type { MapBand } from "./map-band.ts";
import type { ModelSize } from "./model-rows.ts";
import type { StreamGeometry } from "./stream-geometry.ts";
import type { Tile } from "./tiles.ts";

export interface StreamedCompartment {
  readonly compartment: Compartment;
  readonly cellCount: number;
  /** By label, 0..1. */
  readonly confidence: ReadonlyMap<number, number>;
  /**
   * Labels that turned out to be parts of one object after their rows were given, as `from` -> `to`; empty unless an
   * object is longer than the overlap of tiles. The receiver replaces them (`joinLabelsInPlace`). Parts of a nucleus that
   * lie in different cells stay nuclei of their own.
   */
  readonly joins: ReadonlyMap<number, number>;
  /** Median diameter of the objects, pixels of the model; `null` without objects. */
  readonly diameterPx: number | null;
}

export interface StreamObjects {
  add(tile: Tile, maps: MapBand): Promise<void>;
  /** After the last tile. */
  finish(): StreamedCompartment[];
}

type GiveRows = (compartment: number, y0: number, labels: LabelImage) => Promise<void>;

interface Counted {
  readonly stitcher: LabelStitcher;
  readonly confidence: Map<number, number>;
  readonly diameters: number[];
}

interface Nest {
  readonly nuclear: number;
  readonly wholeCell: number;
  readonly nester: RowNester;
  /** Confidence of cells that tiles made for nuclei without one, by nucleus. */
  readonly ownCells: Map<number, number>;
}

// Diameters kept per tile for their median.
const DIAMETERS_PER_TILE = 200;

/** @param size of the image at the model's pixel size. @param give receives rows of each compartment as they become final. */
export function createStreamObjects(
  contract: InputContract,
  size: ModelSize,
  geometry: Pick<StreamGeometry, "labelHaloPx">,
  changes: PostprocessingChanges | undefined,
  give: GiveRows,
): StreamObjects {
  const { compartments: contracts } = contract;
  const counted = contracts.map(
    (): Counted => ({
      stitcher: createLabelStitcher({ ...size, haloPx: geometry.labelHaloPx }),
      confidence: new Map(),
      diameters: [],
    }),
  );
  const nest = openNest(contract, size, geometry);
  return {
    async add(tile, maps) {
      const found = labelMaps(pairMaps(maps.cut(tile.window)), contracts, changes);
      const ownCells = nest === null ? none : ownCellsOf(found.pairs, found.loose[nest.wholeCell]);
      const rows = counted.map((one, i): readonly StitchedRows[] => {
        const own = found.compartments[i];
        const added = one.stitcher.add({ ...tile, labels: found.loose[i] as LabelImage });
        for (const { label, id, whole } of added.painted) {
          const known = one.confidence.get(id);
          // A tile that saw the object whole knows best; parts say at least something.
          if (known !== undefined && !whole) continue;
          one.confidence.set(id, own?.confidence.get(label) ?? 0);
          const ownCell = i === nest?.nuclear ? ownCells.get(label) : undefined;
          const sure =
            ownCell === undefined ? undefined : found.compartments[nest?.wholeCell ?? 0]?.confidence;
          if (ownCell !== undefined) nest?.ownCells.set(id, sure?.get(ownCell) ?? 0);
        }
        one.diameters.push(...sampled(own?.diametersPx ?? []));
        return added.rows;
      });
      await giveAll(rows, nest, size, give);
    },
    finish: () => {
      const joins = counted.map(({ stitcher }) => stitcher.finish().joins);
      return counted.map(({ confidence, diameters }, i): StreamedCompartment => {
        const sorted = diameters.sort((a, b) => a - b);
        return {
          compartment: contracts[i]?.compartment ?? "nuclear",
          ...finished(i, confidence, joins, nest),
          diameterPx: sorted.length === 0 ? null : (sorted[sorted.length >> 1] as number),
        };
      });
    },
  };
}

function openNest(
  { compartments }: InputContract,
  { width }: ModelSize,
  { labelHaloPx }: Pick<StreamGeometry, "labelHaloPx">,
): Nest | null {
  const nesting = nestingOf(compartments);
  if (nesting === null) return null;
  // No cell is as high as the overlap of tiles, and no nucleus as high as its cell.
  const nester = createRowNester({ width, rowsMax: labelHaloPx, areaPxMin: nesting.areaPxMin });
  return { ...nesting, nester, ownCells: new Map() };
}

const none: ReadonlyMap<number, number> = new Map();

/** Cells that were made for nuclei, by nucleus. */
function ownCellsOf(
  pairs: readonly (readonly [nucleus: number, cell: number])[],
  cells: LabelImage | undefined,
): ReadonlyMap<number, number> {
  let cellMax = 0;
  for (const cell of cells?.data ?? []) if (cell > cellMax) cellMax = cell;
  return new Map(pairs.filter(([, cell]) => cell > cellMax));
}

/** Gives final rows of every compartment, nuclei and cells once they fit. */
async function giveAll(
  rows: readonly (readonly StitchedRows[])[],
  nest: Nest | null,
  size: ModelSize,
  give: GiveRows,
): Promise<void> {
  for (const [i, list] of rows.entries()) {
    if (i === nest?.nuclear || i === nest?.wholeCell) continue;
    for (const { y0, labels } of list) await give(i, y0, labels);
  }
  if (nest === null) return;
  // Tiles are the same for both, and so are the rows that each of them ends.
  for (const [k, { y0, labels }] of (rows[nest.nuclear] ?? []).entries()) {
    const cells = rows[nest.wholeCell]?.[k]?.labels as LabelImage;
    const done = nest.nester.add(labels, cells, y0 + labels.height === size.height);
    if (done === null) continue;
    await give(nest.nuclear, done.y0, done.nuclei);
    await give(nest.wholeCell, done.y0, done.cells);
  }
}

/** Count, confidence and joins of a compartment by the numbers in the rows given. */
function finished(
  i: number,
  found: ReadonlyMap<number, number>,
  allJoins: readonly ReadonlyMap<number, number>[],
  nest: Nest | null,
): Pick<StreamedCompartment, "cellCount" | "confidence" | "joins"> {
  let joins = allJoins[i] ?? none;
  let confidence = new Map(found);
  if (nest !== null && i === nest.wholeCell) {
    const number = (cell: number): number => nest.nester.cellNumber(cell);
    joins = new Map([...joins].map(([from, to]) => [number(from), number(to)]));
    confidence = new Map([...confidence].map(([cell, value]) => [number(cell), value]));
    for (const [nucleus, cell] of nest.nester.orphans) confidence.set(cell, nest.ownCells.get(nucleus) ?? 0);
  } else if (nest !== null && i === nest.nuclear) {
    const joined = finished(nest.wholeCell, none, allJoins, nest).joins;
    const home = (nucleus: number): number => {
      const cell = nest.nester.homeOf(nucleus);
      return joined.get(cell) ?? cell;
    };
    joins = new Map([...joins].filter(([from, to]) => home(from) === home(to)));
    for (const nucleus of found.keys()) if (home(nucleus) === 0) confidence.delete(nucleus);
  }
  for (const from of joins.keys()) confidence.delete(from);
  return { cellCount: confidence.size, confidence, joins };
}

function sampled(values: readonly number[]): number[] {
  const step = Math.max(1, Math.ceil(values.length / DIAMETERS_PER_TILE));
  return values.filter((_, i) => i % step === 0);
}
