/**
 * Zip archives that are files of a format, not folders: ImageJ's region sets, DeepCell Label projects.
 *
 * Their layouts open them by themselves; expanded, their members would be files without a meaning.
 */

/** @param names  paths of the members. */
export function isClosedArchive(names: readonly string[]): boolean {
  if (names.length === 0) return false;
  if (names.every((name) => /\.roi$/i.test(name))) return true;
  return names.includes("X.ome.tiff") && (names.includes("y.ome.tiff") || names.includes("cells.json"));
}
