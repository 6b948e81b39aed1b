/**
 * Joining the rows of a sheet to images by file name.
 *
 * A row may name the path, the file name, or the name without extension. The longest exact form wins; a row that fits
 * several images is reported and joined to none, because a guess would put an image into a wrong group.
 */
import type { Sheet, SheetRow } from "./sheet.ts";

export interface SheetTarget {
  readonly name: string;
  /** Path inside the import, with forward slashes. */
  readonly path: string;
}

export interface SheetJoin<T extends SheetTarget> {
  readonly matches: ReadonlyMap<T, SheetRow>;
  /** Rows that name no image, or several. */
  readonly unmatchedRows: readonly { readonly row: SheetRow; readonly reason: string }[];
  readonly unmatchedImages: readonly T[];
}

export function joinSheet<T extends SheetTarget>(sheet: Sheet, images: readonly T[]): SheetJoin<T> {
  const index = new Map<string, T[]>();
  for (const image of images) {
    for (const form of formsOf(image)) {
      const list = index.get(form);
      if (list === undefined) index.set(form, [image]);
      else list.push(image);
    }
  }
  const matches = new Map<T, SheetRow>();
  const unmatchedRows: { row: SheetRow; reason: string }[] = [];
  for (const row of sheet.rows) {
    const found = index.get(row.name.replaceAll("\\", "/")) ?? index.get(stemOf(row.name)) ?? [];
    const image = found[0];
    if (image === undefined) unmatchedRows.push({ row, reason: "no image has this name" });
    else if (found.length > 1)
      unmatchedRows.push({ row, reason: `${found.length} images have this name; write their paths` });
    else if (matches.has(image))
      unmatchedRows.push({ row, reason: `line ${matches.get(image)!.line} already describes this image` });
    else matches.set(image, row);
  }
  return { matches, unmatchedRows, unmatchedImages: images.filter((image) => !matches.has(image)) };
}

function formsOf({ name, path }: SheetTarget): ReadonlySet<string> {
  const file = path.slice(path.lastIndexOf("/") + 1);
  return new Set([path, file, stemOf(file), name]);
}

/** File name without folder and without a known image extension. */
export function stemOf(path: string): string {
  const file = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  return file.replace(/\.(ome\.tiff?|tiff?|png)$/i, "");
}
