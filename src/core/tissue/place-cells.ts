/**
 * Where the cells of a simulated tissue lie, and what kind each is.
 *
 * Three smooth fields divide the picture into epithelium, aggregates of small round cells, and stroma; another gives the
 * direction of elongated cells. Cells are thrown at random and stay where they keep their distance, an ellipse against
 * an ellipse; the distance is small where tissue is dense, so that neighbours press against each other.
 */

import type { Rng } from "../rng.ts";
import { smoothNoise } from "./smooth-noise.ts";
import type { TissueParams } from "./tissue-params.ts";

type CellKind = "epithelial" | "immune" | "stromal";

export interface PlacedCell {
  readonly kind: CellKind;
  /** Pixels. */
  readonly y: number;
  readonly x: number;
  readonly long: number;
  readonly short: number;
  /** Radians, of the long axis against x. */
  readonly angle: number;
  /** How far beyond its ellipse the cell spreads where nothing stops it. */
  readonly spread: number;
}

/** Throws per place; later ones nearly all fail. */
const throwsPerPlace = 14;

/** Cells partly outside the picture are placed too: a margin of this many mean radii. */
const marginRadii = 1.2;

/** Cost: O(cells x throws). The order is that of acceptance. */
export function placeCells(params: TissueParams, random: Rng): PlacedCell[] {
  const { height, width, mppUm, density } = params;
  const radius = params.cellDiameterUm / 2 / mppUm;
  const margin = marginRadii * radius;
  const kindAt = regionsOf(params, random.stream("regions"));
  const direction = smoothNoise(height, width, 25 * radius, random.stream("direction"));
  const index = neighbourIndex(height, width, 4 * radius);
  const throwing = random.stream("throws");
  const area = (height + 2 * margin) * (width + 2 * margin);
  const tries = Math.ceil((throwsPerPlace * area) / (Math.PI * (0.6 * radius) ** 2));
  const wanted =
    density >= 0.9 ? Infinity : Math.max(1, (area / (Math.PI * radius * radius)) * density * 1.6);
  const cells: PlacedCell[] = [];
  for (let k = 0; k < tries && cells.length < wanted; k++) {
    const y = throwing.uniform(-margin, height + margin);
    const x = throwing.uniform(-margin, width + margin);
    const at = clampTo(y, height) * width + clampTo(x, width);
    const cell = throwCell(params, kindAt(at), { y, x, radius, flow: direction[at] as number }, throwing);
    if (!index.isFree(cell, 0.98 - 0.18 * density)) continue;
    index.add(cell);
    cells.push(cell);
  }
  return cells;
}

function clampTo(value: number, length: number): number {
  return Math.max(0, Math.min(length - 1, Math.round(value)));
}

function regionsOf(params: TissueParams, random: Rng): (at: number) => CellKind {
  const { height, width, mppUm } = params;
  const scale = (7 * params.cellDiameterUm) / mppUm;
  const field = (name: string): Float32Array => smoothNoise(height, width, scale, random.stream(name));
  const fields = { epithelial: field("a"), immune: field("b"), stromal: field("c") };
  // A field wins where it is highest after a lift that grows with the share of its kind.
  const lift = { epithelial: params.epithelium, immune: params.immune, stromal: params.stroma };
  return (at) => {
    const score = (kind: CellKind): number => (fields[kind][at] as number) + 2.4 * lift[kind];
    if (score("epithelial") >= score("immune") && score("epithelial") >= score("stromal"))
      return "epithelial";
    return score("immune") >= score("stromal") ? "immune" : "stromal";
  };
}

interface Throw {
  readonly y: number;
  readonly x: number;
  /** Mean radius of large cells, pixels. */
  readonly radius: number;
  readonly flow: number;
}

function throwCell(params: TissueParams, region: CellKind, place: Throw, random: Rng): PlacedCell {
  const infiltrates = region !== "immune" && random.chance(params.infiltration);
  const kind = infiltrates ? "immune" : region;
  const scatter = Math.max(0.5, Math.min(1.8, 1 + params.sizeSpread * random.normal()));
  const { y, x, radius, flow } = place;
  const along = Math.PI * (1.5 * flow + 0.12 * random.normal());
  const { density } = params;
  if (kind === "immune") {
    // Lymphocytes are 7 to 9 µm wide whatever the size of their neighbours.
    const r = (random.uniform(3.3, 4.4) / params.mppUm) * (0.7 + 0.3 * scatter);
    const stretch = Math.sqrt(random.uniform(1, 1.3));
    const spread = 1.05 + 0.3 * density;
    return { kind, y, x, long: r * stretch, short: r / stretch, angle: random.uniform(0, Math.PI), spread };
  }
  if (kind === "stromal") {
    const stretch = Math.sqrt(random.uniform(1.6, 4.5));
    const r = 0.75 * radius * scatter;
    return { kind, y, x, long: r * stretch, short: r / stretch, angle: along, spread: 1.1 + 0.25 * density };
  }
  const stretch = Math.sqrt(random.uniform(1, 1.9));
  const r = 0.92 * radius * scatter;
  return {
    kind,
    y,
    x,
    long: r * stretch,
    short: r / stretch,
    angle: along,
    spread: 1.05 + 0.5 * density ** 2,
  };
}

/** Distance from an ellipse's centre to its rim in a direction. */
function reachOf({ long, short, angle }: PlacedCell, direction: number): number {
  const turn = direction - angle;
  return 1 / Math.hypot(Math.cos(turn) / long, Math.sin(turn) / short);
}

interface NeighbourIndex {
  /** Whether the cell keeps the distance, as a share of the sum of both reaches, from all that are there. */
  isFree(cell: PlacedCell, share: number): boolean;
  add(cell: PlacedCell): void;
}

/** A grid of squares; cells reach at most `side` in sum, which the nine squares around hold. */
function neighbourIndex(height: number, width: number, side: number): NeighbourIndex {
  const columns = Math.ceil(width / side) + 4;
  const rows = Math.ceil(height / side) + 4;
  const squares: PlacedCell[][] = Array.from({ length: rows * columns }, () => []);
  const place = ({ y, x }: PlacedCell): [number, number] => [
    Math.max(0, Math.min(rows - 1, Math.floor(y / side) + 2)),
    Math.max(0, Math.min(columns - 1, Math.floor(x / side) + 2)),
  ];
  return {
    isFree: (cell, share) => {
      const [row, column] = place(cell);
      for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r++) {
        for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++) {
          for (const other of squares[r * columns + c] as PlacedCell[]) {
            const [dy, dx] = [other.y - cell.y, other.x - cell.x];
            const direction = Math.atan2(dy, dx);
            const least = share * (reachOf(cell, direction) + reachOf(other, direction));
            if (dy * dy + dx * dx < least * least) return false;
          }
        }
      }
      return true;
    },
    add: (cell) => {
      const [row, column] = place(cell);
      squares[row * columns + column]?.push(cell);
    },
  };
}
