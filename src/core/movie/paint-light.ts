/**
 * Light of one frame before the camera, 1 = a bright place: fluorescent nuclei, or whole cells in phase contrast.
 *
 * Chromatin and cytoplasm have a texture of their own that moves and turns with the cell. Phase contrast is the difference
 * between a cell's optical thickness and its wide blur: dark inside, a halo around, a bright disc where a rounded cell is
 * too thick for the phase to stay small.
 */
import { gaussianBlur } from "../image/index.ts";
import type { Rng } from "../rng.ts";
import { smoothNoise } from "../tissue/index.ts";
import type { DrawnFrame } from "./draw-outlines.ts";
import type { MovieParams } from "./movie-params.ts";

export interface Painter {
  /** @returns row-major, new. Cost: O(pixels). */
  paint(frame: DrawnFrame): Float32Array;
}

/** Side of the tile of texture in pixels; each cell looks at its own part of it. */
const tileSide = 512;

/** Grains of chromatin and of cytoplasm, micrometres. */
const grainsUm = { nuclear: [0.9, 2.4], phase: [1.4, 5] } as const;

/** Width of the halo of phase contrast. */
const haloUm = 2.6;

export function createPainter(params: MovieParams, random: Rng): Painter {
  const [fine, coarse] = grainsUm[params.look].map((um, k) =>
    smoothNoise(tileSide, tileSide, um / params.mppUm, random.stream("grain", k)),
  ) as [Float32Array, Float32Array];
  const tile = fine.map((value, i) => 0.6 * value + 0.8 * (coarse[i] as number));
  const slow = smoothNoise(params.height, params.width, 60 / params.mppUm, random.stream("slow"));
  return {
    paint: (frame) =>
      params.look === "nuclear" ? paintNuclei(params, frame, tile) : paintPhase(params, frame, tile, slow),
  };
}

/** What the texture is at each pixel of its cell, in the cell's own frame. */
function eachCellPixel(
  { owners, depth, drawn }: DrawnFrame,
  tile: Float32Array,
  visit: (i: number, cell: number, depth: number, texture: number) => void,
): void {
  const { height, width, data } = owners;
  const turns = drawn.map(({ cell, y, x }) => ({
    ...{ y, x, cos: Math.cos(cell.angle), sin: Math.sin(cell.angle) },
    ...{ top: cell.grain[0] * tileSide, left: cell.grain[1] * tileSide },
  }));
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const owner = data[i] as number;
      if (owner === 0) continue;
      const turn = turns[owner - 1]!;
      const [dy, dx] = [y - turn.y, x - turn.x];
      const u = Math.round(turn.left + dx * turn.cos + dy * turn.sin) & (tileSide - 1);
      const v = Math.round(turn.top + dy * turn.cos - dx * turn.sin) & (tileSide - 1);
      visit(i, owner - 1, depth[i] as number, tile[v * tileSide + u] as number);
    }
  }
}

function paintNuclei({ texture }: MovieParams, frame: DrawnFrame, tile: Float32Array): Float32Array {
  const light = new Float32Array(frame.depth.length);
  eachCellPixel(frame, tile, (i, k, d, grain) => {
    const { look } = frame.drawn[k]!;
    // A nucleus is a lens: bright in the middle; condensed chromatin is even.
    const lens = 0.55 + 0.45 * Math.sqrt(Math.max(0, 1 - d * d));
    light[i] = 0.5 * look.gain * lens * Math.max(0.1, 1 + texture * (1 - 0.6 * look.smooth) * grain);
  });
  return light;
}

function paintPhase(
  params: MovieParams,
  frame: DrawnFrame,
  tile: Float32Array,
  slow: Float32Array,
): Float32Array {
  const { height, width, mppUm, texture } = params;
  const thickness = new Float32Array(height * width);
  const bright = new Float32Array(height * width);
  eachCellPixel(frame, tile, (i, k, d, grain) => {
    const { look, cell } = frame.drawn[k]!;
    const dome = Math.sqrt(Math.max(0, 1 - d * d));
    thickness[i] =
      (0.35 + 0.65 * dome) * (1 + 0.6 * look.rounded) * (1 + 0.9 * texture * grain) * cell.brightness ** 0.5;
    bright[i] = look.rounded * dome ** 1.5;
  });
  const plane = { dtype: "float32", height, width, data: thickness } as const;
  const wide = gaussianBlur(plane, haloUm / mppUm).data;
  const light = new Float32Array(height * width);
  for (let i = 0; i < light.length; i++) {
    const dark = (thickness[i] as number) - 1.15 * (wide[i] as number);
    light[i] = Math.max(0.02, 1 - 0.75 * dark + 0.9 * (bright[i] as number) + 0.05 * (slow[i] as number));
  }
  return light;
}
