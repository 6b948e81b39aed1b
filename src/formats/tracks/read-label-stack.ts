/**
 * The label images of a whole movie from one file: what lies beside a file of tracks and says exactly where cells are.
 */
import { axisLength, type ImageArray, imageArray } from "#core/array/index.ts";
import { fault } from "../fault.ts";
import { readImage } from "../read-image.ts";

const LABEL_MAX = 2 ** 31 - 1;
const REMEDY = "Save the labels as one TIFF stack of whole numbers with a page per frame of the image.";

/**
 * @param image  the movie; labels have its frames, focal planes, height and width.
 * @returns int32, axes of the movie without channels. A file of plain pages holds them in order of time, then depth.
 * @throws FoundryError `format.pair` for another size; `format.tiff` for values that are no labels; what `readImage` throws.
 */
export async function readLabelStack(
  bytes: Uint8Array,
  image: ImageArray,
  names: { readonly labels: string; readonly image: string },
): Promise<ImageArray> {
  const { image: read } = await readImage(bytes, { name: names.labels, pagesAre: "t" });
  const planes = (of: ImageArray) => axisLength(of, "t") * axisLength(of, "z");
  const sides = (of: ImageArray) => [planes(of), axisLength(of, "y"), axisLength(of, "x")];
  if (axisLength(read, "c") > 1 || sides(read).join() !== sides(image).join()) {
    throw fault("format.pair", {
      file: names.labels,
      reason: `it is ${read.shape.join(" x ")} (${read.axes}), its image ${names.image} is ${image.shape.join(" x ")} (${image.axes})`,
      remedy: REMEDY,
    });
  }
  const data = new Int32Array(read.data.length);
  for (let i = 0; i < data.length; i++) {
    const value = read.data[i]!;
    if (!(Number.isInteger(value) && value >= 0 && value <= LABEL_MAX)) {
      const size = axisLength(read, "y") * axisLength(read, "x");
      throw fault("format.tiff", {
        file: names.labels,
        place: `page ${Math.floor(i / size)}, pixel ${i % size}`,
        reason: `its value is ${value}; labels are whole numbers from 0 to ${LABEL_MAX}`,
        remedy: REMEDY,
      });
    }
    data[i] = value;
  }
  const axes = [...image.axes].filter((axis) => axis !== "c").join("");
  return imageArray(
    "int32",
    axes,
    [...axes].map((axis) => axisLength(image, axis)),
    data,
  );
}
