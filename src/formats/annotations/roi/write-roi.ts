/**
 * Objects as ImageJ regions: a traced polygon for an object of one part, a composite for holes and detached parts.
 *
 * Corners lie on whole numbers, so ImageJ fills exactly the object's pixels, and reading gives the same object.
 */
import { zipSync } from "fflate";
import { type ObjectShape, shapeToPolygons } from "#core/labels/index.ts";
import { withZip64End } from "../../containers/zip/with-zip64-end.ts";
import { roiHeader as at, roiHeader2 as at2, roiOptions } from "./roi-header.ts";

export interface RoiSource {
  readonly shape: ObjectShape;
  /** Shown in ImageJ's list; default: the number in the list, from 1, with four digits or more. */
  readonly name?: string;
}

const TRACED = 8;
const RECTANGLE = 1;
// The version that introduced groups; older programs read it too.
const VERSION = 228;
// ImageJ reads bounds as signed 16-bit numbers; beyond them corners are written as floats.
const SHORT_MAX = 32_767;

/**
 * @param stack  whether the image has several frames or planes; then t and z are written as ImageJ's positions.
 * @returns the archive; the same objects give the same bytes.
 */
export function writeRoiSet(objects: readonly RoiSource[], stack = false): Uint8Array {
  const files: Record<string, Uint8Array> = {};
  const digits = Math.max(4, String(objects.length).length);
  objects.forEach(({ shape, name }, i) => {
    const number = String(i + 1).padStart(digits, "0");
    files[`${number}.roi`] = writeRoi(shape, name ?? number, stack);
  });
  // Stored: a region has some hundred bytes, and starting a compressor for each takes longer than all the rest.
  return withZip64End(zipSync(files, { level: 0, mtime: new Date(1980, 0, 1) }), objects.length);
}

export function writeRoi(shape: ObjectShape, name: string, stack = false): Uint8Array {
  const polygons = shapeToPolygons(shape);
  const simple = polygons.length === 1 && polygons[0]?.holes.length === 0 ? polygons[0].outer : null;
  const rings = polygons.flatMap(({ outer, holes }) => [outer, ...holes]);
  const [top, left, bottom, right] = shape.bbox;
  const far = bottom > SHORT_MAX || right > SHORT_MAX;
  const body = simple === null ? pathBytes(rings) : cornerBytes(simple, left, top, far);
  const header2 = at.coordinates + body.length;
  const nameAt = header2 + at2.bytes;
  const bytes = new Uint8Array(nameAt + 2 * name.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x496f7574);
  view.setUint16(at.version, VERSION);
  view.setUint8(at.type, simple === null ? RECTANGLE : TRACED);
  for (const [offset, value] of [
    [at.top, top],
    [at.left, left],
    [at.bottom, bottom],
    [at.right, right],
  ] as const)
    view.setInt16(offset, value);
  if (simple === null) view.setUint32(at.shapeFloats, body.length / 4);
  else setCount(view, simple.length / 2);
  if (simple !== null && far) view.setUint16(at.options, roiOptions.subPixel);
  view.setUint32(at.header2, header2);
  bytes.set(body, at.coordinates);
  if (stack) {
    view.setInt32(header2 + at2.slice, shape.z + 1);
    view.setInt32(header2 + at2.frame, shape.t + 1);
  }
  view.setUint32(header2 + at2.nameAt, nameAt);
  view.setUint32(header2 + at2.nameLength, name.length);
  for (let i = 0; i < name.length; i++) view.setUint16(nameAt + 2 * i, name.charCodeAt(i));
  return bytes;
}

function setCount(view: DataView, count: number): void {
  if (count <= 0xffff) view.setUint16(at.count, count);
  else view.setUint32(at.size, count);
}

/** All x, then all y, from the bounds; with fractions allowed, the same again as absolute floats. */
function cornerBytes(ring: readonly number[], left: number, top: number, far: boolean): Uint8Array {
  const count = ring.length / 2;
  const bytes = new Uint8Array(count * (far ? 12 : 4));
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) {
    const [x, y] = [ring[2 * i] as number, ring[2 * i + 1] as number];
    view.setInt16(2 * i, x - left);
    view.setInt16(2 * (count + i), y - top);
    if (!far) continue;
    view.setFloat32(4 * (count + i), x);
    view.setFloat32(4 * (2 * count + i), y);
  }
  return bytes;
}

/** Move, lines and close of each ring. */
function pathBytes(rings: readonly (readonly number[])[]): Uint8Array {
  const floats: number[] = [];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2)
      floats.push(i === 0 ? 0 : 1, ring[i] as number, ring[i + 1] as number);
    floats.push(4);
  }
  const bytes = new Uint8Array(4 * floats.length);
  const view = new DataView(bytes.buffer);
  floats.forEach((value, i) => void view.setFloat32(4 * i, value));
  return bytes;
}
