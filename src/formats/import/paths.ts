/**
 * Parts of relative paths, and the order in which files are taken.
 */

export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

export function fileOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function joinPath(folder: string, file: string): string {
  return folder === "" ? file : `${folder}/${file}`;
}

export function isImageFile(path: string): boolean {
  return /\.(png|tiff?|jpe?g|webp|bmp)$/i.test(path);
}

/** By code unit, so that the order is the same on every machine. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
