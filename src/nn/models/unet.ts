/**
 * U-Net family for planes.
 *
 * Encoder levels of two 3x3 convolutions with pooling between them; decoder levels that halve the channels by a 1x1
 * convolution *before* upsampling (cheap: it runs at the lower resolution), join the skip, and apply 3x3 convolutions.
 * Convolutions are weight-standardised with bias and ReLU. Source: Ronneberger et al. 2015.
 */
import { assert } from "#core/errors.ts";
import type { Value } from "../graph/index.ts";
import { add, averagePool, concatenate, maxPool, relu, upsampleNearest } from "../graph/index.ts";
import type { ParameterSource } from "../layers/index.ts";
import { plainConvolution, standardisedConvolution } from "../layers/index.ts";

export interface UnetArchitecture {
  /** Channels of the input. */
  readonly channels: number;
  /** Channels per level, full resolution first; each further level halves the resolution. */
  readonly widths: readonly number[];
  readonly pool: "average" | "max";
  readonly skip: "add" | "concatenate";
  /** 3x3 convolutions per decoder level, 1 or 2. */
  readonly decoderConvolutions: number;
  /** Channels of the result. */
  readonly outputs: number;
}

/** Height and width of inputs must be multiples of this. */
export const strideOf = (architecture: Pick<UnetArchitecture, "widths">): number =>
  2 ** (architecture.widths.length - 1);

/** Name for cards and files, e.g. "unet 16-32-64-128, average pool, skip add". */
export function architectureName(architecture: Omit<UnetArchitecture, "outputs">): string {
  const { widths, pool, skip, decoderConvolutions } = architecture;
  return `unet ${widths.join("-")}, ${pool} pool, skip ${skip}, decoder ${decoderConvolutions}`;
}

/** Pixels on each side that can influence one output pixel. */
export function receptiveRadius(
  architecture: Pick<UnetArchitecture, "widths" | "decoderConvolutions">,
): number {
  let radius = 0;
  architecture.widths.forEach((_, level) => {
    const last = level === architecture.widths.length - 1;
    // Two encoder convolutions, the decoder's own, and the rounding of pooling, all in units of this level's pixels.
    radius += (2 + (last ? 0 : architecture.decoderConvolutions + 1)) * 2 ** level;
  });
  return radius;
}

/** `image` [n, channels, h, w] to [n, outputs, h, w] without a last activation. */
export function unet(source: ParameterSource, image: Value, architecture: UnetArchitecture): Value {
  const { widths, pool, skip, decoderConvolutions, outputs } = architecture;
  assert(
    widths.length >= 1 && image.shape[1] === architecture.channels,
    "unet: widths and channels fit the input",
  );
  const layer = (x: Value, name: string, channels: number, kernel: number): Value =>
    relu(standardisedConvolution(source, x, { name, outputs: channels, kernel }));
  const skips: Value[] = [];
  let x = image;
  widths.forEach((width, level) => {
    if (level > 0) {
      skips.push(x);
      x = pool === "average" ? averagePool(x, 2) : maxPool(x, 2);
    }
    x = layer(x, `encoder.${level}.first`, width, 3);
    x = layer(x, `encoder.${level}.second`, width, 3);
  });
  for (let level = widths.length - 2; level >= 0; level--) {
    const width = widths[level] as number;
    const fromEncoder = skips[level] as Value;
    x = upsampleNearest(layer(x, `decoder.${level}.narrow`, width, 1), 2);
    x = skip === "add" ? add(x, fromEncoder) : concatenate([x, fromEncoder], 1);
    for (let i = 0; i < decoderConvolutions; i++) x = layer(x, `decoder.${level}.${i}`, width, 3);
  }
  return plainConvolution(source, x, { name: "head", outputs, kernel: 1 });
}
