/**
 * What simulated movies cost, and that neither they nor their scores grow in memory with the length of a movie.
 *
 * Frames are thrown away as they come; the scorer compares each with a segmentation that has faults. Printed: time per
 * frame and per detection, and resident memory at a quarter of the movie and at its end.
 *
 * Usage: node test/bench/simulated-movies.ts [--frames 40] [--size 512] [--detections 1000] [--cells 500]
 */

import { parseArgs } from "node:util";
import {
  evenShares,
  injectSegmentationErrors,
  type MovieWishes,
  movieLooks,
  simulateDetections,
  simulateMovie,
} from "#core/movie/index.ts";
import { rng } from "#core/rng.ts";
import { createTrackScorer, matchKnownPairs } from "#core/track-metrics/index.ts";

const { values } = parseArgs({
  options: {
    frames: { type: "string", default: "40" },
    size: { type: "string", default: "512" },
    detections: { type: "string", default: "1000" },
    cells: { type: "string", default: "500" },
  },
});
const frameCount = Number(values.frames);
const size = Number(values.size);

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const residentMiB = (): number => Math.round(process.memoryUsage().rss / 2 ** 20);

for (const look of movieLooks) {
  const movie = simulateMovie({ look, density: "dense", height: size, width: size, frameCount }, 1);
  const spent = { frames: 0, faults: 0 };
  let [cells, early] = [0, 0];
  let mark = cpuMs();
  for (const frame of movie.frames) {
    spent.frames += cpuMs() - mark;
    cells += frame.cells.length;
    if (frame.t === Math.floor(frameCount / 4)) early = residentMiB();
    mark = cpuMs();
    injectSegmentationErrors(frame.labels, evenShares(0.05), rng(1, frame.t));
    spent.faults += cpuMs() - mark;
    mark = cpuMs();
  }
  console.log(
    `${look}, ${size} x ${size}, ${Math.round(cells / frameCount)} cells: ${(spent.frames / frameCount).toFixed(1)} ms ` +
      `per frame, faults ${(spent.faults / frameCount).toFixed(1)} ms (processor time), ` +
      `resident ${early} MiB at a quarter, ${residentMiB()} MiB at the end`,
  );
}

const long = Number(values.detections);
const asked: MovieWishes = {
  ...{
    look: "nuclear",
    height: 1400,
    width: 1400,
    mppUm: 0.6,
    cellCount: Number(values.cells),
    frameCount: long,
  },
  // A limit just above the number at the start keeps the culture at it.
  ...{ frameIntervalMin: 5, crowdedShare: 0.15, cellDiameterUm: 14 },
};
const movie = simulateDetections(asked, 1);
const start = cpuMs();
let [count, early] = [0, 0];
const labels: number[][] = [];
for (const { t, cells } of movie.frames) {
  labels.push(cells.map(({ label }) => label));
  count += cells.length;
  if (t === Math.floor(long / 4)) early = residentMiB();
}
const made = cpuMs();
const tracks = movie.tracks();
const divisions = tracks.filter(({ daughters }) => daughters.length > 1).length;
console.log(
  `without pixels: ${long} frames, ${count} detections, ${tracks.length} tracks, ${divisions} divisions in ` +
    `${((made - start) / 1000).toFixed(1)} s (${(((made - start) * 1000) / count).toFixed(1)} us per detection); ` +
    `resident ${early} MiB at a quarter, ${residentMiB()} MiB at the end`,
);
const scorer = createTrackScorer({ reference: tracks, predicted: tracks });
for (const [t, list] of labels.entries())
  scorer.addMatch(
    matchKnownPairs(
      t,
      list,
      list,
      list.map((label) => [label, label] as const),
    ),
  );
const scores = scorer.scores();
console.log(
  `all scores of ${count} detections: ${((cpuMs() - made) / 1000).toFixed(1)} s, TRA ${scores.tra}, ` +
    `division F1 ${scores.byTolerance[0]?.division.f1}, resident ${residentMiB()} MiB`,
);
