/**
 * MoNuSeg tiles: Aperio XML whose first region is a nucleus like any other and whose outlines overlap.
 */
import { labelImage } from "#core/array/index.ts";
import { type ObjectShape, objectShapesFromLabels, shapeToRings } from "#core/labels/index.ts";
import { rng } from "#core/rng.ts";
import { writePng, writeTiffStack } from "#formats/index.ts";
import type { MadeDataset, TrueImage } from "./truth.ts";

const SIDE = 48;

/** Two tiles in `Tissue Images/` and `Annotations/`, one without a barcode in the folder of the test part. */
export function makeMoNuSeg({ seed }: { readonly seed: number | string }): MadeDataset {
  const files: Record<string, Uint8Array> = {};
  const images: TrueImage[] = [];
  const tiles = [
    [
      "MoNuSeg 2018 Training Data/Annotations",
      "MoNuSeg 2018 Training Data/Tissue Images",
      "TCGA-18-5592-01Z-00-DX1",
    ],
    [
      "MoNuSeg 2018 Training Data/Annotations",
      "MoNuSeg 2018 Training Data/Tissue Images",
      "TCGA-A7-A13E-01Z-00-DX1",
    ],
    ["MoNuSegTestData", "MoNuSegTestData", "tile_3"],
  ] as const;
  for (const [annotations, tissue, stem] of tiles) {
    const { outlines, kept } = overlappingSquares(`${seed}/${stem}`);
    files[`${annotations}/${stem}.xml`] = aperioXml(outlines);
    const grey = new Uint8Array(SIDE * SIDE).fill(200);
    files[`${tissue}/${stem}.${stem === "tile_3" ? "png" : "tif"}`] =
      stem === "tile_3"
        ? writePng({ height: SIDE, width: SIDE, channels: 1, data: grey })
        : writeTiffStack("uint8", SIDE, SIDE, [grey]);
    images.push({
      layers: [{ compartment: "nuclear", objects: kept.map((shape) => ({ shape })) }],
      metadata: { species: "human", sourceSplit: stem === "tile_3" ? "test" : "train" },
    });
  }
  return { files, images };
}

/** Squares of which each overlaps the one before; the earlier one keeps the common pixels. */
function overlappingSquares(seed: string): { outlines: (readonly number[])[]; kept: ObjectShape[] } {
  const random = rng(seed, "squares");
  const outlines: (readonly number[])[] = [];
  const plane = labelImage(SIDE, SIDE);
  for (let i = 0; i < 4; i++) {
    const [top, left] = [2 + 10 * i, 3 + 9 * i];
    const side = 11 + Math.floor(random.uniform(0, 3));
    const [bottom, right] = [Math.min(SIDE, top + side), Math.min(SIDE, left + side)];
    const square = labelImage(SIDE, SIDE);
    for (let y = top; y < bottom; y++)
      for (let x = left; x < right; x++) {
        square.data[y * SIDE + x] = 1;
        if (plane.data[y * SIDE + x] === 0) plane.data[y * SIDE + x] = i + 1;
      }
    outlines.push(...shapeToRings(objectShapesFromLabels(square).get(1)!));
  }
  return { outlines, kept: [...objectShapesFromLabels(plane).values()] };
}

function aperioXml(outlines: readonly (readonly number[])[]): Uint8Array {
  const regions = outlines.map((ring, i) => {
    const vertices = Array.from(
      { length: ring.length / 2 },
      (_, k) => `<Vertex X="${ring[2 * k]}.000000" Y="${ring[2 * k + 1]}" Z="0"/>`,
    );
    return `<Region Id="${i + 1}" Type="0" NegativeROA="0"><Attributes/><Vertices>${vertices.join("")}</Vertices></Region>`;
  });
  const negative =
    '<Region Id="99" NegativeROA="1"><Vertices><Vertex X="0" Y="0"/><Vertex X="9" Y="0"/><Vertex X="9" Y="9"/></Vertices></Region>';
  return new TextEncoder().encode(
    `<?xml version="1.0"?>\n<Annotations MicronsPerPixel="0.252000"><Annotation Id="1" LineColor="65280">` +
      `<Regions><RegionAttributeHeaders/>${regions.join("\n")}${negative}</Regions></Annotation></Annotations>`,
  );
}
