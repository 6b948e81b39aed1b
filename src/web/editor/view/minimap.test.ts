/** The map against places worked out by hand. */

import { expect, test } from "vitest";
import { minimapSize, placeOnMap, seenOnMap } from "./minimap.ts";

const image = { height: 1000, width: 2000 };

test("the map keeps the image's shape, unless that is a thread", () => {
  expect(minimapSize(image)).toEqual({ height: 66, width: 132 });
  expect(minimapSize({ height: 10, width: 4000 })).toEqual({ height: 24, width: 132 });
});

test("the box is the part on the screen", () => {
  // Two screen px per image px: 400 x 300 on the screen are 200 x 150 of the image, around (500, 1000).
  const seen = seenOnMap({ zoom: 1, target: { y: 500, x: 1000 } }, { height: 300, width: 400 }, image);
  expect(seen?.x).toBeCloseTo((900 / 2000) * 132, 9);
  expect(seen?.width).toBeCloseTo((200 / 2000) * 132, 9);
  expect(seen?.y).toBeCloseTo((425 / 1000) * 66, 9);
  expect(seen?.height).toBeCloseTo((150 / 1000) * 66, 9);
});

test("no map while all is seen; cut off at the image's border", () => {
  expect(seenOnMap({ zoom: -3, target: { y: 500, x: 1000 } }, { height: 300, width: 400 }, image)).toBeNull();
  const corner = seenOnMap({ zoom: 0, target: { y: 0, x: 0 } }, { height: 300, width: 400 }, image);
  expect(corner).toMatchObject({ x: 0, y: 0 });
  expect(corner?.width).toBeCloseTo((200 / 2000) * 132, 9);
});

test("a click on the map is a place in the image", () => {
  expect(placeOnMap({ x: 66, y: 33 }, image)).toEqual({ y: 500, x: 1000 });
  expect(placeOnMap({ x: -5, y: 999 }, image)).toEqual({ y: 1000, x: 0 });
});
