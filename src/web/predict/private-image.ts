/**
 * From a chosen file to the pixels a model sees, in the worker: the same readers and the same rules as on the server.
 */
import { axisLength, channelPlane, type ImageArray, imageArray, typedArray } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { defaultReadLimits, type ReadImage, readImage } from "#formats/index.ts";
import type { PageAxis, PlaneChoice, PrivateImage } from "./private-protocol.ts";

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
    channels: channels.map(({ name: as, role }) => ({ name: as, role: role ?? null })),
    mpp,
    pages: pagesGuess === undefined ? null : { axis: pagesGuess.axis, count: pagesGuess.pages },
    notes,
  };
}

/**
 * One frame and one focal plane of an image, with the chosen channels in the order of the model's.
 *
 * @returns axes cyx, or yx for one channel. Copies the chosen pixels; a channel the image lacks is a plane of zeros.
 * @throws FoundryError `array.axes` when a choice lies outside the image.
 */
export function choosePlane(image: ImageArray, choice: PlaneChoice): ImageArray {
  const count = axisLength(image, "c");
  const channels = choice.channels ?? Array.from({ length: count }, (_, c) => c);
  const outside =
    choice.t >= axisLength(image, "t") ||
    choice.z >= axisLength(image, "z") ||
    channels.some((c) => c !== null && (c < 0 || c >= count)) ||
    channels.length === 0;
  if (outside) {
    throw new FoundryError("array.axes", {
      message: `The image has axes ${image.axes} (${image.shape.join(" x ")}); the chosen frame, plane or channel is not in it.`,
      hint: "Choose again.",
    });
  }
  const [height, width] = [axisLength(image, "y"), axisLength(image, "x")];
  const data = typedArray(image.dtype, channels.length * height * width);
  channels.forEach((c, place) => {
    if (c === null) return;
    const plane = channelPlane(image, { t: choice.t, z: choice.z, c });
    // Both have the image's own element type.
    (data as Float32Array).set(plane.data as Float32Array, place * height * width);
  });
  return channels.length === 1
    ? imageArray(image.dtype, "yx", [height, width], data)
    : imageArray(image.dtype, "cyx", [channels.length, height, width], data);
}
