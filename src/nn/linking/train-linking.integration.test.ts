/**
 * The linker learns: on a few windows it comes to know what is true in them, and repeats to the byte.
 *
 * Kept small: a narrow network, 160 steps on windows of a few dozen cells.
 */
import { expect, test } from "vitest";
import { rng } from "#core/rng.ts";
import { createOrtNodeEngine } from "../engine/ort-node.ts";
import { initialParameters } from "../layers/index.ts";
import { fitTemperatures, goldenSection, judgeWindows, qualityOf } from "./calibrate-linking.ts";
import { type KnownWindow, windowsOfMovie } from "./known-windows.ts";
import { linkingLayout } from "./link-network.ts";
import { noTemperatures, originSums } from "./link-probabilities.ts";
import { encodeLinkingModel } from "./linking-model.ts";
import {
  decodeLinkingCheckpoint,
  defaultLinkingConfig,
  encodeLinkingCheckpoint,
  type LinkingConfig,
  trainLinking,
} from "./train-linking.ts";

const config: LinkingConfig = {
  ...defaultLinkingConfig,
  architecture: { width: 12, rounds: 1 },
  steps: 160,
  warmupSteps: 10,
  learningRate: 5e-3,
  movies: 6,
  room: { detections: 160, links: 700, divisions: 300 },
};
const engine = await createOrtNodeEngine({ threads: 1 });

function windows(): KnownWindow[] {
  const found: KnownWindow[] = [];
  for (let movie = 0; found.length < 6; movie++)
    found.push(
      ...windowsOfMovie(3, movie, { windows: 1, frames: 5 }, config.room).filter(
        ({ inputs, targets }) => inputs.tables.detections > 40 && targets.way.includes(2),
      ),
    );
  return found;
}

test("the network learns what is true of its windows, and its loss is the one of its logits", async () => {
  const known = windows();
  const losses: number[] = [];
  const origins: number[] = [];
  const state = await trainLinking(engine, config, {
    windows: known,
    onStep: ({ loss, terms }) => {
      losses.push(loss);
      origins.push(terms.origin);
    },
  });
  const quality = async (theta: Float32Array) => {
    const session = await engine.createSession(
      encodeLinkingModel(config.architecture, theta, noTemperatures),
    );
    const judged = await judgeWindows(session, known);
    await session.release();
    return { judged, quality: qualityOf(judged, noTemperatures) };
  };
  // The first step's loss is that of the released model with the starting weights on the first window: the padded
  // training graph and the free-sized one agree, and with the formula written out in plain code.
  const start = initialParameters(linkingLayout(config.architecture), rng(config.seed, "linking weights"));
  const { judged } = await quality(start);
  expect(qualityOf(judged.slice(0, 1), noTemperatures).originLoss).toBeCloseTo(origins[0]!, 4);
  const before = qualityOf(judged, noTemperatures);
  const { quality: after, judged: trained } = await quality(state.theta);
  expect(after.originLoss).toBeLessThan(0.3 * before.originLoss);
  expect(after.originsRight).toBeGreaterThan(0.97);
  expect(losses.slice(-6).every((loss) => loss < 0.5 * losses[0]!)).toBe(true);
  // Divisions are there to be learned, and are.
  let [divisions, sure] = [0, 0];
  for (const { inputs, targets, logits } of trained) {
    const sums = originSums(inputs.tables, logits, 1);
    for (let w = inputs.tables.linkCount; w < inputs.tables.ways; w++) {
      if (targets.way[w] !== 2) continue;
      divisions++;
      if (Math.exp(logits.ways[w]!) / sums[inputs.tables.targets[w]!]! > 0.5) sure++;
    }
  }
  expect(divisions).toBeGreaterThan(5);
  expect(sure / divisions).toBeGreaterThan(0.7);
  // On the windows it was trained on, no temperature makes it worse.
  const temperatures = fitTemperatures(trained);
  expect(qualityOf(trained, temperatures).originLoss).toBeLessThanOrEqual(after.originLoss + 1e-6);
}, 120_000);

test("a run that was stopped goes on to the same bytes", async () => {
  const short: LinkingConfig = { ...config, steps: 8 };
  const whole = await trainLinking(engine, short);
  const part = await trainLinking(engine, short, { until: 5 });
  const bytes = encodeLinkingCheckpoint(short, part);
  const resumed = await trainLinking(engine, short, { from: decodeLinkingCheckpoint(bytes, short) });
  expect(encodeLinkingCheckpoint(short, resumed)).toEqual(encodeLinkingCheckpoint(short, whole));
  expect(() => decodeLinkingCheckpoint(bytes, config)).toThrow(
    expect.objectContaining({ code: "training.config" }),
  );
  expect(() => decodeLinkingCheckpoint(bytes.subarray(0, bytes.length - 5), short)).toThrow(
    expect.objectContaining({ code: "model.invalid" }),
  );
}, 120_000);

test("golden section finds the bottom of a valley", () => {
  expect(goldenSection((x) => (x - 0.7) ** 2, -2, 2)).toBeCloseTo(0.7, 3);
});
