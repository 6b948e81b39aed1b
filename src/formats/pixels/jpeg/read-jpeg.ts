/**
 * A JPEG file as an image: grey or RGB, 8 bits.
 *
 * The header is read and held against the limits before the decoder sees the file. Damaged files are refused, although
 * the decoder would fill the missing part with grey. CMYK is refused: it has no colours without a printer's profile.
 */

import { normaliseColours } from "../../colours.ts";
import { fault } from "../../fault.ts";
import { checkDecodedSize, checkFileBytes, type ReadLimits } from "../../limits.ts";
import type { ReadImage } from "../../read-image-types.ts";
import { planesOfRgba } from "../../rgba-planes.ts";
import { JPEG_SCANS_MAX, readJpegFrame } from "../codecs/jpeg-markers.ts";
import { loadDecoder, WASM_PIXELS_MAX } from "../codecs/pixel-decoder.ts";
import { readOrientation, turned } from "./orientation.ts";

const LOSSY = "The file is a JPEG: compression has changed its values, most of all at edges.";

/** @throws FoundryError `format.jpeg`, `format.decoder`, `limit.pixels`, `limit.bytes`. */
export async function readJpeg(bytes: Uint8Array, name: string, limits: ReadLimits): Promise<ReadImage> {
  checkFileBytes(bytes, name, limits);
  const frame = readJpegFrame(bytes);
  if (frame === null || frame.width === 0 || frame.height === 0)
    throw damaged(name, "it has no image header");
  const { components, bits, scans } = frame;
  if (bits !== 8 || frame.coding !== "huffman" || scans > JPEG_SCANS_MAX) {
    const what = bits === 8 ? "a rare coding" : `${bits} bits per sample`;
    throw unsupported(name, `it is a JPEG with ${what}`);
  }
  if (components !== 1 && components !== 3) {
    throw unsupported(
      name,
      components === 4 ? "its colours are those of print (CMYK)" : `it has ${components} components`,
    );
  }
  const samples = frame.width * frame.height * components;
  const what = `${frame.height} x ${frame.width} pixels`;
  checkDecodedSize(name, { samples, bytes: samples, what }, limits);
  checkDecodedSize(
    name,
    { samples: frame.width * frame.height, bytes: samples, what },
    { ...limits, samplesMax: WASM_PIXELS_MAX },
  );
  const outcome = (await loadDecoder("jpeg", name))(bytes);
  if (!outcome.ok) throw damaged(name, outcome.reason);
  const { width, height, rgba } = outcome.pixels;
  if (width !== frame.width || height !== frame.height)
    throw damaged(name, `it decodes to ${height} x ${width} pixels`);
  const planes = planesOfRgba(rgba, components, width * height);
  const orientation = readOrientation(frame.exif);
  const shown = turned(planes, { planes: components, height, width }, orientation);
  const { image, channels, notes } = normaliseColours(
    {
      dtype: "uint8",
      shape: [1, 1, 1, components, shown.height, shown.width],
      data: shown.data,
      sampleKind: components === 3 ? "rgb" : "grey",
      alpha: false,
    },
    [],
  );
  const turnedNote =
    orientation === 1 ? [] : [`The image was turned as its camera asks (EXIF orientation ${orientation}).`];
  return { image, channels, mpp: null, mppSource: null, notes: [LOSSY, ...turnedNote, ...notes] };
}

function damaged(name: string, reason: string) {
  return fault("format.jpeg", {
    file: name,
    reason,
    remedy: "The file is damaged; export or download it again.",
  });
}

function unsupported(name: string, reason: string) {
  return fault("format.jpeg", {
    file: name,
    reason,
    remedy: "Save it as PNG or TIFF, grey or RGB with 8 bits.",
  });
}
