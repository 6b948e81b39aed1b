/**
 * Movies and projects of DeepCell's tools: a `.trks` of two movies of unequal length of which the second has a broken
 * lineage, a Cell Tracking Challenge folder with gold, silver and marker truth, a DeepCell Label zip with overlaps.
 */
import { gzipSync, zipSync } from "fflate";
import { channelPlane } from "#core/array/index.ts";
import { type ObjectShape, objectShapesFromLabels, renderObjects } from "#core/labels/index.ts";
import { writeLabelTiff, writeNpy, writeTiffStack } from "#formats/index.ts";
import { makeSyntheticCells } from "../synthetic-cells.ts";
import { makeSyntheticMovie, type SyntheticMovie } from "./synthetic-movie.ts";
import type { MadeDataset } from "./truth.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Written by hand, not by the writer under test: ustar headers with nothing but name, size and checksum. */
function tar(files: readonly (readonly [name: string, bytes: Uint8Array])[]): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (const [name, bytes] of files) {
    const header = new Uint8Array(512);
    header.set(text(name), 0);
    header.set(text(`${bytes.length.toString(8).padStart(11, "0")}\0`), 124);
    header.set(text("        "), 148);
    header.set(text("0"), 156);
    header.set(text("ustar\u000000"), 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.set(text(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
    const padded = new Uint8Array(Math.ceil(bytes.length / 512) * 512);
    padded.set(bytes);
    blocks.push(header, padded);
  }
  blocks.push(new Uint8Array(1024));
  return Uint8Array.from(blocks.flatMap((block) => [...block]));
}

function lineageOf({ objects, links }: SyntheticMovie): Record<string, object> {
  const cells: Record<
    string,
    {
      label: number;
      frames: number[];
      daughters: number[];
      capped: boolean;
      frame_div: number | null;
      parent: number | null;
    }
  > = {};
  for (const { label, shape } of objects) {
    cells[label] ??= { label, frames: [], daughters: [], capped: false, frame_div: null, parent: null };
    cells[label].frames.push(shape.t);
  }
  for (const { from, to, kind } of links) {
    if (kind !== "division") continue;
    const [mother, daughter] = [objects[from]!, objects[to]!];
    const record = cells[mother.label]!;
    cells[mother.label] = {
      ...record,
      daughters: [...record.daughters, daughter.label],
      capped: true,
      frame_div: daughter.shape.t,
    };
    cells[daughter.label] = { ...cells[daughter.label]!, parent: mother.label };
  }
  return cells;
}

/** The second movie's lineage lists a frame too many and a parent that does not exist; its pixels are sound. */
export function makeTrks({
  seed,
}: {
  readonly seed: number | string;
}): MadeDataset & { readonly movies: readonly SyntheticMovie[] } {
  const movies = [
    makeSyntheticMovie({ frames: 5, seed: `${seed}/0`, grid: 2, dividing: [1] }),
    makeSyntheticMovie({ frames: 3, seed: `${seed}/1`, grid: 2, dividing: [] }),
  ];
  const [frames, side] = [5, 48];
  const raw = new Float32Array(2 * frames * side * side);
  const tracked = new Int32Array(raw.length);
  for (const [b, { image, objects }] of movies.entries()) {
    raw.set(image.data, b * frames * side * side);
    for (let t = 0; t < image.shape[0]!; t++) {
      const plane = renderObjects(
        side,
        side,
        objects.filter(({ shape }) => shape.t === t),
      );
      tracked.set(plane.data, (b * frames + t) * side * side);
    }
  }
  const broken = lineageOf(movies[1]!);
  broken["1"] = { ...broken["1"], frames: [0, 1, 2, 3], parent: 77 };
  const shape = [2, frames, side, side, 1];
  const archive = tar([
    ["lineages.json", text(JSON.stringify([lineageOf(movies[0]!), broken]))],
    ["raw.npy", writeNpy("float32", shape, raw)],
    ["tracked.npy", writeNpy("int32", shape, tracked)],
  ]);
  return {
    movies,
    files: { "val.trks": gzipSync(archive, { mtime: 0 }) },
    images: movies.map(({ objects }) => ({
      layers: [{ compartment: "nuclear", objects: objects.map(({ shape }) => ({ shape })) }],
      metadata: { sourceSplit: "val" },
    })),
  };
}

/** Gold segmentation of one frame, silver of two, markers (smaller regions) of all; frame 2 has no image. */
export function makeCtc({ seed }: { readonly seed: number | string }): MadeDataset {
  const movie = makeSyntheticMovie({ frames: 5, seed, grid: 2, dividing: [0] });
  const side = 48;
  const files: Record<string, Uint8Array> = {};
  const inFrame = (t: number) => movie.objects.filter(({ shape }) => shape.t === t);
  const mask = (t: number, keep: (label: number) => boolean = () => true) =>
    writeLabelTiff(
      renderObjects(
        side,
        side,
        inFrame(t).filter(({ label }) => keep(label)),
      ),
    );
  for (const t of [0, 1, 3, 4])
    files[`Fluo-N2DH-MADE/01/t00${t}.tif`] = writeTiffStack("uint16", side, side, [
      Uint16Array.from(channelPlane(movie.image, { t }).data),
    ]);
  for (let t = 0; t < 5; t++) files[`Fluo-N2DH-MADE/01_GT/TRA/man_track00${t}.tif`] = mask(t);
  files["Fluo-N2DH-MADE/01_GT/SEG/man_seg001.tif"] = mask(1, (label) => label % 2 === 0);
  for (const t of [0, 1]) files[`Fluo-N2DH-MADE/01_ST/SEG/man_seg00${t}.tif`] = mask(t);
  const frames = new Map<number, number[]>();
  for (const { label, shape } of movie.objects) frames.set(label, [...(frames.get(label) ?? []), shape.t]);
  const parent = (label: number) => {
    const link = movie.links.find(
      ({ to, kind }) => kind === "division" && movie.objects[to]!.label === label,
    );
    return link === undefined ? 0 : movie.objects[link.from]!.label;
  };
  files["Fluo-N2DH-MADE/01_GT/TRA/man_track.txt"] = text(
    [...frames].map(([label, seen]) => `${label} ${seen[0]} ${seen.at(-1)} ${parent(label)}`).join("\n"),
  );
  // Frames 3 and 4 move up by one, because frame 2 has no image.
  const moved = (shape: ObjectShape): ObjectShape => ({ ...shape, t: shape.t > 2 ? shape.t - 1 : shape.t });
  const layer = (keep: (object: (typeof movie.objects)[number]) => boolean) => ({
    compartment: "nuclear" as const,
    objects: movie.objects
      .filter((object) => object.shape.t !== 2 && keep(object))
      .map(({ shape }) => ({ shape: moved(shape) })),
  });
  return {
    files,
    images: [
      {
        layers: [
          layer(({ label, shape }) => shape.t === 1 && label % 2 === 0),
          layer(() => true),
          layer(({ shape }) => shape.t < 2),
        ],
        metadata: { dataset: "Fluo-N2DH-MADE", sequence: "01", modality: "fluorescence" },
      },
    ],
  };
}

/** A project in which value 100 stands for two cells at once, and a cell type. */
export function makeDeepcellLabel({ seed }: { readonly seed: number | string }): MadeDataset {
  const side = 40;
  const { labels, image } = makeSyntheticCells({
    height: side,
    width: side,
    seed,
    cellCount: 6,
    touching: 0,
    radiusPx: [4, 6],
  });
  const shapes = objectShapesFromLabels(labels);
  const y = Int32Array.from(labels.data);
  // The first row of cell 1's box belongs to cell 2 as well; cell 1 is earlier and keeps it.
  const [y0, x0, , x1] = shapes.get(1)!.bbox;
  for (let x = x0; x < x1; x++) if (y[y0 * side + x] === 1) y[y0 * side + x] = 100;
  const cells = [...shapes.keys()].map((cell) => ({ value: cell, cell, t: 0, c: 0 }));
  cells.push({ value: 100, cell: 1, t: 0, c: 0 }, { value: 100, cell: 2, t: 0, c: 0 });
  const files = {
    "project.zip": zipSync({
      "X.ome.tiff": writeTiffStack("uint16", side, side, [image.data]),
      "y.ome.tiff": writeTiffStack("int32", side, side, [y]),
      "cells.json": text(JSON.stringify(cells)),
      "divisions.json": text("[]"),
      "cellTypes.json": text(
        JSON.stringify([{ id: 1, name: "T cell", color: "#fff", cells: [3], feature: 0 }]),
      ),
      "embeddings.json": text("[[1, 2]]"),
    }),
  };
  const objects = [...shapes].map(([label, shape]) => ({
    shape,
    ...(label === 3 ? { cellType: "T cell" } : {}),
  }));
  return { files, images: [{ layers: [{ compartment: "wholeCell", objects }], metadata: {} }] };
}
