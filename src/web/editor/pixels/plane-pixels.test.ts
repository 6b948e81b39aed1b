import { expect, test } from "vitest";
import { FoundryError } from "#core/errors.ts";
import { createPlanePixels, planesAhead } from "./plane-pixels.ts";

const frames = (planes: readonly { t: number }[]): number[] => planes.map(({ t }) => t);

test("reads ahead in the direction of travel first, around the end as in playing", () => {
  const counts = { t: 60, z: 1 };
  expect(frames(planesAhead({ t: 10, z: 0 }, "t", 1, counts)).slice(0, 6)).toEqual([11, 12, 9, 13, 14, 8]);
  expect(frames(planesAhead({ t: 10, z: 0 }, "t", -1, counts)).slice(0, 3)).toEqual([9, 8, 11]);
  expect(frames(planesAhead({ t: 59, z: 0 }, "t", 1, counts)).slice(0, 3)).toEqual([0, 1, 58]);
});

test("names each plane once, never the present one, and the slices beside it early", () => {
  const planes = planesAhead({ t: 1, z: 1 }, "t", 1, { t: 3, z: 3 });
  expect(planes).toEqual([
    { t: 2, z: 1 },
    { t: 0, z: 1 },
    { t: 1, z: 2 },
    { t: 1, z: 0 },
  ]);
  expect(planesAhead({ t: 0, z: 0 }, "t", 1, { t: 1, z: 1 })).toEqual([]);
});

/** An image of one level whose planes come one by one. */
function fakeImage(side: number, count: number) {
  const held = new Set<number>();
  const asked: number[] = [];
  const failing = new Set<number>();
  const pyramid = {
    levels: [{ shape: [count, side, side] }],
    shape: [count, side, side],
    dtype: "Uint16",
    holds: (_level: number, selection: Readonly<Record<string, number>>) => held.has(selection["t"] ?? 0),
    hold: async (_level: number, selection: Readonly<Record<string, number>>) => {
      const t = selection["t"] ?? 0;
      asked.push(t);
      await Promise.resolve();
      if (failing.has(t)) throw new FoundryError("net.unreachable", { message: "no answer" });
      held.add(t);
    },
  };
  const image = { pyramid, selectionsAt: ({ t }: { t: number }) => [{ t }] };
  const view = { view: { zoom: 0, target: { y: 0, x: 0 } }, seenBox: () => [0, 0, side, side] as const };
  const pixels = createPlanePixels(image as never, view as never, { t: count, z: 1 });
  return { pixels, asked, held, failing };
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

test("what is read ahead keeps to its share of memory", async () => {
  // A plane of 2,048² at 16 bits is 8 MiB: eight fit into 64 MiB.
  const large = fakeImage(2048, 60);
  large.pixels.prefetch({ t: 0, z: 0 }, "t", 1);
  await settle();
  expect(large.asked).toHaveLength(8);
  const small = fakeImage(64, 60);
  small.pixels.prefetch({ t: 0, z: 0 }, "t", 1);
  await settle();
  expect(small.asked).toHaveLength(12);
});

test("a later place ends what an earlier one began; a failure ahead is no one's business yet", async () => {
  const { pixels, asked, failing } = fakeImage(64, 60);
  pixels.prefetch({ t: 0, z: 0 }, "t", 1);
  pixels.prefetch({ t: 30, z: 0 }, "t", 1);
  await settle();
  expect(asked.filter((t) => t < 20)).toEqual([1]);
  expect(asked.slice(1, 4)).toEqual([31, 32, 29]);
  failing.add(51);
  pixels.prefetch({ t: 50, z: 0 }, "t", 1);
  await settle();
  await expect(pixels.load({ t: 51, z: 0 })).rejects.toThrow("no answer");
});
