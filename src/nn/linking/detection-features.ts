/**
 * Features of detections: what a cell is like among the others, what happens to it, and where it stands.
 */
import type { CandidateScores, CandidateWindow } from "#core/tracking/index.ts";
import { bounded, farness, sureness, type Traits } from "./detection-traits.ts";
import type { NearestLinks } from "./link-features.ts";

export const nodeFeatures = [
  "area",
  "light",
  "eccentricity",
  "contrast",
  "texture",
  "side",
  "rim",
  "nearestNeighbour",
  "thirdNeighbour",
  "union",
  "optional",
  "firstFrame",
  "lastFrame",
  "beforeLast",
  "areaFromBefore",
  "lightFromBefore",
  "areaToAfter",
  "lightToAfter",
  "distanceBefore",
  "distanceAfter",
  "areaMeasured",
  "lightMeasured",
  "cellsBefore",
  "plainAppearance",
] as const;

/** @returns row-major [detections, nodeFeatures.length]. */
export function featuresOfDetections(
  window: CandidateWindow,
  traits: Traits,
  near: NearestLinks,
  plain: CandidateScores,
): Float32Array {
  const { frames, frameOf, offsets, from, to, distancePx } = window;
  const count = frameOf.length;
  const features = new Float32Array(count * nodeFeatures.length);
  for (const [f, frame] of frames.entries()) {
    const unions = new Set<number>();
    for (let k = 0; k < (frame.parts?.length ?? 0); k += 3) unions.add(frame.parts![k]!);
    const optional = new Set(frame.conflicts ?? []);
    const width = frame.labels.length === 0 ? 0 : frame.neighbours.length / frame.labels.length;
    for (let i = 0; i < frame.labels.length; i++) {
      const at = offsets[f]! + i;
      const [before, after] = [near.before[at]!, near.after[at]!];
      const change = (e: number, trait: Float32Array): number =>
        e === -1 ? 0 : bounded(trait[to[e]!]! - trait[from[e]!]!, 1);
      const neighbour = (k: number): number => {
        const [dy, dx] = [frame.neighbours[i * width + 2 * k]!, frame.neighbours[i * width + 2 * k + 1]!];
        return dy === 0 && dx === 0 ? 1 : Math.min(1, farness(Math.hypot(dy, dx) / traits.radiusPx));
      };
      const distance = (e: number): number => (e === -1 ? 1 : farness(distancePx[e]! / traits.sigmaPx));
      features.set(
        [
          bounded(traits.area[at]!, 1.5),
          bounded(traits.light[at]!, 1.5),
          traits.eccentricity[at]!,
          bounded(traits.contrast[at]!, 1),
          bounded(traits.texture[at]!, 0.5),
          // A jump of the stage may put a centre outside.
          Math.min(1, farness(Math.max(0, traits.sidePx[at]!) / traits.radiusPx)),
          traits.rim[at]!,
          neighbour(0),
          neighbour(2),
          unions.has(i) ? 1 : 0,
          optional.has(i) ? 1 : 0,
          f === 0 ? 1 : 0,
          f === frames.length - 1 ? 1 : 0,
          f === frames.length - 2 ? 1 : 0,
          change(before, traits.area),
          change(before, traits.light),
          change(after, traits.area),
          change(after, traits.light),
          distance(before),
          distance(after),
          traits.hasArea ? 1 : 0,
          traits.hasLight ? 1 : 0,
          Math.min(1, farness((frames[f - 1]?.labels.length ?? 0) / 30)),
          sureness(plain.appearance[at]!),
        ],
        at * nodeFeatures.length,
      );
    }
  }
  return features;
}
