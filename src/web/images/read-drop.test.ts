import { expect, test } from "vitest";
import { type Entry, type FileEntry, type FolderEntry, walkEntries } from "./read-drop.ts";

const file = (name: string): FileEntry => ({
  name,
  isFile: true,
  isDirectory: false,
  file: (done) => done(new File(["x"], name)),
});

/** Hands out its children in pieces, as Chromium does. */
const folder = (name: string, children: Entry[], piece = 2): FolderEntry => ({
  name,
  isFile: false,
  isDirectory: true,
  createReader: () => {
    let at = 0;
    return {
      readEntries: (done) => {
        done(children.slice(at, at + piece));
        at += piece;
      },
    };
  },
});

test("walks folders with their relative paths, past the first piece", async () => {
  const files = await walkEntries([
    folder("plate", [
      file("c.tif"),
      file("a.tif"),
      file("b.tif"),
      folder("masks", [file("a.tif")]),
      file("d.tif"),
    ]),
    file("sheet.csv"),
  ]);
  expect(files.map(({ path }) => path)).toEqual([
    "plate/a.tif",
    "plate/b.tif",
    "plate/c.tif",
    "plate/d.tif",
    "plate/masks/a.tif",
    "sheet.csv",
  ]);
});

test("an unreadable file is an error, not a silent gap", async () => {
  const broken: FileEntry = { ...file("a.tif"), file: (_done, failed) => failed(new Error("denied")) };
  await expect(walkEntries([folder("p", [broken])])).rejects.toThrow("denied");
});
