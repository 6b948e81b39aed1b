/** What decisions say about candidates, by hand on four cells; and the loss of the training step against the formula. */
import { expect, test } from "vitest";
import { rng } from "#core/rng.ts";
import { detectionKey, detectionsFromPoints, type FrameDetections } from "#core/tracking/index.ts";
import { createOrtNodeEngine } from "../engine/ort-node.ts";
import { initialParameters } from "../layers/index.ts";
import { defaultFineTuneConfig, fineTuneLinking, judgedQuality } from "./fine-tune-linking.ts";
import { type JudgedWindow, type KnownOrigin, type KnownOrigins, partialOf } from "./judged-window.ts";
import { judgedWindow, planJudgedWindows } from "./judged-windows.ts";
import { windowsOfMovie } from "./known-windows.ts";
import { linkingLayout } from "./link-network.ts";
import { noTemperatures } from "./link-probabilities.ts";
import { waysMax } from "./link-tables.ts";
import { encodeLinkingModel } from "./linking-model.ts";

/** Two cells side by side, nearer than a cell is wide, which stay; labels 1 and 2 in every frame. */
const frames: FrameDetections[] = Array.from({ length: 9 }, (_, t) =>
  detectionsFromPoints({
    ...{ t, height: 100, width: 100, labels: [1, 2], y: [50, 50], x: [46, 54] },
    areaPx: [400, 400],
    meanIntensity: [100, 100],
  }),
);
const at = (t: number, label: number): number => detectionKey({ t, label });
const link = (t: number, label: number): KnownOrigin => ({ from: at(t, label), kind: "link" });
const nothing: KnownOrigins = {
  decided: new Map(),
  forbidden: new Map(),
  standing: new Map(),
  ends: new Set(),
};

/** Possible origins of a cell as "t label kind", "appears", and its weight. */
function readTargets({ inputs, targets }: JudgedWindow, first: number, t: number, label: number) {
  const { tables } = inputs;
  const j = 2 * (t - first) + label - 1;
  const found = targets.mayAppear[j] === 1 ? ["appears"] : [];
  for (let k = 0; k < waysMax; k++) {
    if (targets.possible[k * tables.detections + j] !== 1) continue;
    const w = tables.into[k * tables.detections + j]!;
    const source = tables.source[w]!;
    found.push(
      `${first + Math.floor(source / 2)} ${1 + (source % 2)} ${w < tables.linkCount ? "link" : "division"}`,
    );
  }
  return { weight: targets.originWeight[j], found: found.sort() };
}

test("a decided origin is the only possible one, and its source goes nowhere else", () => {
  // Crossed on purpose: cell 2 of frame 3 becomes cell 1 of frame 4.
  const known = { ...nothing, decided: new Map([[at(4, 1), link(3, 2)]]) };
  const window = judgedWindow(frames.slice(1, 8), known, [4])!;
  expect(readTargets(window, 1, 4, 1)).toEqual({ weight: 1, found: ["3 2 link"] });
  // Nobody judged cell 2 of frame 4, but that it does not come from cell 2 of frame 3 follows.
  const other = readTargets(window, 1, 4, 2);
  expect(other.weight).toBe(1);
  expect(other.found).toContain("3 1 link");
  expect(other.found).toContain("appears");
  expect(other.found).not.toContain("3 2 link");
  expect(other.found.filter((one) => one.startsWith("3 2"))).toEqual([]);
  // Its source goes on.
  const source = 2 * (3 - 1) + 1;
  expect([window.targets.vanishes[source], window.targets.vanishesWeight[source]]).toEqual([0, 1]);
  // Frames that do not count say nothing.
  expect(readTargets(window, 1, 5, 1).weight).toBe(0);
});

test("a link that was taken away leaves everything else; one that stood counts less", () => {
  const known: KnownOrigins = {
    ...nothing,
    forbidden: new Map([[at(4, 1), new Set([at(3, 1)])]]),
    standing: new Map([[at(4, 2), link(3, 2)]]),
    ends: new Set([at(3, 1)]),
  };
  const window = judgedWindow(frames.slice(1, 8), known, [4])!;
  const cut = readTargets(window, 1, 4, 1);
  expect(cut.weight).toBe(1);
  expect(cut.found).not.toContain("3 1 link");
  expect(cut.found).toContain("3 2 link");
  const left = readTargets(window, 1, 4, 2);
  expect(left.found).toEqual(["3 2 link"]);
  expect(left.weight).toBeCloseTo(0.3, 6);
  const end = 2 * (3 - 1);
  expect(window.targets.vanishes[end]).toBe(1);
  expect(window.targets.vanishesWeight[end]).toBeCloseTo(0.3, 6);
});

test("a decided division is one way into both daughters", () => {
  const daughter: KnownOrigin = { from: at(3, 1), kind: "division" };
  const decided = new Map([
    [at(4, 1), daughter],
    [at(4, 2), daughter],
  ]);
  const window = judgedWindow(frames.slice(1, 8), { ...nothing, decided }, [4])!;
  for (const label of [1, 2])
    expect(readTargets(window, 1, 4, label)).toEqual({ weight: 1, found: ["3 1 division"] });
});

test("nothing judged gives no window; judged frames count in one window each", () => {
  expect(judgedWindow(frames, nothing, [4])).toBeNull();
  expect(planJudgedWindows([4, 5, 6, 20, 30], 32)).toEqual([
    { from: 1, to: 9, counted: [4, 5] },
    { from: 3, to: 10, counted: [6] },
    { from: 17, to: 24, counted: [20] },
    { from: 27, to: 32, counted: [30] },
  ]);
});

test("fine-tuning learns what was decided against the looks of it, repeats to the byte, and keeps the best", async () => {
  const engine = await createOrtNodeEngine({ threads: 1 });
  const architecture = { width: 8, rounds: 1 };
  const base = initialParameters(linkingLayout(architecture), rng(3, "weights"));
  // Crossed in every frame, which no distance would say.
  const decided = new Map(
    [2, 3, 4, 5, 6].flatMap((t) => [
      [at(t, 1), link(t - 1, 2)] as const,
      [at(t, 2), link(t - 1, 1)] as const,
    ]),
  );
  const window = (t: number): JudgedWindow =>
    judgedWindow(frames.slice(t - 2, t + 4), { ...nothing, decided }, [t])!;
  const data = { train: [window(3), window(4)], heldOut: [window(5)], rehearsal: [] };
  const config = { ...defaultFineTuneConfig, architecture, steps: 60, learningRate: 5e-3, lookEvery: 20 };
  const tuned = await fineTuneLinking(engine, config, base, data);
  const [first, last] = [tuned.looks[0]!.heldOut, tuned.looks.at(-1)!.heldOut];
  expect(last.loss).toBeLessThan(0.5 * first.loss);
  expect(last.right).toBe(1);
  expect(tuned.steps).toBe(tuned.looks.reduce((a, b) => (b.heldOut.loss < a.heldOut.loss ? b : a)).step);
  expect((await fineTuneLinking(engine, config, base, data)).theta).toEqual(tuned.theta);
  // The loss of the padded training graph is that of the formula on the model as released.
  const session = await engine.createSession(encodeLinkingModel(architecture, base, noTemperatures));
  const alone = { ...data, heldOut: data.train.slice(0, 1), train: data.train.slice(0, 1) };
  const one = await fineTuneLinking(engine, { ...config, steps: 1, lookEvery: 1 }, base, alone);
  const { loss } = await judgedQuality(session, alone.train);
  const fate = one.looks[1]!.loss! - loss;
  // What is left is the loss of fates: positive, and of a network that knows nothing below two bits.
  expect(fate).toBeGreaterThan(0);
  expect(fate).toBeLessThan(1.5);
  await session.release();
}, 120_000);

test("a simulated window in this form allows exactly the true ways", () => {
  const [known] = windowsOfMovie(3, 1, { windows: 1, frames: 5 }, null);
  const { inputs, targets } = known!;
  const partial = partialOf(inputs.tables, targets);
  const { detections, into } = inputs.tables;
  let [allowed, judged] = [0, 0];
  for (let j = 0; j < detections; j++) {
    let own = partial.mayAppear[j]! > 0 ? 1 : 0;
    for (let k = 0; k < waysMax; k++) {
      if (partial.possible[k * detections + j] !== 1) continue;
      expect(targets.way[into[k * detections + j]!]).toBeGreaterThan(0);
      own++;
    }
    if (partial.originWeight[j] === 0) continue;
    judged++;
    allowed += own;
  }
  expect(judged).toBeGreaterThan(20);
  expect(allowed).toBe(judged);
});
