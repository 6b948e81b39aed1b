/** Heads: how a network says which pixels belong to which cell. */
import { deepWatershedHead } from "./deep-watershed-head.ts";
import type { HeadDesign } from "./head-design.ts";

export type { HeadDesign, HeadTargets } from "./head-design.ts";

const designs = { deepWatershed: deepWatershedHead } as const satisfies Readonly<Record<string, HeadDesign>>;

export type HeadName = keyof typeof designs;

export const headNames = Object.keys(designs) as readonly HeadName[];

export const headDesign = (name: HeadName): HeadDesign => designs[name];
