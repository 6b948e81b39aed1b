import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openFolderSource } from "./folder-source.ts";
import { openStagedSource } from "./staged-source.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ingest-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function stage(manifest: unknown, files: Readonly<Record<string, string>> = {}): void {
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

test("an upload is read by number; its names are only names", async () => {
  stage([{ file: "000001.bin", path: "a\\b.png", size: 3 }], { "000001.bin": "abc" });
  const source = await openStagedSource(folder, "upload");
  expect(source.entries).toEqual([{ path: "a/b.png", size: 3 }]);
  expect(new TextDecoder().decode(await source.read("a/b.png"))).toBe("abc");
  await expect(source.read("../manifest.json")).rejects.toMatchObject({ code: "request.notFound" });
});

test("names that leave the upload, absolute names and repeats are faults; the rest goes on", async () => {
  stage(
    [
      { file: "000001.bin", path: "../../x.png", size: 1 },
      { file: "000002.bin", path: "/etc/x.png", size: 1 },
      { file: "000003.bin", path: "ok.png", size: 1 },
      { file: "000004.bin", path: "ok.png", size: 1 },
    ],
    {},
  );
  const source = await openStagedSource(folder, "upload");
  expect(source.entries).toEqual([{ path: "ok.png", size: 1 }]);
  expect(source.faults.map((fault) => fault.path)).toEqual(["../../x.png", "/etc/x.png", "ok.png"]);
});

test.each([
  [[{ file: "../../secret", path: "a.png", size: 1 }]],
  [[{ file: "000001.bin", path: 7, size: 1 }]],
  [{ files: [] }],
])("a manifest that is not ours is refused: %j", async (manifest) => {
  stage(manifest);
  await expect(openStagedSource(folder, "upload")).rejects.toMatchObject({ code: "request.invalid" });
});

test("a folder is listed below, without hidden files and without links that leave it", async () => {
  mkdirSync(join(folder, "in", "sub"), { recursive: true });
  writeFileSync(join(folder, "in", "sub", "b.png"), "bb");
  writeFileSync(join(folder, "in", "a.png"), "a");
  writeFileSync(join(folder, "in", ".hidden.png"), "h");
  writeFileSync(join(folder, "outside.png"), "o");
  symlinkSync(join(folder, "outside.png"), join(folder, "in", "link.png"));
  symlinkSync(join(folder, "in", "a.png"), join(folder, "in", "alias.png"));
  const source = await openFolderSource(join(folder, "in"));
  expect(source.entries).toEqual([
    { path: "a.png", size: 1 },
    { path: "alias.png", size: 1 },
    { path: "sub/b.png", size: 2 },
  ]);
  await expect(openFolderSource(join(folder, "nowhere"))).rejects.toMatchObject({ code: "import.empty" });
});

test("one file is a source of one entry", async () => {
  writeFileSync(join(folder, "a.png"), "abc");
  const source = await openFolderSource(join(folder, "a.png"));
  expect(source.title).toBe("a.png");
  expect(source.entries).toEqual([{ path: "a.png", size: 3 }]);
});
