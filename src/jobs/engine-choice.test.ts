/** Flags win over the environment; what cannot be is refused. */
import { expect, test } from "vitest";
import { chooseEngine, engineChoice } from "./engine-choice.ts";

test("environment, then flags", () => {
  expect(engineChoice({})).toEqual({ device: "auto", threads: undefined });
  expect(engineChoice({ CELLFOUNDRY_DEVICE: "webgpu", CELLFOUNDRY_THREADS: "3" })).toEqual({
    device: "webgpu",
    threads: 3,
  });
  for (const bad of [
    { CELLFOUNDRY_DEVICE: "gpu" },
    { CELLFOUNDRY_THREADS: "0" },
    { CELLFOUNDRY_THREADS: "two" },
    { CELLFOUNDRY_THREADS: "1e9" },
  ]) {
    expect(() => engineChoice(bad)).toThrow(expect.objectContaining({ code: "request.invalid" }));
  }
  expect(() => chooseEngine("tpu", undefined)).toThrow(expect.objectContaining({ code: "request.invalid" }));
  chooseEngine("cpu", "2");
  expect(engineChoice({ CELLFOUNDRY_DEVICE: "webgpu", CELLFOUNDRY_THREADS: "3" })).toEqual({
    device: "cpu",
    threads: 2,
  });
});
