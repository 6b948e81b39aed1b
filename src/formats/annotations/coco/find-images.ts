/**
 * Images by the names that annotation files call them: a path from the file, a path from anywhere, or the bare name.
 */
import { fileOf, folderOf, joinPath } from "../../import/paths.ts";

export interface FoundImages {
  /**
   * @param name  as the annotation file writes it; folders of another machine may stand before it.
   * @param beside  path of the annotation file.
   * @returns path of the image, `undefined` when there is none or when several have the bare name.
   */
  find(name: string, beside: string): string | undefined;
}

export function findImages(paths: readonly string[]): FoundImages {
  const known = new Set(paths);
  const byFile = new Map<string, string[]>();
  for (const path of paths) {
    const list = byFile.get(fileOf(path));
    if (list === undefined) byFile.set(fileOf(path), [path]);
    else list.push(path);
  }
  return {
    find(name, beside) {
      const clean = name.replaceAll("\\", "/").replace(/^(\.?\/)+/, "");
      const direct = [joinPath(folderOf(beside), clean), clean].find((path) => known.has(path));
      if (direct !== undefined) return direct;
      const same = byFile.get(fileOf(clean)) ?? [];
      const longer = same.filter((path) => path.endsWith(`/${clean}`));
      if (longer.length === 1) return longer[0];
      return same.length === 1 ? same[0] : undefined;
    },
  };
}
