/**
 * A newcomer opens the link and corrects a cell, doing what the page tells: every step is counted and timed by the keystroke-level
 * model (Card, Moran and Newell 1980), reading included. The tour follows, can be left and taken up again, and stands in
 * nobody's way. Then a pen and a hand on the same image.
 */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LayerObjects } from "#api/index.ts";
import { shapeFromWire } from "#api/shapes.ts";
import { shapeContains } from "#core/labels/index.ts";
import { ask, boxArea, editorReady, onScreen, saved, storedCells, type WireObject } from "./editor-driver.ts";
import { openSite, type Site, shot } from "./harness.ts";

/** Seconds of the keystroke-level model: a key, pointing, a button, hand between mouse and keys, making up one's mind. */
const [keySeconds, pointSeconds, clickSeconds, handSeconds, thinkSeconds] = [0.28, 1.1, 0.2, 0.4, 1.35];
/** Silent reading of English non-fiction, words a second: 238 a minute (Brysbaert 2019). */
const wordsPerSecond = 238 / 60;

class Newcomer {
  readonly page: Page;
  steps = 0;
  seconds = 0;

  constructor(page: Page) {
    this.page = page;
  }

  #act(seconds: number): void {
    this.steps++;
    this.seconds += seconds;
  }

  read(text: string): void {
    this.seconds += text.split(/\s+/).length / wordsPerSecond;
  }

  async key(name: string): Promise<void> {
    this.#act(thinkSeconds + handSeconds + keySeconds);
    await this.page.keyboard.press(name);
  }

  async click(target: ReturnType<Page["locator"]>): Promise<void> {
    this.#act(thinkSeconds + handSeconds + pointSeconds + clickSeconds);
    await target.click({ timeout: 120_000 });
  }

  /** A short drag counts as pointing twice. */
  async paint(from: { y: number; x: number }, to: { y: number; x: number }): Promise<void> {
    this.#act(thinkSeconds + handSeconds + 2 * pointSeconds + clickSeconds);
    const [a, b] = [await onScreen(this.page, from), await onScreen(this.page, to)];
    await this.page.mouse.move(a.x, a.y);
    await this.page.mouse.down();
    await this.page.mouse.move(b.x, b.y, { steps: 10 });
    await this.page.mouse.up();
  }
}

describe("the first visit", () => {
  let site: Site;
  let page: Page;
  let begun = 0;

  beforeAll(async () => {
    site = await openSite();
    ({ page } = site);
    begun = performance.now();
    await page.goto(site.signInUrl);
  });
  afterAll(async () => {
    await site?.stop();
    expect(site?.problems).toEqual([]);
  });

  const tour = () => page.getByTestId("tour");
  const step = () => tour().getAttribute("data-step");
  const soon = { timeout: 30_000 };
  /** Newest edit that the server has. */
  const sequence = async (): Promise<number> =>
    Number(await page.getByTestId("editor").getAttribute("data-seq"));

  /** The view flies to its place; who clicks waits for it. */
  async function atRest(): Promise<void> {
    const view = () => page.getByTestId("editor").getAttribute("data-view");
    for (let before: string | null = null; ; ) {
      const now = await view();
      if (now === before) return;
      before = now;
      await page.waitForTimeout(400);
    }
  }

  /** A cell well inside the image, and a place right beside it. */
  async function cellInside(): Promise<{
    middle: { y: number; x: number };
    beside: { y: number; x: number };
  }> {
    const inside = [...(await storedCells(page))]
      .sort((a, b) => boxArea(b) - boxArea(a))
      .find(({ shape: { bbox } }) => bbox[0] > 20 && bbox[1] > 20) as WireObject;
    const [y0, x0, y1, x1] = inside.shape.bbox;
    const middle = { y: (y0 + y1) / 2, x: (x0 + x1) / 2 };
    return { middle, beside: { y: middle.y, x: x1 + 1 } };
  }

  test("a cell is corrected within two minutes of opening the link", async () => {
    const newcomer = new Newcomer(page);
    const project = page.getByRole("link", { name: /sample/i }).first();
    await project.waitFor({ timeout: 120_000 });
    newcomer.read((await page.getByRole("main").textContent()) ?? "");
    await newcomer.click(project);
    const image = page.locator('a[href*="/i/"]').first();
    await image.waitFor({ timeout: 120_000 });
    newcomer.read("Images of the project, with names and how many cells each has");
    await newcomer.click(image);
    await editorReady(page);
    const readStep = async (id: string): Promise<void> => {
      await expect.poll(step, soon).toBe(id);
      newcomer.read((await tour().textContent()) ?? "");
    };
    await readStep("cells");
    if ((await page.getByTestId("editor").getAttribute("data-cell-count")) === "0")
      await newcomer.key("Enter");
    else await newcomer.click(page.getByTestId("tour-next"));
    await readStep("doubt");
    await newcomer.key(" ");
    await readStep("judge");
    await newcomer.key(" ");
    await readStep("correct");
    const before = await saved(page);
    const { middle, beside } = await cellInside();
    await newcomer.key("0");
    await atRest();
    const at = await onScreen(page, middle);
    newcomer.steps++;
    newcomer.seconds += thinkSeconds + pointSeconds + clickSeconds;
    await page.mouse.click(at.x, at.y);
    await newcomer.key("b");
    await newcomer.paint(middle, beside);
    await expect.poll(sequence, soon).toBeGreaterThan(before);
    await expect.poll(step, soon).toBe("undo");
    const wall = (performance.now() - begun) / 1000;
    console.info(
      `newcomer: ${newcomer.steps} steps, ${newcomer.seconds.toFixed(0)} s of a person by the model; ${wall.toFixed(0)} s on this machine with no pause`,
    );
    expect(newcomer.steps).toBeLessThanOrEqual(10);
    expect(newcomer.seconds).toBeLessThan(90);
    await shot(page, "first-corrected");
  });

  test("undone, the tour goes on; closed, it stays closed over a reload; its key brings it back there", async () => {
    await page.keyboard.press("Control+z");
    await expect.poll(step, soon).toBe("accept");
    await saved(page);
    await page.getByRole("button", { name: "Close the tour" }).click();
    await page.reload();
    await editorReady(page);
    await expect.poll(() => tour().count(), soon).toBe(0);
    await page.getByTestId("surface").focus();
    await page.keyboard.press("Shift+h");
    expect(await step()).toBe("accept");
    expect(await page.getByRole("status").filter({ hasText: "Tour, step 6 of 7" }).count()).toBe(1);
  });

  test("the tour is reached by Tab, and everything works while it is open", async () => {
    await page.getByTestId("tab-layers").focus();
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press("Tab");
      if (await tour().evaluate((element) => element.contains(document.activeElement))) break;
    }
    expect(await tour().evaluate((element) => element.contains(document.activeElement))).toBe(true);
    await page.getByTestId("tool-brush").click();
    expect(await page.getByTestId("tool-brush").getAttribute("aria-pressed")).toBe("true");
    await page.getByTestId("tour-next").click();
    await page.getByTestId("tour-next").click();
    await expect.poll(() => tour().count(), soon).toBe(0);
  });

  /** Pointer events as a tablet sends them. */
  const touch = (
    events: readonly (readonly [
      type: string,
      kind: string,
      id: number,
      x: number,
      y: number,
      more?: object,
    ])[],
  ) =>
    page.getByTestId("surface").evaluate((surface, list) => {
      const box = surface.getBoundingClientRect();
      for (const [type, pointerType, pointerId, x, y, more] of list) {
        const at = { clientX: box.left + x, clientY: box.top + y };
        const held = { buttons: 1, isPrimary: true, pressure: 0.5, bubbles: true, cancelable: true };
        surface.dispatchEvent(new PointerEvent(type, { ...held, ...at, pointerType, pointerId, ...more }));
      }
    }, events);
  const view = () => page.getByTestId("editor").getAttribute("data-view");
  const count = async () => Number(await page.getByTestId("editor").getAttribute("data-cell-count"));

  /** The image of the project with fewest cells, and in it the middle of a place where there are none. */
  async function openSparse(): Promise<{ y: number; x: number }> {
    const projectPath = new URL(page.url()).pathname.replace(/\/i\/.*/, "");
    const { items } = await ask<{
      items: { id: string; cellCount: number; height: number; width: number }[];
    }>(page, `/projects/${projectPath.split("/").at(-1)}/images`);
    const [sparse] = items.filter(({ cellCount }) => cellCount > 0).sort((a, b) => a.cellCount - b.cellCount);
    if (sparse === undefined) throw new Error("the sample project has no cells");
    await page.goto(`${site.origin}${projectPath}/i/${sparse.id}`);
    await editorReady(page);
    const boxes = (await storedCells(page)).map(({ shape }) => shape.bbox);
    const isFree = (y: number, x: number): boolean =>
      boxes.every(([y0, x0, y1, x1]) => y + 40 < y0 || y - 40 > y1 || x + 40 < x0 || x - 40 > x1);
    for (let y = 50; y < sparse.height - 50; y += 10)
      for (let x = 50; x < sparse.width - 50; x += 10) if (isFree(y, x)) return { y, x };
    throw new Error("the image is full of cells");
  }

  test("a pen draws a cell as wide as it is pressed, the palm beside it does nothing, its other end erases", async () => {
    const free = await openSparse();
    await page.getByTestId("surface").focus();
    await page.keyboard.press("0");
    await atRest();
    const box = await page.getByTestId("surface").boundingBox();
    const { x, y } = await onScreen(page, free);
    const [left, top] = [x - (box?.x ?? 0) - 30, y - (box?.y ?? 0)];
    await page.getByTestId("tool-new-cell").click();
    const cells = await count();
    const known = new Set((await storedCells(page)).map(({ uid }) => uid));
    const seq = await saved(page);
    const before = await view();
    const soft = { pressure: 0.1 };
    const hard = { pressure: 0.9 };
    await touch([
      ["pointerdown", "pen", 7, left, top, soft],
      ["pointerdown", "touch", 8, 200, 300],
      ["pointermove", "touch", 8, 260, 340],
      ["pointermove", "pen", 7, left + 30, top, soft],
      ["pointermove", "pen", 7, left + 60, top, hard],
      ["pointerup", "pen", 7, left + 60, top, soft],
      ["pointerup", "touch", 8, 260, 340],
    ]);
    await expect.poll(sequence, soon).toBe(seq + 1);
    await expect.poll(count, soon).toBe(cells + 1);
    expect(await view()).toBe(before);
    const drawn = (await storedCells(page)).find(({ uid }) => !known.has(uid));
    if (drawn === undefined) throw new Error("the server has no new cell");
    const shape = shapeFromWire((drawn as unknown as LayerObjects["objects"][number]).shape);
    const [y0, x0, y1, x1] = shape.bbox;
    const thickness = (column: number): number =>
      Array.from({ length: y1 - y0 }, (_, i) => y0 + i).filter((row) => shapeContains(shape, row, column))
        .length;
    const third = Math.round((x1 - x0) / 3);
    expect(thickness(x1 - third)).toBeGreaterThan(thickness(x0 + third));
    const eraser = { button: 5, buttons: 32, pressure: 1 };
    await touch([
      ["pointerdown", "pen", 7, left - 10, top, eraser],
      ["pointermove", "pen", 7, left + 70, top, eraser],
      ["pointerup", "pen", 7, left + 70, top, eraser],
    ]);
    await expect.poll(sequence, soon).toBe(seq + 2);
    await expect.poll(count, soon).toBe(cells);
  });

  test("long after the pen one finger moves the view and draws nothing; two zoom", async () => {
    await page.waitForTimeout(800);
    const seq = await saved(page);
    const zoomOf = async (): Promise<number> => JSON.parse((await view()) ?? "{}").zoom;
    const [before, zoom] = [await view(), await zoomOf()];
    await touch([
      ["pointerdown", "touch", 1, 100, 100],
      ["pointermove", "touch", 1, 140, 160],
      ["pointerup", "touch", 1, 140, 160],
    ]);
    expect(await view()).not.toBe(before);
    expect(await zoomOf()).toBe(zoom);
    await touch([
      ["pointerdown", "touch", 1, 200, 200],
      ["pointerdown", "touch", 2, 300, 200, { isPrimary: false }],
      ["pointermove", "touch", 2, 400, 200, { isPrimary: false }],
      ["pointerup", "touch", 1, 200, 200],
      ["pointerup", "touch", 2, 400, 200, { isPrimary: false }],
    ]);
    expect(await zoomOf()).toBeCloseTo(zoom + 1, 1);
    await expect.poll(sequence, soon).toBe(seq);
  });
});
