/** Plans: chosen by metadata, plausible, safe when nothing is known, the same each time. */
import { describe, expect, test } from "vitest";
import { plane } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import {
  type AugmentDomain,
  type AugmentPlan,
  assertAugmentPlan,
  augmentFamilies,
  augmentFamilyOf,
  augmentPlanes,
  augmentPlanFor,
  type ChangeName,
  cutPlanes,
  noAugmentation,
  plannedTransform,
} from "./index.ts";

const rowOf = (plan: AugmentPlan, name: ChangeName) => plan.changes.find((change) => change.name === name);

describe("family", () => {
  const cases: readonly (readonly [AugmentDomain, string])[] = [
    [{ modality: "fluorescence microscopy" }, "fluorescence"],
    [{ modality: "Confocal" }, "fluorescence"],
    [{ kind: "fluorescence-large" }, "fluorescence"],
    [{ kind: "grayscale-tissue" }, "unknown"],
    [{ platform: "CODEX" }, "multiplexed"],
    [{ platform: "tCyCIF" }, "multiplexed"],
    [{ platform: "t-CyCIF" }, "multiplexed"],
    [{ platform: "imc", modality: "multiplexed" }, "ions"],
    [{ platform: "MIBI-TOF" }, "ions"],
    [{ modality: "multiplexed" }, "multiplexed"],
    [{ modality: "Phase-contrast" }, "phase"],
    [{ modality: "DIC" }, "phase"],
    [{ modality: "brightfield" }, "brightfield"],
    [{ modality: "brightfield", kind: "histology" }, "histology"],
    [{ platform: "chromogenic" }, "histology"],
    [{ kind: "H&E" }, "histology"],
    [{ modality: "fluorescence", roles: ["nuclear", "membrane"] }, "multiplexed"],
    [{ roles: ["nuclear", "membrane"] }, "multiplexed"],
    [{ roles: ["phase"] }, "phase"],
    // A grey picture of a stained slide has a "nuclear" channel as well.
    [{ roles: ["nuclear"] }, "unknown"],
    [{ modality: "a new kind of light" }, "unknown"],
    // A part of a longer word does not count: this is not FISH.
    [{ kind: "goldfish" }, "unknown"],
    [{}, "unknown"],
  ];
  test.each(cases)("%j is %s", (domain, family) => {
    expect(augmentFamilyOf(domain).family).toBe(family);
  });
});

test("an unknown kind gets the safe subset only, and the plan says so", () => {
  const plan = augmentPlanFor({});
  expect(plan.family).toBe("unknown");
  expect(plan.reason).toMatch(/safe subset/);
  expect(plan.changes.map(({ name }) => name).sort()).toEqual([
    "blur",
    "gain",
    "gamma",
    "offset",
    "sensorNoise",
  ]);
  expect(plan.geometry.bend).toBeNull();
});

test("what is implausible is never planned", () => {
  const names = (domain: AugmentDomain): string[] => augmentPlanFor(domain).changes.map(({ name }) => name);
  expect(names({ modality: "fluorescence" })).not.toContain("contrastInversion");
  expect(names({ kind: "histology" })).not.toContain("contrastInversion");
  expect(names({ kind: "histology" })).not.toContain("photonNoise");
  // A nucleus that shows in bright field is stained, so dark stays dark; a whole cell turns over with the focus.
  expect(names({ modality: "brightfield", compartment: "nuclear" })).not.toContain("contrastInversion");
  expect(names({ modality: "brightfield", compartment: "wholeCell" })).toContain("contrastInversion");
  expect(names({ modality: "phase" })).not.toContain("autofluorescence");
  expect(names({ platform: "imc" })).not.toContain("photonNoise");
  expect(names({ platform: "imc" })).toContain("ionCounts");
  expect(names({ modality: "fluorescence" })).not.toContain("channelDropout");
});

test("lengths follow the pixel size: blur of half a micrometre, in pixels", () => {
  const sigma = (mppUm: number | null) =>
    rowOf(augmentPlanFor({ modality: "fluorescence", mppUm }), "blur")?.ranges["sigmaPx"];
  expect(sigma(0.25)).toEqual([0, 2]);
  expect(sigma(0.5)).toEqual([0, 1]);
  // Beyond what such a picture can show, and below what is worth doing: bounded.
  expect(sigma(0.05)).toEqual([0, 4]);
  expect(sigma(5)).toEqual([0, 0.5]);
  expect(sigma(null)).toEqual([0, 1.5]);
  const zoom = (mppUm: number | null, compartment = "nuclear") =>
    augmentPlanFor({ modality: "fluorescence", mppUm, compartment }).geometry.zoom;
  expect(zoom(0.5)).toEqual([0.7, 1.4]);
  expect(zoom(0.5, "wholeCell")).toEqual([0.6, 1.6]);
  expect(zoom(null)).toEqual([0.5, 2]);
  // Metres instead of micrometres: not believed.
  expect(zoom(5e-7)).toEqual([0.5, 2]);
});

test("every plan passes its own check, for all families and pixel sizes, and survives JSON", () => {
  const domains: AugmentDomain[] = [
    { modality: "fluorescence" },
    { platform: "codex" },
    { platform: "mibi" },
    { modality: "phase" },
    { modality: "brightfield" },
    { kind: "histology" },
    {},
  ];
  const seen = new Set<string>();
  for (const domain of domains) {
    for (const mppUm of [null, 0.02, 0.1, 0.5, 1, 10]) {
      for (const compartment of ["nuclear", "wholeCell"]) {
        const plan = augmentPlanFor({ ...domain, mppUm, compartment });
        seen.add(plan.family);
        expect(() => assertAugmentPlan(plan)).not.toThrow();
        expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
      }
    }
  }
  expect([...seen].sort()).toEqual([...augmentFamilies].sort());
  expect(() => assertAugmentPlan(noAugmentation)).not.toThrow();
});

test("a plan from outside is refused by name of what is wrong", () => {
  const good = augmentPlanFor({ modality: "fluorescence" });
  const gain = { name: "gain" as const, chance: 1, ranges: { factor: [1, 2] as const }, why: "" };
  const bad: readonly (readonly [unknown, RegExp])[] = [
    [null, /version/],
    [{ ...good, version: 2 }, /version/],
    [{ ...good, family: "x" }, /family "x"/],
    [{ ...good, geometry: { ...good.geometry, zoom: [0.01, 1] } }, /zoom/],
    [{ ...good, geometry: { ...good.geometry, turn: "some" } }, /turn/],
    [{ ...good, geometry: { ...good.geometry, bend: { chance: 2, amplitudePx: 1, spacingPx: 9 } } }, /bend/],
    [{ ...good, changes: [{ ...gain, name: "toString" }] }, /no change "toString"/],
    [{ ...good, changes: [{ ...gain, chance: 1.5 }] }, /chance of "gain"/],
    [{ ...good, changes: [{ ...gain, ranges: {} }] }, /needs factor/],
    [{ ...good, changes: [{ ...gain, ranges: { factor: [2, 1] } }] }, /needs factor/],
    [{ ...good, changes: [{ ...gain, ranges: { factor: [1, 1e9] } }] }, /needs factor/],
    [{ ...good, changes: [{ ...gain, ranges: { factor: [1, 2], power: [1, 1] } }] }, /no strength "power"/],
  ];
  for (const [plan, message] of bad) expect(() => assertAugmentPlan(plan as AugmentPlan)).toThrow(message);
});

describe("carrying out", () => {
  const noisy = (seed: number) => {
    const random = rng(seed);
    return plane(
      "float32",
      32,
      32,
      Float32Array.from({ length: 1024 }, () => random.next()),
    );
  };
  const plan = augmentPlanFor({ modality: "multiplexed", roles: ["nuclear", "membrane"] });

  test("the same seed gives the same pixels, another one others; what was given is not changed", () => {
    const planes = [noisy(1), noisy(2)];
    const before = planes.map(({ data }) => data.slice());
    const roles = ["nuclear", "membrane"];
    const made = augmentPlanes(planes, plan, rng(5), roles);
    expect(augmentPlanes(planes, plan, rng(5), roles)).toEqual(made);
    expect(augmentPlanes(planes, plan, rng(6), roles)).not.toEqual(made);
    expect(planes.map(({ data }) => data)).toEqual(before);
  });

  test("a missing channel stays a plane of zeros, and nothing of it is drawn", () => {
    const zeros = plane("float32", 32, 32);
    for (let seed = 0; seed < 20; seed++) {
      const [first, second] = augmentPlanes([noisy(1), zeros], plan, rng(seed), ["nuclear", "membrane"]);
      expect(second?.data.every((value) => value === 0)).toBe(true);
      expect([first]).toEqual(augmentPlanes([noisy(1)], plan, rng(seed), ["nuclear"]));
    }
  });

  test("changes are made as often as planned, with strengths within their ranges", () => {
    const counts = new Map<string, number>();
    const fluorescent = augmentPlanFor({ modality: "fluorescence", mppUm: 0.5 });
    const small = plane("float32", 4, 4, new Float32Array(16).fill(0.5));
    for (let seed = 0; seed < 2000; seed++) {
      augmentPlanes([small], fluorescent, rng(seed), ["nuclear"], ({ name, values }) => {
        counts.set(name, (counts.get(name) ?? 0) + 1);
        for (const [key, value] of Object.entries(values)) {
          const [low, high] = rowOf(fluorescent, name)?.ranges[key] ?? [Number.NaN, 0];
          expect(value).toBeGreaterThanOrEqual(low);
          expect(value).toBeLessThanOrEqual(high);
        }
      });
    }
    // Spread of 2000 draws is at most 1.1 %.
    for (const { name, chance } of fluorescent.changes)
      expect(Math.abs((counts.get(name) ?? 0) / 2000 - chance)).toBeLessThan(0.05);
  });

  test("adding a change leaves what the others draw as it was", () => {
    const drawn = (more: AugmentPlan): unknown[] => {
      const list: unknown[] = [];
      augmentPlanes([noisy(1)], more, rng(9), ["nuclear"], (made) => list.push(made));
      return list;
    };
    const base = augmentPlanFor({ modality: "fluorescence" });
    const extra = { name: "stainStrength", chance: 1, why: "" } as const;
    const ranges = { amount: [1, 1], wash: [0, 0], hue: [0, 0] } as const;
    const more = drawn({ ...base, changes: [{ ...extra, ranges }, ...base.changes] });
    expect(more.slice(1)).toEqual(drawn(base));
  });

  test("no augmentation cuts a crop and changes nothing", () => {
    const source = noisy(3);
    const transform = plannedTransform(rng(1), source, 16, noAugmentation.geometry);
    const [y, x] = [transform.centreY - 7.5, transform.centreX - 7.5];
    const { planes } = cutPlanes(
      { planes: [source], labels: [] },
      { ...transform, centreY: Math.round(y) + 7.5, centreX: Math.round(x) + 7.5 },
      16,
    );
    expect(planes[0]?.data[0]).toBe(source.data[Math.round(y) * 32 + Math.round(x)]);
    expect(augmentPlanes(planes, noAugmentation, rng(1))).toEqual(planes);
  });
});

test("law: a crop asked to show a place shows it, near edges and turned by any angle too", () => {
  const geometry = { ...augmentPlanFor({}).geometry, bend: null };
  const size = { height: 90, width: 140 };
  for (let seed = 0; seed < 300; seed++) {
    const random = rng(seed, "place");
    const place = { y: random.int(90), x: random.int(140) };
    const transform = plannedTransform(random, size, 64, geometry, [place]);
    const weights = new Float32Array(90 * 140);
    for (let y = -2; y <= 2; y++)
      for (let x = -2; x <= 2; x++)
        if (place.y + y >= 0 && place.y + y < 90 && place.x + x >= 0 && place.x + x < 140)
          weights[(place.y + y) * 140 + place.x + x] = 1;
    const cut = cutPlanes(
      { planes: [plane("float32", 90, 140)], labels: [], weights: [weights] },
      transform,
      64,
    );
    expect((cut.weights[0] as Float32Array).some((weight) => weight > 0)).toBe(true);
  }
});
