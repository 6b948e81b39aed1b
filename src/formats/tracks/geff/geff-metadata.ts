/**
 * Metadata of a GEFF group: which properties of the nodes are time and place, which name tracks, what belongs to it.
 *
 * GEFF (graph exchange file format, liveimagetrackingtools.org/geff) stores a graph of detections in a Zarr group whose
 * attributes hold the key `geff`. Versions 0.x to 1.x differ little in what is needed here: the name of the property of
 * related labels was `label_prop` until 1.1 and is `node_prop` since 1.2; `scale` and `offset` of axes came with 1.0.
 * Fields that nobody needs (affine, display hints, polygons, meshes) are passed over.
 */
import { isRecord, type Json, keyOf, records, zarrFault } from "../../pixels/zarr/zarr-metadata.ts";
import type { ZarrStore } from "../../pixels/zarr/zarr-store.ts";

export interface GeffAxis {
  /** Property of the nodes that holds the coordinate. */
  readonly name: string;
  readonly type: string | null;
  readonly unit: string | null;
  /** Factor from the stored values to `scaledUnit`; `null` when the values stand for themselves. */
  readonly scale: number | null;
  readonly scaledUnit: string | null;
}

interface GeffRelated {
  readonly type: string;
  /** Relative to the GEFF group, as written. */
  readonly path: string;
  /** Property that holds the pixel value in related labels. */
  readonly labelProp: string | null;
}

export interface GeffMetadata {
  readonly version: string;
  readonly directed: boolean;
  readonly axes: readonly GeffAxis[];
  /** Property with the radius of each node. */
  readonly sphere: string | null;
  readonly related: readonly GeffRelated[];
}

const VERSION = /^(\d{1,4})\.\d+/;
// Of the specification, not of the library: 1.x is what exists.
const MAJOR_MAX = 1;
// A node has a place and at most some other coordinates.
const AXES_MAX = 16;
const RELATED_MAX = 100;

/** @returns `null` when the attributes are not those of a graph. @throws FoundryError `format.geff`. */
export function parseGeffMetadata(store: ZarrStore, path: string, attributes: Json): GeffMetadata | null {
  const geff = attributes["geff"];
  if (geff === undefined) return null;
  if (!isRecord(geff)) throw geffFault(store, path, 'its attribute "geff" is not an object');
  const version = geff["geff_version"];
  const major = typeof version === "string" ? VERSION.exec(version)?.[1] : undefined;
  if (typeof version !== "string" || major === undefined)
    throw geffFault(store, path, "its metadata name no version (geff_version)");
  if (Number(major) > MAJOR_MAX)
    throw geffFault(
      store,
      path,
      `it is of version ${version.slice(0, 20)}; versions up to ${MAJOR_MAX}.x are read`,
      "Save it with an older version of the program that wrote it.",
    );
  if (typeof geff["directed"] !== "boolean")
    throw geffFault(store, path, 'its metadata do not say whether it is "directed"');
  return {
    version,
    directed: geff["directed"],
    axes: parseAxes(store, path, geff["axes"]),
    // Until 0.3 an object with the name.
    sphere: textOf(isRecord(geff["sphere"]) ? geff["sphere"]["name"] : geff["sphere"]),
    related: records(geff["related_objects"]).slice(0, RELATED_MAX).flatMap(relatedOf),
  };
}

export function geffFault(store: ZarrStore, path: string, reason: string, remedy?: string) {
  return zarrFault(
    store,
    path,
    reason,
    remedy ?? "Write the graph again with a program that keeps to the specification of GEFF.",
    "format.geff",
  );
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function parseAxes(store: ZarrStore, path: string, value: unknown): GeffAxis[] {
  const list = records(value);
  if (list.length > AXES_MAX) throw geffFault(store, path, `it has ${list.length} axes`);
  const axes = list.map((axis) => {
    const name = textOf(axis["name"]);
    if (name === null) throw geffFault(store, path, "one of its axes has no name");
    return {
      name,
      type: textOf(axis["type"]),
      unit: textOf(axis["unit"]),
      scale: numberOf(axis["scale"]),
      scaledUnit: textOf(axis["scaled_unit"]),
    };
  });
  if (new Set(axes.map(({ name }) => name)).size < axes.length)
    throw geffFault(store, path, "two of its axes have one name");
  return axes;
}

function relatedOf(related: Json): GeffRelated[] {
  const [type, path] = [textOf(related["type"]), textOf(related["path"])];
  if (type === null || path === null) return [];
  return [{ type, path, labelProp: textOf(related["label_prop"]) ?? textOf(related["node_prop"]) }];
}

/**
 * A path of a related object from the root of the hierarchy; unlike paths within an image it may climb ("../raw/").
 *
 * @returns `null` when it leads out of the hierarchy or is no path.
 */
export function relatedPath(groupPath: string, relative: string): string | null {
  if (relative.startsWith("/") || relative.includes("\\") || relative.length > 500) return null;
  const parts = groupPath === "" ? [] : groupPath.split("/");
  for (const part of relative.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join("/");
}

/** Key of the values of a property. @throws FoundryError `format.geff` for a name that leads elsewhere. */
export function propPath(
  store: ZarrStore,
  path: string,
  of: "nodes" | "edges",
  name: string,
  member: "values" | "missing",
): string {
  if (name.length > 200 || /[/\\]|^\.\.?$/.test(name))
    throw geffFault(store, path, `its property "${name.slice(0, 40)}" has an impossible name`);
  return keyOf(path, `${of}/props/${name}/${member}`);
}
