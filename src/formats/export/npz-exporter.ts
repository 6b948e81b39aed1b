/**
 * NumPy archives in the layout of TissueNet: X (images, y, x, nuclear and membrane), y (whole cells and nuclei: the other
 * way round, as TissueNet has it), meta with one header row.
 *
 * All arrays of an archive have one size. Images no larger than it are padded below and at the right; larger ones are cut
 * into tiles, whose cells are cut with them. The size is the largest side there is, up to `tileMax`.
 */
import { channelPlane, type ImageArray } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";
import { npyHead, writeNpyText } from "../containers/npy/write-npy.ts";
import { writeNpz } from "../containers/npy/write-npz.ts";
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

/** Where a tile lies in its image, and the side of all tiles. */
type Window = Readonly<Record<"top" | "left" | "height" | "width" | "size", number>>;

/** Sizes and names known after the first look. */
interface Layout {
  readonly size: number;
  readonly tiles: ReadonlyMap<ExportRole | null, number>;
  readonly stems: ReadonlyMap<string, string>;
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
    const layout = await look(source);
    for (const role of [...layout.tiles.keys()].sort()) yield* archivesOf(source, role, layout);
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

async function look(source: ExportSource): Promise<Layout> {
  const nameOf = createFileNames();
  const stems = new Map<string, string>();
  const sizes: {
    readonly role: ExportRole | null;
    readonly sides: readonly number[];
    readonly planes: number;
  }[] = [];
  let side = 1;
  for await (const item of source.items()) {
    stems.set(item.name, nameOf(item.name));
    const sides = [itemLength(item, "y"), itemLength(item, "x")];
    sizes.push({ role: item.role, sides, planes: itemLength(item, "t") * itemLength(item, "z") });
    side = Math.max(side, ...sides);
  }
  const size = Math.min(side, tileMax);
  const tiles = new Map<ExportRole | null, number>();
  for (const { role, sides, planes } of sizes) {
    const own = sides.reduce((product, length) => product * Math.ceil(length / size), planes);
    tiles.set(role, (tiles.get(role) ?? 0) + own);
  }
  return { size, tiles, stems };
}

/** Names that the readers of TissueNet look for: train, val, test, in parts of a bounded size. */
async function* archivesOf(
  source: ExportSource,
  role: ExportRole | null,
  { size, tiles, stems }: Layout,
): AsyncGenerator<ExportFile> {
  const most = Math.max(1, Math.floor(archiveBytes / (size * size * 16)));
  const prefix = role === "validation" ? "val" : (role ?? "train");
  let left = tiles.get(role) ?? 0;
  let part = 0;
  let open = openArchive(Math.min(most, left), size);
  for await (const item of role === null ? source.items() : source.items(role)) {
    if (item.role !== role) continue;
    for (const tile of tilesOf(item, await item.readImage(), size, stems.get(item.name) ?? "")) {
      open.add(tile);
      left--;
      if (!open.isFull() && left > 0) continue;
      const name = part === 0 ? prefix : `${String(part).padStart(4, "0")}_${prefix}`;
      yield { path: `${name}.npz`, bytes: open.finish() };
      part++;
      open = openArchive(Math.min(most, left), size);
    }
  }
}

/** Draws a tile into the places of X and y. */
interface Tile {
  readonly row: readonly string[];
  draw(x: Float32Array, y: Int32Array): void;
}

/** Bytes before the values of an array: NumPy's header for shapes as ours has two times 64. */
const headBytes = 128;

/** X and y are filled where they will be compressed, so that an archive is in memory once. */
function openArchive(capacity: number, size: number) {
  const values = size * size * 2;
  const arrays = [0, 1].map(() => new Uint8Array(headBytes + capacity * values * 4)) as [
    Uint8Array,
    Uint8Array,
  ];
  const [x, y] = arrays;
  const rows: (readonly string[])[] = [columns];
  const written = (bytes: Uint8Array, descr: string): Uint8Array => {
    const head = npyHead(descr, [capacity, size, size, 2]);
    assert(head.length === headBytes, "the header of an array has its room");
    bytes.set(head);
    return bytes;
  };
  return {
    isFull: () => rows.length > capacity,
    add({ row, draw }: Tile) {
      const at = headBytes + (rows.length - 1) * values * 4;
      draw(new Float32Array(x.buffer, at, values), new Int32Array(y.buffer, at, values));
      rows.push(row);
    },
    finish(): Uint8Array {
      assert(rows.length === capacity + 1, "an archive is full when it is written");
      const meta = writeNpyText([rows.length, columns.length], rows.flat());
      return writeNpz({ X: written(x, "<f4"), y: written(y, "<i4"), meta });
    },
  };
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
          draw(x, y) {
            interleave(planes, x, window);
            interleave(labels, y, window);
          },
          row: rowOf(item, `${stem}${suffix}`, [t, z, top, left, height, width]),
        };
      }
  }
}

function rowOf({ group, mpp, metadata }: ExportItem, name: string, places: readonly number[]): string[] {
  const { organ, cellLine, platform = "", species = "" } = metadata;
  const side = mpp === null ? "" : String((mpp.y + mpp.x) / 2);
  return [name, group, side, organ ?? cellLine ?? "", platform, species, ...places.map(String)];
}

/** Two planes as the last axis; what lies outside the image stays 0. */
function interleave(
  planes: readonly (ArrayLike<number> | null)[],
  out: Float32Array | Int32Array,
  { top, left, height, width, size }: Window,
): void {
  for (const [c, plane] of planes.entries()) {
    if (plane === null) continue;
    const [rows, across] = [Math.min(size, height - top), Math.min(size, width - left)];
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < across; x++)
        out[(y * size + x) * 2 + c] = plane[(top + y) * width + left + x] as number;
  }
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
