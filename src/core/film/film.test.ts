/** A film by hand: two squares, one of which divides; colours, outlines, tails, rings, words, and the same bytes twice. */
import { expect, test } from "vitest";
import { labelImage, type Plane } from "../array/index.ts";
import { createFilm, type FilmOptions, scaleBarUm, timeText } from "./film.ts";
import { filmPalette, greyCount, hueIndex, hueOfTrack, hueSteps, white } from "./film-palette.ts";
import { textPixels } from "./small-font.ts";

const [height, width] = [200, 400];
const options: FilmOptions = {
  ...{ height, width, low: 0, high: 100, mppUm: null, frameIntervalS: null, style: "outline" },
  parents: new Map([
    [2, 1],
    [3, 1],
  ]),
};

/** Squares of side 20 with their upper left corners. */
function frameOf(squares: readonly (readonly [track: number, y: number, x: number])[]): {
  plane: Plane;
  tracks: ReturnType<typeof labelImage>;
} {
  const tracks = labelImage(height, width);
  const data = new Uint8Array(height * width).fill(50);
  for (const [track, y0, x0] of squares)
    for (let y = y0; y < y0 + 20; y++)
      for (let x = x0; x < x0 + 20; x++) {
        tracks.data[y * width + x] = track;
        data[y * width + x] = 100;
      }
  return { plane: { dtype: "uint8", height, width, data }, tracks };
}

const movie = [
  frameOf([[1, 100, 100]]),
  frameOf([[1, 100, 110]]),
  frameOf([
    [2, 80, 120],
    [3, 120, 120],
  ]),
];
const paint = (more: Partial<FilmOptions> = {}): Uint8Array[] => {
  const film = createFilm({ ...options, ...more });
  return movie.map(({ plane, tracks }, t) => film.frame(t, plane, tracks));
};
const at = (frame: Uint8Array | undefined, y: number, x: number): number => frame![y * width + x]!;
const full = (track: number): number => hueIndex(hueOfTrack(track), hueSteps - 1);

test("greys are stretched, outlines have the colour of the track, insides stay grey", () => {
  const [first] = paint();
  expect(at(first, 60, 300)).toBe(Math.round((greyCount - 1) / 2));
  expect(at(first, 110, 110)).toBe(white);
  expect(at(first, 100, 105)).toBe(full(1));
  expect(at(first, 119, 119)).toBe(full(1));
  expect(hueOfTrack(2)).not.toBe(hueOfTrack(3));
});

test("filled: the inside has the colour as bright as the image", () => {
  expect(at(paint({ style: "fill" })[0], 110, 102)).toBe(full(1));
});

test("a tail leads from where the cell was; a division has a ring and a line to the parent", () => {
  const [, second, third] = paint();
  // Centres 109.5, 109.5 and 109.5, 119.5.
  const tail = Array.from({ length: 9 }, (_, k) => at(second, 110, 110 + k));
  expect(tail.every((index) => index >= greyCount)).toBe(true);
  // Ring of radius 6 around 89.5, 129.5; the line begins at the parent's centre.
  expect(at(third, 90, 136)).toBe(white);
  expect(at(third, 110, 120)).toBe(white);
  const quiet = paint({ parents: new Map() })[2];
  expect(at(quiet, 110, 120)).not.toBe(white);
});

test("time and scale bar; the same movie gives the same bytes", () => {
  expect(timeText(12, null)).toBe("frame 13");
  expect(timeText(13, 300)).toBe("1:05 h");
  // A quarter of 400 pixels of half a micrometre is 50.
  expect([scaleBarUm(400, 0.5), scaleBarUm(400, 0.49), scaleBarUm(190, 0.645)]).toEqual([50, 20, 20]);
  const [plain] = paint();
  const [barred] = paint({ mppUm: 0.5 });
  // The bar: 100 pixels wide, from 6 pixels off the corner.
  const row = Array.from({ length: width }, (_, x) => at(barred, height - 7, x));
  expect(row.filter((index) => index === white).length).toBe(100);
  expect(plain).not.toEqual(barred);
  expect(paint()).toEqual(paint());
});

test("letters: a 1 is eight pixels, size two makes four of each", () => {
  expect(textPixels("1", 1).pixels.length).toBe(8);
  expect(textPixels("1", 2).pixels.length).toBe(32);
  expect(textPixels("12", 1).width).toBe(7);
});

test("the palette: 112 greys from black to white, then colours, each once at full brightness", () => {
  const palette = filmPalette();
  const rgb = (index: number): string => palette.subarray(3 * index, 3 * index + 3).join();
  expect([rgb(0), rgb(white)]).toEqual(["0,0,0", "255,255,255"]);
  expect(rgb(hueIndex(0, hueSteps - 1))).toBe("255,64,64");
  const brightest = Array.from({ length: 24 }, (_, hue) => rgb(hueIndex(hue, hueSteps - 1)));
  expect(new Set(brightest).size).toBe(24);
});
