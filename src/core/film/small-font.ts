/** Digits and the few letters of a time stamp and a scale bar, 3 x 5 pixels each, so that films need no font of the machine. */

const glyphs: Readonly<Record<string, string>> = {
  "0": "### #.# #.# #.# ###",
  "1": ".#. ##. .#. .#. ###",
  "2": "### ..# ### #.. ###",
  "3": "### ..# ### ..# ###",
  "4": "#.# #.# ### ..# ..#",
  "5": "### #.. ### ..# ###",
  "6": "### #.. ### #.# ###",
  "7": "### ..# ..# ..# ..#",
  "8": "### #.# ### #.# ###",
  "9": "### #.# ### ..# ###",
  ":": "... .#. ... .#. ...",
  ".": "... ... ... ... .#.",
  a: "... ### ..# ### ###",
  e: "### #.# ### #.. ###",
  f: ".## .#. ### .#. .#.",
  h: "#.. #.. ### #.# #.#",
  m: "... ### ### #.# #.#",
  p: "... ##. #.# ##. #..",
  r: "... ### #.. #.. #..",
  x: "... #.# .#. #.# ...",
  µ: "... #.# #.# ### #..",
  " ": "... ... ... ... ...",
};

export const glyphHeight = 5;
const glyphWidth = 3;

/** Pixels of a text, one size, as (y, x) pairs from its upper left corner; unknown letters are gaps. */
export function textPixels(
  text: string,
  size: number,
): { readonly pixels: [number, number][]; readonly width: number } {
  const pixels: [number, number][] = [];
  for (const [n, letter] of [...text].entries()) {
    const rows = (glyphs[letter] ?? glyphs[" "]!).split(" ");
    for (const [r, row] of rows.entries())
      for (let c = 0; c < glyphWidth; c++) {
        if (row[c] !== "#") continue;
        for (let y = 0; y < size; y++)
          for (let x = 0; x < size; x++) pixels.push([r * size + y, (n * (glyphWidth + 1) + c) * size + x]);
      }
  }
  return { pixels, width: Math.max(0, text.length * (glyphWidth + 1) - 1) * size };
}
