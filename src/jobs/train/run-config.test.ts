import { expect, test } from "vitest";
import type { Engine } from "#nn/index.ts";
import { resolveConfig } from "./run-config.ts";

const noEngine: Engine = {
  name: "none",
  device: "none",
  deviceClass: "cpu",
  createSession: () => Promise.reject(new Error("not needed when steps are given")),
};
const params = { datasetVersionId: "d", modelName: "m", seed: 7 };

test("steps and seed are taken as given; the rhythm follows the length of the run", async () => {
  const short = await resolveConfig(noEngine, { ...params, steps: 60 });
  expect(short).toMatchObject({ steps: 60, seed: 7, warmupSteps: 6, recordEvery: 3, validateEvery: 10 });
  const long = await resolveConfig(noEngine, { ...params, steps: 6_000 });
  expect(long).toMatchObject({
    warmupSteps: 50,
    recordEvery: 10,
    validateEvery: 250,
    validationItemsMax: 24,
  });
});

test("settings can be changed, except what has its own parameter; unknown ones are refused by name", async () => {
  expect(await resolveConfig(noEngine, { ...params, steps: 9, config: { batchSize: 2 } })).toMatchObject({
    batchSize: 2,
  });
  for (const config of [{ bachSize: 2 }, { seed: 1 }, { steps: 1 }]) {
    await expect(resolveConfig(noEngine, { ...params, steps: 9, config })).rejects.toMatchObject({
      code: "training.config",
      message: expect.stringContaining(Object.keys(config)[0] ?? ""),
    });
  }
});

test("an architecture by name brings its network; an unknown one, and one beside a base, are refused", async () => {
  const chosen = await resolveConfig(noEngine, { ...params, steps: 9, architecture: "unet-16-deep" });
  expect(chosen).toMatchObject({ architecture: "unet-16-deep", widths: [16, 32, 64, 128, 192] });
  expect(await resolveConfig(noEngine, { ...params, steps: 9 })).toMatchObject({ architecture: "unet-16" });
  for (const wrong of [{ architecture: "resnet" }, { architecture: "unet-16", baseModelVersionId: "b" }]) {
    await expect(resolveConfig(noEngine, { ...params, steps: 9, ...wrong })).rejects.toMatchObject({
      code: "training.config",
    });
  }
});

test("either minutes or steps, not both and not neither", async () => {
  await expect(resolveConfig(noEngine, params)).rejects.toMatchObject({ code: "training.config" });
  await expect(resolveConfig(noEngine, { ...params, minutes: 1, steps: 2 })).rejects.toMatchObject({
    code: "training.config",
  });
});
