/**
 * What looks wrong in the tracks of a movie, ordered by how likely it is that something is.
 *
 * Witnesses are the linker's calibrated confidence, the laws of lineages, and steps that cells do not take: jumps, sudden
 * changes of size, tracks that begin or end in the middle of the view, sudden merges. Witnesses about one place are joined
 * as if each were independent (noisy or, as in `core/doubt`). What a person confirmed (confidence 1) or marked (entry,
 * exit, death, fusion) is not suspected. Each suspicion brings ready-made commands that would end it, best first.
 */

import type { DoubtSubject } from "../doubt/index.ts";
import { doubtKey } from "../doubt/index.ts";
import type { EventIndex, OriginIndex } from "../edits/index.ts";
import type { CellTrack, CellTracks, PlacedCell } from "./cell-tracks.ts";
import type { RelinkCommand } from "./relink.ts";

export type SuspicionKind =
  | "unsure"
  | "jump"
  | "areaJump"
  | "gap"
  | "endsInside"
  | "beginsInside"
  | "short"
  | "merge"
  | "divisionArea"
  | "singleDaughter"
  | "manyDaughters"
  | "lateDaughter";

export interface Witness {
  readonly kind: SuspicionKind;
  /** Chance that it is right, 0..1. */
  readonly chance: number;
}

export interface Suspicion {
  readonly key: string;
  /** A link, or a cell at which a track begins or ends. */
  readonly subject: DoubtSubject;
  /** The object to look at, and its frame. */
  readonly uid: string;
  readonly t: number;
  /** Chance that something is wrong, 0..1. */
  readonly doubt: number;
  /** The weightiest first. */
  readonly witnesses: readonly Witness[];
  /** What would end it, best first. */
  readonly fixes: readonly RelinkCommand[];
}

export interface SuspicionMovie {
  readonly frameCount: number;
  readonly origins: OriginIndex;
  readonly events: EventIndex;
}

/**
 * Chance that a witness of a kind is right: the share of its findings at a place where something was wrong, on simulated
 * movies with 5 % faults of segmentation (test/bench/track-suspicions.ts, docs/benchmarks.md), at most 0.97, because cells
 * of real movies die and leave focus more often. Divisions of odd size were too few to measure, those with one, late or more
 * than two daughters are never made by the solvers: they have the chance of unmeasured rules (`core/doubt`).
 */
const witnessChance: Readonly<Record<Exclude<SuspicionKind, "unsure">, number>> = {
  merge: 0.97,
  short: 0.97,
  beginsInside: 0.97,
  endsInside: 0.92,
  jump: 0.5,
  areaJump: 0.26,
  gap: 0.08,
  divisionArea: 0.3,
  singleDaughter: 0.3,
  manyDaughters: 0.3,
  lateDaughter: 0.3,
};

/** Way of a step beyond this many times the movie's usual step, and beyond this share of the cell's diameter, is a jump. */
const jumpTimes = 6;
const jumpDiameters = 0.75;
/** A cell that doubles or halves between two frames does not do so by growing. */
const areaTimes = 2;
/** Tracks of at most this many frames are short. */
const shortFrames = 2;
/** Frames before and after that are searched for the other end of a torn track. */
const searchFrames = 3;
/** Reach of that search in diameters per frame. */
const searchDiameters = 1.5;
/** Less than this is not worth a look: half a link in a hundred. */
const doubtMin = 0.05;

/** Greatest doubt first; ties by frame. Cost: O(objects), and per torn end the objects of a few frames. */
export function suspicionsOf(tracks: CellTracks, movie: SuspicionMovie): Suspicion[] {
  const scene = sceneOf(tracks, movie);
  const found = new Map<string, Found>();
  const add = (subject: DoubtSubject, cell: PlacedCell, witness: Witness, fixes: RelinkCommand[]): void => {
    const key = doubtKey(subject);
    const known = found.get(key);
    if (known === undefined) found.set(key, { subject, cell, witnesses: [witness], fixes });
    else {
      known.witnesses.push(witness);
      known.fixes.push(...fixes);
    }
  };
  for (const track of tracks.tracks) {
    judgeLinks(track, scene, add);
    judgeBeginning(track, scene, add);
    judgeEnd(track, scene, add);
    judgeDivision(track, scene, add);
  }
  return [...found]
    .map(([key, { subject, cell, witnesses, fixes }]) => ({
      key,
      subject,
      uid: cell.uid,
      t: cell.t,
      doubt: 1 - witnesses.reduce((right, { chance }) => right * (1 - chance), 1),
      witnesses: witnesses.sort((a, b) => b.chance - a.chance),
      fixes: uniqueFixes(fixes),
    }))
    .filter(({ doubt }) => doubt >= doubtMin)
    .sort((a, b) => b.doubt - a.doubt || a.t - b.t || (a.key < b.key ? -1 : 1));
}

interface Found {
  readonly subject: DoubtSubject;
  readonly cell: PlacedCell;
  readonly witnesses: Witness[];
  readonly fixes: RelinkCommand[];
}

type Add = (subject: DoubtSubject, cell: PlacedCell, witness: Witness, fixes: RelinkCommand[]) => void;

interface Scene {
  readonly movie: SuspicionMovie;
  readonly tracks: CellTracks;
  /** Pixels that cells usually move between two frames. */
  readonly usualStep: number;
  /** Tracks that begin, or end, in a frame, by their cell there. */
  readonly beginning: ReadonlyMap<number, readonly PlacedCell[]>;
  readonly ending: ReadonlyMap<number, readonly PlacedCell[]>;
  /** All cells of a frame. */
  readonly inFrame: ReadonlyMap<number, readonly PlacedCell[]>;
}

const firstOf = ({ cells }: CellTrack): PlacedCell => cells[0] as PlacedCell;
const lastOf = ({ cells }: CellTrack): PlacedCell => cells.at(-1) as PlacedCell;
const diameterOf = ({ area }: PlacedCell): number => 2 * Math.sqrt(area / Math.PI);
const way = (a: PlacedCell, b: PlacedCell): number => Math.hypot(a.y - b.y, a.x - b.x);
const witness = (kind: Exclude<SuspicionKind, "unsure">): Witness => ({ kind, chance: witnessChance[kind] });

function sceneOf(tracks: CellTracks, movie: SuspicionMovie): Scene {
  const all = tracks.tracks.flatMap(({ cells }) => cells);
  const steps = tracks.tracks
    .flatMap(({ cells }) => cells.slice(1).map((cell, k) => stepOf(cells[k] as PlacedCell, cell)))
    .sort((a, b) => a - b);
  return {
    movie,
    tracks,
    usualStep: steps[steps.length >> 1] ?? 0,
    beginning: Map.groupBy(tracks.tracks.filter(({ parent }) => parent < 0).map(firstOf), ({ t }) => t),
    ending: Map.groupBy(
      tracks.tracks.filter(({ daughters }) => daughters.length === 0).map(lastOf),
      ({ t }) => t,
    ),
    inFrame: Map.groupBy(all, ({ t }) => t),
  };
}

const stepOf = (a: PlacedCell, b: PlacedCell): number => way(a, b) / (b.t - a.t);

function isConfirmed(uid: string, { movie }: Scene): boolean {
  return movie.origins.originOf(uid)?.confidence === 1;
}

/** What the linker itself said of a link. */
function unsure(uid: string, { movie }: Scene): Witness | null {
  const confidence = movie.origins.originOf(uid)?.confidence;
  return confidence === undefined || confidence === 1 ? null : { kind: "unsure", chance: 1 - confidence };
}

function judgeLinks(track: CellTrack, scene: Scene, add: Add): void {
  for (let k = 1; k < track.cells.length; k++) {
    const [before, after] = [track.cells[k - 1] as PlacedCell, track.cells[k] as PlacedCell];
    if (isConfirmed(after.uid, scene)) continue;
    const subject: DoubtSubject = { kind: "link", from: before.uid, to: after.uid };
    const cut: RelinkCommand = { type: "cut", uid: after.uid };
    const said = unsure(after.uid, scene);
    if (said !== null) add(subject, after, said, [cut]);
    const step = stepOf(before, after);
    if (step > jumpTimes * scene.usualStep && step > jumpDiameters * diameterOf(before))
      add(subject, after, witness("jump"), [cut]);
    if (Math.max(after.area / before.area, before.area / after.area) > areaTimes)
      add(subject, after, witness("areaJump"), [cut]);
    if (after.t > before.t + 1) add(subject, after, witness("gap"), [cut]);
  }
}

function judgeBeginning(track: CellTrack, scene: Scene, add: Add): void {
  const cell = firstOf(track);
  const { movie } = scene;
  if (track.parent >= 0 || cell.t === 0 || cell.atEdge || movie.events.eventOf(cell.uid, "start") !== null)
    return;
  const subject: DoubtSubject = { kind: "cell", uid: cell.uid };
  const lost = nearest(cell, scene.ending, -1);
  const mother = motherNear(cell, scene);
  const fixes: RelinkCommand[] = [
    ...lost.map((one): RelinkCommand => ({ type: "join", uid: one.uid, to: cell.uid })),
    ...mother.map((one): RelinkCommand => ({ type: "addDaughters", parent: one.uid, daughters: [cell.uid] })),
  ];
  add(subject, cell, witness("beginsInside"), fixes);
  const short = track.cells.length <= shortFrames && track.last < movie.frameCount - 1;
  if (short && track.daughters.length === 0) add(subject, cell, witness("short"), []);
}

function judgeEnd(track: CellTrack, scene: Scene, add: Add): void {
  const cell = lastOf(track);
  const { movie } = scene;
  const isEnd = track.daughters.length === 0 && cell.t < movie.frameCount - 1;
  if (!isEnd || cell.atEdge || movie.events.eventOf(cell.uid, "end") !== null) return;
  const subject: DoubtSubject = { kind: "cell", uid: cell.uid };
  const found = nearest(cell, scene.beginning, 1);
  add(
    subject,
    cell,
    witness("endsInside"),
    found.map((one) => ({ type: "join", uid: cell.uid, to: one.uid })),
  );
  if (mergedInto(cell, scene) !== undefined) add(subject, cell, witness("merge"), []);
}

function judgeDivision(track: CellTrack, scene: Scene, add: Add): void {
  const { daughters } = track;
  if (daughters.length === 0) return;
  const mother = lastOf(track);
  const born = daughters.map((index) => firstOf(scene.tracks.tracks[index] as CellTrack));
  if (born.every(({ uid }) => isConfirmed(uid, scene))) return;
  const [largest] = born.toSorted((a, b) => b.area - a.area) as [PlacedCell];
  const subject: DoubtSubject = { kind: "link", from: mother.uid, to: born[0]?.uid ?? "" };
  const goesOn: RelinkCommand = { type: "join", uid: mother.uid, to: largest.uid };
  for (const daughter of born) {
    const said = isConfirmed(daughter.uid, scene) ? null : unsure(daughter.uid, scene);
    if (said !== null) add(subject, daughter, said, [goesOn]);
    if (born.length > 1 && daughter.t > mother.t + 1)
      add(subject, daughter, witness("lateDaughter"), [{ type: "removeDaughter", uid: daughter.uid }]);
  }
  if (born.length === 1) {
    const sisters = nearest(mother, scene.beginning, 1).filter(({ uid }) => uid !== largest.uid);
    add(subject, largest, witness("singleDaughter"), [
      ...sisters.map(
        (one): RelinkCommand => ({ type: "addDaughters", parent: mother.uid, daughters: [one.uid] }),
      ),
      goesOn,
    ]);
  } else if (born.length > 2) {
    const farthest = born.toSorted((a, b) => way(mother, b) - way(mother, a));
    add(
      subject,
      largest,
      witness("manyDaughters"),
      farthest.map(({ uid }) => ({ type: "removeDaughter", uid })),
    );
  } else if (isOddDivision(mother, born)) add(subject, largest, witness("divisionArea"), [goesOn]);
}

/** Daughters together are not of the size of their mother, or one is much larger than the other. */
function isOddDivision({ area }: PlacedCell, born: readonly PlacedCell[]): boolean {
  const areas = born.map((cell) => cell.area).sort((a, b) => a - b);
  const together = areas.reduce((sum, one) => sum + one, 0) / area;
  return together < 0.5 || together > 2 || (areas.at(-1) as number) > 2.5 * (areas[0] as number);
}

/** Ends (or beginnings) of other tracks near a cell within a few frames, nearest first. */
function nearest(
  cell: PlacedCell,
  byFrame: ReadonlyMap<number, readonly PlacedCell[]>,
  direction: 1 | -1,
): PlacedCell[] {
  const found: { readonly cell: PlacedCell; readonly cost: number }[] = [];
  for (let step = 1; step <= searchFrames; step++) {
    for (const other of byFrame.get(cell.t + direction * step) ?? []) {
      const distance = way(cell, other) / diameterOf(cell);
      const times = Math.max(other.area / cell.area, cell.area / other.area);
      // A frame between costs as much as a third of a diameter.
      if (distance <= searchDiameters * Math.sqrt(step) && times <= 2.5)
        found.push({ cell: other, cost: distance + (step - 1) / 3 + Math.log(times) });
    }
  }
  return found
    .sort((a, b) => a.cost - b.cost)
    .slice(0, 2)
    .map((one) => one.cell);
}

/** A cell of the frame before that lost much of its size when this one began beside it: it may have divided. */
function motherNear(cell: PlacedCell, { inFrame, tracks }: Scene): PlacedCell[] {
  const near = (inFrame.get(cell.t - 1) ?? []).filter((one) => way(one, cell) < diameterOf(one));
  const halved = near.filter((one) => {
    const track = tracks.trackOf(one.uid);
    if (track === undefined) return false;
    const next = track.cells.find(({ t }) => t === cell.t);
    return next !== undefined && next.area < 0.75 * one.area;
  });
  return halved.toSorted((a, b) => way(a, cell) - way(b, cell)).slice(0, 1);
}

/** The cell of the next frame that swallowed a track: it covers its place and grew by half its size or more. */
function mergedInto(cell: PlacedCell, { inFrame, tracks }: Scene): PlacedCell | undefined {
  return (inFrame.get(cell.t + 1) ?? []).find((next) => {
    const before = tracks.trackOf(next.uid)?.cells.find(({ t }) => t === cell.t);
    const grew = before !== undefined && next.area > before.area + 0.5 * cell.area;
    return grew && way(cell, next) < 0.75 * diameterOf(next);
  });
}

function uniqueFixes(fixes: readonly RelinkCommand[]): RelinkCommand[] {
  return [...new Map(fixes.map((fix) => [JSON.stringify(fix), fix])).values()];
}
