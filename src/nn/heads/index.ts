/** Heads: how a network says which pixels belong to which cell. */
import { boundaryHead } from "./boundary-head.ts";
import { combinedHead } from "./combined-head.ts";
import { deepWatershedHead } from "./deep-watershed-head.ts";
import { flowHead } from "./flow-head.ts";
import type { HeadDesign } from "./head-design.ts";
import { starHead } from "./star-head.ts";

export type { HeadDesign, HeadTargets, TunedThreshold } from "./head-design.ts";
export { isReleasable, releasedOutputs } from "./head-design.ts";

const designs = {
  deepWatershed: deepWatershedHead,
  boundary: boundaryHead,
  combined: combinedHead,
  flow: flowHead,
  star: starHead,
} as const satisfies Readonly<Record<string, HeadDesign>>;

export type HeadName = keyof typeof designs;

export const headNames = Object.keys(designs) as readonly HeadName[];

export const headDesign = (name: HeadName): HeadDesign => designs[name];
