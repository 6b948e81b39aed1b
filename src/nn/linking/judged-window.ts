/**
 * What a few decisions of people say about the candidates of a window: of each detection, which origins are still possible.
 *
 * A person judges some links and is silent about the rest, so there is no truth per detection, only a set of origins that
 * may be true: one way when the origin was decided, all but some when links were taken away or an end of them was given to
 * another cell. A set that still holds everything teaches nothing and weighs nothing. Links that stood while a person
 * corrected the same frame were looked at and left: they count as true, with less weight.
 */
import { type CandidateWindow, detectionKey } from "#core/tracking/index.ts";
import { type WayTables, waysMax } from "./link-tables.ts";
import type { WindowInputs } from "./window-inputs.ts";
import type { WindowTargets } from "./window-targets.ts";

/** Where a detection comes from; keys as of `detectionKey`, `from: null` for nowhere. */
export interface KnownOrigin {
  readonly from: number | null;
  readonly kind: "link" | "division";
}

/** What is known of a movie's links, by key of the later detection. */
export interface KnownOrigins {
  /** Decided by a person, or vouched for as a whole. */
  readonly decided: ReadonlyMap<number, KnownOrigin>;
  /** What a detection does not come from. */
  readonly forbidden: ReadonlyMap<number, ReadonlySet<number>>;
  /** Left as it was where a person corrected. */
  readonly standing: ReadonlyMap<number, KnownOrigin>;
  /** Detections before a corrected frame from which nothing comes. */
  readonly ends: ReadonlySet<number>;
}

/** Targets of a window as sets: what may be true. */
export interface PartialTargets {
  /** 1 where the way in slot k of a detection is possible, [waysMax, detections] like the table `into`. */
  readonly possible: Float32Array;
  /** Of each detection: it may appear. */
  readonly mayAppear: Float32Array;
  readonly originWeight: Float32Array;
  readonly vanishes: Float32Array;
  readonly vanishesWeight: Float32Array;
  readonly real: Float32Array;
  readonly realWeight: Float32Array;
}

/** A window of which something is known. */
export interface JudgedWindow {
  readonly inputs: WindowInputs;
  readonly targets: PartialTargets;
}

interface Ends {
  readonly source: number;
  readonly targets: readonly number[];
}

const endsOf = ({ source, targets, ways }: WayTables, w: number): Ends => ({
  source: source[w]!,
  targets: [targets[w]!, targets[ways + w]!].filter((end) => end >= 0),
});

/**
 * @param counted  frames of the movie whose origins count here; others belong to another window.
 * @param standingWeight  0..1, of what was left as it was.
 */
export function judgedTargets(
  window: CandidateWindow,
  tables: WayTables,
  known: KnownOrigins,
  counted: ReadonlySet<number>,
  standingWeight: number,
): PartialTargets {
  const { frames, frameOf, offsets } = window;
  const count = frameOf.length;
  const keys = new Float64Array(count);
  for (const [f, { t, labels }] of frames.entries())
    for (const [i, label] of labels.entries()) keys[offsets[f]! + i] = detectionKey({ t, label });
  const successors = successorsOf(known.decided);
  const isPossible = possibleWays(tables, keys, known, successors);
  const floats = (): Float32Array => new Float32Array(count);
  const targets: PartialTargets = {
    possible: new Float32Array(waysMax * count),
    mayAppear: floats(),
    originWeight: floats(),
    vanishes: floats(),
    vanishesWeight: floats(),
    real: floats().fill(1),
    realWeight: floats(),
  };
  const sources = new Set<number>();
  for (const origins of [known.decided, known.standing])
    for (const { from } of origins.values()) if (from !== null) sources.add(from);
  for (let j = 0; j < count; j++) {
    const t = frames[frameOf[j]!]!.t;
    if (frameOf[j] !== 0 && counted.has(t))
      setOrigin(targets, j, tables, keys, known, isPossible, standingWeight);
    // What becomes of a cell shows in the next frame.
    if (frameOf[j] === frames.length - 1 || !counted.has(t + 1)) continue;
    const key = keys[j]!;
    if (successors.has(key)) targets.vanishesWeight[j] = 1;
    else if (sources.has(key)) targets.vanishesWeight[j] = standingWeight;
    else if (known.ends.has(key)) {
      targets.vanishes[j] = 1;
      targets.vanishesWeight[j] = standingWeight;
    }
  }
  return targets;
}

interface Successors {
  readonly kind: "link" | "division";
  readonly keys: Set<number>;
}

function successorsOf(decided: ReadonlyMap<number, KnownOrigin>): Map<number, Successors> {
  const successors = new Map<number, Successors>();
  for (const [key, { from, kind }] of decided) {
    if (from === null) continue;
    const own = successors.get(from) ?? { kind, keys: new Set() };
    own.keys.add(key);
    successors.set(from, own);
  }
  return successors;
}

/** 1 for each way that no decision excludes. */
function possibleWays(
  tables: WayTables,
  keys: Float64Array,
  { decided, forbidden }: KnownOrigins,
  successors: ReadonlyMap<number, Successors>,
): Uint8Array {
  const possible = new Uint8Array(tables.ways);
  for (let w = 0; w < tables.ways; w++) {
    const { source, targets } = endsOf(tables, w);
    const from = keys[source]!;
    const after = successors.get(from);
    const fits = (j: number): boolean => {
      const key = keys[j]!;
      const origin = decided.get(key);
      if (origin !== undefined && !agrees(origin, from, w < tables.linkCount, after)) return false;
      return forbidden.get(key)?.has(from) !== true;
    };
    const leads =
      after === undefined ||
      leadsThere(
        after,
        targets.map((j) => keys[j]!),
      );
    possible[w] = leads && targets.every(fits) ? 1 : 0;
  }
  return possible;
}

/** A daughter without a known sister goes on as the same cell, as far as candidates can tell. */
function agrees(origin: KnownOrigin, from: number, isLink: boolean, after: Successors | undefined): boolean {
  if (origin.from !== from) return false;
  return origin.kind === "link" ? isLink : !isLink || after?.keys.size === 1;
}

function leadsThere({ kind, keys }: Successors, targets: readonly number[]): boolean {
  const known = targets.filter((key) => keys.has(key)).length;
  if (targets.length === 1) return known === 1 && (kind === "link" || keys.size === 1);
  return kind === "division" && known === Math.min(2, keys.size);
}

function setOrigin(
  targets: PartialTargets,
  j: number,
  tables: WayTables,
  keys: Float64Array,
  { decided, standing }: KnownOrigins,
  isPossible: Uint8Array,
  standingWeight: number,
): void {
  const { detections, into } = tables;
  const slots: number[] = [];
  for (let k = 0; k < waysMax && into[k * detections + j]! >= 0; k++) slots.push(k);
  const wayAt = (k: number): number => into[k * detections + j]!;
  const open = slots.filter((k) => isPossible[wayAt(k)] === 1);
  const allow = (allowed: readonly number[], appears: boolean, weight: number): void => {
    // A true origin that is no candidate cannot be learned here.
    if (allowed.length === 0 && !appears) return;
    for (const k of allowed) targets.possible[k * detections + j] = 1;
    targets.mayAppear[j] = appears ? 1 : 0;
    targets.originWeight[j] = weight;
  };
  const origin = decided.get(keys[j]!);
  if (origin !== undefined) {
    allow(origin.from === null ? [] : open, origin.from === null, 1);
    return;
  }
  const left = standing.get(keys[j]!);
  if (left !== undefined) {
    const same = (k: number): boolean =>
      keys[tables.source[wayAt(k)]!] === left.from &&
      (left.kind === "link") === wayAt(k) < tables.linkCount &&
      sistersStand(tables, keys, wayAt(k), standing, decided);
    const ways = left.from === null ? [] : open.filter(same);
    if (left.from === null || ways.length > 0) {
      allow(ways, left.from === null, standingWeight);
      return;
    }
  }
  if (open.length < slots.length) allow(open, true, 1);
}

/** Both daughters of a division come from its parent, as far as is known. */
function sistersStand(
  tables: WayTables,
  keys: Float64Array,
  w: number,
  standing: ReadonlyMap<number, KnownOrigin>,
  decided: ReadonlyMap<number, KnownOrigin>,
): boolean {
  const { source, targets } = endsOf(tables, w);
  return targets.every((j) => {
    const origin = decided.get(keys[j]!) ?? standing.get(keys[j]!);
    return origin !== undefined && origin.from === keys[source];
  });
}

/** Full knowledge of a simulated window in the same form. */
export function partialOf(tables: WayTables, targets: WindowTargets): PartialTargets {
  const { detections, into } = tables;
  const possible = new Float32Array(waysMax * detections);
  const originWeight = targets.originWeight.slice();
  for (let j = 0; j < detections; j++) {
    let any = targets.appears[j]! > 0;
    for (let k = 0; k < waysMax; k++) {
      const w = into[k * detections + j]!;
      if (w < 0 || targets.way[w] === 0) continue;
      possible[k * detections + j] = 1;
      any = true;
    }
    if (!any) originWeight[j] = 0;
  }
  const { vanishes, vanishesWeight, real, realWeight } = targets;
  return { possible, mayAppear: targets.appears, originWeight, vanishes, vanishesWeight, real, realWeight };
}
