/** Checks of tracks: the laws of a lineage, and steps that cells do not take. */

import type { ObjectShape } from "../labels/index.ts";
import { shapeArea } from "../labels/index.ts";
import type { LineageFinding } from "../lineage/index.ts";
import { counted } from "./check-objects.ts";
import type { CheckFinding } from "./rule.ts";

export interface CheckedTrack {
  /** Pixel value or number of the track, for the message. */
  readonly label: number;
  /** Its objects by time, one per frame. */
  readonly objects: readonly { readonly uid: string; readonly shape: ObjectShape }[];
}

const jumpDiametersMax = 2;
const areaTimesMax = 2;

/** @param laws  what `checkLineage` of core/lineage found for these tracks. Cost: O(objects + pixels). */
export function checkTracks(
  tracks: readonly CheckedTrack[],
  laws: readonly LineageFinding[],
): CheckFinding[] {
  const byLabel = new Map(tracks.map((track) => [track.label, track]));
  return [
    ...laws.map((law): CheckFinding => {
      const objects = (law.label === null ? undefined : byLabel.get(law.label))?.objects ?? [];
      const here = objects.find(({ shape }) => shape.t === law.frame) ?? objects[0];
      return {
        rule: law.severity === "error" ? "trackLaw" : "trackDoubt",
        uids: here === undefined ? [] : [here.uid],
        value: 1,
        detail: law.message,
      };
    }),
    ...tracks.flatMap(stepFindings),
  ];
}

function stepFindings({ label, objects }: CheckedTrack): CheckFinding[] {
  const [only] = objects;
  if (objects.length === 1 && only !== undefined) {
    const detail = `track ${label} in frame ${only.shape.t} only`;
    return [{ rule: "trackSingleFrame", uids: [only.uid], value: 1, detail }];
  }
  return objects.slice(1).flatMap((after, i): CheckFinding[] => {
    const before = objects[i] as CheckedTrack["objects"][number];
    const frames = after.shape.t - before.shape.t;
    const where = `track ${label}, frames ${before.shape.t} to ${after.shape.t}`;
    const [areaBefore, areaAfter] = [shapeArea(before.shape), shapeArea(after.shape)];
    const findings: CheckFinding[] = [];
    const diameter = 2 * Math.sqrt(areaBefore / Math.PI);
    const step = distance(before.shape, after.shape) / diameter;
    if (step > jumpDiametersMax * frames) {
      findings.push({
        rule: "trackJump",
        uids: [after.uid, before.uid],
        value: step / frames,
        detail: `${where}: ${step.toFixed(1)} diameters in ${counted(frames, "frame")}`,
      });
    }
    const times = Math.max(areaAfter / areaBefore, areaBefore / areaAfter);
    if (times > areaTimesMax) {
      findings.push({
        rule: "trackAreaJump",
        uids: [after.uid, before.uid],
        value: times,
        detail: `${where}: ${areaBefore} to ${areaAfter} pixels`,
      });
    }
    return findings;
  });
}

/** Between the middles of the boxes: cheap, and as good as centroids at the scale of a diameter. */
function distance({ bbox: a }: ObjectShape, { bbox: b }: ObjectShape): number {
  return Math.hypot((b[0] + b[2] - a[0] - a[2]) / 2, (b[1] + b[3] - a[1] - a[3]) / 2);
}
