/**
 * Labels of a server's prediction made anew from its maps when a person moves a threshold. Pure.
 */
import { type LabelImage, plane as makePlane, type Plane } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { resampleLabels } from "#core/image/index.ts";
import { type Compartment, type InputContract, labelMaps, type PredictedPlanes } from "#nn/index.ts";
import type { SettingsByCompartment } from "./private-settings.ts";

/** Values of the maps on the wire: 65,535 stands for 1. */
const FULL = 65_535;

/**
 * Maps as the server gives them: NumPy array uint16, axes cyx, inner distance and foreground of each compartment.
 *
 * @throws FoundryError `format.npy` for anything else.
 */
export function mapsOf(array: {
  readonly shape: readonly number[];
  readonly data: ArrayLike<unknown>;
}): PredictedPlanes[] {
  const [count = 0, height = 0, width = 0] = array.shape;
  if (array.shape.length !== 3 || count % 2 !== 0 || count === 0) {
    throw new FoundryError("format.npy", {
      message: "The maps of this prediction are not understood by this page.",
      hint: "Load the page again; the server may be of another version.",
    });
  }
  const plane = (c: number): Plane<"float32"> => {
    const one = makePlane("float32", height, width);
    const from = c * height * width;
    for (let i = 0; i < one.data.length; i++) one.data[i] = (array.data[from + i] as number) / FULL;
    return one;
  };
  return Array.from({ length: count / 2 }, (_, i) => ({
    innerDistance: plane(2 * i),
    foreground: plane(2 * i + 1),
  }));
}

/** Labels by compartment at the size of the image. Cost: one post-processing, O(pixels of the maps). */
export function labelsFromMaps(
  maps: readonly PredictedPlanes[],
  contract: Pick<InputContract, "compartments">,
  settings: SettingsByCompartment,
  size: { readonly height: number; readonly width: number },
): { readonly compartment: Compartment; readonly labels: LabelImage; readonly cellCount: number }[] {
  return labelMaps(maps, contract.compartments, settings).compartments.map(
    ({ compartment, labels, confidence }) => ({
      compartment,
      cellCount: confidence.size,
      labels:
        labels.height === size.height && labels.width === size.width
          ? labels
          : resampleLabels(labels, size.height, size.width),
    }),
  );
}
