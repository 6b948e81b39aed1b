import { expect, test } from "vitest";
import type { CompartmentContract, TrainingRange } from "#nn/index.ts";
import { fitToImage } from "./image-fit.ts";

const own = {
  ...{ foregroundThreshold: 0.5, seedThreshold: 0.3, seedProminence: 0.1, seedDistancePx: 0 },
  ...{ smoothingPx: 1.6, areaPxMin: 8, holePxMax: 100, foregroundMeanMin: 0.9 },
};
const compartments = (["nuclear", "wholeCell"] as const).map((compartment) => ({
  compartment,
  postprocessing: own,
})) as unknown as CompartmentContract[];
const range = { cellDiameterPx: { low: 10, median: 20, high: 30 } } as TrainingRange;
const contract = { compartments, range };

test("nothing said changes nothing", () => {
  expect(fitToImage(contract, undefined)).toEqual({});
  expect(fitToImage(contract, {})).toEqual({});
  expect(fitToImage(contract, { touching: 0, faint: 0 })).toEqual({});
});

test("each step cuts at half the dip on a map smoothed less, in every compartment", () => {
  const { changes, scale } = fitToImage(contract, { touching: 1 });
  expect(scale).toBeUndefined();
  expect(changes?.nuclear).toEqual({ seedProminence: 0.05, smoothingPx: expect.closeTo(1.2, 10) });
  expect(changes?.wholeCell).toEqual(changes?.nuclear);
  expect(fitToImage(contract, { touching: -2 }).changes?.nuclear).toEqual({
    ...{ seedProminence: 0.4, smoothingPx: expect.closeTo(1.6 / 0.75 ** 2, 10) },
  });
});

test("each step takes fainter cells, within 0.05 to 0.95", () => {
  const asked = (faint: number) => fitToImage(contract, { faint }).changes?.nuclear;
  expect(asked(2)).toEqual({
    ...{ foregroundThreshold: expect.closeTo(0.3, 10), foregroundMeanMin: expect.closeTo(0.7, 10) },
  });
  expect(asked(-2)).toEqual({ foregroundThreshold: expect.closeTo(0.7, 10), foregroundMeanMin: 0.95 });
});

test("a width of cells becomes the scale at which the model sees them as its own", () => {
  expect(fitToImage(contract, { diameterPx: 40 })).toEqual({ scale: 0.5 });
  // Nothing is seen more than 32 times smaller.
  expect(fitToImage(contract, { diameterPx: 2000 })).toEqual({ scale: 1 / 32 });
  expect(() => fitToImage({ ...contract, range: null }, { diameterPx: 40 })).toThrow(
    expect.objectContaining({ code: "request.invalid" }),
  );
});
