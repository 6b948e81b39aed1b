/**
 * From the planes a star-convex network predicts to a label image.
 *
 * Every grid point above a probability proposes a polygon; from the most probable down, a winner takes out those that
 * share more than a part of their smaller area with it (the rule of the published implementation, which calls it IoU).
 * Areas are counted in pixels on the drawn polygons, candidates are looked for through blocks that know their greatest
 * radius, so the cost is near linear in the pixels. Winners never overlap in the result: the more probable one keeps a
 * contested pixel. Source: Schmidt et al., MICCAI 2018.
 */

import type { LabelImage } from "../array/index.ts";
import { FoundryError } from "../errors.ts";
import { StarRaster } from "./star-polygon-raster.ts";
import type { StarTargets } from "./star-polygon-targets.ts";

export interface StarPolygonParams {
  /** A grid point proposes an object above this probability. */
  readonly probabilityThreshold: number;
  /** A polygon that shares more than this part of the smaller area with a more probable one is dropped. */
  readonly overlapMax: number;
  /** Grid points nearer than this many to the edge of the grid propose nothing. */
  readonly edgePoints: number;
}

export const defaultStarPolygonParams: StarPolygonParams = {
  probabilityThreshold: 0.5,
  overlapMax: 0.4,
  edgePoints: 0,
};

export interface StarPolygonLabels {
  /** Numbered 1 to n by descending probability. */
  readonly labels: LabelImage;
  /** Probability of object k at index k - 1. */
  readonly probabilities: Float32Array;
}

/** Side in grid points of the blocks that candidates are looked for in. */
const blockSide = 32;

/** Pixels compared before the search is given up: minutes of work, a thousand times what an image of cells needs. */
const comparedPixelsMax = 2 ** 34;

/** More objects than pixels of a small image have no meaning; a hostile map could propose one per pixel. */
const objectsMax = 2_000_000;

/**
 * @param maps  probability [y, x] and distances [ray, y, x] on the grid, as `starTargets` makes them.
 * @param size  height and width of the label image, pixels.
 * @throws FoundryError `array.nan`, `array.shapeMismatch`, `limit.objects`.
 * Cost: O(pixels + candidates x polygon height); about 60 bytes per candidate and 8 per pixel.
 */
export function labelsFromStarPolygons(
  maps: StarTargets,
  size: { readonly height: number; readonly width: number },
  params: StarPolygonParams = defaultStarPolygonParams,
): StarPolygonLabels {
  const { height: gridHeight, width: gridWidth } = maps.probability;
  assertMaps(maps);
  const search = new CandidateSearch(maps, params);
  const raster = new StarRaster({ ...maps, gridHeight, gridWidth }, size.height, size.width);
  const out = new Int32Array(size.height * size.width);
  const stamp = new Int32Array(out.length);
  const winners: number[] = [];
  let compared = 0;
  for (const at of search.byProbability) {
    if (search.dead[at] !== 0) continue;
    const area = raster.draw(at);
    search.dead[at] = 1;
    if (area === 0) continue;
    winners.push(maps.probability.data[at] as number);
    if (winners.length > objectsMax) throw tooMany();
    const number = winners.length;
    for (let r = 0; r < raster.runCount; r++) {
      const row = (raster.runs[3 * r] as number) * size.width;
      for (
        let i = row + (raster.runs[3 * r + 1] as number);
        i < row + (raster.runs[3 * r + 2] as number);
        i++
      ) {
        stamp[i] = number;
        if (out[i] === 0) out[i] = number;
      }
    }
    search.forEachNear(at, (other) => {
      const otherArea = raster.draw(other);
      compared += otherArea;
      if (compared > comparedPixelsMax) throw tooMuchOverlap();
      const limit = params.overlapMax * Math.min(area, otherArea);
      if (otherArea === 0 || sharesMore(raster, stamp, size.width, number, limit)) search.dead[other] = 1;
    });
  }
  const labels: LabelImage = { dtype: "int32", height: size.height, width: size.width, data: out };
  return { labels, probabilities: Float32Array.from(winners) };
}

/** Whether more than `limit` pixels of the drawn polygon carry the stamp. */
function sharesMore(
  raster: StarRaster,
  stamp: Int32Array,
  width: number,
  number: number,
  limit: number,
): boolean {
  let shared = 0;
  for (let r = 0; r < raster.runCount; r++) {
    const row = (raster.runs[3 * r] as number) * width;
    const end = row + (raster.runs[3 * r + 2] as number);
    for (let i = row + (raster.runs[3 * r + 1] as number); i < end; i++) if (stamp[i] === number) shared++;
    if (shared > limit) return true;
  }
  return false;
}

/** Candidates by probability, and those near one. */
class CandidateSearch {
  /** Grid points above the threshold, most probable first, ties in scan order. */
  readonly byProbability: Int32Array;
  /** 1 at grid points that propose nothing, or nothing any more. */
  readonly dead: Uint8Array;
  readonly #radius: Float32Array;
  readonly #blockRadius: Float32Array;
  readonly #width: number;
  readonly #height: number;
  readonly #columns: number;

  constructor({ probability, distances, rays, grid }: StarTargets, params: StarPolygonParams) {
    const { height, width, data } = probability;
    const size = height * width;
    [this.#height, this.#width] = [height, width];
    this.dead = new Uint8Array(size).fill(1);
    this.#radius = new Float32Array(size);
    this.#columns = Math.ceil(width / blockSide);
    this.#blockRadius = new Float32Array(this.#columns * Math.ceil(height / blockSide));
    const edge = params.edgePoints;
    const chosen: number[] = [];
    for (let y = edge; y < height - edge; y++) {
      for (let x = edge; x < width - edge; x++) {
        const at = y * width + x;
        if (!((data[at] as number) > params.probabilityThreshold)) continue;
        this.dead[at] = 0;
        chosen.push(at);
        let radius = 0;
        for (let k = 0; k < rays; k++) radius = Math.max(radius, distances[k * size + at] as number);
        // In grid points, rounded up so that nothing near is missed.
        this.#radius[at] = radius / grid + 1;
        const block = Math.floor(y / blockSide) * this.#columns + Math.floor(x / blockSide);
        this.#blockRadius[block] = Math.max(this.#blockRadius[block] as number, this.#radius[at] as number);
      }
    }
    this.byProbability = Int32Array.from(chosen).sort(
      (a, b) => (data[b] as number) - (data[a] as number) || a - b,
    );
  }

  /** Calls `visit` with each living candidate whose polygon may touch that of `at`; `at` itself left out. */
  forEachNear(at: number, visit: (other: number) => void): void {
    const width = this.#width;
    const [x, y] = [at % width, Math.floor(at / width)];
    const reach = this.#radius[at] as number;
    for (let top = 0, block = 0; top < this.#height; top += blockSide) {
      for (let left = 0; left < width; left += blockSide, block++) {
        const limit = reach + (this.#blockRadius[block] as number);
        const dy = Math.max(top - y, 0, y - top - blockSide + 1);
        const dx = Math.max(left - x, 0, x - left - blockSide + 1);
        if (this.#blockRadius[block] === 0 || dy * dy + dx * dx > limit * limit) continue;
        this.#visitBlock(top, left, { x, y, at, reach }, visit);
      }
    }
  }

  #visitBlock(
    top: number,
    left: number,
    from: { readonly x: number; readonly y: number; readonly at: number; readonly reach: number },
    visit: (other: number) => void,
  ): void {
    const bottom = Math.min(this.#height, top + blockSide);
    const right = Math.min(this.#width, left + blockSide);
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const other = y * this.#width + x;
        if (this.dead[other] !== 0 || other === from.at) continue;
        const limit = from.reach + (this.#radius[other] as number);
        if ((y - from.y) ** 2 + (x - from.x) ** 2 <= limit * limit) visit(other);
      }
    }
  }
}

function assertMaps({ probability, distances, rays, grid }: StarTargets): void {
  const { height, width, data } = probability;
  if (rays < 3 || grid < 1 || distances.length !== rays * height * width) {
    throw new FoundryError("array.shapeMismatch", {
      message: `Star polygons need ${rays} distances for each of ${height} x ${width} grid points; ${distances.length} are given.`,
      hint: "Check the number of rays of the model's adapter.",
    });
  }
  const bad = data.findIndex((value) => !Number.isFinite(value));
  const badRay = bad < 0 ? distances.findIndex((value) => !Number.isFinite(value)) : -1;
  if (bad < 0 && badRay < 0) return;
  const at = bad < 0 ? badRay % (height * width) : bad;
  throw new FoundryError("array.nan", {
    message: `The model gave no finite ${bad < 0 ? "distance" : "probability"} at row ${Math.floor(at / width)}, column ${at % width} of its grid.`,
    hint: "Check that the image has no NaN pixels and that the model's normalisation fits.",
  });
}

function tooMuchOverlap(): FoundryError {
  return new FoundryError("limit.time", {
    message: "The polygons that the model proposes overlap too much to be told apart in reasonable time.",
    hint: "Check the rays and the grid of the model's adapter, or raise its probability threshold.",
  });
}

function tooMany(): FoundryError {
  return new FoundryError("limit.objects", {
    message: `The model proposes more than ${objectsMax} objects.`,
    hint: "Raise the probability threshold of the model's adapter.",
  });
}
