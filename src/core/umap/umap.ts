/**
 * UMAP: a map on which cells that are alike in many features lie together.
 *
 * McInnes, Healy and Melville 2018: exact neighbours, fuzzy graph, then gradient steps that draw neighbours together and push
 * random others apart. It begins at the two main axes of the data, and chance comes from a seed, so the same cells give the
 * same map. Distances between far groups on the map mean little; who lies beside whom means much.
 */

import { FoundryError } from "../errors.ts";
import { rng as startRng } from "../rng.ts";
import { fuzzyEdges } from "./fuzzy-graph.ts";
import { nearestRows } from "./neighbours.ts";
import { mainAxes, standardised } from "./standardise.ts";

export interface UmapOptions {
  /** Neighbours that count as near; default 15. Fewer show detail, more the whole. */
  readonly neighbours?: number;
  /** Rounds of gradient steps; default 500, for more than 10,000 cells 200. */
  readonly rounds?: number;
  /** Default 42. */
  readonly seed?: number;
  /** Hears a share of 0..1. */
  readonly onProgress?: (share: number) => void;
}

export interface UmapPlaces {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Neighbours are found exactly, in time that grows with the square: half a minute at this number. */
export const umapCellsMax = 20_000;
/** A map of fewer cells is a list. */
export const umapCellsMin = 5;

/** Curve of nearness on the map for a least distance of 0.1 at a spread of 1, as the authors' program fits it. */
const curve = { a: 1.576943460405378, b: 0.8950608781227859 } as const;
const negatives = 5;
/** Longest step in one direction; keeps the first rounds from tearing the map. */
const stepMax = 4;
/** Share of the work that finding neighbours takes, for the bar. */
const searchShare = 0.4;

/**
 * @param columns  one array per feature, one value per cell; NaN counts as the mean of its feature, constant features not at all.
 * @throws FoundryError `limit.objects` for fewer than 5 cells or more than 20,000; `request.invalid` when no feature differs.
 * Cost: O(n² features + rounds x n x neighbours). Deterministic; arguments are not changed.
 */
export function umap(columns: readonly Float64Array[], options: UmapOptions = {}): UmapPlaces {
  const n = columns[0]?.length ?? 0;
  if (n < umapCellsMin || n > umapCellsMax) {
    throw new FoundryError("limit.objects", {
      message: `A map of likeness needs ${umapCellsMin} to ${umapCellsMax} cells; there are ${n}.`,
      hint: n > umapCellsMax ? "Select a part of the cells first." : "Measure more cells first.",
      details: { cells: n },
    });
  }
  const { seed = 42, onProgress = () => undefined } = options;
  const { data, features } = standardised(columns, n);
  if (features === 0) {
    throw new FoundryError("request.invalid", {
      message: "No feature differs between the cells, so there is no map.",
    });
  }
  const k = Math.min(n - 1, Math.max(2, options.neighbours ?? 15));
  const graph = nearestRows(data, n, features, k, (share) => onProgress(searchShare * share));
  const places = mainAxes(data, n, features, seed);
  const rounds = options.rounds ?? (n > 10_000 ? 200 : 500);
  layOut(places, fuzzyEdges(graph, n), n, { rounds, seed, onProgress });
  onProgress(1);
  return {
    x: Float64Array.from({ length: n }, (_, i) => places[2 * i] as number),
    y: Float64Array.from({ length: n }, (_, i) => places[2 * i + 1] as number),
  };
}

/** Gradient steps on `places` (n x 2), in place. Strong edges are drawn in every round, weak ones now and then. */
function layOut(
  places: Float64Array,
  { from, to, weight }: ReturnType<typeof fuzzyEdges>,
  n: number,
  { rounds, seed, onProgress }: Required<Pick<UmapOptions, "rounds" | "seed" | "onProgress">>,
): void {
  const strongest = weight.reduce((most, value) => Math.max(most, value), 0);
  const every = weight.map((value) => (value * rounds < strongest ? Infinity : strongest / value));
  const next = Float64Array.from(every);
  const rng = startRng(seed, "umap");
  for (let round = 0; round < rounds; round++) {
    const alpha = 1 - round / rounds;
    for (let e = 0; e < from.length; e++) {
      if ((next[e] as number) > round + 1) continue;
      next[e] = (next[e] as number) + (every[e] as number);
      const [i, j] = [from[e] as number, to[e] as number];
      draw(places, i, j, alpha);
      for (let s = 0; s < negatives; s++) {
        const other = rng.int(n);
        if (other !== i) push(places, i, other, alpha);
      }
    }
    if (round % 10 === 0) onProgress(searchShare + ((1 - searchShare) * round) / rounds);
  }
}

const clipped = (value: number): number => Math.max(-stepMax, Math.min(stepMax, value));

function draw(places: Float64Array, i: number, j: number, alpha: number): void {
  const [dx, dy] = gap(places, i, j);
  const square = dx * dx + dy * dy;
  if (square === 0) return;
  const { a, b } = curve;
  const pull = (-2 * a * b * square ** (b - 1)) / (1 + a * square ** b);
  const [sx, sy] = [alpha * clipped(pull * dx), alpha * clipped(pull * dy)];
  step(places, i, sx, sy);
  step(places, j, -sx, -sy);
}

function push(places: Float64Array, i: number, j: number, alpha: number): void {
  const [dx, dy] = gap(places, i, j);
  const square = dx * dx + dy * dy;
  const { a, b } = curve;
  if (square === 0) {
    step(places, i, alpha * stepMax, alpha * stepMax);
    return;
  }
  const force = (2 * b) / ((0.001 + square) * (1 + a * square ** b));
  step(places, i, alpha * clipped(force * dx), alpha * clipped(force * dy));
}

function gap(places: Float64Array, i: number, j: number): [number, number] {
  return [
    (places[2 * i] as number) - (places[2 * j] as number),
    (places[2 * i + 1] as number) - (places[2 * j + 1] as number),
  ];
}

function step(places: Float64Array, i: number, dx: number, dy: number): void {
  places[2 * i] = (places[2 * i] as number) + dx;
  places[2 * i + 1] = (places[2 * i + 1] as number) + dy;
}
