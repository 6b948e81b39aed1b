import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { sourceOfBytes } from "../../byte-source.ts";
import { openMaybeGzip } from "./gunzip-reader.ts";
import { tarMembers } from "./read-tar.ts";
import { writeTar, writeTarGz } from "./write-tar.ts";

const text = (value: string) => new TextEncoder().encode(value);

async function unpack(bytes: Uint8Array): Promise<Record<string, string>> {
  const reader = await openMaybeGzip(sourceOfBytes(bytes, "a.tar"));
  const files: Record<string, string> = {};
  for await (const { path, size } of tarMembers(reader, "a.tar"))
    files[path] = new TextDecoder().decode(await reader.next(size));
  return files;
}

const files = [
  { path: "a.txt", bytes: text("hello") },
  { path: "deep/empty", bytes: text("") },
  { path: "deep/big", bytes: text("0123456789".repeat(20_000)) },
];
const expected = { "a.txt": "hello", "deep/empty": "", "deep/big": "0123456789".repeat(20_000) };

describe("tar", () => {
  test("written files come back, plain and compressed", async () => {
    expect(await unpack(writeTar(files))).toEqual(expected);
    expect(await unpack(writeTarGz(files))).toEqual(expected);
  });

  const python = (script: string) => execFileSync("/usr/bin/python3", ["-c", script], { encoding: "utf8" });
  const hasPython = (() => {
    try {
      return python("print(1)").trim() === "1";
    } catch {
      return false;
    }
  })();

  test.skipIf(!hasPython)(
    "Python's tarfile reads ours, and we read its pax and GNU archives with long names",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "tar-"));
      try {
        const ours = join(folder, "ours.tar.gz");
        writeFileSync(ours, writeTarGz(files));
        const listing = python(
          `import tarfile;t=tarfile.open("${ours}");print([(m.name,m.size) for m in t.getmembers()],t.extractfile("deep/big").read()==b"0123456789"*20000)`,
        );
        expect(listing.trim()).toBe("[('a.txt', 5), ('deep/empty', 0), ('deep/big', 200000)] True");
        const long = `${"folder/".repeat(30)}ä.txt`;
        for (const format of ["PAX_FORMAT", "GNU_FORMAT"]) {
          const theirs = join(folder, `${format}.tgz`);
          python(
            `import tarfile,io;t=tarfile.open("${theirs}","w:gz",format=tarfile.${format})\ni=tarfile.TarInfo("${long}");i.size=3;t.addfile(i,io.BytesIO(b"abc"))\nd=tarfile.TarInfo("dir");d.type=tarfile.DIRTYPE;t.addfile(d)\nt.close()`,
          );
          expect(await unpack(new Uint8Array(readFileSync(theirs)))).toEqual({ [long]: "abc" });
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  const patched = (at: number, bytes: Uint8Array | number[]) => {
    const out = writeTar(files);
    out.set(bytes, at);
    out.set(text("        "), 148);
    const sum = out.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    out.set(text(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
    return out;
  };
  test.each([
    ["a link", patched(156, text("2")), /it is a link/],
    ["a device", patched(156, text("3")), /no plain file/],
    ["a sparse file", patched(156, text("S")), /sparse/],
    ["a path that leaves", patched(0, text("../etc")), /leaves the archive/],
    ["an absolute path", patched(0, text("/etc/x")), /absolute/],
    ["a size that is no number", patched(124, text("99999999999")), /size is no number/],
    [
      "a size beyond any file",
      patched(124, [0x80, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]),
      /beyond any file/,
    ],
    ["a size beyond the archive", patched(124, text("77777777777")), /cut short/],
    ["a broken header", writeTar(files).fill(7, 20, 30), /checksum/],
    ["no tar at all", text("x".repeat(2000)), /checksum/],
    ["nothing", new Uint8Array(0), /cut short/],
    ["the same name twice", writeTar([files[0]!, { path: "A.TXT", bytes: text("") }]), /same name/],
    ["gzip with a wrong checksum", writeTarGz(files).fill(1, -8, -5), /CRC/],
    ["gzip cut short", writeTarGz(files).subarray(0, 200), /cut short|damaged|CRC/],
    [
      "two gzip files joined",
      new Uint8Array([...gzipSync(writeTar(files)), ...gzipSync(text("more"))]),
      /CRC/,
    ],
  ])("%s is refused", async (_, bytes, reason) => {
    await expect(unpack(bytes)).rejects.toThrow(reason);
  });

  test("an archive that grows beyond any movie is stopped", async () => {
    // 160 MiB of zeros, a thousandth of that compressed, announced as one member of 1 GiB.
    const { gzipSync: gzip } = await import("node:zlib");
    const head = writeTar([{ path: "raw.npy", bytes: new Uint8Array(0) }]).subarray(0, 512);
    head.set(text("10000000000"), 124);
    head.set(text("        "), 148);
    const sum = head.reduce((total, byte) => total + byte, 0);
    head.set(text(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
    const bomb = new Uint8Array(gzip(Buffer.concat([head, Buffer.alloc(160 * 1024 * 1024)]), { level: 6 }));
    await expect(unpackNothing(bomb)).rejects.toThrow(/grows more than 300 times/);
  });
});

/** Walks the members without keeping their bytes. */
async function unpackNothing(bytes: Uint8Array): Promise<void> {
  const reader = await openMaybeGzip(sourceOfBytes(bytes, "a.tar"));
  for await (const _ of tarMembers(reader, "a.tar"));
}
