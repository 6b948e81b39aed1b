/**
 * Repairs that a window's links call for: chosen unions are joined, masks that several cells enter and leave are divided,
 * and cells that are missing between their neighbours in time are put there.
 *
 * A proposal is a guess; whether it stands is decided by linking again (`repairWindow`).
 */
import { type ObjectShape, shapeArea } from "../../labels/index.ts";
import type { LabelledShape } from "../frame-sums.ts";
import { type Absence, findAbsences, isInside } from "./find-absences.ts";
import { findHalves } from "./find-halves.ts";
import { imageSupport } from "./image-support.ts";
import {
  distanceWithoutDrift,
  expectedShape,
  type LinkedWindow,
  labelsOfCell,
  originOf,
  positionOfCell,
  shapeOfCell,
  successorsOf,
  type WindowCell,
} from "./linked-window.ts";
import type { MaskRepair } from "./mask-repair.ts";
import { joinedShape, labelsUnder, largestPiece } from "./moved-shape.ts";
import { splitMask } from "./split-mask.ts";

/** Least share of an expected shape that must be free for a missed cell, or covered by one mask for a merged one. */
const freeShareMin = 0.5;
const coveredShareMin = 0.4;
/** A piece of a missed or divided cell over what was expected. */
const pieceShareMin = 0.4;
/** Support of the image that a proposal with one neighbour in time needs, and the least that one with two must have. */
const supportWithOneMin = 0.5;
const supportWithTwoMin = 0.2;
/** Area of a merged mask over the areas of its cells. */
const mergedAreaRange = { low: 0.6, high: 1.7 } as const;
/** More cells in one mask is a clump, not a fault of a frame. */
const mergedCellsMax = 4;

/** A repair with the place of its frame in the window. */
export interface ProposedRepair {
  readonly f: number;
  readonly repair: MaskRepair;
}

/**
 * @param isWelcome  asked for every proposal; those that were refused before are not made again.
 * @param apply  draws a proposal before the next is made, so that no two take the same pixels.
 */
export function proposeRepairs(
  window: LinkedWindow,
  isWelcome: (repair: MaskRepair) => boolean,
  apply: (proposed: ProposedRepair) => void,
): void {
  const touched = new Set<string>();
  const offer = (f: number, repair: MaskRepair): void => {
    const keys = [...repair.before, ...repair.after].map(({ label }) => `${f} ${label}`);
    if (keys.some((key) => touched.has(key)) || !isWelcome(repair)) return;
    for (const key of keys) touched.add(key);
    apply({ f, repair });
  };
  for (const { f, repair } of findCuts(window)) offer(f, repair);
  const over = new Map<string, { f: number; label: number; absences: Absence[] }>();
  const missing: { absence: Absence; shape: ObjectShape }[] = [];
  for (const absence of findAbsences(window)) {
    const { f, before, after } = absence;
    if (!window.frames[f]!.isOpen) continue;
    const shape = expectedShape(window, f, before, after);
    if (shape === null) continue;
    const label = coveringLabel(window, f, shape);
    if (label === 0) missing.push({ absence, shape });
    else {
      const key = `${f} ${label}`;
      const known = over.get(key) ?? { f, label, absences: [] };
      known.absences.push(absence);
      over.set(key, known);
    }
  }
  for (const { f, label, absences } of over.values()) {
    const repair = divideMask(window, f, label, absences);
    if (repair !== null) offer(f, repair);
  }
  for (const { absence, shape } of missing) {
    const repair = placeMissed(window, absence, shape);
    if (repair !== null) offer(absence.f, repair);
  }
}

/** Label of the mask that an absent cell lies in; 0 where it lies on background. */
function coveringLabel(window: LinkedWindow, f: number, shape: ObjectShape): number {
  const under = labelsUnder(shape, window.frames[f]!.labels);
  const area = shapeArea(shape);
  if ((under.get(0) ?? 0) >= freeShareMin * area) return 0;
  let best = 0;
  for (const [label, pixels] of under)
    if (label !== 0 && pixels > (best === 0 ? 0 : under.get(best)!)) best = label;
  return best !== 0 && under.get(best)! >= coveredShareMin * area ? best : 0;
}

/** Unions that the solver chose, and halves that it took for daughters, with a cell before and after. */
function findCuts(window: LinkedWindow): ProposedRepair[] {
  const found: ProposedRepair[] = [];
  for (const [f, frame] of window.frames.entries()) {
    const { parts } = frame.detections;
    if (!frame.isOpen) continue;
    for (let k = 0; k < (parts?.length ?? 0); k += 3) {
      const cell: WindowCell = { f, at: parts![k]! };
      if (window.graph.tracks[positionOfCell(window, cell)] === 0 || !isHeld(window, cell)) continue;
      const words = neighbourWords(window, originOf(window, cell), successorsOf(window, cell)[0] ?? null);
      found.push(...joined(window, f, namedShapes(window, cell), words));
    }
  }
  for (const { f, kept, lost } of findHalves(window)) {
    const before = [...namedShapes(window, kept), ...namedShapes(window, lost)];
    const words = neighbourWords(window, originOf(window, kept), successorsOf(window, kept)[0] ?? null);
    found.push(...joined(window, f, before, words));
  }
  return found;
}

/** Two masks under the lower of their labels. */
function joined(
  { frames }: LinkedWindow,
  f: number,
  before: readonly LabelledShape[],
  words: string,
): ProposedRepair[] {
  const { t } = frames[f]!;
  const shape = joinedShape(
    before.map((one) => one.shape),
    { t, z: 0 },
  );
  if (before.length !== 2 || shape === null) return [];
  const label = Math.min(...before.map((one) => one.label));
  const reason = `${words}; in frame ${t} it lay in two masks.`;
  return [{ f, repair: { kind: "cut", t, reason, before, after: [{ label, shape }] } }];
}

function namedShapes(window: LinkedWindow, cell: WindowCell): LabelledShape[] {
  const { shapes } = window.frames[cell.f]!;
  return labelsOfCell(window, cell).flatMap((label) => {
    const shape = shapes.get(label);
    return shape === undefined ? [] : [{ label, shape }];
  });
}

/**
 * Whether linking makes use of a cell: it has an origin and a successor, where the movie goes on and cells do not leave.
 */
export function isHeld(window: LinkedWindow, cell: WindowCell): boolean {
  const first = cell.f === 0 && window.isStart;
  const last = cell.f === window.frames.length - 1 && window.isEnd;
  const hasOrigin = originOf(window, cell) !== null;
  const hasSuccessor = successorsOf(window, cell).length > 0;
  if (!isInside(window, cell)) return hasOrigin || hasSuccessor;
  return (hasOrigin || first) && (hasSuccessor || last) && (hasOrigin || hasSuccessor);
}

const neighbourWords = (window: LinkedWindow, before: WindowCell | null, after: WindowCell | null): string =>
  seenWords(window, before, after, "One mask");

function seenWords(
  { frames }: LinkedWindow,
  before: WindowCell | null,
  after: WindowCell | null,
  what: string,
): string {
  const times = [before, after].flatMap((one) => (one === null ? [] : [frames[one.f]!.t]));
  return `${what} in ${times.length === 1 ? "frame" : "frames"} ${times.join(" and ")}`;
}

/** Several cells enter a mask and as many leave it: each gets its part. */
function divideMask(
  window: LinkedWindow,
  f: number,
  label: number,
  absences: readonly Absence[],
): MaskRepair | null {
  const frame = window.frames[f]!;
  const whole = frame.shapes.get(label);
  const at = frame.detections.labels.indexOf(label);
  if (whole === undefined || at === -1) return null;
  const claims = claimsOn(window, { f, at }, absences);
  if (claims === null) return null;
  const expected = claims.flatMap(({ before, after }) => expectedShape(window, f, before, after) ?? []);
  if (expected.length !== claims.length) return null;
  const areas = expected.map(shapeArea);
  const total = areas.reduce((sum, area) => sum + area, 0);
  const share = shapeArea(whole) / total;
  if (share < mergedAreaRange.low || share > mergedAreaRange.high) return null;
  const parts = splitMask(whole, expected);
  if (parts === null) return null;
  if (parts.some((part, k) => shapeArea(part) < pieceShareMin * share * areas[k]!)) return null;
  const next = nextLabel(window, f);
  const after = parts.map((shape, k) => ({ label: k === 0 ? label : next + k - 1, shape }));
  const [enter, leave] = [
    claims.filter(({ before }) => before !== null),
    claims.filter((claim) => claim.after !== null),
  ];
  const reason = `${enter.length} cells enter one mask of frame ${frame.t} and ${leave.length} leave it.`;
  return { kind: "merged", t: frame.t, reason, before: [{ label, shape: whole }], after };
}

interface Claim {
  readonly before: WindowCell | null;
  readonly after: WindowCell | null;
}

/** Cells that must be in a mask, each once; `null` unless at least two enter it and two leave it. */
function claimsOn(window: LinkedWindow, cell: WindowCell, absences: readonly Absence[]): Claim[] | null {
  const whole = absences.filter(({ before, after }) => before !== null && after !== null);
  const befores = absences.flatMap(({ before, after }) =>
    after === null && before !== null ? [before] : [],
  );
  const afters = absences.flatMap(({ before, after }) => (before === null && after !== null ? [after] : []));
  if (window.graph.tracks[positionOfCell(window, cell)] !== 0) {
    const origin = originOf(window, cell);
    if (origin !== null && window.graph.divided[positionOfCell(window, cell)] === 0) befores.push(origin);
    afters.push(...successorsOf(window, cell));
  }
  const enter = whole.length + befores.length;
  const leave = whole.length + afters.length;
  if (Math.min(enter, leave) < 2 || Math.max(enter, leave) > mergedCellsMax) return null;
  const claims: Claim[] = [...whole];
  const pairs = befores
    .flatMap((before) =>
      afters.map((after) => ({ before, after, distance: distanceWithoutDrift(window, before, after) })),
    )
    .sort((a, b) => a.distance - b.distance);
  const taken = new Set<WindowCell>();
  for (const { before, after } of pairs) {
    if (taken.has(before) || taken.has(after)) continue;
    taken.add(before);
    taken.add(after);
    claims.push({ before, after });
  }
  for (const before of befores) if (!taken.has(before)) claims.push({ before, after: null });
  for (const after of afters) if (!taken.has(after)) claims.push({ before: null, after });
  return claims;
}

/** A label that no mask of the frame has, nor a union offered for it. */
const nextLabel = ({ frames }: LinkedWindow, f: number): number => {
  const { shapes, detections } = frames[f]!;
  let highest = 0;
  for (const label of shapes.keys()) highest = Math.max(highest, label);
  for (const label of detections.labels) highest = Math.max(highest, label);
  return highest + 1;
};

function placeMissed(window: LinkedWindow, absence: Absence, expected: ObjectShape): MaskRepair | null {
  const { f, before, after } = absence;
  const frame = window.frames[f]!;
  const place = { t: frame.t, z: 0 };
  const known = before ?? after!;
  const knownShape = shapeOfCell(window, known);
  if (knownShape === null) return null;
  const shape = largestPiece(expected, frame.labels, (label) => label <= 0, place);
  if (shape === null || shapeArea(shape) < pieceShareMin * shapeArea(expected)) return null;
  const support = imageSupport(shape, frame, knownShape, window.frames[known.f]!);
  const least = before !== null && after !== null ? supportWithTwoMin : supportWithOneMin;
  if (support === null ? before === null || after === null : support < least) return null;
  const reason = `${seenWords(window, before, after, "A cell is seen")} in mid-field and was not in frame ${frame.t}.`;
  const label = nextLabel(window, f);
  return { kind: "missed", t: frame.t, reason, before: [], after: [{ label, shape }] };
}
