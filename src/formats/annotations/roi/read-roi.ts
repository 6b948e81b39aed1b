/**
 * One ImageJ region of interest (.roi): rectangle, oval, polygon, freehand, traced, composite, points.
 *
 * Regions with an area become rings in ImageJ's own coordinates, where pixel (x, y) covers [x, x + 1); ImageJ fills by
 * pixel centres, as `shapeFromRings` does. Lines, angles, text and images are named and have no area.
 */
import { checkFileBytes, type ReadLimits, readLimits } from "../../limits.ts";
import { withoutStrays } from "../../strays.ts";
import { readPath } from "./composite-path.ts";
import { roiFault } from "./roi-fault.ts";
import {
  roiHeader as at,
  roiHeader2 as at2,
  type RoiType,
  roiOptions,
  roiSubtypes,
  roiTypes,
} from "./roi-header.ts";

export interface ImageJRoi {
  /** As ImageJ's manager shows it; "" when the file has none. */
  readonly name: string;
  readonly type: RoiType | "composite" | "text" | "image";
  /** Flat x, y lists; even-odd. `null` for what has no area. */
  readonly rings: readonly (readonly number[])[] | null;
  /** x0, y0, x1, y1, … of a point selection. */
  readonly points: readonly number[] | null;
  /** Set for an oval: its bounds as x, y, width, height. */
  readonly oval: readonly [x: number, y: number, width: number, height: number] | null;
  /** From 1; 0 = any. `slice` is the index in the whole stack, where the file names no c, z, t. */
  readonly position: { readonly c: number; readonly z: number; readonly t: number; readonly slice: number };
  /** ImageJ's group number, 0 = none. */
  readonly group: number;
  /** What was ignored. */
  readonly notes: readonly string[];
}

export interface RoiOptions {
  readonly name: string;
  readonly limits?: Partial<ReadLimits>;
}

// A freehand outline around a whole slide has some hundred thousand corners.
const COORDINATES_MAX = 2 ** 22;
const NAME_MAX = 1_000;

/** @throws FoundryError `format.roi`, `limit.bytes`. */
export function readRoi(bytes: Uint8Array, options: RoiOptions): ImageJRoi {
  const file = options.name;
  checkFileBytes(bytes, file, readLimits(options.limits));
  return withoutStrays("format.roi", file, () => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < at.coordinates || view.getUint32(0) !== 0x496f7574)
      throw roiFault(file, "it is not an ImageJ region (it does not begin with Iout)");
    const type = roiTypes[view.getUint8(at.type)];
    if (type === undefined) throw roiFault(file, `its kind ${view.getUint8(at.type)} is not known`);
    const flags = view.getUint16(at.options);
    const facts = { ...headerFacts(view, file), group: groupOf(view) };
    const floats = view.getUint32(at.shapeFloats);
    if (floats > 0) {
      const rings = readPath(view, floats, file);
      return { ...facts, type: "composite", rings, points: null, oval: null, notes: [] };
    }
    const notes =
      (flags & roiOptions.splineFit) !== 0 ? [`${file}: its spline is drawn as straight lines.`] : [];
    return { ...facts, ...area(view, type, flags, file), notes };
  });
}

type Area = Pick<ImageJRoi, "type" | "rings" | "points" | "oval">;

function area(view: DataView, type: RoiType, flags: number, file: string): Area {
  const subtype = view.getUint16(at.subtype);
  const none = { rings: null, points: null, oval: null };
  if (subtype === roiSubtypes.text || subtype === roiSubtypes.image)
    return { ...none, type: subtype === roiSubtypes.text ? "text" : "image" };
  if (type === "rectangle" || type === "oval") {
    const box = bounds(view, flags, file);
    if (type === "oval") return { ...none, type, oval: box };
    if (view.getUint16(at.arcSize) > 0)
      throw roiFault(file, "it is a rectangle with rounded corners, which is not read");
    const [x, y, width, height] = box;
    return { ...none, type, rings: [[x, y, x + width, y, x + width, y + height, x, y + height]] };
  }
  if (type === "polygon" || type === "freehand" || type === "traced")
    return { ...none, type, rings: [coordinates(view, flags, file)] };
  if (type === "points") return { ...none, type, points: coordinates(view, flags, file) };
  return { ...none, type };
}

function bounds(view: DataView, flags: number, file: string): [number, number, number, number] {
  if ((flags & roiOptions.subPixel) !== 0 && view.getUint16(at.version) >= 223) {
    const box = [0, 4, 8, 12].map((o) => view.getFloat32(at.xFloat + o)) as [number, number, number, number];
    if (!box.every(Number.isFinite)) throw roiFault(file, "its bounds are not numbers");
    return box;
  }
  const [top, left, bottom, right] = [at.top, at.left, at.bottom, at.right].map((o) => view.getInt16(o)) as [
    number,
    number,
    number,
    number,
  ];
  return [left, top, right - left, bottom - top];
}

/** x, y pairs: floats where the region has fractions, else 16-bit numbers counted from its bounds. */
function coordinates(view: DataView, flags: number, file: string): number[] {
  const short = view.getUint16(at.count);
  const count = short > 0 ? short : view.getUint32(at.size);
  const fractions = (flags & roiOptions.subPixel) !== 0 && view.getUint16(at.version) >= 222;
  const needed = at.coordinates + count * (fractions ? 12 : 4);
  if (count > COORDINATES_MAX || needed > view.byteLength)
    throw roiFault(file, `it is cut short: ${count} corners need ${needed} bytes, it has ${view.byteLength}`);
  const points: number[] = [];
  if (fractions) {
    const from = at.coordinates + 4 * count;
    for (let i = 0; i < count; i++) {
      const [x, y] = [view.getFloat32(from + 4 * i), view.getFloat32(from + 4 * (count + i))];
      if (!Number.isFinite(x) || !Number.isFinite(y)) throw roiFault(file, `corner ${i} is not a number`);
      points.push(x, y);
    }
    return points;
  }
  const [left, top] = [view.getInt16(at.left), view.getInt16(at.top)];
  for (let i = 0; i < count; i++) {
    const from = at.coordinates + 2 * i;
    points.push(left + view.getInt16(from), top + view.getInt16(from + 2 * count));
  }
  return points;
}

function headerFacts(view: DataView, file: string): Pick<ImageJRoi, "name" | "position"> {
  const slice = view.getInt32(at.position);
  const second = header2(view);
  if (second === null) return { name: "", position: { c: 0, z: 0, t: 0, slice } };
  const nameAt = view.getUint32(second + at2.nameAt);
  const length = view.getUint32(second + at2.nameLength);
  if (length > NAME_MAX || nameAt + 2 * length > view.byteLength)
    throw roiFault(file, "its name reaches beyond the file");
  let name = "";
  for (let i = 0; i < length; i++) name += String.fromCharCode(view.getUint16(nameAt + 2 * i));
  const [c, z, t] = [at2.channel, at2.slice, at2.frame].map((o) => view.getInt32(second + o)) as [
    number,
    number,
    number,
  ];
  return { name, position: { c, z, t, slice } };
}

function groupOf(view: DataView): number {
  const second = header2(view);
  return second === null || second + at2.group >= view.byteLength || view.getUint16(at.version) < 228
    ? 0
    : view.getUint8(second + at2.group);
}

/** Offset of the second header, where there is one. */
function header2(view: DataView): number | null {
  const second = view.getUint32(at.header2);
  return second === 0 || second + 24 > view.byteLength ? null : second;
}
