/**
 * How often what is doubted about tracks is wrong: simulated movies with faults of segmentation, linked without a person.
 *
 * For each kind of witness, the share of its findings at a place where something is wrong (a wrong link, a mask of two
 * cells or none, a track that is torn or misses its division): the chances of `core/cell-tracks/suspicions.ts`. Then the
 * order: how many of the first doubts are errors, and how many of all wrong links are among the doubts.
 *
 * Usage: node test/bench/track-suspicions.ts [--movies 12] [--frames 60] [--errors 0.05] [--seed 910000]
 */
import { parseArgs } from "node:util";
import { buildCellTracks, layTree, type PlacedCell, suspicionsOf } from "#core/cell-tracks/index.ts";
import { EventIndex, OriginIndex } from "#core/edits/index.ts";
import type { Track } from "#core/lineage/index.ts";
import type { MovieDensity } from "#core/movie/index.ts";
import {
  areaOf,
  assignmentSolver,
  createTracker,
  type LinkedFrame,
  linkConfidences,
  plainScorer,
} from "#core/tracking/index.ts";
import { type KnownMovie, knownDetections } from "./tracking/simulated-movie.ts";

const { values } = parseArgs({
  options: {
    movies: { type: "string", default: "12" },
    frames: { type: "string", default: "60" },
    errors: { type: "string", default: "0.05" },
    seed: { type: "string", default: "910000" },
  },
});

interface Linked {
  readonly cells: readonly PlacedCell[];
  readonly origins: OriginIndex;
  /** Reference tracks in each object. */
  readonly inside: ReadonlyMap<string, readonly number[]>;
}

/** Links a movie as the job does, with the confidence of each link. */
function linkMovie(movie: KnownMovie): Linked {
  const tracker = createTracker({ solver: assignmentSolver });
  const scorer = plainScorer();
  const linked: LinkedFrame[] = [];
  const sure = new Map<number, number>();
  const take = (window: ReturnType<typeof tracker.push>): void => {
    if (window === null) return;
    const scores = scorer.score(window);
    const chance = linkConfidences(window, scores);
    for (const frame of tracker.commit(scores)) {
      linked.push(frame);
      for (const [i, origin] of frame.origins.entries()) {
        if (origin === -1) continue;
        const source = linked.findLast(({ firstPosition }) => firstPosition <= origin)!;
        const start = window.frames[0]!.t;
        if (source.t < start) continue;
        const from = window.offsets[source.t - start]! + origin - source.firstPosition;
        const said = chance(from, window.offsets[frame.t - start]! + i, frame.divided[i] === 1);
        if (said !== undefined) sure.set(frame.firstPosition + i, said);
      }
    }
  };
  for (const frame of movie.frames) take(tracker.push(frame));
  take(tracker.finish());
  const origins = new OriginIndex();
  const cells: PlacedCell[] = [];
  const inside = new Map<string, readonly number[]>();
  for (const [f, frame] of linked.entries()) {
    const own = movie.frames[f]!;
    for (const [i, label] of frame.labels.entries()) {
      const position = frame.firstPosition + i;
      const uid = String(position);
      const area = areaOf(own, i);
      const radius = Math.sqrt(area / Math.PI);
      const side = Math.min(own.y[i]!, own.x[i]!, own.height - own.y[i]!, own.width - own.x[i]!);
      cells.push({ uid, t: frame.t, y: own.y[i]!, x: own.x[i]!, area, atEdge: side < radius + 1, label });
      inside.set(uid, movie.cells[f]![i]!);
      const confidence = sure.get(position);
      if (frame.origins[i] !== -1)
        origins.set(uid, {
          uid: String(frame.origins[i]),
          kind: frame.divided[i] === 1 ? "division" : "link",
          ...(confidence === undefined ? {} : { confidence }),
        });
    }
  }
  return { cells, origins, inside };
}

/** Whether something is wrong with a link. */
function isWrongLink(
  from: readonly number[],
  to: readonly number[],
  divided: boolean,
  tracks: ReadonlyMap<number, Track>,
): boolean {
  if (from.length !== 1 || to.length !== 1) return true;
  const [a, b] = [from[0] as number, to[0] as number];
  return divided ? tracks.get(b)?.parent !== a : a !== b;
}

/** Whether a track ends (or begins) at an object although its cell goes on, divides, or is no cell. */
function isWrongEnd(
  inside: readonly number[],
  t: number,
  side: "start" | "end",
  tracks: ReadonlyMap<number, Track>,
): boolean {
  if (inside.length !== 1) return true;
  const track = tracks.get(inside[0] as number)!;
  if (side === "end") return track.last > t || track.daughters.length > 0;
  return track.first < t || track.parent !== null;
}

const counts = new Map<string, { all: number; wrong: number }>();
const tops = new Map<number, { all: number; wrong: number }>(
  [20, 50, 100].map((k) => [k, { all: 0, wrong: 0 }]),
);
let [wrongLinks, doubted, links] = [0, 0, 0];
for (let k = 0; k < Number(values.movies); k++) {
  const density = (["sparse", "medium", "dense"] as const satisfies readonly MovieDensity[])[k % 3]!;
  const wishes = {
    look: "nuclear",
    density,
    frameCount: Number(values.frames),
    height: 512,
    width: 512,
  } as const;
  const movie = knownDetections(wishes, Number(values.seed) + k, Number(values.errors));
  const tracks = new Map(movie.reference.map((track) => [track.label, track]));
  const { cells, origins, inside } = linkMovie(movie);
  const built = buildCellTracks(cells, origins);
  const facts = { frameCount: Number(values.frames), origins, events: new EventIndex() };
  const found = suspicionsOf(built, facts);
  const isWrong = ({ subject, uid, t, witnesses }: (typeof found)[number]): boolean => {
    if (subject.kind === "cell")
      return isWrongEnd(
        inside.get(uid)!,
        t,
        witnesses.some(({ kind }) => kind === "beginsInside") ? "start" : "end",
        tracks,
      );
    const to = origins.childrenOf(subject.from);
    return to.some(([child, kind]) =>
      isWrongLink(inside.get(subject.from)!, inside.get(child)!, kind === "division", tracks),
    );
  };
  for (const [rank, one] of found.entries()) {
    const wrong = isWrong(one) ? 1 : 0;
    for (const { kind } of one.witnesses) {
      const count = counts.get(kind) ?? { all: 0, wrong: 0 };
      counts.set(kind, { all: count.all + 1, wrong: count.wrong + wrong });
    }
    for (const [most, top] of tops)
      if (rank < most) {
        top.all++;
        top.wrong += wrong;
      }
  }
  const keys = new Set(found.flatMap(({ subject }) => (subject.kind === "link" ? [subject.from] : [])));
  for (const { uid } of cells) {
    const origin = origins.originOf(uid);
    if (origin === null) continue;
    links++;
    if (!isWrongLink(inside.get(origin.uid)!, inside.get(uid)!, origin.kind === "division", tracks)) continue;
    wrongLinks++;
    if (keys.has(origin.uid)) doubted++;
  }
}
console.log(
  `${values.movies} movies of ${values.frames} frames, ${values.errors} faults; ${links} links, ${wrongLinks} wrong, ${doubted} of them doubted`,
);
console.log("kind | findings | wrong | share");
for (const [kind, { all, wrong }] of [...counts].sort(
  (a, b) => b[1].wrong / b[1].all - a[1].wrong / a[1].all,
))
  console.log([kind, all, wrong, (wrong / all).toFixed(3)].join(" | "));
for (const [most, { all, wrong }] of tops)
  console.log(`first ${most} of each movie | ${all} | ${wrong} | ${(wrong / all).toFixed(3)}`);

/** Processor time: on a busy machine the clock measures others. */
function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

// What the page does after every edit of a long movie: 1,000 frames of 100 cells that divide now and then.
const [many, chain]: [PlacedCell[], OriginIndex] = [[], new OriginIndex()];
for (let t = 0; t < 1000; t++) {
  for (let c = 0; c < 100; c++) {
    const uid = `${t}-${c}`;
    many.push({
      uid,
      t,
      y: 30 * c,
      x: (t * 7 + c * 13) % 900,
      area: 200,
      atEdge: false,
      label: t * 100 + c + 1,
    });
    if (t > 0 && (t + c) % 50 !== 0) chain.set(uid, { uid: `${t - 1}-${c}`, kind: "link" });
  }
}
let built = buildCellTracks(many, chain);
const rows = [
  ["tracks of 100,000 objects", cpuMs(() => (built = buildCellTracks(many, chain)))],
  ["tree of them", cpuMs(() => void layTree(built.tracks))],
  [
    "doubt about them",
    cpuMs(() => void suspicionsOf(built, { frameCount: 1000, origins: chain, events: new EventIndex() })),
  ],
] as const;
for (const [name, ms] of rows) console.log(`${name} | ${ms.toFixed(0)} ms | ${built.tracks.length} tracks`);
