/**
 * An image and its labels must have the same size; resampling either would move the borders of cells.
 */
import type { ImageArray, LabelImage } from "#core/array/index.ts";
import { fault } from "./fault.ts";

/** @throws FoundryError `format.pair` naming both files and both sizes. */
export function assertPair(
  image: ImageArray,
  imageName: string,
  labels: Pick<LabelImage, "height" | "width">,
  labelsName: string,
): void {
  const [height, width] = image.shape.slice(-2) as [number, number];
  if (labels.height === height && labels.width === width) return;
  const turned = labels.height === width && labels.width === height;
  throw fault("format.pair", {
    file: labelsName,
    reason: `its labels are ${labels.height} x ${labels.width} pixels, the image ${imageName} is ${height} x ${width}${turned ? " (they seem to be turned)" : ""}`,
    remedy: "Export the labels again at the size of the image, or check that the two belong together.",
  });
}
