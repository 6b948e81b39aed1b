/**
 * What is known of cells beside their outlines, as tables at the top of every export that has any of it: types, spots, and
 * links in time for formats without tracks.
 *
 * Few formats of the field hold these, and each in a way of its own, so one form stands beside all of them. A cell is named by image,
 * compartment, layer and label, and by a pixel that is surely its own, because some formats number cells anew. A table is
 * there only when it has rows. Text, because it is read without any library, by `load.py`, too.
 */

import { pixelInside } from "#core/labels/index.ts";
import { cellOfSpot, groundOfShapes } from "#core/spots/index.ts";
import type {
  Exporter,
  ExportFile,
  ExportItem,
  ExportLayer,
  ExportObject,
  ExportSource,
} from "./export-item.ts";
import { itemLength } from "./item-parts.ts";
import { csvText } from "./listing.ts";

type Field = string | number | null;
type Row = readonly Field[];

/** Rows joined to one piece of a file: some hundred kB. */
const rowsPerPiece = 4_000;

/** What items that have passed hold. */
export interface CellTablesNeeded {
  types: boolean;
  spots: boolean;
  links: boolean;
}

export function noteCellTables(item: ExportItem, needed: CellTablesNeeded): void {
  for (const { objects, links, spots } of item.layers) {
    needed.types ||= objects.some(({ cellType }) => cellType !== null);
    needed.spots ||= spots.length > 0;
    needed.links ||= links.length > 0;
  }
}

/** The tables, each from one more walk through the items. */
export function* cellTables(
  source: ExportSource,
  exporter: Pick<Exporter, "drops">,
  needed: Readonly<CellTablesNeeded>,
): Generator<ExportFile> {
  if (needed.types) yield table("cell_types.csv", source, typeColumns, typeRows);
  if (needed.spots) yield table("spots.csv", source, spotColumns, spotRows);
  if (needed.links && exporter.drops.includes("tracks"))
    yield table("links.csv", source, linkColumns, linkRows);
}

function table(
  path: string,
  source: ExportSource,
  columns: readonly string[],
  rowsOf: (item: ExportItem, layer: ExportLayer) => Iterable<Row>,
): ExportFile {
  return { path, bytes: csvBytes(source, [...whereColumns, ...columns], rowsOf) };
}

async function* csvBytes(
  source: ExportSource,
  columns: readonly string[],
  rowsOf: (item: ExportItem, layer: ExportLayer) => Iterable<Row>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let lines = [columns.join(",")];
  const take = (): Uint8Array => {
    const bytes = encoder.encode(`${lines.join("\r\n")}\r\n`);
    lines = [];
    return bytes;
  };
  for await (const item of source.items()) {
    for (const layer of item.layers) {
      const where = [item.name, item.arrayDigest, layer.compartment, layer.name];
      for (const row of rowsOf(item, layer)) {
        lines.push([...where, ...row].map(fieldText).join(","));
        if (lines.length >= rowsPerPiece) yield take();
      }
    }
  }
  if (lines.length > 0) yield take();
}

const fieldText = (field: Field): string =>
  field === null ? "" : typeof field === "number" ? String(field) : csvText(field);

const whereColumns = ["image", "image_digest", "compartment", "layer"] as const;

const typeColumns = ["uid", "label", "t", "z", "y_px", "x_px", "term", "name", "by"] as const;

/** One row per cell and type; a raw word that stands for no term has no term. */
function* typeRows(_item: ExportItem, { objects }: ExportLayer): Generator<Row> {
  for (const object of objects) {
    if (object.cellType === null) continue;
    const cell = cellFields(object);
    const names = object.cellType.split("; ");
    if (object.types === undefined) yield [...cell, null, object.cellType, null];
    else for (const [i, { term, by }] of object.types.entries()) yield [...cell, term, names[i] ?? term, by];
  }
}

function cellFields({ uid, label, shape }: ExportObject): Row {
  const { y, x } = pixelInside(shape);
  return [uid, label, shape.t, shape.z, y, x];
}

const spotColumns = [
  ...["uid", "gene", "t", "z", "y_px", "x_px", "y_um", "x_um", "score"],
  ...["cell_label", "cell_uid", "assigned_uid"],
] as const;

/** The cell is the one that a person said, else the one that holds the spot. µm from the outer corner of the first pixel. */
function* spotRows(item: ExportItem, { objects, spots }: ExportLayer): Generator<Row> {
  if (spots.length === 0) return;
  const size = { height: itemLength(item, "y"), width: itemLength(item, "x") };
  const ground = groundOfShapes(objects, size);
  const labels = new Map(objects.map(({ uid, label }) => [uid, label]));
  const um = (px: number, size: number | undefined): number | null =>
    size === undefined ? null : Math.round((px + 0.5) * size * 1e6) / 1e6;
  for (const { uid, ...spot } of spots) {
    const { t, z, y, x, kind, score, cell } = spot;
    const owner = cellOfSpot(spot, ground(t, z), { distanceMax: 0, mpp: { y: 1, x: 1 } });
    const label = owner === null ? null : (labels.get(owner) ?? null);
    const places = [y, x, um(y, item.mpp?.y), um(x, item.mpp?.x)];
    yield [uid, kind, t, z, ...places, score, label, owner, cell === "" ? "none" : cell];
  }
}

const linkColumns = ["kind", "from_uid", "from_label", "from_t", "to_uid", "to_label", "to_t"] as const;

function* linkRows(_item: ExportItem, { objects, links }: ExportLayer): Generator<Row> {
  const cells = new Map(objects.map((object) => [object.uid, object]));
  const end = (uid: string): Row => {
    const cell = cells.get(uid);
    return [uid, cell?.label ?? null, cell?.shape.t ?? null];
  };
  for (const { kind, fromUid, toUid } of links) yield [kind, ...end(fromUid), ...end(toUid)];
}

/** Ends every `load.py`. */
export const cellTablesLoader = `

def read_tables():
    """Types of cells, spots and links in time, where the export has them: a list of rows per table."""
    import csv
    import pathlib

    tables = {}
    for name in ("cell_types", "spots", "links"):
        path = pathlib.Path(__file__).resolve().parent / f"{name}.csv"
        if not path.exists():
            continue
        with open(path, newline="", encoding="utf-8") as file:
            tables[name] = list(csv.DictReader(file))
    return tables


tables = read_tables()
for name, table in tables.items():
    print(name, len(table), "rows")
for row in tables.get("cell_types", []):
    assert int(row["label"]) > 0 and (row["term"] or row["name"]), row
for row in tables.get("spots", []):
    assert float(row["y_px"]) >= -0.5 and float(row["x_px"]) >= -0.5 and row["gene"], row
for row in tables.get("links", []):
    assert int(row["from_t"]) < int(row["to_t"]), row
`;
