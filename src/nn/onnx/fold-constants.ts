/**
 * Small constants carried through a graph, and how much a node can make grow: enough to see bombs before anything runs.
 *
 * Exporters spell a size as a chain (constant, cast, concatenate); the chain is followed for up to 64 numbers. Growth is
 * counted against the input of the network: a tile of 1000, or a concatenation with itself ten times over, multiplies it.
 */

/** What is known of a value. */
export interface Known {
  /** "data" depends on pixels; "shape" only on sizes of inputs; "constant" on nothing. */
  readonly kind: "constant" | "shape" | "data";
  readonly values?: readonly number[] | undefined;
  /** Elements per element of the network's input, as an upper estimate. */
  readonly growth: number;
}

const VALUES_MAX = 64;

const product = (values: readonly number[]): number =>
  values.reduce((a, b) => a * Math.max(1, Math.abs(b)), 1);

function elementwise(
  a: readonly number[] | undefined,
  b: readonly number[] | undefined,
  apply: (x: number, y: number) => number,
): number[] | undefined {
  if (a === undefined || b === undefined) return undefined;
  const length = Math.max(a.length, b.length);
  if ((a.length !== length && a.length !== 1) || (b.length !== length && b.length !== 1)) return undefined;
  return Array.from({ length }, (_, i) => apply(a[a.length === 1 ? 0 : i]!, b[b.length === 1 ? 0 : i]!));
}

/** Values of a node's result, where they follow from small constants. */
export function foldedValues(operator: string, inputs: readonly (Known | undefined)[]): number[] | undefined {
  const values = inputs.map((one) => one?.values);
  const [first, second] = values;
  switch (operator) {
    case "Identity":
    case "Cast":
    case "Squeeze":
    case "Unsqueeze":
      return first === undefined ? undefined : [...first];
    case "Concat":
      if (values.some((one) => one === undefined)) return undefined;
      return values.reduce((sum, one) => sum + (one as number[]).length, 0) > VALUES_MAX
        ? undefined
        : values.flatMap((one) => one as number[]);
    case "Mul":
      return elementwise(first, second, (x, y) => x * y);
    case "Add":
      return elementwise(first, second, (x, y) => x + y);
    case "Pow":
      return elementwise(first, second, (x, y) => x ** y);
    default:
      return undefined;
  }
}

export interface GrowthOfNode {
  /** Elements that the result has whatever the input; 0 when it depends on the input. */
  readonly elements: number;
  /** Result elements per element of the largest input. */
  readonly factor: number;
}

/** What an operator makes of the sizes it is given. @param attributes integers of the node's attributes. */
export function growthOfNode(
  operator: string,
  inputs: readonly (Known | undefined)[],
  attributes: ReadonlyMap<string, readonly number[]>,
): GrowthOfNode {
  const values = (at: number): readonly number[] | undefined => inputs[at]?.values;
  const factor = (list: readonly number[] | undefined): GrowthOfNode => ({
    elements: 0,
    factor: list === undefined ? 1 : product(list),
  });
  const elements = (list: readonly number[] | undefined): GrowthOfNode => ({
    elements: list === undefined ? 0 : product(list),
    factor: 1,
  });
  switch (operator) {
    case "ConstantOfShape":
      return elements(values(0));
    case "Expand":
      return elements(values(1));
    case "Tile":
      return factor(values(1));
    case "Upsample":
      return factor(values(1) ?? attributes.get("scales"));
    case "Resize": {
      const scales = inputs.length <= 2 ? values(1) : values(2);
      const sizes = values(3);
      if (sizes !== undefined && sizes.length > 0) return elements(sizes);
      return factor(scales === undefined || scales.length === 0 ? undefined : scales);
    }
    case "ConvTranspose":
      return factor(attributes.get("strides"));
    case "Pad":
      return elements((values(1) ?? attributes.get("pads"))?.map((pad) => 1 + Math.max(0, pad)));
    case "Range": {
      const [start, limit, delta] = [values(0)?.[0], values(1)?.[0], values(2)?.[0]];
      if (start === undefined || limit === undefined || delta === undefined)
        return { elements: 0, factor: 1 };
      return { elements: delta === 0 ? Infinity : Math.max(0, (limit - start) / delta), factor: 1 };
    }
    case "OneHot":
      return factor(values(1));
    case "EyeLike":
      return { elements: 0, factor: 1 };
    default:
      return { elements: 0, factor: 1 };
  }
}
