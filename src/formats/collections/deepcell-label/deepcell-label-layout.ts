/**
 * DeepCell Label projects: zip archives with `X.ome.tiff`, `y.ome.tiff` and tables, or the same files in a folder.
 */
import { sourceOfFile } from "../../byte-source.ts";
import { openZip } from "../../containers/zip/open-zip.ts";
import { readZip } from "../../containers/zip/read-zip.ts";
import { groupKey } from "../../import/group-rules.ts";
import type { ImportFiles, ItemReader, Layout, LayoutItem, ReadChoices } from "../../import/layout.ts";
import { fileOf, folderOf, joinPath } from "../../import/paths.ts";
import type { IgnoredFile } from "../../import/plan.ts";
import { type ProjectFiles, readProject } from "./read-project.ts";

// Archives whose directory is looked at; each costs one read of its end.
const ARCHIVES_MAX = 5_000;

export const deepcellLabelLayout: Layout = {
  format: "deepcell-label",
  title: "DeepCell Label project",
  async plan(files) {
    const folders = projectFolders(files);
    const archives: string[] = [];
    for (const { path } of files.entries) {
      if (!/\.zip$/i.test(path) || archives.length >= ARCHIVES_MAX) continue;
      if (await isProjectArchive(files, path)) archives.push(path);
    }
    if (folders.length + archives.length === 0) return null;
    const items = [
      ...archives.map((path) => projectItem(path.replace(/\.zip$/i, ""), path, { zip: path })),
      ...folders.map((folder) =>
        projectItem(folder === "" ? files.title : folder, joinPath(folder, "X.ome.tiff"), { folder }),
      ),
    ];
    const taken = new Set(archives);
    const ignored: IgnoredFile[] = files.entries
      .filter(({ path }) => !taken.has(path) && !folders.includes(folderOf(path)))
      .map(({ path }) => ({ path, reason: "it is not part of a project" }));
    return { items, ignored, notes: [], licence: null };
  },
  open: openProjects,
};

function projectItem(name: string, imagePath: string, locator: LayoutItem["locator"]): LayoutItem {
  return {
    name,
    imagePath,
    locator,
    layers: ["wholeCell"],
    metadata: {},
    group: groupKey("deepcell-label", {}),
    mpp: null,
  };
}

/** Folders with X and the labels or the table of cells; X alone is any OME-TIFF. */
function projectFolders(files: ImportFiles): string[] {
  const paths = new Set(files.entries.map(({ path }) => path));
  return files.entries
    .filter(({ path }) => fileOf(path) === "X.ome.tiff")
    .map(({ path }) => folderOf(path))
    .filter((folder) => ["y.ome.tiff", "cells.json"].some((member) => paths.has(joinPath(folder, member))));
}

async function isProjectArchive(files: ImportFiles, path: string): Promise<boolean> {
  try {
    const members = new Set((await openZip(sourceOfFile(files, path))).map((entry) => entry.path));
    return members.has("X.ome.tiff") && (members.has("y.ome.tiff") || members.has("cells.json"));
  } catch {
    // A damaged archive is not known to be a project; the importer reports it as an unknown file.
    return false;
  }
}

function openProjects(files: ImportFiles, choices: ReadChoices = {}): ItemReader {
  const framesAre =
    choices.pagesAre === "t" || choices.pagesAre === "z" ? { framesAre: choices.pagesAre } : {};
  return {
    async read(item) {
      const locator = item.locator as { zip: string } | { folder: string };
      return readProject(await projectFiles(files, locator), framesAre);
    },
  };
}

async function projectFiles(
  files: ImportFiles,
  locator: { zip: string } | { folder: string },
): Promise<ProjectFiles> {
  if ("zip" in locator) {
    const entries = readZip(await files.read(locator.zip), locator.zip);
    return {
      name: locator.zip,
      read: async (member) => entries.find(({ path }) => path === member)?.read() ?? null,
    };
  }
  const paths = new Set(files.entries.map(({ path }) => path));
  return {
    name: locator.folder === "" ? files.title : locator.folder,
    read: async (member) => {
      const path = joinPath(locator.folder, member);
      return paths.has(path) ? files.read(path) : null;
    },
  };
}
