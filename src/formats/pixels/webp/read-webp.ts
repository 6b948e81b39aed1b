/**
 * A WebP file as an image: RGB or, when all colours are equal, grey; 8 bits.
 */

import { normaliseColours } from "../../colours.ts";
import { fault } from "../../fault.ts";
import { checkDecodedSize, checkFileBytes, type ReadLimits } from "../../limits.ts";
import type { ReadImage } from "../../read-image-types.ts";
import { planesOfRgba } from "../../rgba-planes.ts";
import { loadDecoder, WASM_PIXELS_MAX } from "../codecs/pixel-decoder.ts";
import { readWebpHeader } from "./webp-header.ts";

/** @throws FoundryError `format.webp`, `format.decoder`, `limit.pixels`, `limit.bytes`. */
export async function readWebp(bytes: Uint8Array, name: string, limits: ReadLimits): Promise<ReadImage> {
  checkFileBytes(bytes, name, limits);
  const header = readWebpHeader(bytes);
  if (header === null || header.width === 0 || header.height === 0)
    throw refused(name, "it has no image header");
  if (header.animated) throw refused(name, "it is an animation");
  const pixels = header.width * header.height;
  const what = `${header.height} x ${header.width} pixels`;
  checkDecodedSize(name, { samples: pixels * 4, bytes: pixels * 4, what }, limits);
  checkDecodedSize(
    name,
    { samples: pixels, bytes: pixels * 4, what },
    { ...limits, samplesMax: WASM_PIXELS_MAX },
  );
  const outcome = (await loadDecoder("webp", name))(bytes);
  if (!outcome.ok) throw refused(name, outcome.reason);
  const { width, height, rgba } = outcome.pixels;
  if (width !== header.width || height !== header.height)
    throw refused(name, `it decodes to ${height} x ${width} pixels`);
  const { image, channels, notes } = normaliseColours(
    {
      dtype: "uint8",
      shape: [1, 1, 1, 4, height, width],
      data: planesOfRgba(rgba, 4, pixels),
      sampleKind: "rgb",
      alpha: true,
    },
    [],
  );
  const lossy = header.lossless ? [] : ["The file is a lossy WebP: compression has changed its values."];
  return { image, channels, mpp: null, mppSource: null, notes: [...lossy, ...notes] };
}

function refused(name: string, reason: string) {
  return fault("format.webp", {
    file: name,
    reason,
    remedy: "Save it as PNG or TIFF; if it is damaged, get it again.",
  });
}
