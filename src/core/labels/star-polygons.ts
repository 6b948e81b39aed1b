/**
 * From the planes a star-convex network predicts to a label image.
 *
 * Every grid point above a probability proposes a polygon; from the most probable down, a winner takes out those that
 * share more than a part of their smaller area with it (the rule of the published implementation, which calls it IoU).
 * Areas are counted in pixels on the drawn polygons. A polygon is drawn only when the winner has so many pixels in its box
 * that they could take it out, and its area is known from then on, so most are drawn once. Winners never overlap in the result: the more probable one keeps a
 * contested pixel. Source: Schmidt et al., MICCAI 2018.
 */

import type { LabelImage } from "../array/index.ts";
import { FoundryError } from "../errors.ts";
import { firstNotFinite } from "./not-finite.ts";
import { StarCandidates } from "./star-candidates.ts";
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

/** Pixels compared before the search is given up: minutes of work, a thousand times what an image of cells needs. */
const comparedPixelsMax = 2 ** 34;

/** More objects than pixels of a small image have no meaning; a hostile map could propose one per pixel. */
const objectsMax = 2_000_000;

/**
 * @param maps  probability [y, x] and distances [ray, y, x] on the grid, as `starTargets` makes them.
 * @param size  height and width of the label image, pixels.
 * @throws FoundryError `array.nan`, `array.shapeMismatch`, `limit.objects`.
 * Cost: O(pixels + candidates x polygon height); about 16 + 4 rays bytes per candidate and 29 per grid point.
 */
export function labelsFromStarPolygons(
  maps: StarTargets,
  size: { readonly height: number; readonly width: number },
  params: StarPolygonParams = defaultStarPolygonParams,
): StarPolygonLabels {
  const { height: gridHeight, width: gridWidth, data: probability } = maps.probability;
  assertMaps(maps);
  const candidates = new StarCandidates(maps, params);
  const { rays, grid } = maps;
  const raster = new StarRaster({ rays, grid, gridWidth }, candidates.rays, size.height, size.width);
  const out = new Int32Array(size.height * size.width);
  /** Areas of the polygons drawn so far, and one more; 0 for the others. */
  const areas = new Int32Array(gridHeight * gridWidth);
  const { dead } = candidates;
  const winners: number[] = [];
  let compared = 0;
  for (const at of candidates.byProbability) {
    if (dead[at] !== 0) continue;
    const area = raster.draw(at);
    dead[at] = 1;
    if (area === 0) continue;
    winners.push(probability[at] as number);
    if (winners.length > objectsMax) throw tooMany();
    const runs = raster.runs.slice(0, 3 * raster.runCount);
    const count = raster.runCount;
    paintFreeInPlace(out, size.width, runs, winners.length);
    const core = coreRows(runs, coreShare(params.overlapMax) * area);
    candidates.forEachNear(at, (other) => {
      const known = areas[other] as number;
      // Without its area nothing is known of the limit, but what shares nothing stays.
      const least = known === 0 ? 0 : params.overlapMax * Math.min(area, known - 1);
      compared += count;
      const inBox = candidates.pixelsInBox(other, runs, count);
      if (inBox <= least) return;
      // Of polygons of one object a few rows tell: no limit is above the part of the winner's own area.
      if (inBox > coreShare(params.overlapMax) * area) {
        raster.draw(other, core.top, core.bottom);
        if (sharesMore(runs, raster.runs, raster.runCount, params.overlapMax * area)) {
          dead[other] = 1;
          return;
        }
      }
      const otherArea = raster.draw(other);
      areas[other] = otherArea + 1;
      compared += otherArea;
      if (compared > comparedPixelsMax) throw tooMuchOverlap();
      const limit = params.overlapMax * Math.min(area, otherArea);
      if (otherArea === 0 || sharesMore(runs, raster.runs, raster.runCount, limit)) dead[other] = 1;
    });
  }
  const labels: LabelImage = { dtype: "int32", height: size.height, width: size.width, data: out };
  return { labels, probabilities: Float32Array.from(winners) };
}

/** Part of a winner that is compared first: enough above what decides that a polygon of the same object has it. */
const coreShare = (overlapMax: number): number => Math.min(1, 1.3 * overlapMax);

/** The fewest neighbouring rows that hold so many pixels. */
function coreRows(runs: Int32Array, pixels: number): { readonly top: number; readonly bottom: number } {
  const first = runs[0]!;
  const widths = new Int32Array(runs[runs.length - 3]! - first + 1);
  for (let r = 0; r < runs.length; r += 3) widths[runs[r]! - first]! += runs[r + 2]! - runs[r + 1]!;
  let [top, held] = [0, 0];
  let best = { top: 0, bottom: widths.length };
  for (let bottom = 1; bottom <= widths.length; bottom++) {
    held += widths[bottom - 1]!;
    while (held - widths[top]! >= pixels) held -= widths[top++]!;
    if (held >= pixels && bottom - top < best.bottom - best.top) best = { top, bottom };
  }
  return { top: first + best.top, bottom: first + best.bottom };
}

function paintFreeInPlace(out: Int32Array, width: number, runs: Int32Array, number: number): void {
  for (let r = 0; r < runs.length; r += 3) {
    const row = runs[r]! * width;
    for (let i = row + runs[r + 1]!; i < row + runs[r + 2]!; i++) if (out[i] === 0) out[i] = number;
  }
}

/** Whether two polygons share more than `limit` pixels. Runs as `StarRaster` makes them, rows ascending. */
function sharesMore(runs: Int32Array, others: Int32Array, otherCount: number, limit: number): boolean {
  let [shared, from] = [0, 0];
  for (let r = 0; r < 3 * otherCount; r += 3) {
    const row = others[r]!;
    while (from < runs.length && runs[from]! < row) from += 3;
    for (let k = from; k < runs.length && runs[k] === row; k += 3) {
      const x0 = Math.max(runs[k + 1]!, others[r + 1]!);
      const x1 = Math.min(runs[k + 2]!, others[r + 2]!);
      if (x1 > x0) shared += x1 - x0;
    }
    if (shared > limit) return true;
  }
  return false;
}

function assertMaps({ probability, distances, rays, grid }: StarTargets): void {
  const { height, width, data } = probability;
  if (rays < 3 || grid < 1 || distances.length !== rays * height * width) {
    throw new FoundryError("array.shapeMismatch", {
      message: `Star polygons need ${rays} distances for each of ${height} x ${width} grid points; ${distances.length} are given.`,
      hint: "Check the number of rays of the model's adapter.",
    });
  }
  const bad = firstNotFinite(data);
  const badRay = bad < 0 ? firstNotFinite(distances) : -1;
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
