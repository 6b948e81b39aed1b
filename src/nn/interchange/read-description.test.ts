/** Descriptions of formats 0.4 and 0.5: what is read, what is refused and where. Written after the public specification. */
import { expect, test } from "vitest";
import { readDescription } from "./read-description.ts";

const space = (id: string, size: unknown, more = {}): object => ({ type: "space", id, size, ...more });
const valid = {
  format_version: "0.5.4",
  type: "model",
  name: "Nuclei in tissue",
  license: "MIT",
  authors: [{ name: "A. Person" }],
  cite: [{ text: "A paper", doi: "10.1000/1" }],
  inputs: [
    {
      id: "raw",
      axes: [
        { type: "batch" },
        { type: "channel", channel_names: ["dna"] },
        space("y", { min: 64, step: 16 }),
        { type: "space", size: { min: 64, step: 16 } },
      ],
      test_tensor: { source: "in.npy", sha256: "0".repeat(64) },
      preprocessing: [
        { id: "scale_range", kwargs: { axes: ["y", "x"], min_percentile: 1, max_percentile: 99.8 } },
      ],
    },
  ],
  outputs: [
    {
      id: "prob",
      axes: [
        { type: "batch" },
        { type: "channel", channel_names: ["foreground", "boundary"] },
        space("y", { tensor_id: "raw", axis_id: "y" }, { halo: 16 }),
        space("x", { tensor_id: "raw", axis_id: "x" }, { halo: 16 }),
      ],
      test_tensor: { source: "out.npy" },
      postprocessing: [{ id: "sigmoid" }],
    },
  ],
  weights: { onnx: { source: "w.onnx", opset_version: 17 }, torchscript: { source: "w.pt" } },
};

test("a valid description of 0.5; axes and steps get the specification's defaults", () => {
  const read = readDescription(valid);
  expect(read.inputs[0]?.axes.map(({ id }) => id)).toEqual(["batch", "channel", "y", "x"]);
  expect(read.inputs[0]?.preprocessing[0]).toEqual({
    id: "scale_range",
    kwargs: { axes: ["y", "x"], min_percentile: 1, max_percentile: 99.8, eps: 1e-6 },
  });
});

type Change = (copy: Record<string, unknown>) => void;
const at = (value: unknown, ...path: (string | number)[]): Record<string, unknown> =>
  path.reduce((one: unknown, key) => (one as Record<string | number, unknown>)[key], value) as Record<
    string,
    unknown
  >;

test.each<[string, Change, RegExp]>([
  ["a name of four letters", (d) => (d["name"] = "abcd"), /name/],
  ["a name with a slash", (d) => (d["name"] = "nuclei/tissue"), /name/],
  ["a version that is none", (d) => (d["format_version"] = "0.5"), /format/],
  ["no inputs", (d) => (d["inputs"] = []), /inputs/],
  ["ids that stand twice", (d) => (at(d, "outputs", 0)["id"] = "raw"), /"raw" stands twice/],
  ["an id in capitals", (d) => (at(d, "inputs", 0)["id"] = "Raw"), /inputs\.0\.id/],
  ["an unknown step", (d) => (at(d, "inputs", 0)["preprocessing"] = [{ id: "magic" }]), /preprocessing/],
  [
    "percentiles upside down",
    (d) => (at(d, "inputs", 0, "preprocessing", 0, "kwargs")["min_percentile"] = 99.9),
    /min_percentile/,
  ],
  [
    "a step over an axis that is not there",
    (d) => (at(d, "inputs", 0, "preprocessing", 0, "kwargs")["axes"] = ["z"]),
    /names the axis "z"/,
  ],
  [
    "a size that refers to nothing",
    (d) => (at(d, "outputs", 0, "axes", 2)["size"] = { tensor_id: "raw", axis_id: "q" }),
    /raw\.q/,
  ],
  [
    "a digest that is none",
    (d) => (at(d, "inputs", 0)["test_tensor"] = { source: "a", sha256: "abc" }),
    /test_tensor/,
  ],
  ["a citation without place", (d) => (d["cite"] = [{ text: "somewhere" }]), /cite/],
  ["an operator set of 6", (d) => (at(d, "weights", "onnx")["opset_version"] = 6), /opset_version/],
  [
    "a parent that is not there",
    (d) => (at(d, "weights", "onnx")["parent"] = "pytorch_state_dict"),
    /parent/,
  ],
])("refused with its place: %s", (_name, change, words) => {
  const copy = structuredClone(valid) as unknown as Record<string, unknown>;
  change(copy);
  expect(() => readDescription(copy)).toThrowError(
    expect.objectContaining({ code: "model.invalid", message: expect.stringMatching(words) }),
  );
});

test("format 0.4: letters become axes, lists of tests become theirs, sizes and steps keep their meaning", () => {
  const read = readDescription({
    format_version: "0.4.9",
    type: "model",
    name: "StarDist, example",
    license: "CC-BY-4.0",
    cite: [{ text: "A paper", url: "10.1000/2" }],
    inputs: [
      {
        name: "Input",
        axes: "byxc",
        data_type: "float32",
        shape: { min: [1, 80, 80, 2], step: [0, 16, 16, 0] },
        preprocessing: [
          {
            name: "scale_range",
            kwargs: { mode: "per_sample", axes: "yx", min_percentile: 1, max_percentile: 99.8 },
          },
          { name: "scale_linear", kwargs: { axes: "yx", gain: [2, 3], offset: [0, 1] } },
        ],
      },
    ],
    outputs: [
      {
        name: "output",
        axes: "byxc",
        data_type: "float32",
        halo: [0, 32, 32, 0],
        shape: { reference_tensor: "Input", scale: [1, 0.5, 0.5, 0], offset: [0, 0, 0, 16.5] },
      },
    ],
    test_inputs: ["a.npy"],
    test_outputs: ["b.npy"],
    weights: { onnx: { source: "w.onnx" } },
    config: { stardist: { thresholds: { nms: 0.3, prob: 0.48 } } },
  });
  expect(read.name).toBe("StarDist- example");
  expect(read.cite[0]?.doi).toBe("10.1000/2");
  expect(read.inputs[0]).toMatchObject({ id: "input", test_tensor: { source: "a.npy" } });
  expect(read.inputs[0]?.axes[1]).toMatchObject({ type: "space", id: "y", size: { min: 80, step: 16 } });
  expect(read.inputs[0]?.axes[3]).toMatchObject({ type: "channel", channel_names: ["channel0", "channel1"] });
  expect(read.inputs[0]?.preprocessing[1]).toMatchObject({
    id: "scale_linear",
    kwargs: { axis: "channel", gain: [2, 3] },
  });
  // 33 channels: probability and 32 rays; half the size, so a pixel is two of the input.
  expect(read.outputs[0]?.axes[3]).toMatchObject({ type: "channel" });
  expect(read.outputs[0]?.axes[3]).toHaveProperty("channel_names.length", 33);
  expect(read.outputs[0]?.axes[1]).toMatchObject({
    scale: 2,
    halo: 32,
    size: { tensor_id: "input", axis_id: "y", offset: 0 },
  });
});
