/**
 * NumPy archives in the layout of TissueNet: X (images, y, x, nuclear and membrane), y (whole cells and nuclei: the other
 * way round, as TissueNet has it), meta with one header row.
 *
 * All arrays of an archive have one size. Images no larger than it are padded below and at the right; larger ones are cut
 * into tiles, whose cells are cut with them. The size is the largest side there is, up to `tileMax`.
 */
import { channelPlane, type ImageArray } from "#core/array/index.ts";
import { writeNpy, writeNpyText } from "../npy/write-npy.ts";
import { writeNpz } from "../npy/write-npz.ts";
import type {
  Exporter,
  ExportFile,
  ExportItem,
  ExportLayer,
  ExportRole,
  ExportSource,
} from "./export-item.ts";
import { createFileNames } from "./file-names.ts";
import { itemLength, planeLabels, planesOf } from "./item-parts.ts";

/** Side above which images are cut: TissueNet's own training size. */
const tileMax = 512;

/** Bytes of X and y in one archive, so that writer and reader hold it in memory. */
const archiveBytes = 256 * 1024 * 1024;

const columns = [
  "filename",
  "experiment",
  "pixel_size",
  "specimen",
  "platform",
  "species",
  "plane_t",
  "plane_z",
  "tile_y",
  "tile_x",
  "height",
  "width",
] as const;

interface Tile {
  readonly x: Float32Array;
  readonly y: Int32Array;
  readonly row: readonly string[];
}

export const npzExporter: Exporter = {
  format: "npz",
  title: "NumPy archives (TissueNet layout)",
  explains: "X, y and meta per role, as DeepCell's training notebooks load them.",
  drops: [
    "channels beyond one nuclear and one membrane",
    "time and depth (a picture per plane)",
    "tracks",
    "cell types",
    `images above ${tileMax} pixels are cut`,
  ],
  passes: 2,
  async *write(source) {
    const nameOf = createFileNames();
    const stems = new Map<string, string>();
    const roles = new Set<ExportRole | null>();
    let side = 1;
    for await (const item of source.items()) {
      stems.set(item.name, nameOf(item.name));
      roles.add(item.role);
      side = Math.max(side, itemLength(item, "y"), itemLength(item, "x"));
    }
    const size = Math.min(side, tileMax);
    for (const role of [...roles].sort()) yield* archivesOf(source, role, size, stems);
  },
  loader: `import pathlib
import numpy as np

here = pathlib.Path(__file__).resolve().parent
for path in sorted(here.glob("*.npz")):
    data = np.load(path)
    X, y, meta = data["X"], data["y"], data["meta"]
    header, rows = list(meta[0]), meta[1:]
    assert X.shape[:3] == y.shape[:3] and len(rows) == len(X)
    print(path.name, "X", X.shape, X.dtype, "nuclear, membrane; y", y.shape, y.dtype, "whole cell, nuclear")
    print("  first:", dict(zip(header, rows[0])))
`,
};

/** Names that the readers of TissueNet look for: train, val, test, in parts of a bounded size. */
async function* archivesOf(
  source: ExportSource,
  role: ExportRole | null,
  size: number,
  stems: ReadonlyMap<string, string>,
): AsyncGenerator<ExportFile> {
  const perArchive = Math.max(1, Math.floor(archiveBytes / (size * size * 16)));
  const prefix = role === "validation" ? "val" : (role ?? "train");
  let tiles: Tile[] = [];
  let part = 0;
  const flush = (): ExportFile => {
    const file = {
      path: `${part === 0 ? "" : `${String(part).padStart(4, "0")}_`}${prefix}.npz`,
      bytes: archive(tiles, size),
    };
    part++;
    tiles = [];
    return file;
  };
  for await (const item of role === null ? source.items() : source.items(role)) {
    if (item.role !== role) continue;
    for (const tile of tilesOf(item, await item.readImage(), size, stems.get(item.name) ?? "")) {
      tiles.push(tile);
      if (tiles.length >= perArchive) yield flush();
    }
  }
  if (tiles.length > 0) yield flush();
}

function archive(tiles: readonly Tile[], size: number): Uint8Array {
  const shape = [tiles.length, size, size, 2];
  const x = new Float32Array(tiles.length * size * size * 2);
  const y = new Int32Array(x.length);
  for (const [i, tile] of tiles.entries()) {
    x.set(tile.x, i * size * size * 2);
    y.set(tile.y, i * size * size * 2);
  }
  const table = [columns, ...tiles.map(({ row }) => row)];
  return writeNpz({
    X: writeNpy("float32", shape, x),
    y: writeNpy("int32", shape, y),
    meta: writeNpyText([table.length, columns.length], table.flat()),
  });
}

function* tilesOf(item: ExportItem, image: ImageArray, size: number, stem: string): Generator<Tile> {
  const [height, width] = [itemLength(item, "y"), itemLength(item, "x")];
  const channels = [channelOf(item, "nuclear"), channelOf(item, "membrane")];
  for (const { t, z, suffix } of planesOf(item)) {
    const planes = channels.map((c) => (c === null ? null : channelPlane(image, { t, z, c }).data));
    const labels = (["wholeCell", "nuclear"] as const).map((compartment) => {
      const layer = mainLayer(item, compartment);
      return layer === undefined ? null : planeLabels(item, layer, { t, z }).data;
    });
    for (let top = 0; top < height; top += size)
      for (let left = 0; left < width; left += size) {
        const window = { top, left, height, width, size };
        yield {
          x: interleave(planes, new Float32Array(size * size * 2), window),
          y: interleave(labels, new Int32Array(size * size * 2), window),
          row: [
            `${stem}${suffix}`,
            item.group,
            item.mpp === null ? "" : String((item.mpp.y + item.mpp.x) / 2),
            item.metadata["organ"] ?? item.metadata["cellLine"] ?? "",
            item.metadata["platform"] ?? "",
            item.metadata["species"] ?? "",
            ...[t, z, top, left, height, width].map(String),
          ],
        };
      }
  }
}

/** Two planes as the last axis; what lies outside the image stays 0. */
function interleave<A extends Float32Array | Int32Array>(
  planes: readonly (ArrayLike<number> | null)[],
  out: A,
  { top, left, height, width, size }: Readonly<Record<"top" | "left" | "height" | "width" | "size", number>>,
): A {
  for (const [c, plane] of planes.entries()) {
    if (plane === null) continue;
    const [rows, across] = [Math.min(size, height - top), Math.min(size, width - left)];
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < across; x++)
        out[(y * size + x) * 2 + c] = plane[(top + y) * width + left + x] as number;
  }
  return out;
}

/** By role; an image of one channel without a role that fits is nuclear, as most such images are. */
function channelOf({ channels }: ExportItem, role: "nuclear" | "membrane"): number | null {
  const roles = role === "nuclear" ? ["nuclear"] : ["membrane", "cytoplasm"];
  for (const one of roles) {
    const at = channels.findIndex((channel) => channel.role === one);
    if (at >= 0) return at;
  }
  return role === "nuclear" && channels.length <= 1 ? 0 : null;
}

function mainLayer({ layers }: ExportItem, compartment: ExportLayer["compartment"]): ExportLayer | undefined {
  return layers.find((layer) => layer.compartment === compartment && layer.name === "");
}
