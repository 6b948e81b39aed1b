/**
 * Tools whose outcome is looked at before it is taken: flood, threshold in a box, seeds, grow by a length, bulk delete,
 * cells carried to other frames and slices, the cell that is pointed at.
 *
 * A draft is what the hand has given so far (`DraftTarget`) and how the tool is set (`DraftSettings`); what it would come to
 * is computed anew from the cells as they are now, so a draft never holds pixels of its own and cannot go stale.
 */

import type { BoundingBox, Point } from "#core/array/index.ts";
import {
  deleteObjects,
  findObjects,
  floodBackground,
  floodIntensity,
  floodReachPxMax,
  growObjects,
  type LabelCanvas,
  type ObjectChange,
  type RawWindow,
  splitBySeeds,
  suggestSeeds,
  thresholdBox,
  type WriteMode,
} from "#core/edits/index.ts";
import { type PromptTarget, promptOutcome } from "../prompt/prompt-draft.ts";
import { type CarryGround, type CarryTarget, type CarryWay, carryOutcome } from "./carry.ts";
import type { Outcome } from "./gesture.ts";
import { meantAt } from "./meant-at.ts";

const draftTools = ["flood", "threshold", "seeds", "grow-by", "bulk", "carry", "prompt"] as const;
export type DraftTool = (typeof draftTools)[number];

export const isDraftTool = (tool: string): tool is DraftTool =>
  (draftTools as readonly string[]).includes(tool);

export type LengthUnit = "px" | "um";
export type PixelMpp = { readonly y: number; readonly x: number };

export interface DraftSettings {
  /** Index of the channel that is measured; null: the first one shown. */
  readonly channel: number | null;
  /** Flood: pixels like the clicked one, or the background it lies in. */
  readonly over: "picture" | "background";
  /** Flood: half width of what is alike, in units of the channel; null: a share of what the window holds. */
  readonly tolerance: number | null;
  /** Threshold: in units of the channel; null: Otsu's of the box. */
  readonly level: number | null;
  readonly cells: "bright" | "dark";
  /** Threshold: pieces of fewer pixels are left out. */
  readonly areaPxMin: number;
  readonly seedsOver: "distance" | "intensity";
  /** Of lengths, and squared of areas. Micrometres only where the size of a pixel is known. */
  readonly unit: LengthUnit;
  /** Grow by (above 0) or shrink by (below 0), in `unit`. */
  readonly growBy: number;
  /** Bulk: cells smaller, larger than this, in `unit`²; null: not asked. */
  readonly below: number | null;
  readonly above: number | null;
  readonly atEdge: boolean;
  readonly carryWay: CarryWay;
  /** Carry: frames or slices that copies go to. */
  readonly carryCount: number;
  /** Prompt: what the next click without Shift and Alt means. */
  readonly clickMeans: "new" | "more" | "less";
  /** Prompt: channel that shows the outline of the cells; null: the first one shown. */
  readonly outlineChannel: number | null;
  /** Prompt: channel of their nuclei; null: none. */
  readonly nuclearChannel: number | null;
  /** Prompt: diameter of the cells in pixels; null: as they are. */
  readonly diameterPx: number | null;
}

export const firstSettings: DraftSettings = {
  channel: null,
  over: "picture",
  tolerance: null,
  level: null,
  cells: "bright",
  areaPxMin: 12,
  seedsOver: "distance",
  unit: "px",
  growBy: 1,
  below: null,
  above: null,
  atEdge: false,
  carryWay: "next-frame",
  carryCount: 1,
  clickMeans: "new",
  outlineChannel: null,
  nuclearChannel: null,
  diameterPx: null,
};

/** What the hand has given. */
export type DraftTarget =
  | { readonly tool: "flood"; readonly at: Point /** Cell that gets the pixels. */; readonly uid: string }
  | { readonly tool: "threshold"; readonly box: BoundingBox }
  | { readonly tool: "seeds"; readonly uid: string; readonly seeds: readonly Point[] }
  | { readonly tool: "grow-by"; readonly uids: readonly string[] }
  | {
      readonly tool: "bulk" /** Cells that were taken out by a click. */;
      readonly spared: ReadonlySet<string>;
    }
  | CarryTarget
  | PromptTarget;

export interface DraftGround {
  readonly canvas: LabelCanvas;
  readonly mode: WriteMode;
  /** Covers `boxToRead` of the target; null where that is null. */
  readonly raw: RawWindow | null;
  /** `rangeOf` it. */
  readonly range: readonly [number, number] | null;
  readonly mpp: PixelMpp | null;
  readonly newUid: () => string;
  /** Other planes; null where the image has one only. */
  readonly carry: Omit<CarryGround, "newUid" | "mode"> | null;
}

export interface DraftResult {
  /** Null when nothing would change. */
  readonly outcome: Outcome | null;
  /** Level or tolerance that was used, where there is one. */
  readonly value: number | null;
}

/** Share of the window's values that are alike when nobody has said. */
const firstToleranceShare = 0.1;

/** Part of the picture that a draft needs; null when it needs none. */
export function boxToRead(
  target: DraftTarget,
  settings: DraftSettings,
  canvas: LabelCanvas,
): BoundingBox | null {
  if (target.tool === "threshold") return target.box;
  if (target.tool === "flood" && settings.over === "picture") {
    const [y, x] = [Math.round(target.at.y), Math.round(target.at.x)];
    return cut(canvas, [y, x, y + 1, x + 1], floodReachPxMax);
  }
  const shape = target.tool === "seeds" ? canvas.shapes.get(target.uid) : undefined;
  return shape === undefined || settings.seedsOver === "distance" ? null : cut(canvas, shape.bbox, 1);
}

function cut(canvas: LabelCanvas, [y0, x0, y1, x1]: BoundingBox, marginPx: number): BoundingBox {
  return [
    Math.max(0, y0 - marginPx),
    Math.max(0, x0 - marginPx),
    Math.min(canvas.height, y1 + marginPx),
    Math.min(canvas.width, x1 + marginPx),
  ];
}

/**
 * What a draft comes to on the cells as they are now.
 *
 * @throws FoundryError as the tools of core/edits do: an open region, too many pieces, pixels not loaded.
 */
export function draftResult(target: DraftTarget, settings: DraftSettings, ground: DraftGround): DraftResult {
  switch (target.tool) {
    case "flood":
      return floodResult(target, settings, ground);
    case "threshold":
      return thresholdResult(target, settings, ground);
    case "seeds":
      return seedsResult(target, settings, ground);
    case "grow-by": {
      const uids = target.uids.filter((uid) => ground.canvas.shapes.has(uid));
      const changes = growBy(ground.canvas, uids, settings.growBy, settings.unit, ground.mpp);
      return plain(outcomeOf("reshape", settings.growBy < 0 ? "shrink" : "grow", changes, uids));
    }
    case "bulk": {
      const uids = foundInBulk(ground.canvas, settings, target.spared, ground.mpp);
      return plain(outcomeOf("delete", "delete-many", deleteObjects(ground.canvas, uids), []));
    }
    case "carry": {
      const { carry, newUid, mode } = ground;
      const { carryWay, carryCount } = settings;
      if (carry === null) return plain(null);
      return plain(carryOutcome(target, carryWay, carryCount, { ...carry, newUid, mode }));
    }
    case "prompt":
      return plain(promptOutcome(target, ground.canvas, ground.mode));
  }
}

const plain = (outcome: Outcome | null): DraftResult => ({ outcome, value: null });

const outcomeOf = (
  kind: Outcome["kind"],
  tool: string,
  changes: readonly ObjectChange[],
  selection: readonly string[],
): Outcome | null => (changes.length === 0 ? null : { kind, tool, changes, selection });

function floodResult(
  { at, uid }: Extract<DraftTarget, { tool: "flood" }>,
  { over, tolerance }: DraftSettings,
  { canvas, mode, raw, range }: DraftGround,
): DraftResult {
  if (over === "background" || raw === null || range === null) {
    const changes = over === "background" ? floodBackground(canvas, { uid, at }) : [];
    return plain(outcomeOf("draw", "flood", changes, [uid]));
  }
  const [low, high] = range;
  const used = tolerance ?? firstToleranceShare * (high - low);
  const changes = floodIntensity(canvas, { uid, at, raw, tolerance: used, mode });
  return { outcome: outcomeOf("draw", "flood", changes, [uid]), value: used };
}

function thresholdResult(
  { box }: Extract<DraftTarget, { tool: "threshold" }>,
  { level, cells, areaPxMin }: DraftSettings,
  { canvas, mode, raw, newUid }: DraftGround,
): DraftResult {
  if (raw === null) return plain(null);
  const given = level === null ? {} : { threshold: level };
  // It looks for missed cells, and would find those that are there once more.
  const over = mode === "overwrite" ? mode : "exclude";
  const { changes, threshold } = thresholdBox(
    canvas,
    { box, raw, cells, areaPxMin, mode: over, ...given },
    newUid,
  );
  const born = changes.filter(({ before }) => before === null).map(({ uid }) => uid);
  return { outcome: outcomeOf("draw", "threshold", changes, born), value: threshold };
}

function seedsResult(
  { uid, seeds }: Extract<DraftTarget, { tool: "seeds" }>,
  { seedsOver }: DraftSettings,
  { canvas, raw, newUid }: DraftGround,
): DraftResult {
  if (seeds.length < 2 || (seedsOver === "intensity" && raw === null)) return plain(null);
  const ground =
    seedsOver === "intensity" && raw !== null
      ? ({ by: "intensity", raw } as const)
      : ({ by: "distance" } as const);
  const uids = seeds.slice(1).map(newUid);
  const changes = splitBySeeds(canvas, uid, seeds, uids, ground);
  return plain(
    outcomeOf(
      "split",
      "split-seeds",
      changes,
      changes.map((change) => change.uid),
    ),
  );
}

/** Grows (above 0) or shrinks cells by a length in either unit; pixels where their size is not known. */
export function growBy(
  canvas: LabelCanvas,
  uids: readonly string[],
  by: number,
  unit: LengthUnit,
  mpp: PixelMpp | null,
): ObjectChange[] {
  if (uids.length === 0) return [];
  return growObjects(canvas, uids, by, unit === "um" && mpp !== null ? mpp : { y: 1, x: 1 });
}

/** Cells that the bulk delete would remove. None when nothing is asked. */
export function foundInBulk(
  canvas: LabelCanvas,
  { below, above, atEdge, unit }: DraftSettings,
  spared: ReadonlySet<string>,
  mpp: PixelMpp | null,
): string[] {
  const pxPerUnit = unit === "um" && mpp !== null ? 1 / (mpp.y * mpp.x) : 1;
  const found = findObjects(canvas, {
    ...(below === null ? {} : { areaPxBelow: below * pxPerUnit }),
    ...(above === null ? {} : { areaPxAbove: above * pxPerUnit }),
    touchesEdge: atEdge,
  });
  return found.filter((uid) => !spared.has(uid));
}

/** A click this near to a seed takes it away again, in pixels. */
const seedReachPx = 2.5;

/**
 * The seeds after a click: one more, or one less where one lies.
 *
 * @returns null when the click lies on no cell. A click on another cell begins anew there.
 */
export function seedsAfterClick(
  canvas: LabelCanvas,
  target: Extract<DraftTarget, { tool: "seeds" }> | null,
  at: Point,
): DraftTarget | null {
  const uid = meantAt(canvas, at, target === null ? [] : [target.uid]);
  if (uid === undefined) return null;
  const point = { y: Math.round(at.y), x: Math.round(at.x) };
  if (target === null || target.uid !== uid) return { tool: "seeds", uid, seeds: [point] };
  const far = target.seeds.filter((seed) => Math.hypot(seed.y - at.y, seed.x - at.x) > seedReachPx);
  const seeds = far.length < target.seeds.length ? far : [...target.seeds, point];
  return { tool: "seeds", uid, seeds };
}

/** That many seeds where the cell's shape suggests them; none below two. */
export function suggestedSeeds(canvas: LabelCanvas, uid: string, count: number): DraftTarget {
  return { tool: "seeds", uid, seeds: count < 2 ? [] : suggestSeeds(canvas, uid, count) };
}

/** Lowest and highest number of a window; [0, 1] when it holds none. */
export function rangeOf({ plane }: RawWindow): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of plane.data as Iterable<number>) {
    if (value < low && value !== -Infinity) low = value;
    if (value > high && value !== Infinity) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}
