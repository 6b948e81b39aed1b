/** Frames segmented at one scale: a model that answers by a list, and what it was asked. */
import { expect, test } from "vitest";
import { imageArray, labelImage } from "#core/array/index.ts";
import type { PredictOptions, Segmentation, SegmentationModel } from "#nn/index.ts";
import type { Movie } from "./movie.ts";
import { segmentFrames } from "./segment-frames.ts";

const channel = { name: "", role: "nuclear" } as const;

const movie = {
  channels: [{ name: "bf", role: "brightfield" }, channel],
  mpp: null,
  modality: undefined,
} as unknown as Movie;

/** Estimates as listed, each sure or not; a scale that was set is answered as set. */
function modelThatEstimates(estimates: readonly { scale: number; sure: boolean }[]) {
  const asked: PredictOptions[] = [];
  const contract = {
    channels: [{ role: "nuclear", required: true }],
    compartments: [{ compartment: "nuclear" }],
  };
  const model = {
    contract,
    async predict(_image: unknown, options: PredictOptions) {
      asked.push(options);
      const { scale, sure } = estimates[asked.length - 1]!;
      const set = typeof options.scale === "number";
      return {
        labels: labelImage(1, 1),
        scale: set
          ? { factor: options.scale, source: "given", estimate: null }
          : {
              factor: scale < 1.2 ? 1 : scale,
              source: scale < 1.2 ? "none" : "estimated",
              estimate: { scale, sure, cellDiameterPx: 12, cellCount: 9 },
            },
        warnings: [{ message: "unlike" }],
      } as unknown as Segmentation;
    },
  } as unknown as SegmentationModel;
  return { model, asked };
}

const frame = imageArray("uint8", "cyx", [2, 1, 1]);
const signal = new AbortController().signal;

test("the scale of the first frame without doubt is kept; before it each frame has its own", async () => {
  const { model, asked } = modelThatEstimates([
    { scale: 3, sure: false },
    { scale: 1.5, sure: true },
    { scale: 9, sure: true },
    { scale: 9, sure: true },
  ]);
  const segmenter = segmentFrames(model, movie, {}, signal);
  for (let t = 0; t < 4; t++) await segmenter.labelsOf(t, frame);
  expect(asked.map(({ scale }) => scale)).toEqual([undefined, undefined, 1.5, 1.5]);
  expect(segmenter.found()).toMatchObject({
    scale: { factor: 1.5, source: "estimated" },
    warnings: ["unlike"],
  });
  // The model's input is the channel with its role, which is also the one that is measured.
  expect(asked[0]?.indices).toEqual([1]);
  expect(segmenter.channel).toBe(1);
});

test("an estimate too close to 1 to be used is kept as 1", async () => {
  const { model, asked } = modelThatEstimates([
    { scale: 1.1, sure: true },
    { scale: 1.3, sure: true },
  ]);
  const segmenter = segmentFrames(model, movie, {}, signal);
  for (let t = 0; t < 2; t++) await segmenter.labelsOf(t, frame);
  expect(asked.map(({ scale }) => scale)).toEqual([undefined, 1]);
});

test("a scale and a pixel size that a person states are used for every frame", async () => {
  const { model, asked } = modelThatEstimates(Array(2).fill({ scale: 9, sure: true }));
  const segmenter = segmentFrames(model, movie, { scale: 2, mpp: 0.5, channels: [0] }, signal);
  for (let t = 0; t < 2; t++) await segmenter.labelsOf(t, frame);
  expect(asked.map(({ scale, mpp, indices }) => ({ scale, mpp, indices }))).toEqual(
    Array(2).fill({ scale: 2, mpp: { y: 0.5, x: 0.5 }, indices: [0] }),
  );
});

test("channels that do not fit the model are refused before a frame is read", () => {
  const { model } = modelThatEstimates([]);
  const other = { ...movie, channels: [{ name: "a" }, { name: "b" }] } as unknown as Movie;
  expect(() => segmentFrames(model, other, {}, signal)).toThrowError(
    expect.objectContaining({ code: "array.shapeMismatch" }),
  );
});
