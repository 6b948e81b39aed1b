/**
 * Made-up cells with labels that are exact by construction: ellipses of varied size, elongation and angle, apart or
 * touching, and the picture a microscope might take of them (brightness per cell, texture, blur, shot and read noise,
 * uneven background). Same options, same seed: same pixels everywhere.
 */

import { type LabelImage, labelImage, type Plane, plane } from "#core/array/index.ts";
import { gaussianBlur } from "#core/image/index.ts";
import { type Rng, rng } from "#core/rng.ts";

export interface SyntheticCellOptions {
  readonly height: number;
  readonly width: number;
  readonly seed: number | string;
  /** Cells to try for; fewer fit into a small plane. Default: one per 900 pixels. */
  readonly cellCount?: number;
  /** Mean radius, uniform between the two, in pixels. Default 7 to 14. */
  readonly radiusPx?: readonly [number, number];
  /** Long axis over short axis, uniform between the two. Default 1 to 1.8. */
  readonly elongation?: readonly [number, number];
  /** Share of cells put against a cell that is already there; the rest keep a gap of two pixels. Default 0.4. */
  readonly touching?: number;
  /** Standard deviation of the optical blur in pixels. Default 1.2. */
  readonly blurPx?: number;
  /** Strength of noise: 0 none, 1 that of a good camera. Default 1. */
  readonly noise?: number;
}

export interface SyntheticCells {
  /** 1 to n, none empty. */
  readonly labels: LabelImage;
  /** 0..65535; background about 1,000, cells about 3,000 to 12,000. */
  readonly image: Plane<"uint16">;
}

interface Ellipse {
  readonly y: number;
  readonly x: number;
  readonly long: number;
  readonly short: number;
  readonly angle: number;
}

const triesPerCell = 20;

/** Cost: about 30 tries per cell of its own area. */
export function makeSyntheticCells(options: SyntheticCellOptions): SyntheticCells {
  const labels = placeCells(options);
  return { labels, image: paintImage(labels, options) };
}

function placeCells(options: SyntheticCellOptions): LabelImage {
  const { height, width, seed, touching = 0.4 } = options;
  const labels = labelImage(height, width);
  const wanted = options.cellCount ?? Math.max(1, Math.round((height * width) / 900));
  const random = rng(seed, "cells");
  const placed: Ellipse[] = [];
  for (let attempt = 0; attempt < wanted * triesPerCell && placed.length < wanted; attempt++) {
    const size = randomEllipse(random, options);
    const beside = placed.length > 0 && random.chance(touching);
    const cell = beside ? putBeside(random, size, random.pick(placed)) : size;
    const pixels = ellipsePixels(cell, height, width);
    const free = beside ? freePixels(labels, pixels) : apartPixels(labels, cell);
    if (free === null) continue;
    placed.push(cell);
    for (const pixel of free) labels.data[pixel] = placed.length;
  }
  return labels;
}

function randomEllipse(random: Rng, options: SyntheticCellOptions): Ellipse {
  const { height, width, radiusPx = [7, 14], elongation = [1, 1.8] } = options;
  const radius = random.uniform(radiusPx[0], radiusPx[1]);
  const stretch = Math.sqrt(random.uniform(elongation[0], elongation[1]));
  return {
    y: random.uniform(0, height),
    x: random.uniform(0, width),
    long: radius * stretch,
    short: radius / stretch,
    angle: random.uniform(0, Math.PI),
  };
}

/** Moves an ellipse so that it meets another one, overlapping by about a tenth. */
function putBeside(random: Rng, cell: Ellipse, other: Ellipse): Ellipse {
  const direction = random.uniform(0, 2 * Math.PI);
  const gap = 0.9 * (reach(cell, direction) + reach(other, direction));
  return { ...cell, y: other.y + gap * Math.sin(direction), x: other.x + gap * Math.cos(direction) };
}

/** Distance from an ellipse's centre to its rim in a direction. */
function reach({ long, short, angle }: Ellipse, direction: number): number {
  const turn = direction - angle;
  return 1 / Math.hypot(Math.cos(turn) / long, Math.sin(turn) / short);
}

function ellipsePixels(cell: Ellipse, height: number, width: number, marginPx = 0): number[] {
  const [long, short] = [cell.long + marginPx, cell.short + marginPx];
  const [cos, sin] = [Math.cos(cell.angle), Math.sin(cell.angle)];
  const pixels: number[] = [];
  for (let y = Math.max(0, Math.ceil(cell.y - long)); y <= Math.min(height - 1, cell.y + long); y++) {
    for (let x = Math.max(0, Math.ceil(cell.x - long)); x <= Math.min(width - 1, cell.x + long); x++) {
      const [dy, dx] = [y - cell.y, x - cell.x];
      const along = (dx * cos + dy * sin) / long;
      const across = (dy * cos - dx * sin) / short;
      if (along * along + across * across <= 1) pixels.push(y * width + x);
    }
  }
  return pixels;
}

/** The pixels no other cell has, when at least 85 % are free and they are not too few to be a cell. */
function freePixels(labels: LabelImage, pixels: readonly number[]): readonly number[] | null {
  const free = pixels.filter((pixel) => labels.data[pixel] === 0);
  return free.length >= 12 && free.length >= 0.85 * pixels.length ? free : null;
}

/** The pixels of a cell that keeps two pixels of distance from all others. */
function apartPixels(labels: LabelImage, cell: Ellipse): readonly number[] | null {
  const { height, width, data } = labels;
  if (ellipsePixels(cell, height, width, 2).some((pixel) => data[pixel] !== 0)) return null;
  const pixels = ellipsePixels(cell, height, width);
  return pixels.length >= 12 ? pixels : null;
}

function paintImage(labels: LabelImage, options: SyntheticCellOptions): Plane<"uint16"> {
  const { height, width, seed, blurPx = 1.2, noise = 1 } = options;
  const random = rng(seed, "image");
  const brightness: number[] = [0];
  const light = plane("float32", height, width);
  const grain = plane("float32", height, width);
  for (let i = 0; i < light.data.length; i++) {
    const label = labels.data[i] as number;
    while (brightness.length <= label) brightness.push(random.uniform(2_000, 10_000));
    light.data[i] = brightness[label] as number;
    grain.data[i] = random.normal();
  }
  const texture = gaussianBlur(grain, 2).data;
  const slope = { y: random.uniform(-300, 300), x: random.uniform(-300, 300) };
  for (let i = 0; i < light.data.length; i++) {
    const x = i % width;
    const y = (i - x) / width;
    const background = 1_000 + (slope.y * y) / height + (slope.x * x) / width;
    light.data[i] = background + (light.data[i] as number) * (1 + 1.2 * (texture[i] as number));
  }
  const blurred = gaussianBlur(light, blurPx).data;
  const image = plane("uint16", height, width);
  for (let i = 0; i < image.data.length; i++) {
    const signal = Math.max(0, blurred[i] as number);
    // Two counts per photon: the variance of shot noise is twice the signal; 30 counts of read noise.
    const value = signal + noise * Math.sqrt(2 * signal + 900) * random.normal();
    image.data[i] = Math.max(0, Math.min(65_535, Math.round(value)));
  }
  return image;
}
