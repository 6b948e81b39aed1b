import { expect, test } from "vitest";
import { firstState } from "../session/editor-state.ts";
import { type ChannelLook, createLook } from "../session/look.ts";
import { Store } from "../session/store.ts";
import type { Limits } from "./contrast.ts";
import { followContrast, withPlaneLimits } from "./plane-contrast.ts";

const channel: ChannelLook = {
  ...{
    index: 0,
    name: "DAPI",
    visible: true,
    colour: [255, 255, 255],
    limits: [0, 100],
    automatic: [0, 100],
  },
  ...{ range: [0, 1023], gamma: 1, inverted: false },
};

/** A movie that bleaches: frame t goes from t to 100 - 10 t. */
function open() {
  const state = new Store({ ...firstState, planes: { t: 9, z: 1 } });
  const look = createLook(null);
  look.set({ channels: [channel] });
  const answers: (() => void)[] = [];
  const stop = followContrast({
    ...{ state, look, dtype: "uint16" },
    limitsAt: ({ t }) => new Promise<Limits[]>((resolve) => answers.push(() => resolve([[t, 100 - 10 * t]]))),
  });
  const settle = async (): Promise<void> => {
    for (const answer of answers.splice(0)) answer();
    for (let i = 0; i < 4; i++) await Promise.resolve();
  };
  const first = () => look.get().channels?.[0] as ChannelLook;
  return { state, look, answers, settle, first, stop, go: (t: number) => state.set({ plane: { t, z: 0 } }) };
}

test("Auto means the plane on the screen; the contrast stays until it is asked to follow", async () => {
  const { go, settle, first, look } = open();
  go(3);
  await settle();
  expect(first()).toMatchObject({ automatic: [3, 70], limits: [0, 100] });
  look.set({ contrastPerPlane: true });
  await settle();
  expect(first().limits).toEqual([3, 70]);
  go(5);
  await settle();
  expect(first().limits).toEqual([5, 50]);
});

test("a late answer for a frame that is gone changes nothing", async () => {
  const { go, answers, first, look } = open();
  look.set({ contrastPerPlane: true });
  answers.length = 0;
  go(1);
  go(2);
  const [late, newest] = answers;
  newest?.();
  for (let i = 0; i < 4; i++) await Promise.resolve();
  late?.();
  for (let i = 0; i < 4; i++) await Promise.resolve();
  expect(first().limits).toEqual([2, 80]);
});

test("while it plays nothing is read unless the contrast follows; closed, nothing at all", () => {
  const { state, go, answers, stop, look } = open();
  state.set({ playing: "t" });
  go(1);
  expect(answers).toHaveLength(0);
  state.set({ playing: null });
  expect(answers).toHaveLength(1);
  stop();
  go(4);
  look.set({ contrastPerPlane: true });
  expect(answers).toHaveLength(1);
});

test("limits beyond the slider's ends widen it", () => {
  expect(withPlaneLimits(channel, [10, 3000], true, "uint16")).toMatchObject({
    ...{ limits: [10, 3000], range: [0, 4095] },
  });
  expect(withPlaneLimits(channel, [10, 900], false, "uint16")).toMatchObject({
    ...{ limits: [0, 100], range: [0, 1023] },
  });
});
