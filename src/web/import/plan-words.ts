/** Figures of a plan as sentences. Pure. */

import type { ImportPlan } from "#api/index.ts";
import { formatCount, plural } from "../ui/index.ts";

const axisWords: Readonly<Record<string, string>> = { t: "time point", z: "plane", c: "channel" };

/** "520 × 696 px, 2 channels, 30 time points, uint16, 12 images" */
export function arrayText({ axes, dtype, smallest, largest, images }: ImportPlan["arrays"][number]): string {
  const size = (shape: readonly number[]): string => `${shape.at(-2)} × ${shape.at(-1)}`;
  const [small, large] = [size(smallest), size(largest)];
  const parts = [...axes.slice(0, -2)].map((axis, i) => {
    const [a, b] = [smallest[i] ?? 1, largest[i] ?? 1];
    const word = axisWords[axis] ?? axis;
    return a === b ? plural(a, word) : `${Math.min(a, b)} to ${plural(Math.max(a, b), word)}`;
  });
  const sides = small === large ? `${small} px` : `${small} to ${large} px`;
  return [sides, ...parts, dtype, plural(images, "image")].join(", ");
}

const sourceWords: Readonly<Record<string, string>> = {
  ome: "OME-XML of the files",
  imagej: "ImageJ's description in the files",
  resolution: "resolution tags of the files",
  png: "the files",
  file: "the files",
  sheet: "the sheet or the layout",
  answer: "your answer",
};

export function pixelSizeText({ pixelSizes }: ImportPlan): string {
  if (pixelSizes.length === 0) return "–";
  return pixelSizes
    .slice(0, 4)
    .map(({ mpp, source, images }) =>
      mpp === null
        ? `not known for ${plural(images, "image")}`
        : `${mpp.replace(" x ", " × ")} µm, from ${sourceWords[source] ?? source}${pixelSizes.length > 1 ? ` (${formatCount(images)})` : ""}`,
    )
    .join("; ");
}

const compartmentWords: Readonly<Record<string, string>> = {
  nuclear: "Nuclei",
  wholeCell: "Whole cells",
  cytoplasm: "Cytoplasm",
};

/** "Nuclei: 5,833 in 120 images, 12 to 80 per image, median 140 px; 2 images without any" */
export function labelsText(layer: ImportPlan["labels"][number]): string {
  const { compartment, name, images, objects, perImage, areaPx, empty, coverage } = layer;
  const what = `${compartmentWords[compartment] ?? compartment}${name === "" ? "" : ` (${name})`}`;
  const per = images > 1 ? `, ${formatCount(perImage.min)} to ${formatCount(perImage.max)} per image` : "";
  const area = objects === 0 ? "" : `, median ${formatCount(Math.round(areaPx.median))} px`;
  const none = empty === 0 ? "" : `; ${plural(empty, "image")} without any`;
  const sparse = coverage.some((word) => word !== "exhaustive") ? "; not every cell is labelled" : "";
  return `${what}: ${formatCount(objects)} in ${plural(images, "image")}${per}${area}${none}${sparse}`;
}
