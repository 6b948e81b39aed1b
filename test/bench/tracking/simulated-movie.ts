/** Simulated movies as detections with the faults of a segmentation, and what each detection really is. */
import type { Track } from "#core/lineage/index.ts";
import {
  evenShares,
  injectDetectionErrors,
  injectSegmentationErrors,
  type MovieWishes,
  simulateDetections,
  simulateMovie,
} from "#core/movie/index.ts";
import { rng } from "#core/rng.ts";
import {
  detectionsFromPoints,
  type FrameDetections,
  measureFrame,
  offerUnions,
} from "#core/tracking/index.ts";

export interface KnownMovie {
  readonly frames: readonly FrameDetections[];
  /** Tracks in each detection, by frame and position: one, two where merged, none where invented. */
  readonly cells: readonly (readonly (readonly number[])[])[];
  /** Labels of the reference in each frame. */
  readonly referenceLabels: readonly (readonly number[])[];
  readonly reference: readonly Track[];
}

/** @param errors  share of cells with a fault of segmentation. */
export function knownDetections(
  wishes: MovieWishes,
  seed: number,
  errors: number,
  jitterPx = 0.5,
): KnownMovie {
  const movie = simulateDetections(wishes, seed);
  const { height, width } = movie.params;
  const random = rng(seed, "faults");
  const [frames, cells, referenceLabels]: [FrameDetections[], number[][][], number[][]] = [[], [], []];
  for (const frame of movie.frames) {
    const { detections } = injectDetectionErrors(
      frame,
      { height, width },
      evenShares(errors),
      random,
      jitterPx,
    );
    frames.push(
      detectionsFromPoints({
        t: frame.t,
        height,
        width,
        labels: detections.map(({ label }) => label),
        y: detections.map(({ y }) => y),
        x: detections.map(({ x }) => x),
        areaPx: detections.map(({ areaPx }) => areaPx),
        meanIntensity: detections.map(({ brightness }) => brightness),
        ellipses: detections.map(({ long, short, angle }) => ({ major: 2 * long, minor: 2 * short, angle })),
      }),
    );
    cells.push(detections.map((one) => [...one.cells]));
    referenceLabels.push(frame.cells.map(({ label }) => label));
  }
  return { frames, cells, referenceLabels, reference: movie.tracks() };
}

/** The same from drawn images and faulty label images, measured like a real movie. */
export function knownImages(wishes: MovieWishes, seed: number, errors: number): KnownMovie {
  const movie = simulateMovie(wishes, seed);
  const random = rng(seed, "faults");
  const [frames, cells, referenceLabels]: [FrameDetections[], number[][][], number[][]] = [[], [], []];
  for (const frame of movie.frames) {
    const faulty = injectSegmentationErrors(frame.labels, evenShares(errors), random);
    const measured = measureFrame(faulty.labels, frame.image, frame.t);
    frames.push(measured);
    cells.push(Array.from(measured.labels, (label) => [...(faulty.cellsOf[label - 1] ?? [])]));
    referenceLabels.push([...new Set(frame.labels.data)].filter((label) => label > 0));
  }
  return { frames, cells, referenceLabels, reference: movie.tracks() };
}

/** The same movie with unions of small neighbours offered beside their pieces. */
export function withUnions(movie: KnownMovie): KnownMovie {
  const frames = movie.frames.map((frame) => offerUnions(frame));
  const cells = frames.map(({ parts }, f) => {
    const own = [...movie.cells[f]!];
    for (let k = 0; k < (parts?.length ?? 0); k += 3)
      own[parts![k]!] = [...new Set([...own[parts![k + 1]!]!, ...own[parts![k + 2]!]!])];
    return own;
  });
  return { ...movie, frames, cells };
}
