import { describe, expect, test } from "vitest";
import { connectedComponents, indexLabels } from "../labels/index.ts";
import { checkLineage, presenceOf } from "../lineage/index.ts";
import {
  type DetectionFrame,
  drawMovieParams,
  type MovieFrame,
  type MovieWishes,
  movieDensities,
  movieLooks,
  type SimulatedMovie,
  simulateDetections,
  simulateMovie,
} from "./index.ts";

const small = {
  height: 160,
  width: 176,
  frameCount: 16,
  frameIntervalMin: 15,
  mppUm: 0.8,
  cycleH: 8,
} as const;

const seenIn = (frames: readonly DetectionFrame[]) =>
  presenceOf(frames.flatMap(({ t, cells }) => cells.map(({ label }) => ({ t, label }))));

function walk<Frame extends DetectionFrame>(movie: SimulatedMovie<Frame>) {
  const frames = [...movie.frames];
  return { ...movie, frames, tracks: movie.tracks() };
}

const kinds = movieLooks.flatMap((look) =>
  (["sparse", "medium", "dense"] as const).map((density) => [look, density] as const),
);

describe("lineages keep every law", () => {
  test.each(kinds)("%s, %s", (look, density) => {
    const closed = walk(simulateMovie({ ...small, look, density, closed: true }, 1));
    expect(checkLineage(closed.tracks, presenceOf(pixelsOf(closed.frames)), { frameCount: 16 })).toEqual([]);
    const open = walk(simulateMovie({ ...small, look, density, stageDriftUm: 1, speedUmPerH: 40 }, 2));
    const findings = checkLineage(open.tracks, presenceOf(pixelsOf(open.frames)), { frameCount: 16 });
    // At the edge of a view one daughter may be out of sight; nothing else is out of the ordinary.
    expect(findings.filter(({ rule }) => rule !== "singleDaughter")).toEqual([]);
    if (density === "dense") {
      expect(closed.tracks.filter(({ daughters }) => daughters.length === 2).length).toBeGreaterThan(2);
      expect(open.tracks.some(({ first, parent }) => first > 0 && parent === null)).toBe(true);
    }
  });

  test("without pixels, over many divisions", () => {
    const asked = { ...small, height: 400, width: 400, frameCount: 120, density: "dense" } as const;
    const closed = walk(simulateDetections({ ...asked, closed: true }, 3));
    expect(checkLineage(closed.tracks, seenIn(closed.frames), { frameCount: 120 })).toEqual([]);
    expect(closed.tracks.filter(({ daughters }) => daughters.length === 2).length).toBeGreaterThan(100);
    const open = walk(simulateDetections({ ...asked, missedFrames: 0.2 }, 3));
    const findings = checkLineage(open.tracks, seenIn(open.frames));
    expect(findings.filter(({ rule }) => rule !== "singleDaughter")).toEqual([]);
  });
});

/** What the label images themselves show. */
const pixelsOf = (frames: readonly MovieFrame[]) =>
  frames.flatMap(({ t, labels }) => Array.from(indexLabels(labels).labels, (label) => ({ t, label })));

describe("masks", () => {
  test.each(movieLooks)("%s: each label in one piece, areas and cells as listed", (look) => {
    const { frames } = walk(simulateMovie({ ...small, look, density: "dense", frameCount: 5 }, 4));
    for (const { labels, cells } of frames) {
      const index = indexLabels(labels);
      expect([...index.labels]).toEqual(cells.map(({ label }) => label));
      expect([...index.areas]).toEqual(cells.map(({ areaPx }) => areaPx));
      expect(indexLabels(connectedComponents(labels, 4)).labels.length).toBe(cells.length);
    }
  });

  test.each(kinds)("%s, %s: cells cover the share asked for", (look, density) => {
    const params = { ...small, height: 400, width: 400, frameCount: 1 };
    const covered = [1, 2, 3].map((seed) => {
      const { frames } = walk(simulateMovie({ ...params, look, density }, seed));
      return frames[0]!.labels.data.reduce((sum, label) => sum + (label > 0 ? 1 : 0), 0) / 400 ** 2;
    });
    const mean = covered.reduce((sum, share) => sum + share, 0) / 3;
    expect(mean / movieDensities[density]).toBeGreaterThan(0.7);
    expect(mean / movieDensities[density]).toBeLessThan(1.3);
  });

  test("an ellipse has the area of its axes", () => {
    const alone = {
      ...small,
      look: "nuclear",
      raggedness: 0,
      cellCount: 1,
      mppUm: 0.3,
      closed: true,
    } as const;
    const { frames } = walk(simulateMovie({ ...alone, cycleH: 1000, frameCount: 1 }, 9));
    const [cell] = frames[0]!.cells;
    expect(cell!.areaPx / (Math.PI * cell!.long * cell!.short)).toBeCloseTo(1, 1);
    expect((cell!.areaPx * 0.09) / cell!.sizeUm2).toBeCloseTo(1, 1);
  });
});

describe("divisions", () => {
  const asked = {
    ...small,
    height: 400,
    width: 400,
    frameCount: 60,
    density: "medium",
    closed: true,
  } as const;
  const { frames, tracks } = walk(simulateDetections(asked, 7));
  const cellAt = (t: number, label: number) => frames[t]!.cells.find((cell) => cell.label === label)!;
  const divisions = tracks.filter(({ daughters }) => daughters.length === 2);

  test("two daughters of half the size each", () => {
    expect(divisions.length).toBeGreaterThan(50);
    let share = 0;
    for (const { label, last, daughters } of divisions) {
      const mother = cellAt(last, label);
      const [a, b] = daughters.map((daughter) => cellAt(last + 1, daughter));
      // Cells of 8 h grow by at most 2^(0.25 / 4) in the frame between; cycles may be short.
      const together = (a!.sizeUm2 + b!.sizeUm2) / mother.sizeUm2;
      expect(together).toBeGreaterThan(0.999);
      expect(together).toBeLessThan(1.12);
      share += a!.sizeUm2 / (a!.sizeUm2 + b!.sizeUm2) / divisions.length;
    }
    expect(share).toBeGreaterThan(0.47);
    expect(share).toBeLessThan(0.53);
  });

  test("mothers round up before, daughters appear beside each other around the mother", () => {
    let distance = 0;
    for (const { label, last, daughters } of divisions) {
      const mother = cellAt(last, label);
      const [a, b] = daughters.map((daughter) => cellAt(last + 1, daughter));
      expect(["mitosis", "dying"]).toContain(mother.stage);
      const reach = 3 * (mother.long + mother.short);
      expect(Math.hypot((a!.y + b!.y) / 2 - mother.y, (a!.x + b!.x) / 2 - mother.x)).toBeLessThan(reach);
      const apart = Math.hypot(a!.y - b!.y, a!.x - b!.x) / (a!.short + b!.short);
      // Less than side by side only where a wall or neighbours press.
      expect(apart).toBeGreaterThan(0.5);
      distance += apart / divisions.length;
    }
    expect(distance).toBeGreaterThan(0.9);
    expect(distance).toBeLessThan(2);
  });
});

describe("one seed, one movie", () => {
  const asked: MovieWishes = { ...small, frameCount: 4, density: "medium" };
  test("same seed, same bytes; another seed, another movie", () => {
    const first = walk(simulateMovie(asked, "a"));
    expect(walk(simulateMovie(asked, "a"))).toEqual(first);
    expect(walk(simulateMovie(asked, "b")).frames[3]!.labels.data).not.toEqual(first.frames[3]!.labels.data);
  });
  test("noise does not move a cell; more frames do not change the first", () => {
    const first = walk(simulateMovie(asked, "a"));
    const noisy = walk(simulateMovie({ ...asked, photons: 12, texture: 0.1 }, "a"));
    expect(noisy.frames.map(({ labels }) => labels)).toEqual(first.frames.map(({ labels }) => labels));
    expect(noisy.frames[0]!.image.data).not.toEqual(first.frames[0]!.image.data);
    const longer = simulateMovie({ ...asked, frameCount: 1_000_000 }, "a");
    // Frames are made when asked for, so a movie of a million has its first at once.
    expect(longer.frames.next().value!.labels).toEqual(first.frames[0]!.labels);
  });
  test("without pixels the same cells are in the same places", () => {
    const [pixels, bare] = [walk(simulateMovie(asked, "a")), walk(simulateDetections(asked, "a"))];
    for (const [t, { cells }] of pixels.frames.entries()) {
      const places = new Map(bare.frames[t]!.cells.map((cell) => [cell.cellId, cell]));
      const inside = cells.filter(({ y, x }) => y >= 0 && x >= 0 && y <= 159 && x <= 175);
      expect(inside.length).toBeGreaterThan(5);
      for (const cell of inside) {
        const other = places.get(cell.cellId)!;
        expect([other.y, other.x, other.stage]).toEqual([cell.y, cell.x, cell.stage]);
      }
    }
  });
});

describe("the microscope", () => {
  const still: MovieWishes = {
    ...{ ...small, cycleH: 5000, deathsPerCycle: 0, speedUmPerH: 0, flowUmPerH: 0, missedFrames: 0 },
    ...{
      density: "medium",
      look: "nuclear",
      shading: 0,
      background: 0,
      texture: 0,
      bits: 16,
      stageDriftUm: 0,
    },
    ...{ photons: 2000, readNoise: 0, closed: true },
  };
  const sumOver = ({ image, labels }: MovieFrame, inside: boolean): [sum: number, count: number] => {
    let [sum, count] = [0, 0];
    for (const [i, value] of image.data.entries()) {
      if (labels.data[i]! > 0 !== inside) continue;
      sum += value;
      count++;
    }
    return [sum, count];
  };
  test("bleaching takes the share asked for by the last frame", () => {
    const { frames } = walk(simulateMovie({ ...still, bleaching: 0.6 }, 1));
    const dark = Math.min(...frames[0]!.image.data);
    const light = (frame: MovieFrame): number => {
      const [[inside, n], [outside, m]] = [sumOver(frame, true), sumOver(frame, false)];
      return inside + outside - (n + m) * dark;
    };
    expect(light(frames.at(-1)!) / light(frames[0]!)).toBeCloseTo(0.4, 1);
    expect(
      light(frames[0]!) / light(walk(simulateMovie({ ...still, bleaching: 0 }, 1)).frames.at(-1)!),
    ).toBeCloseTo(1, 1);
  });
  test("noise has the variance of counted photons", () => {
    // Of two frames of still cells the difference is noise alone: twice the variance of photons, in grey levels.
    const { frames } = walk(
      simulateMovie(
        { ...still, raggedness: 0, elongation: 1, photons: 100, background: 1, blurUm: 0, frameCount: 2 },
        2,
      ),
    );
    const [a, b] = frames;
    // The range holds 1.4 + 1 of 100 photons above an offset of 0.5 to 3 %.
    const gain = (65_535 * 0.9825) / 240;
    let [sum, squares, n] = [0, 0, 0];
    for (const [i, value] of a!.image.data.entries()) {
      if (a!.labels.data[i]! > 0 || b!.labels.data[i]! > 0) continue;
      const difference = (value - b!.image.data[i]!) / gain;
      sum += difference;
      squares += difference * difference;
      n++;
    }
    expect(Math.abs(sum / n)).toBeLessThan(0.5);
    // Background 1 of 100 photons: variance 2 x 100; the offset leaves 3 %, 27,000 pixels 4 %.
    expect(Math.abs(squares / n / 200 - 1)).toBeLessThan(0.07);
  });
  test("the stage shifts all cells alike", () => {
    const { frames } = walk(
      simulateDetections({ ...still, closed: false, stageDriftUm: 2, frameCount: 30 }, 3),
    );
    const shifts: number[] = [];
    for (const [t, { cells }] of frames.entries()) {
      if (t === 0) continue;
      const before = new Map(frames[t - 1]!.cells.map((cell) => [cell.cellId, cell]));
      const steps = cells.flatMap((cell) => {
        const old = before.get(cell.cellId);
        return old === undefined ? [] : [{ y: cell.y - old.y, x: cell.x - old.x }];
      });
      for (const { y, x } of steps) {
        // Cells at rest still settle by thousandths of a pixel.
        expect(y).toBeCloseTo(steps[0]!.y, 2);
        expect(x).toBeCloseTo(steps[0]!.x, 2);
      }
      shifts.push(steps[0]!.y * 0.8, steps[0]!.x * 0.8);
    }
    const sd = Math.sqrt(shifts.reduce((sum, shift) => sum + shift * shift, 0) / shifts.length);
    // 58 numbers of standard deviation 2: five standard errors are 46 % of it.
    expect(Math.abs(sd / 2 - 1)).toBeLessThan(5 / Math.sqrt(2 * 58));
  });
  test("lost acquisitions: time goes on, the next frame comes later", () => {
    const { frames } = walk(
      simulateDetections({ ...still, missedFrames: 0.5, frameCount: 400, cellCount: 1 }, 4),
    );
    const steps = frames.slice(1).map(({ timeMin }, k) => timeMin - frames[k]!.timeMin);
    expect(steps.every((step) => step % 15 === 0 && step > 0)).toBe(true);
    // Geometric: mean 1 / (1 - 0.5) intervals, standard deviation sqrt(2).
    const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length / 15;
    expect(Math.abs(mean - 2)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(399));
  });
  test("8 bits, and values out of range", () => {
    const movie = walk(simulateMovie({ ...small, bits: 8, frameCount: 1 }, 1));
    expect(movie.frames[0]!.image.dtype).toBe("uint8");
    const code = expect.objectContaining({ code: "request.invalid" });
    const wrong: MovieWishes[] = [
      { height: 8 },
      { width: 1e6, height: 1e6 },
      { density: 0.9 },
      { frameCount: 0 },
      { frameCount: 2.5 },
      { mppUm: Number.NaN },
    ];
    for (const wish of wrong) expect(() => drawMovieParams(wish, 1)).toThrow(code);
  });
});
