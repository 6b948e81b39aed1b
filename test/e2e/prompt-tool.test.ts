/**
 * The prompt tool on the page, with the model that ships: cells of a sample image are clicked one after the other, and what
 * comes out is compared with the labels of the sample; the browser's mask of one cell with that of the server's runtime; then
 * box, more, less, Escape, the keyboard's pointer, and a browser that cannot run it.
 *
 * The sample image belongs to a group that the model never learnt from.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shapeFromWire } from "#api/shapes.ts";
import { channelPlane, type LabelImage, type Plane } from "#core/array/index.ts";
import { drawObjectShapeInPlace } from "#core/labels/index.ts";
import { readImage, readLabels } from "#formats/index.ts";
import { createOrtNodeEngine } from "#nn/engine/ort-node.ts";
import { openPromptModel, promptCell } from "#nn/prompt/index.ts";
import { groundOf } from "../bench/prompt/judge-prompts.ts";
import { violations } from "./axe.ts";
import {
  ask,
  cellCount,
  click,
  drag,
  onScreen,
  openSampleImage,
  saved,
  storedCells,
} from "./editor-driver.ts";
import { openSite, type Site, shot } from "./harness.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const shipped = join(root, "models", "prompt-cell", "1.0.0", "model.onnx");

/** Cells that are clicked. */
const clickedCells = 12;

interface Cell {
  readonly label: number;
  readonly at: { readonly y: number; readonly x: number };
  readonly box: readonly [number, number, number, number];
  readonly areaPx: number;
}

/** Cells in the right half, where no panel lies over the image, with the pixel nearest to their middle. */
function cellsOf(labels: LabelImage): Cell[] {
  const pixels = new Map<number, { y: number; x: number }[]>();
  labels.data.forEach((label, i) => {
    if (label === 0) return;
    const list = pixels.get(label) ?? [];
    pixels.set(label, list);
    list.push({ y: Math.floor(i / labels.width), x: i % labels.width });
  });
  return [...pixels]
    .map(([label, list]) => {
      const middle = {
        y: list.reduce((sum, { y }) => sum + y, 0) / list.length,
        x: list.reduce((sum, { x }) => sum + x, 0) / list.length,
      };
      const far = ({ y, x }: { y: number; x: number }): number => Math.hypot(y - middle.y, x - middle.x);
      const [at] = [...list].sort((a, b) => far(a) - far(b));
      const [ys, xs] = [list.map(({ y }) => y), list.map(({ x }) => x)];
      const box = [Math.min(...ys), Math.min(...xs), Math.max(...ys) + 1, Math.max(...xs) + 1] as const;
      return { label, at: at as Cell["at"], box, areaPx: list.length };
    })
    .filter(({ areaPx, box: [y0, x0, y1, x1] }) => {
      const isInside = y0 > 8 && x0 > labels.width / 2 && y1 < labels.height - 8 && x1 < labels.width - 8;
      return isInside && areaPx >= 60;
    });
}

describe("pointing at cells", () => {
  let site: Site;
  let page: Page;
  let picture: Plane;
  let reference: LabelImage;

  beforeAll(async () => {
    site = await openSite();
    ({ page } = site);
    await openSampleImage(site);
    const { name } = await ask<{ name: string }>(page, `/images/${imageId()}`);
    const stem = name.replace(/\.[a-z]+$/i, "");
    const folder = join(root, "samples", "nuclei");
    const { image } = await readImage(readFileSync(join(folder, "images", `${stem}.png`)), { name });
    picture = channelPlane(image, {});
    reference = await readLabels(readFileSync(join(folder, "labels", `${stem}.tif`)), {
      name: `${stem}.tif`,
    });
  });
  afterAll(async () => {
    await site?.stop();
    expect(site.problems).toEqual([]);
  });

  const imageId = (): string => new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const panel = () => page.getByTestId("draft-panel");
  const drafted = async (): Promise<number> => Number(await panel().getAttribute("data-cells"));
  const says = () => panel().getByTestId("draft-says").textContent();

  /** The layer as the server has it: index of its object at each pixel, from 1. */
  const serverLabels = async () => {
    const objects = (await storedCells(page)) as readonly unknown[];
    const labels: LabelImage = { ...reference, data: new Int32Array(reference.data.length) };
    (objects as { shape: Parameters<typeof shapeFromWire>[0] }[]).forEach(({ shape }, i) => {
      drawObjectShapeInPlace(shapeFromWire(shape), labels, i + 1);
    });
    return labels;
  };

  const iouAt = (labels: LabelImage, { at, label, areaPx }: Cell): number => {
    const own = labels.data[at.y * labels.width + at.x] as number;
    if (own === 0) return 0;
    let [both, found] = [0, 0];
    labels.data.forEach((value, i) => {
      if (value !== own) return;
      found++;
      if (reference.data[i] === label) both++;
    });
    return both / (found + areaPx - both);
  };

  const startEmpty = async (): Promise<void> => {
    while ((await cellCount(page)) > 0) {
      await page.keyboard.press("z");
      await page.getByLabel(/^Smaller than/).fill("1000000");
      await panel()
        .getByRole("button", { name: /^Delete/ })
        .click();
    }
    await saved(page);
  };

  test("clicking cell after cell draws them; browser and server agree", async () => {
    await startEmpty();
    const cells = cellsOf(reference);
    const some = cells.slice(0, clickedCells);
    expect(some.length).toBeGreaterThanOrEqual(4);
    await page.keyboard.press("Shift+P");
    await panel().waitFor();
    for (const { at } of some) {
      // The middle of the pixel, so that both sides mean the same one.
      await click(page, { y: at.y + 0.5, x: at.x + 0.5 });
      await expect.poll(says, { timeout: 30_000 }).not.toMatch(/Looking/);
    }
    await shot(page, "editor-prompt");
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await expect.poll(() => cellCount(page)).toBeGreaterThan(some.length * 0.8);
    await saved(page);
    const labels = await serverLabels();
    const ious = some.map((cell) => iouAt(labels, cell));
    const mean = ious.reduce((sum, iou) => sum + iou, 0) / ious.length;
    console.log(`mean IoU of ${ious.length} clicked cells: ${mean.toFixed(3)}`);
    expect(mean).toBeGreaterThan(0.6);

    // The first cell was found on an empty layer, with the tool's own first guess of the size: the server's runtime does the same.
    const [first] = some as [Cell];
    const engine = await createOrtNodeEngine({ threads: 1 });
    const model = await openPromptModel(engine, new Uint8Array(readFileSync(shipped)));
    const ground = groundOf({ outline: picture, nuclear: null, labels: reference }, model);
    const prompt = { inside: [first.at], outside: [], box: null };
    const { cell } = await promptCell(ground, prompt, 28);
    await model.release();
    if (cell === null) throw new Error("the server finds no cell");
    const own = labels.data[first.at.y * labels.width + first.at.x] as number;
    let [both, either] = [0, 0];
    labels.data.forEach((value, i) => {
      const [y, x] = [Math.floor(i / labels.width) - cell.box[0], (i % labels.width) - cell.box[1]];
      const isIn = y >= 0 && x >= 0 && y < cell.mask.height && x < cell.mask.width;
      const onServer = isIn && cell.mask.data[y * cell.mask.width + x] === 1;
      if (value === own && onServer) both++;
      if (value === own || onServer) either++;
    });
    // Rounding in other orders may turn a pixel at the very threshold.
    expect(both / either).toBeGreaterThan(0.98);
  });

  test("box, more, less, Escape and the keyboard's pointer", async () => {
    await startEmpty();
    const cells = cellsOf(reference);
    const [one, other] = [cells.at(-1), cells.at(-2)] as [Cell, Cell];
    await page.getByTestId("tool-prompt").click();
    const [y0, x0, y1, x1] = one.box;
    await drag(page, [
      { y: y0 - 1, x: x0 - 1 },
      { y: y1, x: x1 },
    ]);
    await expect.poll(drafted, { timeout: 30_000 }).toBe(1);
    // The preview is drawn with the next frame.
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    await shot(page, "editor-prompt-box");
    const at = await onScreen(page, { y: y1 + 2, x: x1 + 2 });
    await page.keyboard.down("Alt");
    await page.mouse.click(at.x, at.y);
    await page.keyboard.up("Alt");
    await expect.poll(says, { timeout: 30_000 }).not.toMatch(/Looking/);
    expect(await page.getByTestId("draft-point").count()).toBe(1);
    await page.keyboard.press("Escape");
    await expect.poll(drafted).toBe(0);
    expect(await cellCount(page)).toBe(0);

    // The arrows point, Space clicks: the mouse only gives the place to start from.
    await page.keyboard.press("ArrowRight");
    const pointer = () => page.getByTestId("arrow-pointer").boundingBox();
    const target = await onScreen(page, { y: other.at.y, x: other.at.x });
    for (let i = 0; i < 400; i++) {
      const box = await pointer();
      if (box === null) throw new Error("no pointer");
      const [dx, dy] = [target.x - (box.x + box.width / 2), target.y - (box.y + box.height / 2)];
      if (Math.max(Math.abs(dx), Math.abs(dy)) < 9) break;
      if (Math.abs(dx) >= Math.abs(dy)) await page.keyboard.press(dx > 0 ? "ArrowRight" : "ArrowLeft");
      else await page.keyboard.press(dy > 0 ? "ArrowDown" : "ArrowUp");
    }
    await page.keyboard.press("Space");
    await expect.poll(drafted, { timeout: 30_000 }).toBe(1);
    await page.keyboard.press("Enter");
    await expect.poll(() => cellCount(page)).toBe(1);
  });
});
