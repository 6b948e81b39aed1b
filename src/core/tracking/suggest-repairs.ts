/**
 * What a person could decide about each finding of a lineage's laws: ready-made decisions, best first.
 *
 * A finding says what is odd; a suggestion is a set of decisions that would end it, in words and as constraints for the
 * solver, so that accepting one re-solves like any correction. Nothing is decided here.
 */
import type { Detection, LineageFinding, Presence, Track } from "../lineage/index.ts";
import type { TrackingConstraints } from "./constraints.ts";

export interface Repair {
  /** Position of the finding in the list given. */
  readonly finding: number;
  readonly message: string;
  readonly constraints: TrackingConstraints;
}

export interface RepairContext {
  readonly tracks: readonly Track[];
  readonly findings: readonly LineageFinding[];
  /** Frames in which each track is seen. */
  readonly presence: Presence;
  /** Name of a track's detection in its frame. Default: its label is the track's, as in tracked label images. */
  readonly nameOf?: (track: number, t: number) => Detection;
  /** Centre of a track in a frame, to find the nearest; `null` where unknown. Default: unknown. */
  readonly placeOf?: (track: number, t: number) => { readonly y: number; readonly x: number } | null;
}

interface Scene {
  readonly byLabel: ReadonlyMap<number, Track>;
  readonly frames: (track: number) => readonly number[];
  readonly at: (track: number, t: number) => Detection;
  readonly first: (track: number) => Detection | null;
  readonly lastBefore: (track: number, t: number) => Detection | null;
  readonly context: RepairContext;
}

/** Cost: linear in findings and the tracks they name; a missing daughter is looked for among all tracks. */
export function suggestRepairs(context: RepairContext): Repair[] {
  const byLabel = new Map(context.tracks.map((track) => [track.label, track]));
  const at = context.nameOf ?? ((label, t) => ({ t, label }));
  const frames = (track: number): readonly number[] => context.presence.get(track) ?? [];
  const scene: Scene = {
    byLabel,
    frames,
    at,
    context,
    first: (track) => {
      const t = frames(track)[0];
      return t === undefined ? null : at(track, t);
    },
    lastBefore: (track, limit) => {
      const t = frames(track).findLast((frame) => frame < limit);
      return t === undefined ? null : at(track, t);
    },
  };
  return context.findings.flatMap((finding, position) =>
    repairsOf(finding, scene).map((repair) => ({ finding: position, ...repair })),
  );
}

type Suggestion = Omit<Repair, "finding">;

function repairsOf(finding: LineageFinding, scene: Scene): Suggestion[] {
  const track = finding.label === null ? undefined : scene.byLabel.get(finding.label);
  if (track === undefined) return [];
  switch (finding.rule) {
    case "singleDaughter":
      return repairSingleDaughter(track, scene);
    case "manyDaughters":
      return repairManyDaughters(track, scene);
    case "daughterLate":
    case "cycle":
    case "parentMissing":
      return startAlone(track, scene);
    case "parentOverlaps":
      return repairOverlap(track, scene);
    case "frameMissing":
      return repairGap(track, finding, scene);
    default:
      // Numbers, repeated labels and pixels are faults of the table or the masks; no decision about links mends them.
      return [];
  }
}

function startAlone(track: Track, { first }: Scene): Suggestion[] {
  const start = first(track.label);
  if (start === null) return [];
  return [{ message: `Let track ${track.label} begin without a parent.`, constraints: { starts: [start] } }];
}

/** One cell after all, or a second daughter that began alone nearby. */
function repairSingleDaughter(track: Track, scene: Scene): Suggestion[] {
  const child = scene.context.tracks.find(({ parent }) => parent === track.label);
  const end = scene.lastBefore(track.label, track.last + 1);
  const start = child === undefined ? null : scene.first(child.label);
  if (child === undefined || end === null || start === null) return [];
  const repairs: Suggestion[] = [];
  const sister = nearestStart(track, child, scene);
  if (sister !== null)
    repairs.push({
      message: `Make track ${sister.label}, which begins beside it in frame ${sister.first}, the second daughter of track ${track.label}.`,
      constraints: { acceptedDivisions: [{ parent: end, daughters: [start, scene.first(sister.label)!] }] },
    });
  repairs.push({
    message: `Join tracks ${track.label} and ${child.label}: one cell that did not divide.`,
    constraints: { acceptedLinks: [{ from: end, to: start }] },
  });
  return repairs;
}

/** Track without parent that begins with the child and nearest to the parent's last place. */
function nearestStart(track: Track, child: Track, { context, first }: Scene): Track | null {
  const place = context.placeOf?.(track.label, track.last) ?? null;
  if (place === null) return null;
  let [best, square] = [null as Track | null, Number.POSITIVE_INFINITY];
  for (const other of context.tracks) {
    if (other.parent !== null || other.first !== child.first || first(other.label) === null) continue;
    const there = context.placeOf?.(other.label, other.first) ?? null;
    if (there === null) continue;
    const own = (there.y - place.y) ** 2 + (there.x - place.x) ** 2;
    if (own < square) [best, square] = [other, own];
  }
  return best;
}

/** Each pair of daughters as the true one, nearest to the parent first. */
function repairManyDaughters(track: Track, scene: Scene): Suggestion[] {
  const end = scene.lastBefore(track.label, track.last + 1);
  const daughters = track.daughters.filter((label) => scene.first(label) !== null);
  if (end === null || daughters.length < 3) return [];
  const place = scene.context.placeOf?.(track.label, track.last) ?? null;
  const distance = (label: number): number => {
    const there = scene.context.placeOf?.(label, scene.byLabel.get(label)!.first) ?? null;
    return place === null || there === null ? 0 : Math.hypot(there.y - place.y, there.x - place.x);
  };
  const pairs = daughters.flatMap((a, k) => daughters.slice(k + 1).map((b) => [a, b] as const));
  return pairs
    .map((pair) => ({ pair, far: distance(pair[0]) + distance(pair[1]) }))
    .sort((x, y) => x.far - y.far)
    .map(({ pair }) => ({
      message: `Keep tracks ${pair[0]} and ${pair[1]} as the daughters of track ${track.label}; the others begin alone.`,
      constraints: {
        acceptedDivisions: [{ parent: end, daughters: pair.map((label) => scene.first(label)!) }],
        starts: daughters.filter((label) => !pair.includes(label)).map((label) => scene.first(label)!),
      },
    }));
}

/** The parent goes on as the other daughter, or the daughter is not one. */
function repairOverlap(track: Track, scene: Scene): Suggestion[] {
  const parent = track.parent;
  const start = scene.first(track.label);
  if (parent === null || start === null) return [];
  const before = scene.lastBefore(parent, start.t);
  const after = scene.frames(parent).find((t) => t >= start.t);
  const repairs: Suggestion[] = [];
  if (before !== null && after !== undefined)
    repairs.push({
      message: `Divide track ${parent} before frame ${start.t}: what follows of it is the other daughter.`,
      constraints: { acceptedDivisions: [{ parent: before, daughters: [start, scene.at(parent, after)] }] },
    });
  return [...repairs, ...startAlone(track, scene)];
}

/** The cell was overlooked, or two cells bear one label. */
function repairGap(track: Track, finding: LineageFinding, scene: Scene): Suggestion[] {
  if (finding.frame === null || finding.lastFrame === null) return [];
  const before = scene.lastBefore(track.label, finding.frame);
  const next = scene.frames(track.label).find((t) => t > finding.lastFrame!);
  if (before === null || next === undefined) return [];
  const after = scene.at(track.label, next);
  return [
    {
      message: `Keep track ${track.label} as one cell that was not seen from frame ${finding.frame} to ${finding.lastFrame}.`,
      constraints: { acceptedLinks: [{ from: before, to: after }] },
    },
    {
      message: `Cut track ${track.label} before frame ${next}: two cells.`,
      constraints: { forbiddenLinks: [{ from: before, to: after }] },
    },
  ];
}
