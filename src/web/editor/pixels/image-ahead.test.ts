import { expect, test } from "vitest";
import { firstPlane, type PlaneAt } from "../model/planes.ts";
import { openAhead } from "./image-ahead.ts";
import type { OpenedImage } from "./open-image.ts";

function opening() {
  const asked: { plane: PlaneAt; signal: AbortSignal; image: OpenedImage }[] = [];
  const ahead = openAhead(async (plane, signal) => {
    const image = {} as OpenedImage;
    asked.push({ plane, signal, image });
    return image;
  });
  return { asked, ahead };
}

test("the first who takes the first plane gets what was begun, the next a new one", async () => {
  const { asked, ahead } = opening();
  expect(asked.map(({ plane }) => plane)).toEqual([firstPlane]);
  const first = await ahead.take(firstPlane).opened;
  const second = await ahead.take(firstPlane).opened;
  expect([first === asked[0]?.image, second === asked[1]?.image, asked.length]).toEqual([true, true, 2]);
});

test("another plane is opened anew; what nobody took is called off at the end", () => {
  const { asked, ahead } = opening();
  const taken = ahead.take({ t: 3, z: 0 });
  ahead.close();
  expect(asked.map(({ plane, signal }) => [plane.t, signal.aborted])).toEqual([
    [0, true],
    [3, false],
  ]);
  taken.close();
  expect(asked[1]?.signal.aborted).toBe(true);
});

test("a failure is heard by who takes it, and by nobody else", async () => {
  const ahead = openAhead(() => Promise.reject(new Error("no network")));
  await expect(ahead.take(firstPlane).opened).rejects.toThrow("no network");
});
