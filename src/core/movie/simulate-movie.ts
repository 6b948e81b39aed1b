/**
 * Simulated movies with exact masks and lineages, one frame at a time: to train a linker before real data, and to test it
 * where the truth is known.
 *
 * Order: decide the parameters, let the culture grow, and per frame draw outlines, name tracks, paint, expose. Each part
 * has random numbers of its own, so that noise does not move a cell, and the quick form without pixels shows the same
 * cells in the same places. Memory is that of one frame and of the table of tracks. What it is true to and what not:
 * docs/decisions/0031.
 */
import type { LabelImage, Plane } from "../array/index.ts";
import type { Track } from "../lineage/index.ts";
import { type Rng, rng } from "../rng.ts";
import { createCamera } from "./camera.ts";
import { type Cell, type CellStage, lookOf } from "./cell-state.ts";
import { type DrawnFrame, drawOutlines } from "./draw-outlines.ts";
import { drawMovieParams, type MovieParams, type MovieWishes } from "./movie-params.ts";
import { createTrackNamer, type TrackNamer } from "./name-tracks.ts";
import { createPainter } from "./paint-light.ts";
import { driftReach, type Population, startPopulation } from "./population.ts";

/** A cell of a frame as the simulator knows it. */
export interface MovieCell {
  /** Label of its track, and its pixel value. */
  readonly label: number;
  /** Cell, for life: the same for the tracks of a cell that left the view and came back. */
  readonly cellId: number;
  /** Centre in pixels; may lie outside the frame where the cell is cut by its edge. */
  readonly y: number;
  readonly x: number;
  /** Pixels in view. */
  readonly areaPx: number;
  /** Half axes in pixels, and the angle of the long one against x, radians. */
  readonly long: number;
  readonly short: number;
  readonly angle: number;
  /** Area by growth alone, µm²: halved by a division, unlike what is seen of a condensed nucleus. */
  readonly sizeUm2: number;
  /** Brightness relative to a mean cell of the first frame. */
  readonly brightness: number;
  readonly stage: CellStage;
}

export interface DetectionFrame {
  readonly t: number;
  /** Minutes since the first frame; more than an interval where acquisitions were lost. */
  readonly timeMin: number;
  /** By ascending label. */
  readonly cells: readonly MovieCell[];
}

export interface MovieFrame extends DetectionFrame {
  /** uint8 or uint16, one channel. */
  readonly image: Plane<"uint8" | "uint16">;
  /** Pixels of tracks by their labels. */
  readonly labels: LabelImage;
}

export interface SimulatedMovie<Frame extends DetectionFrame> {
  readonly params: MovieParams;
  readonly seed: number | string;
  /** One frame after another; can be walked once. */
  readonly frames: Generator<Frame, void>;
  /** Tracks of the frames made so far; of the whole movie after the last. Laws of `checkLineage` hold at any time. */
  readonly tracks: () => Track[];
}

/** Share of a mean cell's area from which on it counts as seen. */
const seenShareMin = 0.12;

/**
 * @param asked  what the movie shall be like; the rest is drawn. @param seed  number or text.
 * @throws FoundryError `request.invalid` for parameters out of range.
 * Cost: some 0.3 µs per pixel and frame; memory of a dozen planes.
 */
export function simulateMovie(asked: MovieWishes, seed: number | string): SimulatedMovie<MovieFrame> {
  const params = drawMovieParams(asked, seed);
  const random = rng(seed, "movie");
  const namer = createTrackNamer(seenPxMin(params));
  return { params, seed, frames: pixelFrames(params, random, namer), tracks: () => namer.tracks() };
}

/**
 * The same cells without pixels: for linking tests of a million detections.
 *
 * A cell is seen while its centre is in view; nothing covers it. Cost: some 5 µs per cell and frame.
 */
export function simulateDetections(
  asked: MovieWishes,
  seed: number | string,
): SimulatedMovie<DetectionFrame> {
  const params = drawMovieParams(asked, seed);
  const random = rng(seed, "movie");
  const namer = createTrackNamer(seenPxMin(params));
  return { params, seed, frames: detectionFrames(params, random, namer), tracks: () => namer.tracks() };
}

function seenPxMin({ cellDiameterUm, mppUm }: MovieParams): number {
  return Math.max(6, (seenShareMin * Math.PI * (cellDiameterUm / mppUm) ** 2) / 4);
}

interface Moment {
  readonly t: number;
  readonly timeMin: number;
  /** Where the view begins, micrometres. */
  readonly shift: { readonly y: number; readonly x: number };
  readonly population: Population;
}

/** Time and stage: the same for both forms. */
function* moments(params: MovieParams, random: Rng): Generator<Moment, void> {
  const population = startPopulation(params, random.stream("population"));
  const stage = random.stream("stage");
  const clock = random.stream("clock");
  const reach = driftReach(params.stageDriftUm);
  const clamp = (value: number): number => Math.max(-reach, Math.min(reach, value));
  let timeMin = 0;
  let shift = { y: 0, x: 0 };
  for (let t = 0; t < params.frameCount; t++) {
    if (t > 0) {
      let intervals = 1;
      while (clock.chance(params.missedFrames)) intervals++;
      population.step((intervals * params.frameIntervalMin) / 60);
      timeMin += intervals * params.frameIntervalMin;
      const [dy, dx] = [params.stageDriftUm * stage.normal(), params.stageDriftUm * stage.normal()];
      shift = { y: clamp(shift.y + dy), x: clamp(shift.x + dx) };
    }
    yield { t, timeMin, shift, population };
  }
}

function* pixelFrames(params: MovieParams, random: Rng, namer: TrackNamer): Generator<MovieFrame, void> {
  const painter = createPainter(params, random.stream("light"));
  const camera = createCamera(params, random.stream("camera"));
  for (const { t, timeMin, shift, population } of moments(params, random)) {
    const frame = drawOutlines(params, population.cells(), shift);
    const labels = namer.name(
      frame.drawn.map(({ cell }) => cell),
      frame.drawn.map(({ areaPx }) => areaPx),
    );
    // The camera sees all of them, the annotator only those that show enough.
    const image = camera.expose(painter.paint(frame), t);
    yield { t, timeMin, image, labels: renameOwners(frame, labels), cells: describe(frame, labels) };
  }
}

function renameOwners({ owners }: DrawnFrame, labels: Int32Array): LabelImage {
  const data = owners.data.map((owner) => (owner === 0 ? 0 : (labels[owner - 1] as number)));
  return { ...owners, data };
}

function describe({ drawn }: DrawnFrame, labels: Int32Array): MovieCell[] {
  return byLabel(
    drawn.map(({ cell, look, areaPx, ...place }, k) => ({
      ...{ label: labels[k] as number, cellId: cell.id, ...place, areaPx },
      ...{ angle: cell.angle, sizeUm2: look.sizeUm2, brightness: look.gain, stage: look.stage },
    })),
  );
}

const byLabel = (cells: MovieCell[]): MovieCell[] =>
  cells.filter(({ label }) => label > 0).sort((a, b) => a.label - b.label);

function* detectionFrames(
  params: MovieParams,
  random: Rng,
  namer: TrackNamer,
): Generator<DetectionFrame, void> {
  const { height, width, mppUm } = params;
  for (const { t, timeMin, shift, population } of moments(params, random)) {
    const seen: { cell: Cell; y: number; x: number }[] = [];
    for (const cell of population.cells()) {
      const [y, x] = [(cell.y - shift.y) / mppUm, (cell.x - shift.x) / mppUm];
      if (y >= 0 && x >= 0 && y <= height - 1 && x <= width - 1) seen.push({ cell, y, x });
    }
    const cells = seen.map(({ cell }) => cell);
    const labels = namer.name(cells, new Array<number>(cells.length).fill(Infinity));
    const described = seen.map(({ cell, y, x }, k): MovieCell => {
      const look = lookOf(cell, params);
      const [long, short] = [look.long / mppUm, look.short / mppUm];
      return {
        ...{ label: labels[k] as number, cellId: cell.id, y, x, areaPx: Math.PI * long * short, long, short },
        ...{ angle: cell.angle, sizeUm2: look.sizeUm2, brightness: look.gain, stage: look.stage },
      };
    });
    yield { t, timeMin, cells: byLabel(described) };
  }
}
