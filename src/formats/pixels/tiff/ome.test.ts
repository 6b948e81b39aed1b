import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { refusal, sharedData } from "../../fixtures/fixtures.ts";
import { readImage } from "../../read-image.ts";
import { micrometres, seconds } from "./ome-units.ts";
import { parseOmeXml } from "./ome-xml.ts";
import { writeTiffStack } from "./write-tiff-stack.ts";

/** Pages of 2 x 3 pixels; page k holds 10 k, 10 k + 1, … */
const pages = (count: number, description: string) =>
  writeTiffStack(
    "uint8",
    2,
    3,
    Array.from({ length: count }, (_, k) => Uint8Array.from({ length: 6 }, (_, i) => 10 * k + i)),
    { description },
  );
const ome = (inside: string, uuid = "urn:uuid:own") =>
  `<?xml version="1.0"?><OME xmlns="x" UUID="${uuid}">${inside}</OME>`;
const pixels = (attributes: string, inside = "") =>
  `<Pixels SizeX="3" SizeY="2" Type="uint8" ${attributes}>${inside}</Pixels>`;
/** First value of each plane, tens: which page it came from. */
const origins = (data: ArrayLike<number>) =>
  Array.from({ length: data.length / 6 }, (_, plane) => Math.floor(data[6 * plane]! / 10));

describe("units of OME (schema 2016-06), told apart by case", () => {
  test.each([
    ["1", "Mm", 1e12],
    ["1", "mm", 1e3],
    ["1", "pm", 1e-6],
    ["1", "Pm", 1e21],
    ["2", "Å", 2e-4],
    ["1", "thou", 25.4],
    ["1", "li", 25_400 / 12],
    ["1", "mi", 1_609_344_000],
    ["0.65", "µm", 0.65],
    ["1", "micron", 1],
    ["1", "dam", 1e7],
  ])("%s %s", (value, unit, um) => expect(micrometres(value, unit)! / um).toBeCloseTo(1, 12));

  test("pixel and reference frame are no lengths; zero, text and infinity are no sizes", () => {
    for (const unit of ["pixel", "reference frame", ""]) expect(micrometres("1", unit)).toBeNull();
    for (const value of ["0", "-1", "abc", "Infinity", ""]) expect(micrometres(value, "µm")).toBeNull();
    expect([seconds("2", "min"), seconds("1", "ms"), seconds("1", "Ms"), seconds("1", "h")]).toEqual([
      120, 1e-3, 1e6, 3600,
    ]);
  });
});

test("TiffData place pages: any order, runs of planes, planes of another axis first", async () => {
  const sizes = 'DimensionOrder="XYZCT" SizeZ="2" SizeC="2" SizeT="1"';
  const shuffled = ome(
    `<Image ID="Image:0">${pixels(
      sizes,
      '<TiffData IFD="3" FirstC="0" FirstZ="0"/><TiffData IFD="1" FirstC="0" FirstZ="1"/>' +
        '<TiffData IFD="0" FirstC="1" PlaneCount="1"/><TiffData IFD="2" FirstC="1" FirstZ="1"/>',
    )}</Image>`,
  );
  const read = await readImage(pages(4, shuffled), { name: "a.ome.tif" });
  expect([read.image.axes, read.image.shape]).toEqual(["czyx", [2, 2, 2, 3]]);
  expect(origins(read.image.data)).toEqual([3, 1, 0, 2]);
  // A run that starts in the middle of the file and follows DimensionOrder (z fastest).
  const run = ome(`<Image ID="Image:0">${pixels(sizes, '<TiffData IFD="1" PlaneCount="4"/>')}</Image>`);
  expect(origins((await readImage(pages(5, run), { name: "a.ome.tif" })).image.data)).toEqual([1, 2, 3, 4]);
  // Channels fastest in the file, planes of one channel together in the array.
  const interleaved = ome(
    `<Image ID="Image:0">${pixels('DimensionOrder="XYCZT" SizeZ="2" SizeC="2" SizeT="1"', "<TiffData/>")}</Image>`,
  );
  const { image } = await readImage(pages(4, interleaved), { name: "a.ome.tif" });
  expect(origins(image.data)).toEqual([0, 2, 1, 3]);
});

test("frames that were never written are left out with a note", async () => {
  const xml = ome(
    `<Image ID="Image:0">${pixels('DimensionOrder="XYCTZ" SizeZ="1" SizeC="2" SizeT="4"', '<TiffData IFD="0" PlaneCount="5"/>')}</Image>`,
  );
  const { image, notes } = await readImage(pages(5, xml), { name: "a.ome.tif" });
  expect([image.axes, image.shape, origins(image.data)]).toEqual(["tcyx", [2, 2, 2, 3], [0, 1, 2, 3]]);
  expect(notes).toEqual(["Of 4 time points 2 are complete; the others were left out."]);
});

test("several images of a file are read by index", async () => {
  const image = (i: number, ifd: number) =>
    `<Image ID="Image:${i}" Name="field ${i}">${pixels('DimensionOrder="XYZCT" SizeZ="2" SizeC="1" SizeT="1"', `<TiffData IFD="${ifd}" PlaneCount="2"/>`)}</Image>`;
  const bytes = pages(6, ome(image(0, 0) + image(1, 2) + image(2, 4)));
  const read = await readImage(bytes, { name: "a.ome.tif", imageIndex: 2 });
  expect(origins(read.image.data)).toEqual([4, 5]);
  expect([read.imageOfFile, read.notes]).toEqual([{ index: 2, count: 3, name: "field 2" }, []]);
  const error = await refusal(() => readImage(bytes, { name: "a.ome.tif", imageIndex: 3 }));
  expect(error.message).toBe("a.ome.tif: it has 3 images; image 3 was asked for.");
});

test("what the file says of acquisition becomes raw metadata and facts of channels", async () => {
  const xml = ome(
    '<Instrument ID="I:0"><Objective ID="Objective:0" NominalMagnification="20.0" LensNA="0.8"/></Instrument>' +
      '<Image ID="Image:0" Name="well B7"><AcquisitionDate>2021-05-06T07:08:09</AcquisitionDate><ObjectiveSettings ID="Objective:0"/>' +
      pixels(
        'DimensionOrder="XYCZT" SizeZ="1" SizeC="2" SizeT="1" PhysicalSizeX="325" PhysicalSizeXUnit="nm" PhysicalSizeY="0.000325" ' +
          'PhysicalSizeYUnit="mm" PhysicalSizeZ="2" TimeIncrement="5" TimeIncrementUnit="min"',
        '<Channel ID="Channel:0" Name="ch1" Fluor="DAPI" EmissionWavelength="461" ExcitationWavelength="0.358" ExcitationWavelengthUnit="µm" ' +
          'ContrastMethod="Fluorescence" AcquisitionMode="WideField"/><Channel ID="Channel:1" Name="PH" ContrastMethod="Phase" AcquisitionMode="Other"/>',
      ) +
      "</Image>",
  );
  const { mpp, channels, metadata } = await readImage(pages(2, xml), { name: "a.ome.tif" });
  expect(mpp?.x).toBeCloseTo(0.325, 12);
  expect(mpp?.y).toBeCloseTo(0.325, 12);
  expect(channels).toEqual([
    { name: "ch1", role: "nuclear", fluor: "DAPI", excitationNm: 358, emissionNm: 461 },
    { name: "PH" },
  ]);
  expect(metadata).toEqual({
    modality: "Fluorescence; Phase",
    acquisitionMode: "WideField",
    zStepUm: "2",
    frameIntervalS: "300",
    acquired: "2021-05-06T07:08:09",
    magnification: "20",
    numericalAperture: "0.8",
    imageName: "well B7",
  });
});

describe("sets of several files", () => {
  const data = (files: readonly string[]) =>
    files
      .map(
        (file, z) =>
          `<TiffData FirstZ="${z}" IFD="0"><UUID FileName="${file}">urn:uuid:${file}</UUID></TiffData>`,
      )
      .join("");
  const body = (files: readonly string[]) =>
    `<Image ID="Image:0">${pixels(`DimensionOrder="XYZCT" SizeZ="${files.length}" SizeC="1" SizeT="1"`, data(files))}</Image>`;
  const names = ["a.tif", "b.tif", "c.tif"];
  const shared: Readonly<Record<string, Uint8Array>> = Object.fromEntries(
    names.map((name, k) => {
      const bytes = writeTiffStack("uint8", 2, 3, [new Uint8Array(6).fill(10 * k)], {
        description: ome(body(names), `urn:uuid:${name}`),
      });
      return [name, bytes];
    }),
  );
  const sibling = async (name: string) => shared[name] ?? null;

  test("each part gives the whole, and names the files it took", async () => {
    for (const name of names) {
      const read = await readImage(shared[name]!, { name: `folder/${name}`, sibling });
      expect([read.image.axes, origins(read.image.data)]).toEqual(["zyx", [0, 1, 2]]);
      expect(read.files).toEqual(names.filter((other) => other !== name));
    }
  });

  test("without the other files a part is read alone, with a note; a missing file is named", async () => {
    const alone = await readImage(shared["b.tif"]!, { name: "b.tif" });
    expect(alone.image.shape).toEqual([2, 3]);
    expect(alone.notes.join()).toContain("one part of a set: of 3 planes");
    const error = await refusal(() =>
      readImage(shared["b.tif"]!, {
        name: "b.tif",
        sibling: async (name) => (name === "c.tif" ? null : shared[name]!),
      }),
    );
    expect(error.message).toBe("b.tif: it is part of a set whose file c.tif is missing.");
  });

  test("a companion file is read through the files it names, and a part finds its companion", async () => {
    const companion = new TextEncoder().encode(ome(body(names)));
    const read = await readImage(companion, { name: "x.companion.ome", sibling });
    expect([origins(read.image.data), read.files]).toEqual([[0, 1, 2], names]);
    const part = writeTiffStack("uint8", 2, 3, [new Uint8Array(6).fill(10)], {
      description: ome('<BinaryOnly MetadataFile="x.companion.ome" UUID="urn:uuid:x"/>', "urn:uuid:b.tif"),
    });
    const files = async (name: string) => (name === "x.companion.ome" ? companion : sibling(name));
    expect(origins((await readImage(part, { name: "renamed.tif", sibling: files })).image.data)).toEqual([
      0, 1, 2,
    ]);
    expect((await readImage(part, { name: "b.tif" })).notes).toEqual([
      "The file is described in x.companion.ome, which is not at hand; its place in the image is unknown.",
    ]);
    expect((await refusal(() => readImage(companion, { name: "x.companion.ome" }))).code).toBe("format.tiff");
  });

  test("names that lead out of the folder are not asked for", async () => {
    const asked: string[] = [];
    const evil = ["../../etc/passwd", "/etc/passwd", "C:\\x.tif", "sub/../../x.tif"];
    for (const file of evil) {
      const bytes = writeTiffStack("uint8", 2, 3, [new Uint8Array(6)], {
        description: ome(body(["a.tif", file])),
      });
      await refusal(() =>
        readImage(bytes, {
          name: "a.tif",
          sibling: async (name) => {
            asked.push(name);
            return null;
          },
        }),
      );
    }
    expect(asked).toEqual([]);
  });
});

test("text that is no description, or describes nothing, is passed over", () => {
  expect(parseOmeXml("hello")).toBeNull();
  expect(parseOmeXml("<OME></OME>")).toBeNull();
  expect(parseOmeXml(ome(`<Image>${pixels("")}</Image>`.repeat(5_000)))?.images.length).toBe(4_096);
});

const viv = join(sharedData, "formats-ome-tiff-zarr/viv/sites/avivator/data");

test.skipIf(!existsSync(viv))("Bio-Formats' own multi-file example with a companion", async () => {
  const read = (name: string) => new Uint8Array(readFileSync(join(viv, name)));
  const sibling = async (name: string) => (existsSync(join(viv, name)) ? read(name) : null);
  const whole = await readImage(read("multifile.companion.ome"), {
    name: "multifile.companion.ome",
    sibling,
  });
  expect([whole.image.axes, whole.image.shape]).toEqual(["zyx", [5, 24, 18]]);
  for (let z = 1; z <= 5; z++) {
    const name = `multifile-Z${z}.ome.tiff`;
    const part = await readImage(read(name), { name, sibling });
    expect(part.image).toEqual(whole.image);
    const alone = await readImage(read(name), { name });
    expect(whole.image.data.subarray((z - 1) * 432, z * 432)).toEqual(alone.image.data);
  }
});
