/**
 * A tiny run learns to outline discs that are pointed at, stops and goes on with the same bytes, and its file runs on every
 * engine of this machine with the same answer.
 */
import { expect, test } from "vitest";
import { labelImage, type Mask, plane } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import { noAugmentation } from "../augment/index.ts";
import { createOrtNodeEngine } from "../engine/ort-node.ts";
import {
  boxOfView,
  cutView,
  decodePromptCheckpoint,
  defaultPromptConfig,
  describePromptModel,
  encodePromptCheckpoint,
  encodePromptModel,
  normaliseView,
  openPromptModel,
  type PromptConfig,
  type PromptModel,
  type PromptScene,
  promptCell,
  trainPrompt,
} from "./index.ts";

const side = 120;

/** Discs of radius 8 to 12 on a grid, bright on dark with noise. */
function discScene(number: number): PromptScene {
  const random = rng(number, "discs");
  const outline = plane("float32", side, side);
  const labels = labelImage(side, side);
  let label = 0;
  for (let cy = 18; cy < side; cy += 28)
    for (let cx = 18; cx < side; cx += 28) {
      label++;
      const radius = random.uniform(8, 12);
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++)
          if (Math.hypot(y - cy, x - cx) <= radius) labels.data[y * side + x] = label;
    }
  labels.data.forEach((value, i) => {
    outline.data[i] = (value > 0 ? 1 : 0) + 0.1 * random.normal();
  });
  return {
    ...{ id: `discs ${number}`, group: "discs", family: "discs", nuclear: null },
    ...{ outline, labels, augment: noAugmentation },
  };
}

const config: PromptConfig = {
  ...defaultPromptConfig,
  architecture: { widths: [8, 12, 16, 16, 16], pool: "average", skip: "add", decoderConvolutions: 1 },
  batchSize: 4,
  steps: 160,
  learningRate: 6e-3,
  warmupSteps: 10,
};

/** Intersection over union of the cell found by a click on the middle of a disc. */
async function iouOf(
  model: PromptModel,
  scene: PromptScene,
  label: number,
  cy: number,
  cx: number,
): Promise<number> {
  const size = { height: side, width: side };
  const { cell } = await promptCell(
    {
      size,
      isTaken: () => false,
      ask: (planes) => model.ask(planes),
      pictures: async (view) => {
        expect(boxOfView(view, size)).not.toBeNull();
        return {
          outline: normaliseView(cutView({ y0: 0, x0: 0, plane: scene.outline }, view)),
          nuclear: null,
        };
      },
    },
    { inside: [{ y: cy, x: cx }], outside: [], box: null },
    20,
  );
  if (cell === null) return 0;
  const { box, mask } = cell as { box: readonly number[]; mask: Mask };
  let [both, found] = [0, 0];
  mask.data.forEach((value, i) => {
    if (value === 0) return;
    found++;
    const [y, x] = [(box[0] as number) + Math.floor(i / mask.width), (box[1] as number) + (i % mask.width)];
    if (scene.labels.data[y * side + x] === label) both++;
  });
  const area = scene.labels.data.filter((value) => value === label).length;
  return both / (found + area - both);
}

test("a tiny run learns, goes on where it stopped, and says what its file is", async () => {
  const engine = await createOrtNodeEngine({ threads: 1 });
  const scenes = [discScene(1), discScene(2), discScene(3)];
  const overlaps: number[] = [];
  const whole = await trainPrompt(engine, config, scenes, {
    onStep: ({ terms }) => overlaps.push(terms.overlap),
  });
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  expect(mean(overlaps.slice(-20))).toBeLessThan(0.6 * mean(overlaps.slice(0, 20)));

  // An odd end of a part is rounded up to a pair of steps.
  const part = await trainPrompt(engine, config, scenes, { until: 11 });
  expect(part.step).toBe(12);
  const from = decodePromptCheckpoint(encodePromptCheckpoint(config, part), config);
  const short = { ...config, steps: 20 };
  const once = await trainPrompt(engine, short, scenes);
  const halves = await trainPrompt(engine, short, scenes, {
    from: await trainPrompt(engine, short, scenes, { until: 8 }),
  });
  expect(halves.theta).toEqual(once.theta);
  expect(from.theta).toEqual(part.theta);
  expect(() => decodePromptCheckpoint(encodePromptCheckpoint(config, part), short)).toThrowError(
    expect.objectContaining({ code: "training.config" }),
  );

  const bytes = await encodePromptModel(engine, config.architecture, whole.theta);
  expect(describePromptModel(bytes)).toMatchObject({ kind: "prompt", viewSide: 96 });
  const model = await openPromptModel(engine, bytes);
  const unseen = discScene(9);
  const ious = [await iouOf(model, unseen, 1, 18, 18), await iouOf(model, unseen, 6, 46, 46)];
  await model.release();
  for (const iou of ious) expect(iou).toBeGreaterThan(0.7);
});
