/** Tables beside an export: rows by hand, places that lie in their cell, and the Python that ships reads them. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type ObjectShape, objectShapeFromMask, shapeContains } from "#core/labels/index.ts";
import { readSpotsCsv } from "../spots/index.ts";
import { type CellTablesNeeded, cellTables, cellTablesLoader, noteCellTables } from "./cell-tables.ts";
import type { ExportItem, ExportLayer, ExportObject } from "./export-item.ts";

/** "1" are the pixels of the cell, at (y, x) of its plane. */
function shapeOf(rows: readonly string[], y: number, x: number, t = 0): ObjectShape {
  const width = (rows[0] as string).length;
  const data = Uint8Array.from(rows.join(""), Number);
  return objectShapeFromMask({ height: rows.length, width, data } as never, { t, y, x }) as ObjectShape;
}

const ring = ["11111", "10001", "11111"];
const object = (
  uid: string,
  label: number,
  shape: ObjectShape,
  more: Partial<ExportObject> = {},
): ExportObject => ({
  ...{ uid, label, shape, cellType: null, agentKind: "person" },
  ...more,
});

const objects = [
  object("a", 1, shapeOf(ring, 2, 2), {
    cellType: "B cell; mitotic cell",
    types: [
      { term: "CL:0000236", by: "person" },
      { term: "CL:0002000", by: "rule" },
    ],
  }),
  object("b", 2, shapeOf(["1"], 9, 9, 1), { cellType: "=odd, word" }),
  object("c", 3, shapeOf(["11"], 0, 0)),
];

const spot = { t: 0, z: 0, kind: "ACTB", score: null, cell: null };
const layer: ExportLayer = {
  ...{ compartment: "wholeCell", name: "", truth: "gold", coverage: "exhaustive", root: "" },
  objects,
  links: [{ fromUid: "c", toUid: "b", kind: "link" }],
  spots: [
    { ...spot, uid: "s1", y: 2.4, x: 6 },
    { ...spot, uid: "s2", y: 3, x: 4 },
    { ...spot, uid: "s3", y: 2, x: 3, cell: "c", score: 1.5 },
    { ...spot, uid: "s4", y: 2, x: 3, cell: "" },
    { ...spot, uid: "s5", y: 9, x: 9, t: 1, kind: "gene, two" },
  ],
};
const item = {
  ...{ name: "plate 1", axes: "tyx", shape: [2, 12, 12], mpp: { y: 0.5, x: 0.25 }, arrayDigest: "ab" },
  layers: [layer],
} as unknown as ExportItem;

async function tablesOf(
  items: readonly ExportItem[],
  drops: readonly string[],
): Promise<Record<string, string>> {
  const needed: CellTablesNeeded = { types: false, spots: false, links: false };
  for (const one of items) noteCellTables(one, needed);
  const source = {
    async *items() {
      yield* items;
    },
  };
  const texts: Record<string, string> = {};
  for (const { path, bytes } of cellTables(source, { drops }, needed)) {
    const pieces: Uint8Array[] = [];
    for await (const piece of bytes as AsyncIterable<Uint8Array>) pieces.push(piece);
    texts[path] = Buffer.concat(pieces).toString("utf8");
  }
  return texts;
}

test("rows say what each cell is, which cell holds each spot, and what continues", async () => {
  const tables = await tablesOf([item], ["tracks"]);
  expect(tables["cell_types.csv"]?.split("\r\n")).toEqual([
    "image,image_digest,compartment,layer,uid,label,t,z,y_px,x_px,term,name,by",
    "plate 1,ab,wholeCell,,a,1,0,0,2,4,CL:0000236,B cell,person",
    "plate 1,ab,wholeCell,,a,1,0,0,2,4,CL:0002000,mitotic cell,rule",
    // What a spreadsheet would run stays text.
    'plate 1,ab,wholeCell,,b,2,1,0,9,9,,"\'=odd, word",',
    "",
  ]);
  expect(tables["spots.csv"]?.split("\r\n").slice(1)).toEqual([
    // (2.4, 6) lies in pixel (2, 6) of the ring's upper side, 1.45 µm down and 1.625 µm across.
    "plate 1,ab,wholeCell,,s1,ACTB,0,0,2.4,6,1.45,1.625,,1,a,",
    // The hole of the ring belongs to nobody.
    "plate 1,ab,wholeCell,,s2,ACTB,0,0,3,4,1.75,1.125,,,,",
    "plate 1,ab,wholeCell,,s3,ACTB,0,0,2,3,1.25,0.875,1.5,3,c,c",
    "plate 1,ab,wholeCell,,s4,ACTB,0,0,2,3,1.25,0.875,,,,none",
    'plate 1,ab,wholeCell,,s5,"gene, two",1,0,9,9,4.75,2.375,,2,b,',
    "",
  ]);
  expect(tables["links.csv"]?.split("\r\n")[1]).toBe("plate 1,ab,wholeCell,,link,c,3,0,b,2,1");
  const place = shapeContains(objects[0]?.shape as ObjectShape, 2, 4);
  expect(place).toBe(true);
});

test("the table of spots is read back as the spots it was", async () => {
  const text = (await tablesOf([item], []))["spots.csv"] as string;
  const { spots, leftOut } = readSpotsCsv(text, "spots.csv", {
    ...{ height: 12, width: 12, frames: 2, slices: 1, mpp: null },
  });
  expect(leftOut).toBe(0);
  expect(spots).toEqual(layer.spots.map(({ uid: _, ...rest }) => rest));
});

test("no table without rows, and no links beside a format that holds tracks", async () => {
  expect(Object.keys(await tablesOf([item], []))).toEqual(["cell_types.csv", "spots.csv"]);
  const bare = { ...item, layers: [{ ...layer, spots: [], links: [], objects: [objects[2]] }] } as ExportItem;
  expect(await tablesOf([bare], ["tracks"])).toEqual({});
});

const python = "/usr/bin/python3";
test.skipIf(spawnSync(python, ["-c", ""]).status !== 0)(
  "load.py reads the tables with Python alone",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "cell-tables-"));
    try {
      for (const [path, text] of Object.entries(await tablesOf([item], ["tracks"])))
        writeFileSync(join(folder, path), text);
      const more =
        'print(tables["cell_types"][1]["name"], tables["spots"][2]["cell_uid"], tables["links"][0]["to_label"])';
      writeFileSync(join(folder, "load.py"), `${cellTablesLoader}${more}\n`);
      const ran = spawnSync(python, ["load.py"], { cwd: folder, encoding: "utf8" });
      expect(ran.stderr).toBe("");
      expect(ran.stdout.split("\n").slice(0, 4)).toEqual([
        "cell_types 3 rows",
        "spots 5 rows",
        "links 1 rows",
        "mitotic cell c 2",
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
