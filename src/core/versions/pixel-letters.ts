/** Letters of 4 x 7 pixels, drawn for the legend of pictures: the letters and figures that verbs and counts need. */

export const textHeightPx = 7;
const advancePx = 5;

/** Rows from top to bottom, four bits each, leftmost highest. */
const letters: Readonly<Record<string, readonly number[]>> = {
  a: [0, 0, 6, 1, 7, 9, 7],
  b: [8, 8, 14, 9, 9, 9, 14],
  c: [0, 0, 7, 8, 8, 8, 7],
  d: [1, 1, 7, 9, 9, 9, 7],
  e: [0, 0, 6, 9, 15, 8, 7],
  f: [3, 4, 14, 4, 4, 4, 4],
  g: [0, 0, 7, 9, 7, 1, 6],
  h: [8, 8, 14, 9, 9, 9, 9],
  i: [4, 0, 12, 4, 4, 4, 14],
  l: [12, 4, 4, 4, 4, 4, 14],
  m: [0, 0, 15, 15, 11, 9, 9],
  n: [0, 0, 14, 9, 9, 9, 9],
  o: [0, 0, 6, 9, 9, 9, 6],
  p: [0, 0, 14, 9, 9, 14, 8],
  r: [0, 0, 11, 12, 8, 8, 8],
  s: [0, 0, 7, 8, 6, 1, 14],
  t: [4, 4, 14, 4, 4, 4, 3],
  v: [0, 0, 9, 9, 9, 10, 4],
  "0": [6, 9, 9, 9, 9, 9, 6],
  "1": [2, 6, 2, 2, 2, 2, 7],
  "2": [6, 9, 1, 2, 4, 8, 15],
  "3": [14, 1, 1, 6, 1, 1, 14],
  "4": [9, 9, 9, 15, 1, 1, 1],
  "5": [15, 8, 14, 1, 1, 9, 6],
  "6": [6, 8, 8, 14, 9, 9, 6],
  "7": [15, 1, 2, 2, 4, 4, 4],
  "8": [6, 9, 9, 6, 9, 9, 6],
  "9": [6, 9, 9, 7, 1, 1, 6],
};

export const textWidthPx = (text: string): number => text.length * advancePx;

/** Calls `set(y, x)` for each pixel of a text, from its upper left; letters it does not know stay blank. */
export function drawText(text: string, set: (y: number, x: number) => void): void {
  for (let i = 0; i < text.length; i++) {
    const rows = letters[text[i] as string] ?? [];
    for (const [y, row] of rows.entries()) {
      for (let x = 0; x < 4; x++) if ((row & (8 >> x)) !== 0) set(y, i * advancePx + x);
    }
  }
}
