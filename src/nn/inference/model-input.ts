/**
 * From an image as it was imported to the planes a model sees: channel choice, checks, normalisation.
 *
 * Training and prediction both go through here, so they cannot differ.
 */
import type { ImageArray, Plane } from "#core/array/index.ts";
import { axisLength, channelPlane, imageArray, plane as makePlane } from "#core/array/index.ts";
import { assert, FoundryError } from "#core/errors.ts";
import { percentiles } from "#core/image/index.ts";

export interface ChannelExpectation {
  readonly channels: readonly { readonly role: string }[];
}

export interface NormalisationExpectation {
  readonly normalisation: { readonly low: number; readonly high: number };
}

// Rec. 601 luma, the weights behind "grey value" in ImageJ's weighted conversion and in most viewers.
const LUMINANCE = [0.299, 0.587, 0.114] as const;

// Normalised intensities beyond these are hot pixels or dust; an unbounded one would dominate its whole neighbourhood.
const NORMALISED_MIN = -1;
const NORMALISED_MAX = 4;

/**
 * The image with the channels a model wants.
 *
 * An image with as many channels as the model is returned as it is. For a one-channel model, three channels (RGB, or four
 * with opacity, which is ignored) become their luminance.
 *
 * @throws FoundryError `array.shapeMismatch` for any other number of channels; `array.axes` for images over t or z.
 */
export function channelsForModel(image: ImageArray, contract: ChannelExpectation): ImageArray {
  if (axisLength(image, "t") > 1 || axisLength(image, "z") > 1) {
    throw new FoundryError("array.axes", {
      message: `The image has axes ${image.axes}; a model for planes takes one frame and one plane at a time.`,
      hint: "Choose a frame and a plane first.",
    });
  }
  const found = axisLength(image, "c");
  const wanted = contract.channels.length;
  if (found === wanted) return image;
  if (wanted === 1 && (found === 3 || found === 4)) {
    const grey = luminance(LUMINANCE.map((_, c) => channelPlane(image, { c })));
    return imageArray("float32", "yx", [grey.height, grey.width], grey.data);
  }
  throw new FoundryError("array.shapeMismatch", {
    message: `The image has ${found} channels, the model takes ${wanted} (${contract.channels.map((c) => c.role).join(", ")}).`,
    hint: "Choose the channels that have these roles.",
  });
}

/** Brightness of red, green and blue planes: the one plane that a one-channel model sees of colours. */
export function luminance(colours: readonly Plane[]): Plane<"float32"> {
  const { height, width } = colours[0] as Plane;
  const grey = makePlane("float32", height, width);
  LUMINANCE.forEach((weight, c) => {
    const data = (colours[c] as Plane).data;
    for (let i = 0; i < grey.data.length; i++)
      grey.data[i] = (grey.data[i] as number) + weight * (data[i] as number);
  });
  return grey;
}

/**
 * The one plane a one-channel model sees, before normalisation.
 *
 * @param what names the image in messages.
 * @throws FoundryError `array.nan` for a pixel that is not a finite number; see also `channelsForModel`.
 */
export function modelPlane(image: ImageArray, contract: ChannelExpectation, what = "the image"): Plane {
  return modelPlanes(image, contract, { what })[0] as Plane;
}

export interface ModelPlanesOptions {
  /** Names the image in messages. */
  readonly what?: string | undefined;
  /**
   * For each input of the model the channel of the image that has its role, `null` where the image has none (a plane of
   * zeros is seen instead). Default: the image has the model's channels in order; see `channelsForModel`.
   */
  readonly indices?: readonly (number | null)[] | undefined;
}

/**
 * The planes a model sees, one per input channel and in its order, before normalisation.
 *
 * @returns views of the image where possible.
 * @throws FoundryError `array.nan` for a pixel that is not a finite number; see also `channelsForModel`.
 */
export function modelPlanes(
  image: ImageArray,
  contract: ChannelExpectation,
  { what = "the image", indices }: ModelPlanesOptions = {},
): Plane[] {
  if (indices === undefined) {
    const fitting = channelsForModel(image, contract);
    return contract.channels.map((_, c) => finite(channelPlane(fitting, { c }), what));
  }
  assert(indices.length === contract.channels.length, "one channel is named for each input of the model");
  return indices.map((c) =>
    c === null
      ? makePlane("uint8", axisLength(image, "y"), axisLength(image, "x"))
      : finite(channelPlane(image, { c }), what),
  );
}

/** The plane itself. @throws FoundryError `array.nan` with the place of the first pixel that is not finite. */
export function finite(plane: Plane, what: string, [y0, x0]: readonly [number, number] = [0, 0]): Plane {
  if (plane.dtype !== "float32" && plane.dtype !== "float64") return plane;
  for (let i = 0; i < plane.data.length; i++) {
    if (Number.isFinite(plane.data[i])) continue;
    const [y, x] = [y0 + Math.floor(i / plane.width), x0 + (i % plane.width)];
    throw new FoundryError("array.nan", {
      message: `A pixel of ${what} is not a finite number (row ${y}, column ${x}).`,
      hint: "Replace or crop such pixels before importing the image.",
      details: { y, x },
    });
  }
  return plane;
}

/** Intensities that become 0 and 1. */
export interface NormalisationLimits {
  readonly from: number;
  readonly to: number;
}

/** The two percentiles of the contract. */
export function normalisationLimits(
  plane: Plane,
  { normalisation }: NormalisationExpectation,
): NormalisationLimits {
  const [from, to] = percentiles(plane, [normalisation.low, normalisation.high]) as [number, number];
  return { from, to };
}

/** Intensities between limits mapped to 0..1, with extreme values cut off. Equal limits give zeros. */
export function normaliseBetween(plane: Plane, { from, to }: NormalisationLimits): Plane<"float32"> {
  const { height, width, data } = plane;
  const out = new Float32Array(data.length);
  const scale = to > from ? 1 / (to - from) : 0;
  if (scale > 0) {
    for (let i = 0; i < out.length; i++) {
      const value = ((data[i] as number) - from) * scale;
      out[i] = Math.min(NORMALISED_MAX, Math.max(NORMALISED_MIN, value));
    }
  }
  return { dtype: "float32", height, width, data: out };
}

/** Percentile normalisation as the contract says, with extreme values cut off. A constant plane becomes zeros. */
export function normalisedPlane(plane: Plane, contract: NormalisationExpectation): Plane<"float32"> {
  return normaliseBetween(plane, normalisationLimits(plane, contract));
}
