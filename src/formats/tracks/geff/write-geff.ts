/**
 * A lineage as a GEFF group of version 1.1, in Zarr version 2 (which every reader of GEFF has) or 3 (beside OME-Zarr 0.5).
 *
 * Nodes are the detections, numbered from 0, with time, place, pixel value (`seg_id`), size, and the numbers of track,
 * tracklet and lineage; edges are the links. The format has no divisions as such: a node with two successors divides.
 * So that a division with one daughter in view comes back as one, edges carry the property `division`. Coordinates are
 * frames and pixels, whose size is the scale of the axes.
 */
import { groupsOfLineage, type PlacedLineage, tracksFromLinks } from "#core/lineage/index.ts";
import { type ColumnType, type ZarrColumn, type ZarrVersion, zarrColumn, zarrGroup } from "./zarr-column.ts";

export interface WriteGeffOptions {
  readonly zarrVersion: ZarrVersion;
  readonly mpp?: { readonly y: number; readonly x: number } | null;
  readonly zStepUm?: number | null;
  readonly frameIntervalS?: number | null;
  /** Whether the movie has focal planes; without them there is no axis z. */
  readonly depth?: boolean;
  /** Paths of the arrays that belong to the graph, relative to its group. */
  readonly image?: string;
  readonly labels?: string;
}

const VERSION = "1.1";

interface Property extends ZarrColumn {
  readonly name: string;
  readonly unit?: string;
  readonly description?: string;
  /** 1 where a node has no value; absent when all have one. */
  readonly missing?: readonly number[];
}

/**
 * @param path  of the group within its hierarchy: "tracks.geff".
 * @returns keys and bytes, metadata first. The same lineage gives the same bytes. Cost: O(n log n).
 */
export function* writeGeff(
  path: string,
  lineage: PlacedLineage,
  options: WriteGeffOptions,
): Generator<readonly [key: string, bytes: Uint8Array]> {
  const { zarrVersion: version } = options;
  const { detections, links } = lineage;
  const nodes = nodeProperties(lineage, options.depth === true);
  const divisions: Property = {
    name: "division",
    type: "bool",
    values: links.map(({ kind }) => (kind === "division" ? 1 : 0)),
    description: "the target is a daughter of the source",
  };
  yield* zarrGroup(path, version, { geff: metadataOf(nodes, [divisions], options) });
  yield* zarrGroup(`${path}/nodes`, version);
  const ids = detections.map((_, i) => i);
  yield* zarrColumn(`${path}/nodes/ids`, { type: "uint64", values: ids }, version);
  yield* writeProperties(`${path}/nodes/props`, nodes, version);
  yield* zarrGroup(`${path}/edges`, version);
  const pairs = links.flatMap(({ from, to }) => [from, to]);
  yield* zarrColumn(`${path}/edges/ids`, { type: "uint64", values: pairs, width: 2 }, version);
  yield* writeProperties(`${path}/edges/props`, [divisions], version);
}

function* writeProperties(
  path: string,
  properties: readonly Property[],
  version: ZarrVersion,
): Generator<readonly [string, Uint8Array]> {
  yield* zarrGroup(path, version);
  for (const property of properties) {
    yield* zarrGroup(`${path}/${property.name}`, version);
    yield* zarrColumn(`${path}/${property.name}/values`, property, version);
    if (property.missing !== undefined)
      yield* zarrColumn(
        `${path}/${property.name}/missing`,
        { type: "bool", values: property.missing },
        version,
      );
  }
}

function nodeProperties(lineage: PlacedLineage, depth: boolean): Property[] {
  const { detections, links } = lineage;
  const { tracklets, lineages } = groupsOfLineage(lineage);
  const tracks = tracksFromLinks(detections, links, { labels: detections.map(({ label }) => label) });
  const of = (name: string, type: ColumnType, values: ArrayLike<number>, unit?: string): Property => ({
    name,
    type,
    values,
    ...(unit === undefined ? {} : { unit }),
  });
  return [
    of(
      "t",
      "int32",
      detections.map(({ t }) => t),
      "frame",
    ),
    ...(depth
      ? [
          of(
            "z",
            "float64",
            detections.map(({ z }) => z),
            "pixel",
          ),
        ]
      : []),
    of(
      "y",
      "float64",
      detections.map(({ y }) => y),
      "pixel",
    ),
    of(
      "x",
      "float64",
      detections.map(({ x }) => x),
      "pixel",
    ),
    {
      ...of(
        "seg_id",
        "int32",
        detections.map(({ label }) => label),
      ),
      description: "value in the label image",
    },
    areaProperty(lineage),
    {
      ...of("track_id", "int32", tracks.labels),
      description: "one cell from birth to division, loss or end",
    },
    of("tracklet_id", "int32", tracklets),
    of("lineage_id", "int32", lineages),
  ];
}

function areaProperty({ detections }: PlacedLineage): Property {
  const values = detections.map(({ areaPx }) => areaPx ?? 0);
  const missing = detections.map(({ areaPx }) => (areaPx === null ? 1 : 0));
  const area: Property = { name: "area_px", type: "int32", values, unit: "pixel" };
  return missing.includes(1) ? { ...area, missing } : area;
}

function metadataOf(nodes: readonly Property[], edges: readonly Property[], options: WriteGeffOptions) {
  const { mpp = null, zStepUm = null, frameIntervalS = null, image, labels } = options;
  const steps: Readonly<Record<string, readonly [scale: number | null, unit: string]>> = {
    t: [frameIntervalS, "second"],
    z: [zStepUm, "micrometer"],
    y: [mpp?.y ?? null, "micrometer"],
    x: [mpp?.x ?? null, "micrometer"],
  };
  const names = nodes.map(({ name }) => name).filter((name) => Object.hasOwn(steps, name));
  const rangeOf = (name: string) => range(nodes.find((node) => node.name === name)!.values);
  return {
    geff_version: VERSION,
    directed: true,
    axes: names.map((name) => {
      const [scale, unit] = steps[name]!;
      return {
        name,
        type: name === "t" ? "time" : "space",
        unit: name === "t" ? "frame" : "pixel",
        ...rangeOf(name),
        ...(scale === null ? {} : { scale, scaled_unit: unit }),
      };
    }),
    node_props_metadata: propertyMetadata(nodes),
    edge_props_metadata: propertyMetadata(edges),
    track_node_props: { tracklet: "tracklet_id", lineage: "lineage_id" },
    related_objects: [
      ...(labels === undefined ? [] : [{ type: "labels", path: labels, label_prop: "seg_id" }]),
      ...(image === undefined ? [] : [{ type: "image", path: image }]),
    ],
    display_hints: {
      display_horizontal: "x",
      display_vertical: "y",
      display_time: "t",
      ...(names.includes("z") ? { display_depth: "z" } : {}),
    },
    extra: {},
  };
}

function propertyMetadata(properties: readonly Property[]) {
  return Object.fromEntries(
    properties.map(({ name, type, unit, description }) => [
      name,
      {
        identifier: name,
        dtype: type,
        varlength: false,
        ...(unit === undefined ? {} : { unit }),
        ...(description === undefined ? {} : { description }),
      },
    ]),
  );
}

/** Both or neither, as the specification asks. */
function range(values: ArrayLike<number>): { min?: number; max?: number } {
  if (values.length === 0) return {};
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    min = Math.min(min, values[i]!);
    max = Math.max(max, values[i]!);
  }
  return { min, max };
}
