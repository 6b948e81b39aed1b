import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readZip } from "#formats/index.ts";
import { assertSafePath, openFolderSink, openZipSink } from "./sink.ts";
import { createZipFile } from "./zip-file.ts";

const folder = mkdtempSync(join(tmpdir(), "zip-file-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function* pieces(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

test("entries stored and deflated, in pieces and empty, read back with their checksums", async () => {
  const file = join(folder, "a.zip");
  const zip = await createZipFile(file);
  const text = new TextEncoder().encode("cell,area\r\n".repeat(50_000));
  const noise = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 2_654_435_761) >>> 24);
  await zip.add("tables/cells.csv", pieces(text.subarray(0, 77), text.subarray(77)));
  await zip.add("noise.bin", pieces(noise));
  await zip.add("empty.txt", pieces());
  const size = await zip.finish();
  const bytes = new Uint8Array(readFileSync(file));
  expect(bytes.length).toBe(size);
  // Text is deflated, the rest is stored.
  expect(size).toBeLessThan(noise.length + 10_000);
  const entries = readZip(bytes, "a.zip");
  const read = (path: string) => [...entries.values()].find((entry) => entry.path === path)?.read();
  expect(Buffer.from(read("tables/cells.csv") ?? []).equals(text)).toBe(true);
  expect(Buffer.from(read("noise.bin") ?? []).equals(noise)).toBe(true);
  expect(read("empty.txt")).toHaveLength(0);
});

const python = "/usr/bin/python3";

test.skipIf(spawnSync(python, ["--version"]).status !== 0)(
  "an archive of more entries than 16 bits count is whole for Python",
  async () => {
    const file = join(folder, "many.zip");
    const zip = await createZipFile(file);
    for (let i = 0; i < 66_000; i++) await zip.add(`f/${i}.bin`, pieces(Uint8Array.of(i & 255)));
    await zip.finish();
    const program = `import zipfile
z = zipfile.ZipFile(${JSON.stringify(file)})
names = z.namelist()
print(len(names), z.read("f/65999.bin")[0], z.read("f/300.bin")[0])`;
    const ran = spawnSync(python, ["-c", program], { encoding: "utf8" });
    expect(ran.stdout.trim()).toBe(`66000 ${65_999 & 255} ${300 & 255}`);
  },
);

test("no path leaves the export", () => {
  for (const path of ["../a", "/etc/passwd", "a//b", "a/..", ".hidden", "a\\b", "a b", "", "a/b."])
    expect(() => assertSafePath(path), path).toThrow();
  assertSafePath("nuclear/train/a_t000_z00.tif");
});

test("a folder that holds files is not written to, and a discarded export leaves nothing", async () => {
  await expect(openFolderSink(folder, "1")).rejects.toMatchObject({ code: "request.invalid" });
  const target = join(folder, "new");
  for (const open of [openFolderSink, openZipSink]) {
    const sink = await open(target, "1");
    await sink.write("a.txt", new TextEncoder().encode("x"));
    await sink.discard();
    expect(() => readFileSync(target)).toThrow();
    expect(() => readFileSync(`${target}.part-1`)).toThrow();
  }
});
