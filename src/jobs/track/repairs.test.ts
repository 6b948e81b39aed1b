/** Repairs while a movie is tracked: marked, written, read back, and taken back to the masks that were given. */
import { expect, test } from "vitest";
import { imageArray, type LabelImage } from "#core/array/index.ts";
import { evenShares, injectSegmentationErrors, simulateMovie } from "#core/movie/index.ts";
import { rng } from "#core/rng.ts";
import { createTrackScorer } from "#core/track-metrics/index.ts";
import { revertMaskRepairInPlace, tracksOf } from "#core/tracking/index.ts";
import type { Movie } from "./movie.ts";
import { countRepairs, decodeRepairs, encodeRepairs } from "./repairs-file.ts";
import { type TrackedMovie, trackMovie } from "./track-movie.ts";

const size = 160;
const simulated = simulateMovie(
  {
    look: "nuclear",
    density: "medium",
    frameCount: 20,
    height: size,
    width: size,
    mppUm: 0.8,
    missedFrames: 0,
  },
  21,
);
const frames = [...simulated.frames];
const random = rng(21, "faults");
const faulty = frames.map(({ labels }) => injectSegmentationErrors(labels, evenShares(0.08), random));

const movie: Movie = {
  ...{ name: "made", frameCount: frames.length, height: size, width: size, dtype: frames[0]!.image.dtype },
  ...{ channels: [], mpp: null, frameIntervalS: null, modality: undefined, sequence: null, notes: [] },
  numbers: frames.map(({ t }) => t),
  frameName: (t) => `frame ${t}`,
  readFrame: async (t) => imageArray(frames[t]!.image.dtype, "yx", [size, size], frames[t]!.image.data),
};

const track = (repairs: boolean): Promise<TrackedMovie> =>
  trackMovie(movie, {
    ...{ labelsOf: async (t) => faulty[t]!.labels, channel: 0, solver: "exact", gapFrames: 2, repairs },
    ...{ signal: new AbortController().signal, onFrame: () => undefined },
  });

function linkScore({ graph, tracksOfFrame }: TrackedMovie): number {
  const scorer = createTrackScorer({ reference: simulated.tracks(), predicted: tracksOf(graph) });
  for (const { t, labels } of frames) scorer.addFrame(t, labels, tracksOfFrame(t));
  return scorer.scores().lnk!;
}

test("links are better with repairs, and all of them can be taken back", async () => {
  const [without, repaired] = [await track(false), await track(true)];
  expect(without.repairs).toEqual([]);
  for (const { t } of frames) expect(without.masksOfFrame(t)).toEqual(faulty[t]!.labels);
  // Eight faults in a hundred cells take a tenth of the links; what one frame breaks, its neighbours mend.
  expect(linkScore(without)).toBeLessThan(0.95);
  expect(linkScore(repaired)).toBeGreaterThan(0.98);
  const counts = countRepairs(repaired.repairs);
  const made = Map.groupBy(
    faulty.flatMap(({ errors }) => errors),
    ({ kind }) => kind,
  );
  expect(counts.cut).toBeGreaterThan(0.6 * made.get("split")!.length);
  expect(counts.missed).toBeGreaterThan(0.6 * made.get("miss")!.length);
  expect(counts.merged).toBeGreaterThan(0);
  const read = decodeRepairs(encodeRepairs(repaired), movie);
  expect(read).toEqual(repaired.repairs);
  for (const { t } of frames) {
    const masks: LabelImage = repaired.masksOfFrame(t);
    for (const repair of read.filter((one) => one.t === t).reverse()) revertMaskRepairInPlace(masks, repair);
    expect(masks.data).toEqual(faulty[t]!.labels.data);
  }
});

test("a file that is damaged is refused with the number of the entry", () => {
  const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const refused = (words: string) =>
    expect.objectContaining({ code: "format.tracks", message: expect.stringContaining(words) });
  expect(() => decodeRepairs(new Uint8Array([123]), movie)).toThrowError(refused("not JSON"));
  expect(() => decodeRepairs(text({ version: 2, repairs: [] }), movie)).toThrowError(refused("version 1"));
  const entry = { kind: "cut", frame: 1, reason: "by hand", before: [], after: [] };
  expect(decodeRepairs(text({ version: 1, repairs: [entry] }), movie)).toHaveLength(1);
  const wrong = (change: object) => text({ version: 1, repairs: [entry, { ...entry, ...change }] });
  expect(() => decodeRepairs(wrong({ kind: "made up" }), movie)).toThrowError(refused("repair 2"));
  expect(() => decodeRepairs(wrong({ after: [{ label: 1 }] }), movie)).toThrowError(refused("repair 2"));
  const outside = { label: 1, bbox: [0, 0, 1, size + 1], bits: "" };
  expect(() => decodeRepairs(wrong({ after: [outside] }), movie)).toThrowError(
    expect.objectContaining({ code: "label.invalid" }),
  );
});
