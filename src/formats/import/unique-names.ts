/** Names of items: the stem of the file, with as much of its path as it takes to tell all apart. */

import type { LayoutItem } from "./layout.ts";
import { folderOf } from "./paths.ts";

/** Names that repeat get their folder in front, then their whole path, then a number. */
export function uniqueNames(items: readonly LayoutItem[]): LayoutItem[] {
  const counts = new Map<string, number>();
  for (const { name } of items) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = new Set<string>();
  return items.map((item) => {
    const folder = folderOf(item.imagePath);
    const longer = counts.get(item.name) === 1 || folder === "" ? item.name : `${folder}/${item.name}`;
    let name = longer;
    // The same stem twice in one folder: a.png and a.tif.
    if (names.has(name)) name = item.imagePath;
    for (let number = 2; names.has(name); number++) name = `${item.imagePath} ${number}`;
    names.add(name);
    return name === item.name ? item : { ...item, name };
  });
}
