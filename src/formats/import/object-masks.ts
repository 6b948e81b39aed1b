/**
 * One binary mask per object to one label image.
 *
 * Masks are taken in the order of their file names and get labels 1, 2, 3 …; where two overlap, the first keeps the
 * pixel and the overlap is counted, so that the person can see that something was decided.
 */
import { type LabelImage, labelImage } from "#core/array/index.ts";
import { fault } from "../fault.ts";

export interface NamedMask {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  /** Anything but 0 belongs to the object; axes yx. */
  readonly data: ArrayLike<number>;
}

export interface AssembledMasks {
  readonly labels: LabelImage;
  /** Label of each mask by its name; 0 for a mask of which nothing is left. */
  readonly labelOfMask: ReadonlyMap<string, number>;
  readonly overlapPixels: number;
  /** Masks without a pixel of their own: empty, or covered by earlier ones. */
  readonly lost: readonly string[];
}

const MASKS_MAX = 100_000; // more objects than any field of view holds

/** @throws FoundryError `format.pair` when masks differ in size or there are none; `limit.files`. */
export function assembleObjectMasks(masks: readonly NamedMask[], imageName: string): AssembledMasks {
  const sorted = masks.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const first = sorted[0];
  if (first === undefined)
    throw fault("format.pair", {
      file: imageName,
      reason: "it has no masks",
      remedy: "Import it without labels.",
    });
  if (sorted.length > MASKS_MAX) {
    throw fault("limit.files", {
      file: imageName,
      reason: `it has ${sorted.length} masks, the limit is ${MASKS_MAX}`,
      remedy: "Merge them into a label image.",
    });
  }
  const labels = labelImage(first.height, first.width);
  const labelOfMask = new Map<string, number>();
  const lost: string[] = [];
  let overlapPixels = 0;
  let next = 1;
  for (const mask of sorted) {
    if (mask.height !== first.height || mask.width !== first.width) {
      throw fault("format.pair", {
        file: imageName,
        place: `mask ${mask.name}`,
        reason: `it is ${mask.height} x ${mask.width} pixels, mask ${first.name} is ${first.height} x ${first.width}`,
        remedy: "All masks of an image have the size of the image.",
      });
    }
    let drawn = 0;
    for (let i = 0; i < labels.data.length; i++) {
      if (mask.data[i] === 0) continue;
      if (labels.data[i] === 0) {
        labels.data[i] = next;
        drawn++;
      } else overlapPixels++;
    }
    labelOfMask.set(mask.name, drawn === 0 ? 0 : next);
    if (drawn === 0) lost.push(mask.name);
    else next++;
  }
  return { labels, labelOfMask, overlapPixels, lost };
}
