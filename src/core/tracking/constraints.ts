/**
 * What people have decided about a movie's tracks: facts that every solver obeys.
 *
 * Detections are named by frame and label, so decisions outlive a new candidate graph. An accepted link or division is
 * taken out of the problem before solving, its ways marked as used; so it holds whatever the scores say, beyond any gate
 * or gap, and in every solver alike. Decisions that contradict each other are refused, both named.
 */
import { FoundryError } from "../errors.ts";
import type { Detection } from "../lineage/index.ts";

export interface DetectionPair {
  readonly from: Detection;
  readonly to: Detection;
}

export interface AcceptedDivision {
  readonly parent: Detection;
  /** One (the other out of view) or more. */
  readonly daughters: readonly Detection[];
}

export interface TrackingConstraints {
  /** Same cell. */
  readonly acceptedLinks?: readonly DetectionPair[];
  /** Neither the same cell nor parent and daughter. */
  readonly forbiddenLinks?: readonly DetectionPair[];
  readonly acceptedDivisions?: readonly AcceptedDivision[];
  /** Does not divide. */
  readonly undivided?: readonly Detection[];
  /** Has no origin, or no successor. */
  readonly starts?: readonly Detection[];
  readonly ends?: readonly Detection[];
  /** True masks and false ones, where masks exclude each other. */
  readonly fixedDetections?: readonly Detection[];
  readonly rejectedDetections?: readonly Detection[];
}

/** Where a decided detection comes from; `from: null` for nowhere. */
interface DecidedOrigin {
  readonly from: Detection | null;
  readonly kind: "link" | "division";
}

/** Decisions by detection, checked against each other. */
export interface CompiledConstraints {
  readonly size: number;
  readonly origins: ReadonlyMap<number, DecidedOrigin>;
  /** Detections whose fate is decided. */
  readonly fated: ReadonlySet<number>;
  readonly undivided: ReadonlySet<number>;
  /** Key of `to` -> keys of what it does not come from. */
  readonly forbidden: ReadonlyMap<number, ReadonlySet<number>>;
  readonly fixed: ReadonlySet<number>;
  readonly rejected: ReadonlySet<number>;
  /** Labels named in each frame: all must be there. */
  readonly namedIn: ReadonlyMap<number, ReadonlySet<number>>;
}

/** One number per detection; labels fit in 32 bits and frames in 21. */
export const detectionKey = ({ t, label }: Detection): number => t * 4294967296 + label;

const nameOf = ({ t, label }: Detection): string => `cell ${label} of frame ${t}`;

function refuse(message: string, ...about: readonly Detection[]): never {
  throw new FoundryError("tracking.constraint", {
    message,
    hint: "Take back one of the two decisions.",
    details: { detections: about.map(({ t, label }) => ({ t, label })) },
  });
}

/** @throws FoundryError `tracking.constraint` for decisions that contradict each other or go back in time. */
export function compileConstraints(constraints: TrackingConstraints = {}): CompiledConstraints {
  const origins = new Map<number, DecidedOrigin>();
  const fates = new Map<number, Detection>();
  const forbidden = new Map<number, Set<number>>();
  const named = collectNames(constraints);
  const decideOrigin = (to: Detection, origin: DecidedOrigin): void => {
    const known = origins.get(detectionKey(to));
    const same = (a: Detection | null, b: Detection | null): boolean =>
      a === b || (a !== null && b !== null && detectionKey(a) === detectionKey(b));
    if (known !== undefined && !(same(known.from, origin.from) && known.kind === origin.kind))
      refuse(`Two decisions say where ${nameOf(to)} comes from.`, to);
    if (origin.from !== null && origin.from.t >= to.t)
      refuse(`${nameOf(origin.from)} cannot come before ${nameOf(to)}: it is not earlier.`, origin.from, to);
    origins.set(detectionKey(to), origin);
  };
  const decideFate = (from: Detection): void => {
    if (fates.has(detectionKey(from))) refuse(`Two decisions say what becomes of ${nameOf(from)}.`, from);
    fates.set(detectionKey(from), from);
  };
  for (const { from, to } of unique(constraints.acceptedLinks ?? [])) {
    decideOrigin(to, { from, kind: "link" });
    decideFate(from);
  }
  for (const { parent, daughters } of constraints.acceptedDivisions ?? []) {
    if (daughters.length === 0) refuse(`The division of ${nameOf(parent)} has no daughters.`, parent);
    decideFate(parent);
    for (const to of daughters) decideOrigin(to, { from: parent, kind: "division" });
  }
  for (const to of constraints.starts ?? []) decideOrigin(to, { from: null, kind: "link" });
  for (const from of constraints.ends ?? []) decideFate(from);
  for (const { from, to } of constraints.forbiddenLinks ?? []) {
    const origin = origins.get(detectionKey(to))?.from ?? null;
    if (origin !== null && detectionKey(origin) === detectionKey(from))
      refuse(`The link from ${nameOf(from)} to ${nameOf(to)} is both accepted and forbidden.`, from, to);
    const list = forbidden.get(detectionKey(to)) ?? new Set();
    forbidden.set(detectionKey(to), list.add(detectionKey(from)));
  }
  for (const { parent } of constraints.acceptedDivisions ?? [])
    if (constraints.undivided?.some((one) => detectionKey(one) === detectionKey(parent)))
      refuse(`The division of ${nameOf(parent)} is both accepted and forbidden.`, parent);
  const fixed = new Set((constraints.fixedDetections ?? []).map(detectionKey));
  for (const key of [...origins.keys(), ...fates.keys()]) fixed.add(key);
  for (const { from } of origins.values()) if (from !== null) fixed.add(detectionKey(from));
  for (const one of constraints.rejectedDetections ?? [])
    if (fixed.has(detectionKey(one))) refuse(`${nameOf(one)} is both used and rejected.`, one);
  return {
    size: [...named.values()].reduce((sum, labels) => sum + labels.size, 0),
    origins,
    fated: new Set(fates.keys()),
    undivided: new Set((constraints.undivided ?? []).map(detectionKey)),
    forbidden,
    fixed,
    rejected: new Set((constraints.rejectedDetections ?? []).map(detectionKey)),
    namedIn: named,
  };
}

function unique(pairs: readonly DetectionPair[]): DetectionPair[] {
  const seen = new Map(pairs.map((pair) => [`${detectionKey(pair.from)} ${detectionKey(pair.to)}`, pair]));
  return [...seen.values()];
}

function collectNames(constraints: TrackingConstraints): Map<number, Set<number>> {
  const all = [
    ...[...(constraints.acceptedLinks ?? []), ...(constraints.forbiddenLinks ?? [])].flatMap(
      ({ from, to }) => [from, to],
    ),
    ...(constraints.acceptedDivisions ?? []).flatMap(({ parent, daughters }) => [parent, ...daughters]),
    ...(constraints.undivided ?? []),
    ...(constraints.starts ?? []),
    ...(constraints.ends ?? []),
    ...(constraints.fixedDetections ?? []),
    ...(constraints.rejectedDetections ?? []),
  ];
  const named = new Map<number, Set<number>>();
  for (const { t, label } of all) named.set(t, (named.get(t) ?? new Set()).add(label));
  return named;
}

/** Names of decisions that a frame does not have, as an error. @throws FoundryError `tracking.constraint`. */
export function assertNamesExist(compiled: CompiledConstraints, t: number, labels: Int32Array): void {
  const named = compiled.namedIn.get(t);
  if (named === undefined) return;
  const there = new Set(labels);
  for (const label of named) {
    if (there.has(label)) continue;
    throw new FoundryError("tracking.constraint", {
      message: `A decision names ${nameOf({ t, label })}, which does not exist.`,
      hint: "Remove the decision, or bring the cell back.",
      details: { t, label },
    });
  }
}

/** Adds later decisions to earlier ones; nothing is checked before they are compiled. */
export function joinConstraints(a: TrackingConstraints, b: TrackingConstraints): TrackingConstraints {
  const both = <T>(x: readonly T[] | undefined, y: readonly T[] | undefined): readonly T[] => [
    ...(x ?? []),
    ...(y ?? []),
  ];
  return {
    acceptedLinks: both(a.acceptedLinks, b.acceptedLinks),
    forbiddenLinks: both(a.forbiddenLinks, b.forbiddenLinks),
    acceptedDivisions: both(a.acceptedDivisions, b.acceptedDivisions),
    undivided: both(a.undivided, b.undivided),
    starts: both(a.starts, b.starts),
    ends: both(a.ends, b.ends),
    fixedDetections: both(a.fixedDetections, b.fixedDetections),
    rejectedDetections: both(a.rejectedDetections, b.rejectedDetections),
  };
}
