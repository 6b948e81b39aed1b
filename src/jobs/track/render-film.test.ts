/** Films of a simulated movie: the same bytes twice, the same as ever (golden), as many frames as the movie. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { labelImage, type Plane } from "#core/array/index.ts";
import { readImage } from "#formats/index.ts";
import { type FilmSource, gifPieces, pngFrames } from "./render-film.ts";

const side = 64;
const frameCount = 5;

/** Two discs; the upper one divides in frame 3. Whole numbers only, so that every machine paints the same. */
function planeAndTracks(t: number): { plane: Plane; tracks: ReturnType<typeof labelImage> } {
  const cells =
    t < 3
      ? [
          [1, 20, 16 + 4 * t],
          [2, 48, 40 - 2 * t],
        ]
      : [
          [3, 14, 26],
          [4, 26, 26],
          [2, 48, 40 - 2 * t],
        ];
  const tracks = labelImage(side, side);
  const data = new Uint16Array(side * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const at = y * side + x;
      data[at] = 100 + ((x * 7 + y * 13 + t) % 17);
      for (const [track, cy, cx] of cells as [number, number, number][]) {
        const square = (y - cy) ** 2 + (x - cx) ** 2;
        if (square > 36) continue;
        tracks.data[at] = track;
        data[at] = 900 - 8 * square;
      }
    }
  return { plane: { dtype: "uint16", height: side, width: side, data }, tracks };
}

const source: FilmSource = {
  ...{ height: side, width: side, frameCount, mppUm: 0.5, frameIntervalS: 600, style: "outline" },
  parents: new Map([
    [3, 1],
    [4, 1],
  ]),
  planeOf: async (t) => planeAndTracks(t).plane,
  tracksOf: (t) => planeAndTracks(t).tracks,
};
const signal = new AbortController().signal;

async function gif(): Promise<Uint8Array> {
  const pieces: number[] = [];
  for await (const piece of gifPieces(source, signal)) pieces.push(...piece);
  return Uint8Array.from(pieces);
}

test("a GIF is the same bytes each time, and those that were looked at", async () => {
  const bytes = await gif();
  expect(await gif()).toEqual(bytes);
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(
    "fece6df62b810513989f29de05438aa39f6e752dc3051d36f6cdd8d414d80dbc",
  );
});

test("an image per frame, numbered, of the film's size; small movies are shown larger", async () => {
  const names: string[] = [];
  for await (const { name, bytes } of pngFrames(source, signal)) {
    names.push(name);
    const { image } = await readImage(bytes, { name });
    expect(image.shape.slice(-2)).toEqual([4 * side, 4 * side]);
  }
  expect(names).toEqual(["t000.png", "t001.png", "t002.png", "t003.png", "t004.png"]);
});

test("what is canceled stops", async () => {
  const stop = new AbortController();
  stop.abort(new Error("enough"));
  await expect(async () => {
    for await (const _ of gifPieces(source, stop.signal));
  }).rejects.toThrow("enough");
});
