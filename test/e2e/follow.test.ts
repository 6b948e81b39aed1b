/**
 * Cells followed into the next frames by the shipped model, on the page: what it finds is seen first, frame by frame, then
 * taken as one edit with its links, taken back and done again; what others drew in those frames stays.
 */

import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import type { LayerObjects, WireObject } from "#api/index.ts";
import { shapeFromWire } from "#api/shapes.ts";
import { imageArray } from "#core/array/index.ts";
import { type ObjectShape, objectShapesFromLabels, shapeArea, shapeContains } from "#core/labels/index.ts";
import { type Agent, insertImage, type Store } from "#store/index.ts";
import { violations } from "./axe.ts";
import { ask, cellCount, click, editorReady, saved } from "./editor-driver.ts";
import { shot } from "./harness.ts";
import { late, projectWithModels, scene, sceneHeight, sceneWidth } from "./shipped-scene.ts";
import { siteOfTests } from "./site-of-tests.ts";

const [height, width, frames] = [sceneHeight, sceneWidth, 4];
/** All moves down by this from frame to frame, pixels. */
const step = 2;
const shapes = [...objectShapesFromLabels(scene.labels).values()];

interface Filled {
  readonly path: string;
  readonly layerId: string;
}

/** A movie labelled in its first frame only. */
async function fill(store: Store, owner: Agent): Promise<Filled> {
  const projectId = await projectWithModels(store, owner, "Following");
  const data = new Uint16Array(frames * height * width);
  for (let t = 0; t < frames; t++)
    for (let y = 0; y < height; y++) {
      const from = Math.max(0, y - step * t) * width;
      data.set(scene.image.data.subarray(from, from + width), (t * height + y) * width);
    }
  const inserted = await insertImage(store, owner, {
    ...{ projectId, name: "movie", group: "movie" },
    image: imageArray("uint16", "tyx", [frames, height, width], data),
    layers: [{ compartment: "nuclear", objects: shapes.map((shape) => ({ shape })) }],
    source: { title: "made", licence: "CC0-1.0" },
  });
  if (inserted.state !== "inserted" || inserted.layerId === null) throw new Error("not inserted");
  return { path: `/p/${projectId}/i/${inserted.imageId}`, layerId: inserted.layerId };
}

describe("cells followed by the model", () => {
  const site = siteOfTests(fill);
  let page: Page;
  beforeAll(async () => {
    ({ page } = site());
    await page.goto(site().origin + site().filled.path);
    await editorReady(page);
  }, late.timeout);

  const stored = async (): Promise<WireObject[]> =>
    (await ask<LayerObjects>(page, `/layers/${site().filled.layerId}/objects`)).objects;
  const part = (name: string): Promise<string | null> =>
    page.getByTestId("part-panel").getAttribute(`data-${name}`);
  const frame = (): Promise<string | null> => page.getByTestId("editor").getAttribute("data-frame");
  const goTo = async (number: number): Promise<void> => {
    await page.getByTestId("slider-t").fill(String(number));
    await expect.poll(frame, late).toBe(String(number));
  };

  /** A cell that stays inside while it moves. */
  const inner = shapes.find(
    ({ bbox: [y0, x0, y1, x1] }) => y0 > 10 && x0 > 10 && y1 < height - 20 && x1 < width - 10,
  ) as ObjectShape;

  test("the model finds the cell in the next frames, shown before anything is changed", async () => {
    const [y0, x0, y1, x1] = inner.bbox;
    await click(page, { y: (y0 + y1) / 2, x: (x0 + x1) / 2 });
    await page.keyboard.press("Shift+N");
    await page.getByLabel("How many frames").fill("2");
    await page.getByTestId("part-panel").getByRole("button", { name: /^Ask/ }).click();
    await expect.poll(() => part("made"), late).toBe("2");
    await expect.poll(frame, late).toBe("2");
    await shot(page, "follow-draft");
    expect(await violations(page)).toEqual([]);
    expect(await stored()).toHaveLength(shapes.length);
  });

  test("taken, it is two linked cells where the cell has moved to; one undo takes both away, one redo brings them", async () => {
    await page
      .getByTestId("part-panel")
      .getByRole("button", { name: /^Take it/ })
      .click();
    await expect.poll(() => cellCount(page), late).toBe(1);
    await saved(page);
    const objects = await stored();
    const found = objects.filter(({ shape }) => shape.t > 0).sort((a, b) => a.shape.t - b.shape.t);
    expect(found.map(({ shape }) => shape.t)).toEqual([1, 2]);
    expect(found.map(({ origin }) => origin?.kind)).toEqual(["link", "link"]);
    expect(found[1]?.origin?.uid).toBe(found[0]?.uid);
    for (const { shape } of found) expect(overlap(shapeFromWire(shape), step * shape.t)).toBeGreaterThan(0.6);

    await page.getByTestId("surface").focus();
    await page.keyboard.press("Control+z");
    await expect.poll(async () => (await stored()).length, late).toBe(shapes.length);
    await saved(page);
    await page.keyboard.press("Control+Shift+Z");
    await expect.poll(async () => (await stored()).length, late).toBe(shapes.length + 2);
    await saved(page);
  });

  test("a track that goes on already is not followed a second time into the same frames", async () => {
    await goTo(1);
    const before = await stored();
    const [y0, x0, y1, x1] = inner.bbox;
    await page.keyboard.press("Escape");
    await page.keyboard.press("v");
    await click(page, { y: (y0 + y1) / 2, x: (x0 + x1) / 2 });
    await page.keyboard.press("Shift+N");
    await page.getByLabel("How many frames").fill("2");
    await page.getByTestId("part-panel").getByRole("button", { name: /^Ask/ }).click();
    await expect.poll(() => part("asking"), late).toBe("false");
    await expect.poll(() => page.getByTestId("part-says").textContent(), late).not.toMatch(/^Finds/);
    expect(await part("made")).toBe("0");
    await page.keyboard.press("Escape");
    expect((await stored()).map(({ digest }) => digest).sort()).toEqual(
      before.map(({ digest }) => digest).sort(),
    );
  });

  /** Intersection over union with the cell moved down. */
  function overlap(shape: ObjectShape, down: number): number {
    let both = 0;
    const [y0, x0, y1, x1] = shape.bbox;
    for (let y = y0; y < y1; y++)
      for (let x = x0; x < x1; x++)
        if (shapeContains(shape, y, x) && shapeContains(inner, y - down, x)) both++;
    return both / (shapeArea(shape) + shapeArea(inner) - both);
  }
});
