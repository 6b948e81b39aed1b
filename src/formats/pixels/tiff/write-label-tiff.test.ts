import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { labelImage } from "#core/array/index.ts";
import { readImage } from "../../read-image.ts";
import { readLabels } from "../../read-labels.ts";
import { readLabelTiffDescription, writeLabelTiff } from "./write-label-tiff.ts";

// 300 rows of 211 pixels need several strips; values reach 63,299 and so fit 16 bits.
const small = labelImage(
  300,
  211,
  Int32Array.from({ length: 300 * 211 }, (_, i) => i),
);
const large = labelImage(2, 3, [0, 1, 65_536, 2_147_483_647, 5, 0]);
const facts = { model: "nuclei@1.2.0", note: 'a "b" <c> & µ' };

test("labels, pixel size and description come back", async () => {
  for (const labels of [small, large]) {
    const bytes = writeLabelTiff(labels, { description: facts, mpp: { y: 0.5, x: 0.65 } });
    expect(await readLabels(bytes, { name: "l.tif" })).toEqual(labels);
    const { image, mpp, mppSource } = await readImage(bytes, { name: "l.tif" });
    expect(image.dtype).toBe(labels === small ? "uint16" : "uint32");
    expect({ mpp, mppSource }).toEqual({ mpp: { y: 0.5, x: 0.65 }, mppSource: "ome" });
    expect(readLabelTiffDescription(bytes, "l.tif")).toEqual(facts);
  }
});

test("the same labels give the same bytes", () => {
  expect(writeLabelTiff(small, { description: facts })).toEqual(
    writeLabelTiff(small, { description: facts }),
  );
});

const PYTHON = "/usr/bin/python3";
const hasTifffile = spawnSync(PYTHON, ["-c", "import tifffile"]).status === 0;

test.skipIf(!hasTifffile)("tifffile reads the same numbers, the OME-XML and the pixel size", () => {
  const folder = mkdtempSync(join(tmpdir(), "label-tiff-"));
  try {
    writeFileSync(
      join(folder, "small.tif"),
      writeLabelTiff(small, { description: facts, mpp: { y: 0.5, x: 0.65 } }),
    );
    writeFileSync(join(folder, "large.tif"), writeLabelTiff(large));
    const script = `
import json, sys, tifffile, numpy as np
t = tifffile.TiffFile(sys.argv[1] + "/small.tif")
a = t.asarray()
p = t.pages[0]
x = p.tags["XResolution"].value
b = tifffile.imread(sys.argv[1] + "/large.tif")
print(json.dumps({"same": bool((a.ravel() == np.arange(300 * 211)).all()), "dtype": str(a.dtype), "ome": t.is_ome,
  "axes": t.series[0].axes, "perCm": x[0] / x[1], "strips": len(p.dataoffsets), "description": "nuclei@1.2.0" in t.ome_metadata,
  "large": b.tolist(), "largeType": str(b.dtype)}))`;
    const run = spawnSync(PYTHON, ["-c", script, folder], { encoding: "utf8" });
    expect(JSON.parse(run.stdout)).toEqual({
      same: true,
      dtype: "uint16",
      ome: true,
      axes: "YX",
      perCm: expect.closeTo(10_000 / 0.65, 3),
      strips: 2,
      description: true,
      large: [
        [0, 1, 65_536],
        [2_147_483_647, 5, 0],
      ],
      largeType: "uint32",
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
