/**
 * Cellpose's `<name>_seg.npy`: a pickled dict with the label image and, per object, whether a person drew it.
 *
 * Used: masks, ismanual, filename, diameter, and img when the file carries its image. Outlines, flows and colours follow
 * from the masks and are left aside.
 */
import { type ImageArray, imageArray, type LabelImage, labelImage, typedArray } from "#core/array/index.ts";
import type { NumberArray } from "../../containers/npy/decode-values.ts";
import { npyFault } from "../../containers/npy/npy-fault.ts";
import { readNpy } from "../../containers/npy/read-npy.ts";
import { dictValue, isDict, isPickledArray, type PickleValue } from "../../containers/pickle/pickle-value.ts";
import type { ReadLimits } from "../../limits.ts";

export interface CellposeSeg {
  /** One per focal plane. */
  readonly planes: readonly LabelImage[];
  /** By label minus 1; `null` when the file does not say or its list does not fit the masks. */
  readonly manual: readonly boolean[] | null;
  /** File name of the image without the folders of the machine that wrote it, or "". */
  readonly imageName: string;
  /** Pixels, as the person or the program set it. */
  readonly diameterPx: number | null;
  /** Axes yx or cyx. */
  readonly image: ImageArray | null;
  readonly notes: readonly string[];
}

const LABEL_MAX = 2 ** 31 - 1;

/** @throws FoundryError `format.npy`, `format.pickle`, `limit.*`. */
export function readCellposeSeg(
  bytes: Uint8Array,
  options: { readonly name: string; readonly limits?: Partial<ReadLimits> },
): CellposeSeg {
  const { name } = options;
  const array = readNpy(bytes, options);
  const dict = array.dtype === "object" && array.data.length === 1 ? array.data[0] : undefined;
  if (!isDict(dict))
    throw npyFault(name, "it is not a dict as Cellpose saves it", "Save the masks again in Cellpose.");
  const planes = maskPlanes(numbersOf(dictValue(dict, "masks")), name);
  const count = planes.reduce((most, { data }) => data.reduce((max, value) => Math.max(max, value), most), 0);
  const manual = manualOf(dictValue(dict, "ismanual"), count);
  const notes: string[] = [];
  if (manual === undefined)
    notes.push(`${name}: the list "ismanual" does not fit the ${count} masks; who drew them is unknown.`);
  const filename = dictValue(dict, "filename");
  return {
    planes,
    manual: manual ?? null,
    imageName: typeof filename === "string" ? (filename.split(/[\\/]/).at(-1) ?? "") : "",
    diameterPx: diameterOf(dict),
    image: imageOf(numbersOf(dictValue(dict, "img"))),
    notes,
  };
}

function numbersOf(value: PickleValue | undefined): NumberArray | null {
  if (!isPickledArray(value)) return null;
  const { array } = value;
  return array.dtype === "text" || array.dtype === "object" ? null : array;
}

function maskPlanes(masks: NumberArray | null, name: string): LabelImage[] {
  const [height, width] = masks?.shape.slice(-2) ?? [];
  const deep = masks?.shape.length === 3;
  if (masks === null || (masks.shape.length !== 2 && !deep) || !height || !width)
    throw npyFault(
      name,
      'it has no array "masks" of one or several planes',
      "Save the masks again in Cellpose.",
    );
  const { data } = masks;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (!(Number.isInteger(value) && value >= 0 && value <= LABEL_MAX))
      throw npyFault(name, `its masks hold the value ${value}, which is not a label`);
  }
  return Array.from({ length: deep ? (masks.shape[0] as number) : 1 }, (_, z) =>
    labelImage(height, width, Int32Array.from(data.subarray(z * height * width, (z + 1) * height * width))),
  );
}

/** `undefined` when there is a list and it does not fit. */
function manualOf(value: PickleValue | undefined, count: number): readonly boolean[] | null | undefined {
  const array = numbersOf(value);
  const flags = Array.isArray(value)
    ? value.map((flag) => flag === true || flag === 1)
    : array === null
      ? null
      : [...array.data].map((flag) => flag !== 0);
  // Files without any drawn object carry an empty list.
  if (flags === null || (flags.length === 0 && count > 0)) return null;
  return flags.length >= count ? flags : undefined;
}

function diameterOf(dict: PickleValue): number | null {
  for (const key of ["diameter", "diam", "est_diam"]) {
    const value = dictValue(dict, key);
    if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  }
  return null;
}

/** Planes with colours last become channels; anything else is left to the image file. */
function imageOf(img: NumberArray | null): ImageArray | null {
  if (img === null || img.shape.some((side) => side === 0)) return null;
  if (img.shape.length === 2) return imageArray(img.dtype, "yx", img.shape, img.data);
  const [height, width, channels] = img.shape;
  if (img.shape.length !== 3 || !height || !width || !channels || channels > 4) return null;
  const data = typedArray(img.dtype, img.data.length);
  const pixels = height * width;
  for (let i = 0; i < pixels; i++)
    for (let c = 0; c < channels; c++) data[c * pixels + i] = img.data[i * channels + c] as number;
  return imageArray(img.dtype, "cyx", [channels, height, width], data);
}
