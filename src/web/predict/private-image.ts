/**
 * From a chosen file to the pixels a model sees, in the worker: the same readers and the same rules as on the server.
 */
import { axisLength, channelPlane, type ImageArray, imageArray, typedArray } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { defaultReadLimits, type ReadImage, readImage } from "#formats/index.ts";
import type { PageAxis, PlaneChoice, PrivateImage } from "./private-protocol.ts";

// 8,192 squared: planes, maps, distances and labels take some 30 bytes per pixel, so 2 GB, about what a tab is given.
const PIXELS_MAX = 2 ** 26;

/**
 * Reads a file that the person chose.
 *
 * @throws FoundryError of the readers (`format.*`, `limit.*`); `limit.bytes` before anything is read when it is too large.
 */
export async function readChosenFile(file: Blob, name: string, pagesAre?: PageAxis): Promise<ReadImage> {
  if (file.size > defaultReadLimits.fileBytesMax) {
    throw new FoundryError("limit.bytes", {
      message: `${name} has ${Math.round(file.size / 2 ** 20)} MiB; a browser reads up to ${defaultReadLimits.fileBytesMax / 2 ** 20} MiB.`,
      hint: "Crop the image, or import it into a project.",
    });
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  return readImage(bytes, { name, ...(pagesAre === undefined ? {} : { pagesAre }) });
}

/** What the page needs to know of an image to ask about the rest. */
export function describeImage(
  name: string,
  { image, channels, mpp, pagesGuess, notes }: ReadImage,
): PrivateImage {
  return {
    name,
    height: axisLength(image, "y"),
    width: axisLength(image, "x"),
    frames: axisLength(image, "t"),
    planes: axisLength(image, "z"),
    channels: channels.map(({ name: as, role }) => ({ name: as, role: role ?? "other" })),
    mpp,
    pages: pagesGuess === undefined ? null : { axis: pagesGuess.axis, count: pagesGuess.pages },
    notes,
  };
}

/**
 * One frame and one focal plane of an image, all its channels.
 *
 * @returns axes cyx, or yx for one channel. Copies the chosen pixels.
 * @throws FoundryError `array.axes` when the choice lies outside the image; `limit.pixels`.
 */
export function choosePlane(image: ImageArray, { t, z }: Pick<PlaneChoice, "t" | "z">): ImageArray {
  if (t >= axisLength(image, "t") || z >= axisLength(image, "z")) {
    throw new FoundryError("array.axes", {
      message: `The image has axes ${image.axes} (${image.shape.join(" x ")}); the chosen frame or plane is not in it.`,
      hint: "Choose again.",
    });
  }
  const [count, height, width] = ["c", "y", "x"].map((axis) => axisLength(image, axis)) as [
    number,
    number,
    number,
  ];
  if (height * width > PIXELS_MAX) {
    throw new FoundryError("limit.pixels", {
      message: `The image has ${height} x ${width} pixels; a browser's memory suffices for ${PIXELS_MAX / 2 ** 20} million.`,
      hint: "Crop the image, or predict on the server.",
    });
  }
  const data = typedArray(image.dtype, count * height * width);
  for (let c = 0; c < count; c++) {
    // Both have the image's own element type.
    (data as Float32Array).set(channelPlane(image, { t, z, c }).data as Float32Array, c * height * width);
  }
  return count === 1
    ? imageArray(image.dtype, "yx", [height, width], data)
    : imageArray(image.dtype, "cyx", [count, height, width], data);
}
