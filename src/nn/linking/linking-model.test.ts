/** The scorer: probabilities of one detection's origins, independence of order and size, files it refuses. */
import { expect, test } from "vitest";
import { rng } from "#core/rng.ts";
import {
  assignmentSolver,
  type CandidateWindow,
  createTracker,
  detectionsFromPoints,
  findCandidates,
  measureMotion,
  offerUnions,
  poolMotion,
} from "#core/tracking/index.ts";
import { engines } from "../fixtures/check-gradients.ts";
import { initialParameters } from "../layers/index.ts";
import { decodeModel, encodeModel } from "../onnx/index.ts";
import { knownMovie } from "./known-windows.ts";
import { linkingLayout } from "./link-network.ts";
import { noTemperatures } from "./link-probabilities.ts";
import { encodeLinkingModel, openLinkingModel } from "./linking-model.ts";

const architecture = { width: 8, rounds: 2 };
// Untrained weights: what must hold does so for any.
const theta = initialParameters(linkingLayout(architecture), rng(5, "weights")).map((value) => 2 * value);
const model = encodeLinkingModel(architecture, theta, { ...noTemperatures, origin: 1.3 });

const height = 120;
function windowOf(places: readonly (readonly [number, number, number])[][]): CandidateWindow {
  const frames = places.map((points, t) =>
    offerUnions(
      detectionsFromPoints({
        ...{ t, height, width: height },
        labels: points.map((_, i) => i + 1),
        y: points.map(([y]) => y),
        x: points.map(([, x]) => x),
        areaPx: points.map(([, , area]) => area),
      }),
    ),
  );
  const motions = frames.slice(1).map((frame, f) => measureMotion(frames[f]!, frame));
  return findCandidates(frames, motions, poolMotion(motions, frames));
}

const random = rng(2, "points");
const cells = Array.from({ length: 40 }, () => [random.uniform(5, 115), random.uniform(5, 115)] as const);
const places = [0, 1, 2, 3].map(() =>
  cells.map(
    ([y, x]) =>
      [y + random.normal(), x + random.normal(), random.uniform(60, 130)] as [number, number, number],
  ),
);

test("every engine gives the same probabilities, and origins add up to 1 or less", async () => {
  const window = windowOf(places);
  expect(window.divisions.length).toBeGreaterThan(30);
  let reference: Float32Array | null = null;
  for (const { name, engine, tolerance } of await engines()) {
    const scorer = await openLinkingModel(engine, model);
    const { link, division, appearance, disappearance, real } = await scorer.score(window);
    for (const list of [link, division, appearance, disappearance, real!])
      expect(list.every((p) => p >= 0 && p <= 1)).toBe(true);
    const sums = Float64Array.from(appearance);
    for (const [e, p] of link.entries()) sums[window.to[e]!]! += p;
    for (const [j, total] of sums.entries()) if (window.frameOf[j]! > 0) expect(total).toBeLessThan(1 + 1e-5);
    reference ??= link;
    const worst = link.reduce((most, p, e) => Math.max(most, Math.abs(p - reference![e]!)), 0);
    expect([name, worst < 1e-5 * tolerance]).toEqual([name, true]);
    await scorer.release();
  }
}, 120_000);

test("the order of detections means nothing", async () => {
  const order = rng(8, "order").shuffle(cells.map((_, i) => i));
  const [plain, mixed] = [windowOf(places), windowOf(places.map((points) => order.map((i) => points[i]!)))];
  const { engine } = (await engines())[0]!;
  const scorer = await openLinkingModel(engine, model);
  const byPlace = (window: CandidateWindow, link: Float32Array): Map<string, number> => {
    const name = (at: number): string => {
      const f = window.frameOf[at]!;
      const i = at - window.offsets[f]!;
      return `${f} ${window.frames[f]!.y[i]!.toFixed(3)} ${window.frames[f]!.x[i]!.toFixed(3)}`;
    };
    return new Map(Array.from(link, (p, e) => [`${name(window.from[e]!)} ${name(window.to[e]!)}`, p]));
  };
  const first = byPlace(plain, (await scorer.score(plain)).link);
  const second = byPlace(mixed, (await scorer.score(mixed)).link);
  expect(second.size).toBe(first.size);
  let worst = 0;
  for (const [key, p] of first) worst = Math.max(worst, Math.abs(p - second.get(key)!));
  expect(worst).toBeLessThan(1e-4);
  await scorer.release();
});

test("a tracker takes its scores; frames without cells and windows without divisions are scored", async () => {
  const { engine } = (await engines())[0]!;
  const scorer = await openLinkingModel(engine, model);
  const { frames } = knownMovie(1, 1);
  const tracker = createTracker({ solver: assignmentSolver });
  let linked = 0;
  for (const frame of frames) {
    const window = tracker.push(frame);
    if (window !== null) linked += tracker.commit(await scorer.score(window)).length;
  }
  const last = tracker.finish();
  if (last !== null) linked += tracker.commit(await scorer.score(last)).length;
  expect(linked).toBe(frames.length);
  expect((await scorer.score(windowOf([[], []]))).link.length).toBe(0);
  const alone = await scorer.score(windowOf([[[5, 5, 80]], []]));
  expect([alone.link.length, alone.division.length, alone.appearance.length]).toEqual([0, 0, 1]);
  await scorer.release();
});

test("files of other features or without a description are refused", async () => {
  const { engine } = (await engines())[0]!;
  const decoded = decodeModel(model);
  const described = String(decoded.metadata["cellfoundry.linking"]);
  for (const [metadata, what] of [
    [{}, "does not say"],
    [{ "cellfoundry.linking": "{" }, "damaged"],
    [{ "cellfoundry.linking": described.replace("areaChange", "weight") }, "features"],
    [{ "cellfoundry.linking": described.replace("1.3", "0") }, "temperatures"],
  ] as const) {
    const bytes = encodeModel({ ...decoded, metadata });
    await expect(openLinkingModel(engine, bytes)).rejects.toMatchObject({
      code: "model.invalid",
      message: expect.stringContaining(what),
    });
  }
});
