/**
 * Time and depth on the page: a simulated movie and a plain stack, imported by command, opened in Chromium. Frames are gone
 * through by slider, keys and playing; pixels are those of the files; a cell drawn in one frame is copied to the next,
 * filled in between key frames, taken back, and is there after a reload; no other frame ever changes.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ImageDetail, LayerObjects, WireObject } from "#api/index.ts";
import { shapeFromWire } from "#api/shapes.ts";
import { shapeContains } from "#core/labels/index.ts";
import { readImage } from "#formats/index.ts";
import { violations } from "./axe.ts";
import { ask, cellCount, click, drag, editorReady, onScreen, type Point, saved } from "./editor-driver.ts";
import { openCommandSite, shot } from "./harness.ts";
import { plainStack } from "./plain-stack.ts";

const frames = 6;
const side = 160;
const slices = 5;
/** Also on a machine that does other things. */
const soon = { timeout: 20_000 };
/** Pixel (y, x) of slice z, so that each says where it is. */
const stackValue = (z: number, y: number, x: number): number => 1000 * z + y + x;

describe("time and depth in the editor", () => {
  let site: Awaited<ReturnType<typeof openCommandSite>>;
  let page: Page;

  beforeAll(async () => {
    const made = ["--frames", String(frames), "--size", String(side), "--cells", "7", "--seed", "5"];
    site = await openCommandSite((home, files) => {
      const [movie, stack] = [join(files, "movie"), join(files, "stack")];
      mkdirSync(stack);
      writeFileSync(join(stack, "stack.tif"), plainStack(slices, 96, 96, stackValue));
      return [
        ["simulate", "movie", movie, ...made, "--look", "nuclear", "--closed"],
        ["import", movie, "--home", home, "--project", "Movies"],
        ["import", stack, "--home", home, "--project", "Movies", "--axes", "zyx", "--mpp", "0.5"],
      ];
    });
    ({ page } = site);
    // Four commands, each a process that opens the data folder.
  }, 600_000);
  afterAll(async () => {
    await site?.stop();
    expect(site?.problems).toEqual([]);
  });

  const api = <T>(path: string): Promise<T> => ask(page, path);

  async function openNamed(name: RegExp): Promise<ImageDetail> {
    const { projects } = await api<{ projects: { id: string; name: string }[] }>("/projects");
    const project = projects.find((one) => one.name === "Movies");
    const { items: images } = await api<{ items: { id: string; name: string }[] }>(
      `/projects/${project?.id}/images`,
    );
    const found = images.find((one) => name.test(one.name));
    if (found === undefined) throw new Error(`no image like ${name}: ${images.map((one) => one.name)}`);
    await page.goto(`${site.origin}/p/${project?.id}/i/${found.id}`);
    await editorReady(page);
    return api<ImageDetail>(`/images/${found.id}`);
  }

  const objects = async (image: ImageDetail): Promise<WireObject[]> => {
    const { layers } = await api<ImageDetail>(`/images/${image.id}`);
    return (await api<LayerObjects>(`/layers/${layers[0]?.id}/objects`)).objects;
  };
  /** Every cell with its exact shape, but those of some planes. */
  const without = (all: readonly WireObject[], ...planes: readonly number[]): string[] =>
    all
      .filter(({ shape }) => !planes.includes(shape.t + shape.z))
      .map(({ uid, digest }) => `${uid} ${digest}`)
      .sort();

  const at = async (axis: "frame" | "slice"): Promise<number> =>
    Number(await page.getByTestId("editor").getAttribute(`data-${axis}`));
  const goTo = async (axis: "frame" | "slice", number: number): Promise<void> => {
    await page.getByTestId(axis === "frame" ? "slider-t" : "slider-z").fill(String(number));
    await expect.poll(() => at(axis), soon).toBe(number);
  };
  /** The number that the page reads under the pointer. */
  const valueAt = async (point: Point): Promise<string | null> => {
    // The middle of the pixel.
    const { x, y } = await onScreen(page, { y: point.y + 0.5, x: point.x + 0.5 });
    await page.mouse.move(x, y);
    return page.getByTestId("read-out").locator("span").nth(2).textContent();
  };
  const surfaceBox = () => page.getByTestId("surface").boundingBox();

  test("a movie: every frame shows its own pixels and cells, by slider, keys and playing", async () => {
    const image = await openNamed(/01$/);
    expect(image.axes).toBe("tyx");
    const box = await surfaceBox();
    const all = await objects(image);
    const count = (t: number): number => all.filter(({ shape }) => shape.t === t).length;
    expect(new Set(all.map(({ shape }) => shape.t)).size).toBe(frames);
    const point = { y: side / 2, x: side / 2 };
    await shot(page, "planes-frame-1");
    for (const number of [1, frames, 3]) {
      await goTo("frame", number);
      expect(await cellCount(page)).toBe(count(number - 1));
      const file = join(
        site.files,
        "movie",
        "Fluo-N2DL-SIM",
        "01",
        `t${String(number - 1).padStart(3, "0")}.tif`,
      );
      const { image: pixels } = await readImage(new Uint8Array(readFileSync(file)), { name: file });
      const value = pixels.data[point.y * side + point.x];
      await expect.poll(() => valueAt(point), soon).toBe(String(value));
    }
    await page.keyboard.press("Shift+ArrowRight");
    await expect.poll(() => at("frame"), soon).toBe(4);
    await page.keyboard.press("Shift+ArrowLeft");
    await page.keyboard.press("Shift+ArrowLeft");
    await expect.poll(() => at("frame"), soon).toBe(2);
    await expect.poll(() => new URL(page.url()).searchParams.get("frame"), soon).toBe("2");
    expect(await page.getByTestId("axis-z").count()).toBe(0);

    await page.getByTestId("play-rate").selectOption("30");
    await page.keyboard.press("Shift+Space");
    // From the second frame around the end to the first.
    await expect.poll(() => at("frame"), { interval: 10, timeout: 20_000 }).toBe(1);
    await page.getByTestId("play-t").click();
    const stopped = await at("frame");
    await page.waitForTimeout(300);
    expect(await at("frame")).toBe(stopped);
    expect(await surfaceBox()).toEqual(box);
    await page.getByTestId("tab-cells").click();
    expect(await page.getByTestId("cell-row").count()).toBe(count(stopped - 1));
    expect(await violations(page)).toEqual([]);
    await shot(page, "planes-cells");
  });

  test("a cell is drawn in frame 3, copied to frame 4, taken back from elsewhere, and is there after a reload", async () => {
    const image = await openNamed(/01$/);
    const start = await objects(image);
    const free = freePlace(start);
    await goTo("frame", 3);
    const before = await cellCount(page);
    await page.keyboard.press("n");
    await drag(page, [
      { y: free.y, x: free.x - 3 },
      { y: free.y, x: free.x + 3 },
    ]);
    await expect.poll(() => cellCount(page), soon).toBe(before + 1);
    await saved(page);
    const drawn = (await objects(image)).filter(({ uid }) => !start.some((one) => one.uid === uid));
    expect(drawn.map(({ shape }) => shape.t)).toEqual([2]);
    expect(without(await objects(image), 2)).toEqual(without(start, 2));

    await page.keyboard.press("Shift+C");
    await page.getByTestId("draft-panel").waitFor();
    await expect.poll(() => at("frame"), soon).toBe(4);
    await expect.poll(() => page.getByTestId("draft-panel").getAttribute("data-cells"), soon).toBe("1");
    await page.getByTestId("tab-cells").click();
    expect(await violations(page)).toEqual([]);
    await shot(page, "planes-copy-draft");
    expect(await objects(image)).toHaveLength(start.length + 1);
    await page.keyboard.press("Enter");
    await saved(page);
    const copies = (await objects(image)).filter(
      ({ shape, origin }) => shape.t === 3 && origin?.uid === drawn[0]?.uid,
    );
    expect(copies).toHaveLength(1);
    expect(copies[0]?.shape.bbox).toEqual(drawn[0]?.shape.bbox);
    expect(without(await objects(image), 2, 3)).toEqual(without(start, 2, 3));

    await goTo("frame", 1);
    await page.keyboard.press("Control+z");
    await expect.poll(() => at("frame"), soon).toBe(4);
    await saved(page);
    expect(await objects(image)).toHaveLength(start.length + 1);
    await page.keyboard.press("Control+Shift+Z");
    await saved(page);
    expect(await objects(image)).toHaveLength(start.length + 2);
    await expect.poll(() => new URL(page.url()).searchParams.get("frame"), soon).toBe("4");

    await page.reload();
    await editorReady(page);
    await expect.poll(() => at("frame"), soon).toBe(4);
    expect(await cellCount(page)).toBe(start.filter(({ shape }) => shape.t === 3).length + 1);
    await page.waitForTimeout(200);
    await shot(page, "planes-after-reload");
    // Undo goes on after the reload, through both edits.
    for (const left of [1, 0]) {
      await page.keyboard.press("Control+z");
      await saved(page);
      expect(await objects(image)).toHaveLength(start.length + left);
    }
    expect(without(await objects(image))).toEqual(without(start));
  });

  test("frames between two key frames are looked at, then filled", async () => {
    const image = await openNamed(/01$/);
    const start = await objects(image);
    const free = freePlace(start);
    for (const number of [5, 2]) {
      await goTo("frame", number);
      await page.keyboard.press("Escape");
      await page.keyboard.press("n");
      await drag(page, [free, { y: free.y + (number === 2 ? 2 : 0), x: free.x }]);
    }
    await saved(page);
    expect(await objects(image)).toHaveLength(start.length + 2);
    await page.getByTestId("tool-carry").click();
    await page.getByRole("radio", { name: "Between key frames" }).check();
    await goTo("frame", 5);
    await click(page, free);
    await expect.poll(() => page.getByTestId("draft-panel").getAttribute("data-cells"), soon).toBe("2");
    await goTo("frame", 4);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.getByTestId("tab-cells").click();
    expect(await violations(page)).toEqual([]);
    await shot(page, "planes-between-dark");
    await page.emulateMedia({ colorScheme: "light" });
    await page.getByRole("button", { name: /^Apply/ }).click();
    await saved(page);
    const now = await objects(image);
    const born = now.filter(({ uid }) => !start.some((one) => one.uid === uid));
    expect(born.map(({ shape }) => shape.t).sort()).toEqual([1, 2, 3, 4]);
    const track = born.sort((a, b) => a.shape.t - b.shape.t);
    expect(track.map(({ origin }) => origin?.uid)).toEqual([
      undefined,
      ...track.slice(0, 3).map(({ uid }) => uid),
    ]);
    expect(now.filter(({ uid }) => start.some((one) => one.uid === uid)).map(({ digest }) => digest)).toEqual(
      start.map(({ digest }) => digest),
    );
    for (let k = 0; k < 3; k++) await page.keyboard.press("Control+z");
    await saved(page);
    expect(without(await objects(image))).toEqual(without(start));
  });

  test("a stack: slices have their own pixels and cells", async () => {
    const image = await openNamed(/stack/);
    expect(image.axes).toBe("zyx");
    expect(await page.getByTestId("axis-t").count()).toBe(0);
    await page.getByTestId("surface").focus();
    await page.keyboard.press("Shift+ArrowUp");
    await expect.poll(() => at("slice"), soon).toBe(2);
    await expect.poll(() => valueAt({ y: 40, x: 30 }), soon).toBe(String(stackValue(1, 40, 30)));
    await page.keyboard.press("n");
    await drag(page, [
      { y: 40, x: 40 },
      { y: 40, x: 52 },
    ]);
    await expect.poll(() => cellCount(page), soon).toBe(1);
    await page.keyboard.press("Shift+C");
    await expect.poll(() => at("slice"), soon).toBe(3);
    await page.getByLabel("How many slices").fill("2");
    await expect.poll(() => page.getByTestId("draft-panel").getAttribute("data-cells"), soon).toBe("2");
    await shot(page, "planes-stack");
    await page.getByRole("button", { name: /^Apply/ }).click();
    await saved(page);
    const made = await objects(image);
    expect(made.map(({ shape }) => [shape.t, shape.z]).sort()).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
    ]);
    expect(made.every(({ origin }) => origin === undefined)).toBe(true);
    await goTo("slice", 5);
    await expect.poll(() => cellCount(page), soon).toBe(0);
    // The address follows when the view has come to rest.
    await expect.poll(() => new URL(page.url()).searchParams.get("slice"), soon).toBe("5");
    await page.reload();
    await editorReady(page);
    await expect.poll(() => at("slice"), soon).toBe(5);
  });
});

/** Middle of the largest place that no cell covers in any frame, away from panels at the left. */
function freePlace(all: readonly WireObject[]): Point {
  const shapes = all.map(({ shape }) => shapeFromWire(shape));
  const clear = (y: number, x: number, reach: number): boolean =>
    shapes.every((shape) => {
      for (let dy = -reach; dy <= reach; dy += 2)
        for (let dx = -reach; dx <= reach; dx += 2) if (shapeContains(shape, y + dy, x + dx)) return false;
      return true;
    });
  for (const reach of [20, 16, 14, 12]) {
    for (let y = reach; y < side / 2; y += 4) {
      for (let x = side - reach; x > side / 3; x -= 4) if (clear(y, x, reach)) return { y, x };
    }
  }
  throw new Error("no place is free in all frames");
}
