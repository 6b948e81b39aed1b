/** Each change against its physics: closed forms, hand-made values, and statistics with known variance. */
import { describe, expect, test } from "vitest";
import { plane } from "#core/array/index.ts";
import { gaussianBlur } from "#core/image/index.ts";
import { rng } from "#core/rng.ts";
import { type ChangeName, changeNames, changes, type FloatPlane } from "./index.ts";
import { poisson } from "./noise.ts";
import { hills, slant, wideBlur } from "./smooth-field.ts";

const of = (height: number, width: number, value: (y: number, x: number) => number): FloatPlane =>
  plane(
    "float32",
    height,
    width,
    Float32Array.from({ length: height * width }, (_, i) => value(Math.floor(i / width), i % width)),
  );
const flat = (side: number, value: number): FloatPlane => of(side, side, () => value);
const apply = (
  name: ChangeName,
  planes: readonly FloatPlane[],
  values: Record<string, number>,
  { seed = 1, roles = planes.map(() => "nuclear") }: { seed?: number; roles?: string[] } = {},
): readonly FloatPlane[] => changes[name].make(planes, values, { roles, random: rng(seed) });
const one = (name: ChangeName, source: FloatPlane, values: Record<string, number>, seed = 1): Float32Array =>
  (apply(name, [source], values, { seed })[0] as FloatPlane).data;
const expectClose = (found: Float32Array | undefined, wanted: Float32Array | undefined): void => {
  const worst = found?.reduce(
    (far, value, i) => Math.max(far, Math.abs(value - (wanted?.[i] ?? Number.NaN))),
    0,
  );
  expect(worst).toBeLessThan(1e-4);
};
const mean = (data: Float32Array): number => data.reduce((a, b) => a + b, 0) / data.length;
const variance = (data: Float32Array): number => {
  const m = mean(data);
  return data.reduce((a, b) => a + (b - m) ** 2, 0) / data.length;
};

test("gain, offset and gamma are what they say; values below 0 keep their sign and order", () => {
  const source = plane("float32", 1, 4, Float32Array.of(-0.25, 0, 0.25, 1));
  expect([...one("gain", source, { factor: 2 })]).toEqual([-0.5, 0, 0.5, 2]);
  expect([...one("offset", source, { level: 0.5 })]).toEqual([0.25, 0.5, 0.75, 1.5]);
  expect([...one("gamma", source, { power: 2 })]).toEqual([-0.0625, 0, 0.0625, 1]);
});

describe("noise", () => {
  // Standard error of a variance from 40,000 samples is 0.7 %; a bound of 4 % never fails by chance.
  const near = (found: number, wanted: number, by = 0.04): void =>
    expect(Math.abs(found / wanted - 1)).toBeLessThan(by);

  test("photons: variance = (signal + background) / photons + readout²", () => {
    const dim = one("photonNoise", flat(200, 0.5), { photons: 100, background: 0.1, readout: 0.05 });
    near(variance(dim), 0.6 / 100 + 0.05 ** 2);
    near(mean(dim), 0.5, 0.01);
    const dark = one("photonNoise", flat(200, -0.2), { photons: 100, background: 0, readout: 0.02 });
    near(variance(dark), 0.02 ** 2);
  });

  test("sensor noise has the same deviation everywhere", () => {
    near(variance(one("sensorNoise", flat(200, 0.9), { deviation: 0.1 })), 0.01);
  });

  test("ion counts are whole, their variance is their mean", () => {
    const counts = one("ionCounts", flat(200, 0.5), { ions: 8, sparks: 0 }).map((value) => value * 8);
    expect(counts.every((count) => Math.abs(count - Math.round(count)) < 1e-5)).toBe(true);
    near(mean(counts), 4);
    near(variance(counts), 4);
    // P(0) of a Poisson number of mean 4 is e^-4.
    near(counts.filter((count) => count === 0).length / counts.length, Math.exp(-4), 0.2);
  });

  test("sparks come as often as planned and outshine", () => {
    const data = one("ionCounts", flat(200, 0), { ions: 8, sparks: 0.01 });
    near(data.filter((value) => value >= 0.5).length / data.length, 0.01, 0.25);
  });

  test("Poisson numbers of a large mean, by the normal limit", () => {
    const random = rng(3);
    const drawn = Float32Array.from({ length: 20_000 }, () => poisson(random, 400));
    near(mean(drawn), 400, 0.01);
    near(variance(drawn), 400, 0.06);
    expect(poisson(random, 0)).toBe(0);
  });
});

describe("lens", () => {
  const spot = of(41, 41, (y, x) => (y === 20 && x === 20 ? 1 : 0));

  test("blur is a Gaussian of that width", () => {
    expect(one("blur", spot, { sigmaPx: 2 })).toEqual(gaussianBlur(spot, 2).data);
    expect(one("blur", spot, { sigmaPx: 0.1 })).toEqual(spot.data);
  });

  test("haze keeps flat planes, and the light of a spot", () => {
    for (const value of one("haze", flat(40, 0.7), { share: 0.5, sigmaPx: 9 }))
      expect(value).toBeCloseTo(0.7, 5);
    const hazy = one("haze", spot, { share: 0.4, sigmaPx: 2 });
    expect(hazy.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 3);
    expect(hazy[20 * 41 + 20]).toBeCloseTo(
      0.6 + 0.4 * (gaussianBlur(spot, 2).data[20 * 41 + 20] as number),
      5,
    );
  });

  test("wide blurs on block means agree with the Gaussian to 1 % of the contrast away from the edge", () => {
    const random = rng(7);
    const cells = of(160, 160, () => (random.chance(0.2) ? 1 : 0));
    const smooth = gaussianBlur(cells, 3);
    for (const sigma of [4, 8, 15]) {
      const exact = gaussianBlur(smooth, sigma).data;
      const quick = wideBlur(smooth, sigma).data;
      // At the edge one repeats a pixel, the other a block: neither is the truth.
      const margin = Math.ceil(2 * sigma);
      let worst = 0;
      for (let y = margin; y < 160 - margin; y++)
        for (let x = margin; x < 160 - margin; x++)
          worst = Math.max(worst, Math.abs((exact[y * 160 + x] as number) - (quick[y * 160 + x] as number)));
      const contrast = Math.max(...smooth.data) - Math.min(...smooth.data);
      expect(worst / contrast).toBeLessThan(0.01);
    }
  });
});

describe("light", () => {
  test("slants rise linearly from about -1 to 1", () => {
    const ramp = slant(rng(2), { height: 50, width: 50 });
    const at = (y: number, x: number): number => ramp[y * 50 + x] as number;
    expect(at(10, 10) + at(39, 39)).toBeCloseTo(0, 5);
    expect(at(20, 5) - at(20, 4)).toBeCloseTo(at(3, 40) - at(3, 39), 5);
    expect(Math.max(...ramp)).toBeLessThanOrEqual(Math.SQRT2 + 1e-6);
    expect(Math.max(...ramp)).toBeGreaterThanOrEqual(1 - 1e-6);
  });

  test("hills lie within 0 and 1 and are smooth", () => {
    const field = hills(rng(4), { height: 60, width: 60 }, 20);
    expect(Math.min(...field)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...field)).toBeLessThanOrEqual(1);
    // Steepest slope of an eased step is 1.5 / spacing.
    for (let i = 1; i < 60; i++)
      expect(Math.abs((field[i] as number) - (field[i - 1] as number))).toBeLessThanOrEqual(1.5 / 20 + 1e-6);
  });

  test("a background gradient adds between 0 and its height", () => {
    const data = one("backgroundGradient", flat(64, 0.2), { height: 0.4 });
    expect(Math.min(...data)).toBeGreaterThan(0.2 - 0.4 * 0.21);
    expect(Math.max(...data)).toBeLessThan(0.6 + 0.4 * 0.21);
    expect(mean(data)).toBeCloseTo(0.4, 4);
  });

  test("uneven illumination takes at most its share, and nothing at the top of the hill", () => {
    for (let seed = 0; seed < 10; seed++) {
      const data = one("unevenIllumination", flat(64, 1), { loss: 0.5 }, seed);
      expect(Math.min(...data)).toBeGreaterThanOrEqual(0.5 - 1e-6);
      expect(Math.max(...data)).toBeLessThanOrEqual(1);
      expect(Math.max(...data) - Math.min(...data)).toBeGreaterThan(0.1);
    }
  });

  test("a bleached patch has one straight edge", () => {
    const data = one("bleachedPatch", flat(40, 1), { kept: 0.6 });
    expect(new Set([...data].map((value) => Math.round(value * 1000)))).toEqual(new Set([600, 1000]));
    const left = data.filter((value) => value < 0.9).length / 40;
    expect(Number.isInteger(left)).toBe(true);
    expect(left).toBeGreaterThanOrEqual(8);
    expect(left).toBeLessThanOrEqual(32);
  });

  test("autofluorescence is the same pattern in all channels", () => {
    const [a, b] = apply("autofluorescence", [flat(50, 0), flat(50, 0)], { level: 0.4, spacingPx: 12 });
    const ratio = (b?.data[777] as number) / (a?.data[777] as number);
    expectClose(
      b?.data,
      a?.data.map((value) => value * ratio),
    );
    expect(Math.max(...(a?.data ?? []))).toBeLessThanOrEqual(0.4);
  });

  test("saturation cuts at the level, which becomes 1", () => {
    const source = plane("float32", 1, 3, Float32Array.of(0.2, 0.5, 0.9));
    expect([...one("saturation", source, { level: 0.5 })].map((v) => Math.round(v * 1e6) / 1e6)).toEqual([
      0.4, 1, 1,
    ]);
  });
});

describe("transmitted light", () => {
  const disc = of(64, 64, (y, x) => ((y - 32) ** 2 + (x - 32) ** 2 < 100 ? 0.2 : 0.5));

  test("inversion twice is nothing", () => {
    const twice = apply("contrastInversion", apply("contrastInversion", [disc], {}), {})[0] as FloatPlane;
    expectClose(twice.data, disc.data);
  });

  test("a halo of strength -1 is the wide blur itself; of 1, it brightens the rim of a dark disc", () => {
    expect(one("halo", disc, { strength: -1, sigmaPx: 2 })[0]).toBeCloseTo(0.5, 5);
    const gone = one("halo", disc, { strength: -1, sigmaPx: 2 });
    const blurred = gaussianBlur(disc, 2).data;
    expectClose(gone, blurred);
    const haloed = one("halo", disc, { strength: 1, sigmaPx: 2 });
    expect(haloed[32 * 64 + 44]).toBeGreaterThan(0.5 + 0.03);
  });

  test("an illumination gradient leaves the mean of a flat plane", () => {
    expect(mean(one("illuminationGradient", flat(50, 0.5), { slope: 0.4 }))).toBeCloseTo(0.5, 5);
  });
});

describe("stain", () => {
  const rgb = (r: number, g: number, b: number): FloatPlane[] => [flat(1, r), flat(1, g), flat(1, b)];
  const roles = ["brightfield", "brightfield", "brightfield"];

  test("nothing changed gives the same colours, grey and red-green-blue", () => {
    const same = apply("stainStrength", rgb(0.6, 0.3, 0.7), { amount: 1, wash: 0, hue: 0 }, { roles });
    expect(same.map(({ data }) => data[0])).toEqual([0.6, 0.3, 0.7].map((value) => expect.closeTo(value, 5)));
    expect(one("stainStrength", flat(1, 0.3), { amount: 1, wash: 0, hue: 0 })[0]).toBeCloseTo(0.3, 6);
  });

  test("twice the stain lets the square of the light through", () => {
    // Light of value v is 0.1 + 0.9 v; 0.5 of the light becomes 0.25.
    const v = (0.5 - 0.1) / 0.9;
    expect(one("stainStrength", flat(1, v), { amount: 2, wash: 0, hue: 0 })[0]).toBeCloseTo(
      (0.25 - 0.1) / 0.9,
      5,
    );
    expect(one("stainStrength", flat(1, 1), { amount: 2, wash: 0, hue: 0 })[0]).toBeCloseTo(1, 6);
    expect(one("stainStrength", flat(1, 1), { amount: 1, wash: Math.LN2, hue: 0 })[0]).toBeCloseTo(v, 5);
  });

  test("twice the haematoxylin changes a blue pixel along haematoxylin's own colour", () => {
    const h = [0.65, 0.704, 0.286].map((part) => part / Math.hypot(0.65, 0.704, 0.286));
    const light = (density: number): number => (Math.exp(-density) - 0.1) / 0.9;
    const source = rgb(...(h.map((part) => light(0.5 * part)) as [number, number, number]));
    const twice = apply("stainStrength", source, { amount: 2, wash: 0, hue: 0 }, { roles });
    expectClose(
      Float32Array.from(twice, ({ data }) => data[0] as number),
      Float32Array.from(h, light),
    );
  });
});

describe("between channels", () => {
  const planes = [flat(2, 1), flat(2, 2), flat(2, 3)];
  const roles = ["nuclear", "membrane", "cytoplasm"];
  const first = (list: readonly FloatPlane[]): number[] => list.map(({ data }) => data[0] as number);

  test("dropout takes one marker, never the nuclear channel or the only one", () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 20; seed++)
      seen.add(first(apply("channelDropout", planes, {}, { seed, roles })).join());
    expect(seen).toEqual(new Set(["1,0,3", "1,2,0"]));
    expect(first(apply("channelDropout", [flat(2, 5)], {}, { roles: ["membrane"] }))).toEqual([5]);
    expect(first(apply("channelDropout", planes.slice(0, 1), {}, { roles: ["nuclear"] }))).toEqual([1]);
  });

  test("markers swap among themselves", () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 20; seed++)
      seen.add(first(apply("markerSwap", planes, {}, { seed, roles })).join());
    expect(seen).toEqual(new Set(["1,2,3", "1,3,2"]));
  });

  test("spill-over adds at most its share of another channel, from what was there before", () => {
    for (let seed = 0; seed < 20; seed++) {
      const found = first(apply("spillOver", planes, { share: 0.1 }, { seed, roles }));
      found.forEach((value, i) => {
        expect(value).toBeGreaterThanOrEqual(i + 1);
        expect(value).toBeLessThanOrEqual(i + 1 + 0.3);
      });
    }
    expect(first(apply("spillOver", [flat(2, 1)], { share: 0.5 }))).toEqual([1]);
  });
});

test("law: no change touches what it was given, all give finite planes of the same size, each repeats with its seed", () => {
  const random = rng(11);
  const planes = [0, 1, 2].map(() => of(24, 31, () => random.uniform(-0.2, 1.4)));
  const roles = ["nuclear", "membrane", "membrane"];
  for (const name of changeNames) {
    for (let seed = 0; seed < 8; seed++) {
      const values = Object.fromEntries(
        Object.entries(changes[name].strengths).map(([key, { low, high }]) => [
          key,
          rng(seed, name, key).uniform(low, high),
        ]),
      );
      const before = planes.map(({ data }) => data.slice());
      const after = apply(name, planes, values, { seed, roles });
      expect(planes.map(({ data }) => data)).toEqual(before);
      expect(after.map(({ height, width, data }) => [height, width, data.length])).toEqual(
        planes.map(() => [24, 31, 744]),
      );
      expect(
        after.every(({ data }) => data.every(Number.isFinite)),
        name,
      ).toBe(true);
      expect(apply(name, planes, values, { seed, roles })).toEqual(after);
    }
  }
});
