import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readImage } from "../../read-image.ts";
import { writeTiffStack } from "./write-tiff-stack.ts";

const pages = [0, 1, 2].map((z) => Int32Array.from({ length: 77 * 300 }, (_, i) => i * 7 - z * 1000));

test("pages, values and pixel size come back", async () => {
  const bytes = writeTiffStack("int32", 77, 300, pages, { mpp: { y: 0.5, x: 0.25 } });
  const { image, mpp } = await readImage(bytes, { name: "stack.tif" });
  expect([image.axes, image.shape, image.dtype]).toEqual(["zyx", [3, 77, 300], "int32"]);
  for (const [z, page] of pages.entries())
    expect(image.data.subarray(z * page.length, (z + 1) * page.length)).toEqual(page);
  expect(mpp).toEqual({ y: 0.5, x: 0.25 });
});

const python = "/usr/bin/python3";
const hasTifffile = (() => {
  try {
    execFileSync(python, ["-c", "import tifffile"], { stdio: "ignore" });
    return existsSync(python);
  } catch {
    return false;
  }
})();

test.skipIf(!hasTifffile)("tifffile reads the same values", () => {
  const folder = mkdtempSync(join(tmpdir(), "stack-"));
  try {
    const path = join(folder, "s.tif");
    writeFileSync(
      path,
      writeTiffStack(
        "float32",
        5,
        9,
        [0, 1].map((z) => Float32Array.from({ length: 45 }, (_, i) => i / 4 - z)),
        { description: "text" },
      ),
    );
    const script = `import tifffile;t=tifffile.TiffFile("${path}");a=t.asarray();print(a.shape,a.dtype,float(a.sum()),a[1,4,8],t.pages[0].description)`;
    const sum = 2 * ((44 * 45) / 8) - 45;
    expect(execFileSync(python, ["-c", script], { encoding: "utf8" }).trim()).toBe(
      `(2, 5, 9) float32 ${sum.toFixed(1)} 10.0 text`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
