/**
 * Brings a model description of format 0.4 into the form of 0.5.
 *
 * 0.4 writes axes as letters, sizes beside them, test tensors in lists of their own, and names where 0.5 has ids. The
 * rules follow the specification's own converter: an output size of 0 x reference + offset is 2 x offset; letters b and c
 * become batch and channel.
 */

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const longAxis = (letter: string): string => (letter === "b" ? "batch" : letter === "c" ? "channel" : letter);
const lowered = (value: unknown): unknown =>
  typeof value === "string"
    ? value
        .toLowerCase()
        .replaceAll(/[^a-z0-9_]/g, "_")
        .replace(/^(?=\d)/, "_")
    : value;

const isReference = (shape: unknown): boolean => fields(shape)["reference_tensor"] !== undefined;

function sizeOf(shape: unknown, a: number, letter: string): { size: unknown; scale?: number } {
  if (Array.isArray(shape)) return { size: shape[a] };
  const { min, step, reference_tensor: reference, scale, offset } = fields(shape);
  if (!isReference(shape)) {
    return list(step)[a] === 0
      ? { size: list(min)[a] }
      : { size: { min: list(min)[a], step: list(step)[a] } };
  }
  const [factor, shift] = [Number(list(scale)[a] ?? 1), Number(list(offset)[a] ?? 0)];
  if (factor === 0) return { size: Math.round(2 * shift) };
  const size = { tensor_id: lowered(reference), axis_id: longAxis(letter), offset: Math.round(2 * shift) };
  return { size, scale: 1 / factor };
}

function convertAxes(tensor: Fields): unknown[] {
  const letters = typeof tensor["axes"] === "string" ? tensor["axes"].slice(0, 8) : "";
  return [...letters].map((letter, a) => {
    if (letter === "b") return { type: "batch" };
    const { size, scale } = sizeOf(tensor["shape"], a, letter);
    const halo = list(tensor["halo"])[a];
    if (letter === "c") {
      const count = typeof size === "number" ? Math.min(512, Math.max(1, size)) : 1;
      return { type: "channel", channel_names: Array.from({ length: count }, (_, i) => `channel${i}`) };
    }
    const type = letter === "t" ? "time" : letter === "i" ? "index" : "space";
    return {
      type,
      id: longAxis(letter),
      size,
      ...(scale === undefined ? {} : { scale }),
      ...(typeof halo === "number" && halo > 0 && type === "space" ? { halo } : {}),
    };
  });
}

function convertStep(step: unknown, tensorAxes: string): unknown {
  const { name, kwargs } = fields(step);
  const { axes, mode, ...rest } = fields(kwargs);
  const letters = typeof axes === "string" ? axes : undefined;
  const ids = letters === undefined ? undefined : [...letters].map(longAxis);
  if (name === "scale_linear" || (name === "zero_mean_unit_variance" && mode === "fixed")) {
    // 0.4 names the axes that share a number, 0.5 the one that does not.
    const own = letters === undefined ? [] : [...tensorAxes].filter((a) => a !== "b" && !letters.includes(a));
    const axis = own.length === 1 ? { axis: longAxis(own[0] as string) } : {};
    const id = name === "scale_linear" ? name : "fixed_zero_mean_unit_variance";
    return { id, kwargs: { ...rest, ...(hasList(rest) ? axis : {}) } };
  }
  if (name === "sigmoid") return { id: name };
  const joint = mode === "per_dataset" ? ["batch", ...(ids ?? [])] : ids;
  return { id: name, kwargs: { ...rest, ...(joint === undefined ? {} : { axes: joint }) } };
}

const hasList = (kwargs: Fields): boolean => Object.values(kwargs).some((value) => Array.isArray(value));

function convertTensor(value: unknown, kind: "input" | "output", test: unknown, sample: unknown): unknown {
  const tensor = fields(value);
  const key = kind === "input" ? "preprocessing" : "postprocessing";
  const axes = typeof tensor["axes"] === "string" ? tensor["axes"] : "";
  return {
    id: lowered(tensor["name"]),
    ...(typeof tensor["description"] === "string"
      ? { description: tensor["description"].slice(0, 128) }
      : {}),
    axes: convertAxes(tensor),
    ...(test === undefined ? {} : { test_tensor: test }),
    ...(sample === undefined ? {} : { sample_tensor: sample }),
    data: { type: tensor["data_type"] },
    [key]: list(tensor[key]).map((step) => convertStep(step, axes)),
  };
}

/** @param description parsed YAML of format 0.4. @returns the same in the form of 0.5, not yet checked. */
export function convertDescription04(description: Fields): Record<string, unknown> {
  const { inputs, outputs, test_inputs, test_outputs, sample_inputs, sample_outputs, weights, ...rest } =
    description;
  const { onnx, ...others } = fields(weights);
  return {
    ...rest,
    format_version: "0.5.0",
    name: typeof rest["name"] === "string" ? cleanName(rest["name"]) : rest["name"],
    inputs: list(inputs).map((one, i) =>
      convertTensor(one, "input", list(test_inputs)[i], list(sample_inputs)[i]),
    ),
    outputs: list(outputs).map((one, i) =>
      convertTensor(one, "output", list(test_outputs)[i], list(sample_outputs)[i]),
    ),
    // The number of the operator set became a must in 0.5; the file itself says it, so the lowest stands in here.
    weights: onnx === undefined ? others : { ...others, onnx: { opset_version: 7, ...fields(onnx) } },
    cite: list(rest["cite"]).map(citationWithPlace),
  };
}

/** Names of 0.4 may hold anything. */
function cleanName(name: string): string {
  const clean = name.replaceAll(/[^A-Za-z0-9_+\- ()]/g, "-").slice(0, 128);
  return clean.length >= 5 ? clean : `${clean} model`;
}

/** 0.4 let a bare DOI stand as address. */
function citationWithPlace(value: unknown): unknown {
  const cite = fields(value);
  if (typeof cite["url"] !== "string" || cite["url"].startsWith("http")) return cite;
  const { url, ...rest } = cite;
  return { doi: url, ...rest };
}
