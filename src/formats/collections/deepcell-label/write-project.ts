/**
 * A DeepCell Label project from an image and its layers: `X.ome.tiff`, `y.ome.tiff`, `cells.json`, `divisions.json`,
 * `cellTypes.json`, `channels.json` in a zip.
 *
 * The file knows four axes, C, Z, Y, X, and writes frames into Z; a movie of stacks cannot be held. One layer becomes
 * one feature. Cells are numbered by their tracks.
 */
import { zipSync } from "fflate";
import { axisLength, channelPlane, type ImageArray } from "#core/array/index.ts";
import { drawObjectShapeInPlace } from "#core/labels/index.ts";
import { tracksFromLinks } from "#core/lineage/index.ts";
import { fault } from "../../fault.ts";
import type { ReadLayer } from "../../import/layout.ts";
import { writeTiffStack } from "../../pixels/tiff/write-tiff-stack.ts";
import { projectOmeXml } from "./project-ome-xml.ts";
import type { CellRow, CellTypeRow, DivisionRow } from "./project-tables.ts";

export interface LabelProject {
  /** Axes a subset of tczyx without both t and z. */
  readonly image: ImageArray;
  readonly channelNames: readonly string[];
  /** In the order of features: DeepCell's own is whole cells, nuclei. */
  readonly layers: readonly Pick<ReadLayer, "objects" | "links">[];
}

// A fixed time, so that the same project gives the same bytes (1980 is the first year a zip can hold).
const MTIME = new Date(1980, 0, 1);

/** @throws FoundryError `format.dataset` for an image with both frames and focal planes. */
export function writeProject(project: LabelProject): Uint8Array {
  const { image, channelNames, layers } = project;
  const [times, planes] = [axisLength(image, "t"), axisLength(image, "z")];
  if (times > 1 && planes > 1)
    throw fault("format.dataset", {
      file: "DeepCell Label export",
      reason: `the image has ${times} frames of ${planes} focal planes; a project holds one or the other`,
      remedy: "Export single focal planes or single frames.",
    });
  const [height, width, channels] = ["y", "x", "c"].map((axis) => axisLength(image, axis)) as [
    number,
    number,
    number,
  ];
  const frames = times * planes;
  const at = (frame: number) => (times > 1 ? { t: frame } : { z: frame });
  const pages = Array.from({ length: channels * frames }, (_, i) =>
    channelPlane(image, { c: Math.floor(i / frames), ...at(i % frames) }).data.slice(),
  );
  const named = layers.map((layer) => nameCells(layer));
  const labels = layers.flatMap(({ objects }, c) =>
    renderFeature(objects, named[c]!.cells, frames, height, width),
  );
  const names = Array.from({ length: channels }, (_, c) => channelNames[c] ?? `channel ${c}`);
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const sizes = { frames, height, width };
  const parts: Record<string, Uint8Array> = {
    "X.ome.tiff": writeTiffStack(image.dtype, height, width, pages, {
      description: projectOmeXml({ ...sizes, dtype: image.dtype, channelNames: names }),
    }),
    "cells.json": json(layers.flatMap(({ objects }, c) => cellRows(objects, named[c]!.cells, c))),
    "divisions.json": json(named.flatMap(({ divisions }) => divisions)),
    "cellTypes.json": json(layers.flatMap(({ objects }, c) => typeRows(objects, named[c]!.cells, c))),
    "channels.json": json(names),
  };
  if (layers.length > 0)
    parts["y.ome.tiff"] = writeTiffStack("int32", height, width, labels, {
      description: projectOmeXml({
        ...sizes,
        dtype: "int32",
        channelNames: layers.map((_, c) => `feature ${c}`),
      }),
    });
  return zipSync(parts, { level: 6, mtime: MTIME });
}

type Objects = ReadLayer["objects"];

/** Cell of each object: the label of its track; objects of one frame and label on several planes are one cell. */
function nameCells({ objects, links }: Pick<ReadLayer, "objects" | "links">): {
  cells: readonly number[];
  divisions: DivisionRow[];
} {
  const planes = new Set(objects.map(({ shape }) => shape.z)).size;
  if (planes > 1) return { cells: objects.map(({ label }) => label), divisions: [] };
  const detections = objects.map(({ shape }) => ({ t: shape.t }));
  const { tracks, labels } = tracksFromLinks(detections, links, {
    labels: objects.map(({ label }) => label),
  });
  const first = new Map(tracks.map((track) => [track.label, track.first]));
  const divisions = tracks
    .filter(({ daughters }) => daughters.length > 0)
    .map(({ label, daughters }) => ({
      parent: label,
      daughters,
      t: Math.min(...daughters.map((daughter) => first.get(daughter)!)),
    }));
  return { cells: [...labels], divisions };
}

function renderFeature(
  objects: Objects,
  cells: readonly number[],
  frames: number,
  height: number,
  width: number,
) {
  const planes = Array.from({ length: frames }, () => new Int32Array(height * width));
  for (const [i, { shape }] of objects.entries()) {
    const data = planes[shape.t + shape.z]!;
    drawObjectShapeInPlace(shape, { dtype: "int32", height, width, data }, cells[i]!);
  }
  return planes;
}

function cellRows(objects: Objects, cells: readonly number[], c: number): CellRow[] {
  return objects.map(({ shape }, i) => ({ value: cells[i]!, cell: cells[i]!, t: shape.t + shape.z, c }));
}

function typeRows(objects: Objects, cells: readonly number[], feature: number): CellTypeRow[] {
  const byName = new Map<string, Set<number>>();
  for (const [i, { cellType }] of objects.entries())
    if (cellType !== undefined) byName.set(cellType, (byName.get(cellType) ?? new Set()).add(cells[i]!));
  return [...byName].map(([name, members], i) => ({
    id: i + 1,
    name,
    color: COLOURS[i % COLOURS.length]!,
    cells: [...members].sort((a, b) => a - b),
    feature,
  }));
}

// Label needs a colour per type; these are told apart by people of all kinds of colour vision (Okabe and Ito 2008).
const COLOURS = ["#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"] as const;
