import { describe, expect, test } from "vitest";
import { rng } from "../rng.ts";
import { checkLineage, type LineageRule } from "./check-lineage.ts";
import { presenceOf, type Track, type TrackLink, withDaughters } from "./track.ts";
import { linksFromTracks, tracksFromLinks } from "./track-links.ts";

const track = (label: number, first: number, last: number, parent: number | null = null) => ({
  label,
  first,
  last,
  parent,
});
/** Detections of tracks in every frame. */
const seen = (tracks: readonly { label: number; first: number; last: number }[]) =>
  tracks.flatMap(({ label, first, last }) =>
    Array.from({ length: last - first + 1 }, (_, i) => ({ label, t: first + i })),
  );
const family = withDaughters([track(1, 0, 3), track(2, 4, 6, 1), track(3, 4, 9, 1), track(7, 2, 9)]);
const rulesOf = (tracks: readonly Track[], pixels: { label: number; t: number }[] | null) =>
  checkLineage(tracks, pixels === null ? null : presenceOf(pixels)).map(
    ({ rule, label, frame, lastFrame }) => [rule, label, frame, lastFrame] as const,
  );

describe("laws of a lineage", () => {
  test("a lineage that keeps them has no findings", () => {
    expect(checkLineage(family, presenceOf(seen(family)), { frameCount: 10 })).toEqual([]);
  });

  const broken: [LineageRule, readonly Track[], (readonly [number, number])[] | null, unknown][] = [
    ["labelRepeated", withDaughters([track(1, 0, 1), track(1, 3, 4)]), null, ["labelRepeated", 1, 3, 3]],
    ["endBeforeBegin", withDaughters([track(5, 4, 2)]), null, ["endBeforeBegin", 5, 4, 4]],
    ["numberInvalid", withDaughters([track(0, 0, 2)]), null, ["numberInvalid", 0, null, null]],
    ["parentMissing", withDaughters([track(2, 4, 5, 9)]), null, ["parentMissing", 2, 4, 4]],
    [
      "daughtersDisagree",
      [
        { ...track(1, 0, 3), daughters: [8] },
        { ...track(8, 4, 5), daughters: [] },
      ],
      null,
      ["daughtersDisagree", 1, 3, 3],
    ],
    ["singleDaughter", withDaughters([track(1, 0, 3), track(2, 4, 5, 1)]), null, ["singleDaughter", 1, 3, 3]],
    [
      "labelUnknown",
      [],
      [
        [4, 6],
        [4, 9],
      ],
      ["labelUnknown", 4, 6, 9],
    ],
    [
      "frameMissing",
      withDaughters([track(3, 1, 6)]),
      [
        [3, 1],
        [3, 2],
        [3, 6],
      ],
      ["frameMissing", 3, 3, 5],
    ],
    [
      "frameOutside",
      withDaughters([track(3, 1, 1)]),
      [
        [3, 1],
        [3, 4],
        [3, 5],
      ],
      ["frameOutside", 3, 4, 5],
    ],
  ];
  test.each(broken)("%s is found with label and frame", (_, tracks, pixels, expected) => {
    const found = rulesOf(tracks, pixels?.map(([label, t]) => ({ label, t })) ?? null);
    expect(found).toEqual([expected]);
  });

  test("a parent still seen when its daughters start", () => {
    const tracks = withDaughters([track(1, 0, 4), track(2, 4, 6, 1), track(3, 5, 6, 1)]);
    expect(rulesOf(tracks, null)).toEqual([["parentOverlaps", 2, 4, 4]]);
  });

  test("a late daughter and too many daughters are warnings", () => {
    const tracks = withDaughters([track(1, 0, 4), track(2, 5, 6, 1), track(3, 7, 8, 1), track(4, 5, 6, 1)]);
    const found = checkLineage(tracks, null);
    expect(found.map(({ rule, severity }) => [rule, severity])).toEqual([
      ["manyDaughters", "warning"],
      ["daughterLate", "warning"],
    ]);
  });

  test("a ring of parents is found on each member and ends", () => {
    const ring = withDaughters([track(1, 0, 1, 3), track(2, 2, 3, 1), track(3, 4, 5, 2), track(9, 6, 7, 3)]);
    const rings = rulesOf(ring, null).filter(([rule]) => rule === "cycle");
    expect(rings.map(([, label]) => label)).toEqual([1, 2, 3]);
  });

  test("one child after a gap is the same cell, not a division", () => {
    const gap = withDaughters([track(1, 0, 3), track(2, 6, 8, 1)]);
    expect(checkLineage(gap, presenceOf(seen(gap)))).toEqual([]);
  });

  test("frames without objects", () => {
    const found = checkLineage([], new Map(), { frameCount: 3 });
    expect(found.map(({ rule, frame, lastFrame }) => [rule, frame, lastFrame])).toEqual([
      ["frameEmpty", 0, 2],
    ]);
  });
});

describe("links and tracks", () => {
  test("a division: links along the tracks and from parent to daughters", () => {
    const detections = seen([track(1, 0, 1), track(2, 2, 2), track(3, 2, 2)]);
    const tracks = withDaughters([track(1, 0, 1), track(2, 2, 2, 1), track(3, 2, 2, 1)]);
    expect(linksFromTracks(tracks, detections)).toEqual([
      { from: 0, to: 1, kind: "link" },
      { from: 1, to: 2, kind: "division" },
      { from: 1, to: 3, kind: "division" },
    ]);
  });

  test("several successors end a track whatever they are called; a second origin is dropped", () => {
    const detections = [{ t: 0 }, { t: 0 }, { t: 1 }, { t: 1 }];
    const links: TrackLink[] = [
      { from: 0, to: 2, kind: "link" },
      { from: 0, to: 3, kind: "link" },
      { from: 1, to: 3, kind: "link" },
      { from: 2, to: 3, kind: "link" },
    ];
    const { tracks, labels, dropped } = tracksFromLinks(detections, links);
    expect([...labels]).toEqual([1, 2, 3, 4]);
    expect(dropped).toEqual([2, 3]);
    expect(tracks.map(({ label, parent, daughters }) => [label, parent, daughters])).toEqual([
      [1, null, [3, 4]],
      [2, null, []],
      [3, 1, []],
      [4, 1, []],
    ]);
  });

  test("a gap stays one track, or becomes parent and only child", () => {
    const detections = [{ t: 0 }, { t: 3 }];
    const links: TrackLink[] = [{ from: 0, to: 1, kind: "link" }];
    expect(tracksFromLinks(detections, links).tracks).toEqual([
      { label: 1, first: 0, last: 3, parent: null, daughters: [] },
    ]);
    const split = tracksFromLinks(detections, links, { gaps: false });
    expect(split.tracks.map(({ label, first, parent }) => [label, first, parent])).toEqual([
      [1, 0, null],
      [2, 3, 1],
    ]);
    const named = detections.map(({ t }, i) => ({ t, label: split.labels[i]! }));
    expect(linksFromTracks(split.tracks, named)).toEqual(links);
  });

  test("wanted labels are kept, a repeated one gives way", () => {
    const detections = [{ t: 0 }, { t: 1 }, { t: 1 }];
    const { labels } = tracksFromLinks(detections, [{ from: 0, to: 1, kind: "link" }], {
      labels: [40, 7, 40],
    });
    expect([...labels]).toEqual([40, 40, 41]);
  });

  test("law: links -> tracks -> links is the identity, and the tracks keep every law but warnings", () => {
    for (let seed = 0; seed < 200; seed++) {
      const { detections, links } = randomForest(seed);
      for (const gaps of [true, false]) {
        const { tracks, labels, dropped } = tracksFromLinks(detections, links, { gaps });
        expect(dropped).toEqual([]);
        const named = detections.map(({ t }, i) => ({ t, label: labels[i]! }));
        expect(linksFromTracks(tracks, named), `seed ${seed} gaps ${gaps}`).toEqual(links);
        const errors = checkLineage(tracks, presenceOf(named)).filter(
          ({ severity, rule }) => severity === "error" && !(gaps && rule === "frameMissing"),
        );
        expect(errors, `seed ${seed} gaps ${gaps}`).toEqual([]);
      }
    }
  });
});

/** Cells that go on, divide in two (or one, right away), skip frames and end by chance; links sorted by target. */
function randomForest(seed: number): { detections: { t: number }[]; links: TrackLink[] } {
  const random = rng(seed, "forest");
  const detections: { t: number }[] = [];
  const links: TrackLink[] = [];
  let living: number[] = [];
  for (let t = 0; t < 8; t++) {
    const next: number[] = [];
    for (const from of living) {
      const gap = detections[from]!.t < t - 1;
      const fate = random.uniform(0, 1);
      if (fate < 0.1) continue;
      if (fate < 0.25) {
        next.push(from);
        continue;
      }
      const daughters = fate < 0.4 ? 2 : 1;
      const alone = fate > 0.9 && !gap;
      for (let i = 0; i < daughters; i++) {
        links.push({ from, to: detections.length, kind: daughters === 2 || alone ? "division" : "link" });
        next.push(detections.push({ t }) - 1);
      }
    }
    if (t < 3) next.push(detections.push({ t }) - 1);
    living = next;
  }
  return { detections, links };
}
