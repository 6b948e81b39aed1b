/**
 * The laws of a lineage, each checked alone, so that one broken track does not hide another.
 *
 * Errors are contradictions: no tree can be drawn or no pixels be found. Warnings are what a biologist should look at
 * but may be true (a daughter that left the field of view). The laws are those of the Cell Tracking Challenge's
 * validation and of DeepCell's `is_valid_lineage`; every finding names the label, the frame and the rule, because a
 * single yes or no over 2,000 tracks helps nobody.
 */
import type { Presence, Track } from "./track.ts";

/** Rule -> severity. Closed list; messages may change, names do not. */
export const lineageRules = {
  /** A label is not a whole number above 0, or a frame not one of at least 0. */
  numberInvalid: "error",
  /** Two tracks have one label. */
  labelRepeated: "error",
  /** The last frame lies before the first. */
  endBeforeBegin: "error",
  /** The parent is not in the table. */
  parentMissing: "error",
  /** The parent is still seen when its daughter starts. */
  parentOverlaps: "error",
  /** A track is its own ancestor. */
  cycle: "error",
  /** The list of daughters and the parents that the daughters name disagree. */
  daughtersDisagree: "error",
  /** The pixels lack the label in a frame between first and last. */
  frameMissing: "error",
  /** The pixels have the label before first or after last. */
  frameOutside: "error",
  /** The pixels have a label that no track has. */
  labelUnknown: "error",
  /** A division with one daughter: the other left the field of view, or was overlooked. */
  singleDaughter: "warning",
  /** More than two daughters: rare in biology, common after a missed division. */
  manyDaughters: "warning",
  /** One of several daughters starts later than the frame after its parent's last. */
  daughterLate: "warning",
  /** A frame without any object. */
  frameEmpty: "warning",
} as const;

export type LineageRule = keyof typeof lineageRules;

export interface LineageFinding {
  readonly rule: LineageRule;
  readonly severity: "error" | "warning";
  /** The track's label; `null` for a frame without objects. */
  readonly label: number | null;
  /** First frame concerned; `null` when the rule is not about a frame. */
  readonly frame: number | null;
  /** Last frame of the same finding: one finding per run of frames. */
  readonly lastFrame: number | null;
  readonly message: string;
}

export interface CheckLineageOptions {
  /** Number of frames of the movie; when given, frames without objects are found. */
  readonly frameCount?: number;
}

/**
 * Checks a table of tracks by itself and against the pixels.
 *
 * @param presence  what the label images show (`presenceOf`); `null` to check the table alone.
 * @returns findings in the order of tracks, then of unknown labels and empty frames; empty when every law holds.
 * Cost: linear in tracks and frames. Deterministic; never throws for bad tables.
 */
export function checkLineage(
  tracks: readonly Track[],
  presence: Presence | null,
  options: CheckLineageOptions = {},
): LineageFinding[] {
  const byLabel = new Map<number, Track>();
  const children = new Map<number, Track[]>();
  for (const track of tracks) {
    if (!byLabel.has(track.label)) byLabel.set(track.label, track);
    if (track.parent !== null) children.set(track.parent, [...(children.get(track.parent) ?? []), track]);
  }
  const onCycle = labelsOnCycles(byLabel);
  const findings: LineageFinding[] = [];
  for (const track of tracks) {
    const first = byLabel.get(track.label) === track;
    findings.push(
      ...checkNumbers(track, first),
      ...checkParent(track, byLabel),
      ...(first && onCycle.has(track.label)
        ? [finding("cycle", track.label, track.first, `track ${track.label} is its own ancestor`)]
        : []),
      ...(first ? checkDaughters(track, children.get(track.label) ?? []) : []),
      ...(first && presence !== null ? checkFrames(track, presence.get(track.label) ?? []) : []),
    );
  }
  if (presence !== null) findings.push(...checkPixels(byLabel, presence, options.frameCount));
  return findings;
}

function finding(
  rule: LineageRule,
  label: number | null,
  frame: number | null,
  message: string,
  lastFrame: number | null = frame,
): LineageFinding {
  return { rule, severity: lineageRules[rule], label, frame, lastFrame, message };
}

function checkNumbers({ label, first, last }: Track, isFirst: boolean): LineageFinding[] {
  const found: LineageFinding[] = [];
  const whole = [label, first, last].every(Number.isInteger) && label > 0 && first >= 0 && last >= 0;
  if (!whole)
    found.push(finding("numberInvalid", label, null, `track ${label} has numbers that are no frames`));
  if (!isFirst) found.push(finding("labelRepeated", label, first, `track ${label} is listed more than once`));
  if (last < first)
    found.push(
      finding("endBeforeBegin", label, first, `track ${label} ends in frame ${last}, before it begins`),
    );
  return found;
}

function checkParent({ label, first, parent }: Track, byLabel: ReadonlyMap<number, Track>): LineageFinding[] {
  if (parent === null) return [];
  const mother = byLabel.get(parent);
  if (mother === undefined)
    return [
      finding("parentMissing", label, first, `track ${label} names parent ${parent}, which is not listed`),
    ];
  if (mother.last < first) return [];
  const message = `track ${label} begins in frame ${first}, but its parent ${parent} is seen until frame ${mother.last}`;
  return [finding("parentOverlaps", label, first, message)];
}

function checkDaughters(track: Track, children: readonly Track[]): LineageFinding[] {
  const { label, last, daughters } = track;
  const found: LineageFinding[] = [];
  const named = new Set(children.map((child) => child.label));
  const listed = new Set(daughters);
  const disagree = [...named, ...listed].filter((child) => named.has(child) !== listed.has(child));
  for (const child of new Set(disagree)) {
    const message = listed.has(child)
      ? `track ${label} lists daughter ${child}, which does not name it as parent`
      : `track ${child} names parent ${label}, which does not list it as daughter`;
    found.push(finding("daughtersDisagree", label, last, message));
  }
  const [only] = children;
  // One child after a gap is how formats without gaps write a cell that was lost for some frames: no division.
  if (children.length === 1 && only!.first === last + 1)
    found.push(
      finding("singleDaughter", label, last, `track ${label} divides into one daughter, ${only!.label}`),
    );
  if (named.size > 2)
    found.push(finding("manyDaughters", label, last, `track ${label} divides into ${named.size} daughters`));
  for (const child of children.length > 1 ? children : []) {
    if (child.first <= last + 1) continue;
    const message = `daughter ${child.label} of track ${label} begins ${child.first - last} frames after its parent's last`;
    found.push(finding("daughterLate", child.label, child.first, message));
  }
  return found;
}

/** One finding per run of missing frames, one per run of frames outside. */
function checkFrames({ label, first, last }: Track, seen: readonly number[]): LineageFinding[] {
  const found: LineageFinding[] = [];
  let next = first;
  const missing = (from: number, to: number): void => {
    const which = from === to ? `frame ${from}` : `frames ${from} to ${to}`;
    found.push(finding("frameMissing", label, from, `track ${label} has no pixels in ${which}`, to));
  };
  const outside: number[] = [];
  for (const frame of seen) {
    if (frame < first || frame > last) outside.push(frame);
    else {
      if (frame > next) missing(next, frame - 1);
      next = frame + 1;
    }
  }
  if (next <= last) missing(next, last);
  for (const [from, to] of runsOf(outside)) {
    const message = `label ${label} has pixels in frame ${from}${from === to ? "" : ` to ${to}`}, outside its track (${first} to ${last})`;
    found.push(finding("frameOutside", label, from, message, to));
  }
  return found;
}

function checkPixels(
  byLabel: ReadonlyMap<number, Track>,
  presence: Presence,
  frameCount: number | undefined,
): LineageFinding[] {
  const found: LineageFinding[] = [];
  const used = new Set<number>();
  for (const [label, frames] of presence) {
    for (const frame of frames) used.add(frame);
    if (byLabel.has(label)) continue;
    const message = `label ${label} has pixels in ${frames.length} frames from frame ${frames[0]}, but no track`;
    found.push(finding("labelUnknown", label, frames[0] ?? null, message, frames.at(-1) ?? null));
  }
  const empty: number[] = [];
  for (let frame = 0; frame < (frameCount ?? 0); frame++) if (!used.has(frame)) empty.push(frame);
  for (const [from, to] of runsOf(empty)) {
    const which = from === to ? `frame ${from} has` : `frames ${from} to ${to} have`;
    found.push(finding("frameEmpty", null, from, `${which} no objects`, to));
  }
  return found;
}

function runsOf(ascending: readonly number[]): [from: number, to: number][] {
  const runs: [number, number][] = [];
  for (const frame of ascending) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === frame - 1) last[1] = frame;
    else runs.push([frame, frame]);
  }
  return runs;
}

/** Labels whose chain of parents comes back to them. Each track is walked once. */
function labelsOnCycles(byLabel: ReadonlyMap<number, Track>): Set<number> {
  const onCycle = new Set<number>();
  const walkOf = new Map<number, number>();
  let walk = 0;
  for (const start of byLabel.keys()) {
    walk++;
    const path: number[] = [];
    let label: number | null = start;
    while (label !== null && byLabel.has(label) && !walkOf.has(label)) {
      walkOf.set(label, walk);
      path.push(label);
      label = byLabel.get(label)!.parent;
    }
    if (label !== null && walkOf.get(label) === walk) {
      for (const member of path.slice(path.indexOf(label))) onCycle.add(member);
    }
  }
  return onCycle;
}
