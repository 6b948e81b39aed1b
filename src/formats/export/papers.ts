/**
 * The papers of an export: what it is, whose it is, how it was split, how to load it, and a digest of every file.
 *
 * Written after the data, because they list the data's digests; the last one, `SHA256SUMS`, lists all others in the form
 * that `sha256sum --check` reads.
 */
import { canonicalJson } from "#core/canonical-json.ts";
import { type HiddenPixels, hiddenNotes, hiddenPixels } from "#core/labels/index.ts";
import { cardText, huggingFaceCard, licenceText } from "./card.ts";
import { cellTablesLoader } from "./cell-tables.ts";
import { croissant } from "./croissant.ts";
import type { Exporter, ExportFacts, ExportItem, ExportRole } from "./export-item.ts";
import { type ListedFile, type ListedItem, provenanceJson, splitsCsv } from "./listing.ts";
import { metadataSheet, type SheetItem } from "./metadata-sheet.ts";
import { roCrate } from "./ro-crate.ts";

/** What is kept of an item while the data are written. */
export interface KeptItem extends Omit<ListedItem, "path">, SheetItem {
  readonly terms: ExportItem["terms"];
  readonly buckets: ExportItem["buckets"];
  readonly sourceUrl: string;
}

/** A few hundred bytes of an item. @param exporter  says whether overlapping cells keep their pixels. */
export function keepItem(item: ExportItem, exporter: Pick<Exporter, "keepsOverlaps">): KeptItem {
  const { name, role, group, arrayDigest, mpp, channels, metadata, terms, buckets, source } = item;
  return {
    name,
    role,
    group,
    arrayDigest,
    mpp,
    channels,
    metadata,
    terms,
    buckets,
    source: source.title,
    licence: source.licence,
    sourceUrl: source.url,
    layers: item.layers.map((layer) => ({
      compartment: layer.compartment,
      name: layer.name,
      root: layer.root,
      truth: layer.truth,
      coverage: layer.coverage,
      cells: layer.objects.length,
      ...hiddenOf(layer, exporter),
    })),
  };
}

function hiddenOf(
  layer: ExportItem["layers"][number],
  { keepsOverlaps }: Pick<Exporter, "keepsOverlaps">,
): { readonly hidden?: HiddenPixels } {
  const hidden = keepsOverlaps === true ? null : hiddenPixels(layer);
  return hidden === null ? {} : { hidden };
}

/** Sentences for people about what an export of label images hides; none when it hides nothing. */
export function exportNotes(items: Iterable<Pick<KeptItem, "name" | "layers">>): string[] {
  const places = [...items].flatMap(({ name: image, layers }) =>
    layers.flatMap(({ hidden, ...layer }) => (hidden === undefined ? [] : [{ ...layer, image, hidden }])),
  );
  return hiddenNotes(
    places,
    "COCO, GeoJSON and ImageJ regions keep all.",
    ', in `images.jsonl` under "hidden"',
  );
}

/** A picture in the export and the item it shows. */
export interface ShownPicture {
  readonly path: string;
  readonly itemName: string;
}

interface Written {
  readonly exporter: Exporter;
  readonly facts: ExportFacts;
  readonly items: ReadonlyMap<string, KeptItem>;
  /** In the order of the files; the first of an item is its main one. */
  readonly pictures: readonly ShownPicture[];
  readonly files: readonly ListedFile[];
}

/** Papers with their text; those that list files name the ones before them. */
export function* exportPapers(
  written: Written,
  listed: () => readonly ListedFile[],
): Generator<{ readonly path: string; readonly text: string }> {
  const { exporter, facts, items } = written;
  const rows = listItems(written);
  const roles = [...new Set([...items.values()].map(({ role }) => role))];
  yield { path: "splits.csv", text: splitsCsv(rows) };
  yield { path: "images.jsonl", text: imagesText(rows, items) };
  yield* sheets(written);
  yield { path: "LICENSE.txt", text: licenceText(facts) };
  yield {
    path: "README.md",
    text: `${readMe(exporter, facts, roles)}${exportText(exporter, exportNotes(items.values()))}`,
  };
  yield { path: "load.py", text: `${exporter.loader}${cellTablesLoader}` };
  yield { path: "provenance.json", text: provenanceJson(facts, rows) };
  yield { path: "croissant.json", text: croissant(facts, listed()) };
  yield { path: "ro-crate-metadata.json", text: roCrate(facts, listed()) };
  yield { path: "SHA256SUMS", text: digestsText(listed()) };
}

/** A line per file, as `sha256sum` writes it, in order of path. */
export function digestsText(files: readonly ListedFile[]): string {
  const lines = files.map(({ path, sha256 }) => ({ path, line: `${sha256}  ${path}\n` }));
  return lines
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ line }) => line)
    .join("");
}

function listItems({ items, pictures }: Written): ListedItem[] {
  const main = new Map<string, string>();
  for (const { itemName, path } of pictures) if (!main.has(itemName)) main.set(itemName, path);
  const shown = [...items.values()].filter(({ name }) => main.size === 0 || main.has(name));
  return shown.map((item) => ({ ...item, path: main.get(item.name) ?? "" }));
}

function imagesText(rows: readonly ListedItem[], items: ReadonlyMap<string, KeptItem>): string {
  return rows
    .map(({ name, path }) => {
      const { source, sourceUrl, arrayDigest, role, ...rest } = items.get(name) as KeptItem;
      const line = {
        ...rest,
        path,
        split: role,
        source: { title: source, url: sourceUrl },
        digest: arrayDigest,
      };
      return `${canonicalJson(line)}\n`;
    })
    .join("");
}

/** One sheet at the top, or one in each folder that is imported by itself. */
function* sheets({
  exporter,
  items,
  pictures,
}: Written): Generator<{ readonly path: string; readonly text: string }> {
  if (pictures.length === 0) return;
  const folderOf = ({ path }: ShownPicture): string => {
    const first = path.indexOf("/");
    return exporter.perLayer === true && first > 0 ? path.slice(0, first + 1) : "";
  };
  for (const [folder, members] of Map.groupBy(pictures, folderOf)) {
    const rows = members.map(({ path, itemName }) => ({
      path: path.slice(folder.length),
      item: items.get(itemName) as KeptItem,
    }));
    yield { path: `${folder}metadata.csv`, text: metadataSheet(rows) };
  }
}

function readMe(exporter: Exporter, facts: ExportFacts, roles: readonly (string | null)[]): string {
  const { shards } = exporter;
  if (shards === undefined) return cardText(facts);
  const present = Object.entries(shards).filter(([role]) => roles.includes(role as ExportRole));
  return huggingFaceCard(facts, Object.fromEntries(present.length > 0 ? present : [["train", shards.train]]));
}

function exportText({ title, explains, drops }: Exporter, notes: readonly string[]): string {
  return [
    "## This export",
    "",
    `${title}. ${explains}`,
    "",
    ...(drops.length === 0 ? [] : [`The format does not hold: ${drops.join("; ")}.`, ""]),
    ...notes.flatMap((note) => [note, ""]),
    "`load.py` shows how to read it; `sha256sum --check SHA256SUMS` tells whether it is whole; `images.jsonl` has what is",
    "known of each image; `provenance.json` leads back to pixels and labels by digest. Where there are any, `cell_types.csv` has",
    "a row per cell and type, `spots.csv` one per spot, `links.csv` one per link in time when the format itself holds none.",
    "",
  ].join("\n");
}
