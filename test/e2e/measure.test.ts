/**
 * Measurements on the page: the table of the sample image equals what `core/measure` makes of the file and the layer;
 * sorting, going to a cell, gates by lasso, by range and by numbers, colours by a feature, CSV and Parquet.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ImageDetail, LayerObjects } from "#api/index.ts";
import { shapeFromWire } from "#api/shapes.ts";
import { channelPlane } from "#core/array/index.ts";
import {
  columnNamed,
  defaultNeighbourDistancePx,
  defaultNeighbourDistanceUm,
  type MeasureTable,
  measureCells,
} from "#core/measure/index.ts";
import { readImage } from "#formats/index.ts";
import { violations } from "./axe.ts";
import { ask, boxArea, cellCount, click, drag, openSampleImage, saved } from "./editor-driver.ts";
import { openSite, type Site, shot } from "./harness.ts";

/** Patience for a machine that does other things. */
const soon: typeof expect.poll = (work, options) => expect.poll(work, { timeout: 15_000, ...options });

const samples = join(import.meta.dirname, "../../samples/nuclei/images");

describe("measurements", () => {
  let site: Site;
  let page: Page;

  beforeAll(async () => {
    site = await openSite();
    ({ page } = site);
    await openSampleImage(site);
    if ((await cellCount(page)) === 0) {
      await page.getByTestId("primary").click();
      await vi.waitUntil(async () => (await cellCount(page)) > 5, { timeout: 120_000, interval: 200 });
      await saved(page);
    }
  });
  afterAll(async () => {
    await site?.stop();
    expect(site.problems).toEqual([]);
  });

  const api = <T>(path: string): Promise<T> => ask(page, path);

  const image = (): Promise<ImageDetail> => api(`/images/${new URL(page.url()).pathname.split("/").at(-1)}`);

  /** What the table must hold: from the file of the sample and the layer's objects, without the page. */
  async function expectedTable(): Promise<MeasureTable> {
    const facts = await image();
    const { objects } = await api<LayerObjects>(`/layers/${facts.layers[0]?.id}/objects`);
    const stem = facts.name.replace(/\.[a-z]+$/, "");
    const file = readdirSync(samples).find((name) => name.startsWith(stem));
    if (file === undefined) throw new Error(`no sample called ${facts.name}`);
    const read = await readImage(new Uint8Array(readFileSync(join(samples, file))), { name: file });
    const planes = facts.channels.map((_, c) => channelPlane(read.image, { c }));
    return measureCells(
      objects.map(({ uid, shape }) => ({ id: uid, shape: shapeFromWire(shape) })),
      planes,
      {
        height: facts.height,
        width: facts.width,
        mpp: facts.mpp,
        channels: facts.channels.map(({ name }, c) => (name === "" ? `Channel ${c + 1}` : name)),
        neighbourDistance: facts.mpp === null ? defaultNeighbourDistancePx : defaultNeighbourDistanceUm,
      },
    );
  }

  const ready = async (): Promise<void> => {
    await page.locator('[data-testid="measure"][data-phase="ready"]').waitFor({ timeout: 60_000 });
  };
  /** Waits until the picture no longer flies. */
  const still = async (): Promise<void> => {
    const view = () => page.getByTestId("editor").getAttribute("data-view");
    for (let before = ""; ; ) {
      const now = (await view()) ?? "";
      if (now === before) return;
      before = now;
      await page.waitForTimeout(400);
    }
  };
  const selectedCount = async (): Promise<number> =>
    Number((await page.getByTestId("measure-selected").textContent())?.replace(/\D/g, ""));
  const saveAs = async (format: "csv" | "parquet"): Promise<Buffer> => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByTestId(`measure-${format}`).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(new RegExp(`-cells\\.${format}$`));
    return readFileSync(await download.path());
  };

  test("the files hold what core/measure makes of the same pixels and shapes", async () => {
    await page.getByTestId("tab-measure").click();
    await ready();
    await shot(page, "measure-histogram");
    expect(await violations(page)).toEqual([]);
    const table = await expectedTable();
    expect(await page.getByTestId("measure-count").textContent()).toContain(`${table.ids.length}`);

    const lines = (await saveAs("csv")).toString("utf8").trimEnd().split("\n");
    const heading = (lines[0] ?? "").split(",");
    expect(lines).toHaveLength(table.ids.length + 1);
    const rows = new Map(lines.slice(1).map((line) => [line.split(",")[0] as string, line.split(",")]));
    for (const [row, uid] of table.ids.entries()) {
      const fields = rows.get(uid) ?? [];
      for (const { key, values } of table.columns) {
        const text = fields[heading.indexOf(key)] ?? "missing";
        const value = values[row] as number;
        // Browsers and Node may round the last digit of an angle or a root differently.
        const near = text !== "" && Math.abs(Number(text) - value) <= 1e-12 * Math.abs(value);
        if (Number.isNaN(value) ? text !== "" : !near) expect.fail(`${uid} ${key}: ${text}, not ${value}`);
      }
    }
    const parquet = await saveAs("parquet");
    const read = await parquetReadObjects({ file: Uint8Array.from(parquet).buffer });
    expect(read.map(({ uid }) => uid)).toEqual(lines.slice(1).map((line) => line.split(",")[0]));
    const mean = columnNamed(table, "c0_mean")?.values as Float64Array;
    for (const one of read) expect(one["c0_mean"]).toBe(mean[table.ids.indexOf(String(one["uid"]))]);
  });

  test("sorting, and the way from the table to the image and back", async () => {
    await page.getByTestId("tab-measure").click();
    await ready();
    const table = await expectedTable();
    const area = columnNamed(table, "area_px")?.values as Float64Array;
    await page.getByTestId("sort-area_px").click();
    await page.getByTestId("sort-area_px").click();
    const first = page.getByTestId("measure-row").first();
    const largest = Math.max(...area);
    await soon(() => first.locator("td").first().textContent()).toBe(largest.toLocaleString("en"));
    await first.click();
    await soon(() => first.getAttribute("aria-selected")).toBe("true");
    expect(await selectedCount()).toBe(1);
    // The other way: a click in the image marks the row.
    const { objects } = await api<LayerObjects>(`/layers/${(await image()).layers[0]?.id}/objects`);
    // In the middle of the image, where nothing lies over it, and full: its centre belongs to it.
    const full = objects.filter(({ uid, shape: { bbox } }) => {
      const [top, left, bottom, right] = bbox;
      const own = area[table.ids.indexOf(uid)] ?? 0;
      return (
        top > 60 && left > 60 && bottom < 200 && right < 200 && own > 0.7 * (bottom - top) * (right - left)
      );
    });
    const small = full.toSorted((a, b) => boxArea(a) - boxArea(b))[0];
    if (small === undefined) throw new Error("No such cell in the sample image.");
    const [y0, x0, y1, x1] = small.shape.bbox;
    await page.keyboard.press("0");
    await page.getByTestId("tool-select").click();
    await still();
    await click(page, { y: Math.floor((y0 + y1 - 1) / 2), x: Math.floor((x0 + x1 - 1) / 2) });
    const marked = page.locator('[data-testid="measure-row"][aria-selected="true"]');
    await soon(() => marked.count(), { timeout: 10_000 }).toBe(1);
    await soon(() => marked.locator("td").first().textContent()).toBe(
      area[table.ids.indexOf(small.uid)]?.toLocaleString("en"),
    );
  });

  test("gates select cells: a range by numbers, one by hand, a lasso", async () => {
    const table = await expectedTable();
    const area = [...(columnNamed(table, "area_px")?.values ?? [])];
    const middle = area.toSorted((a, b) => a - b)[Math.floor(area.length / 2)] as number;
    await page.getByLabel("Feature").selectOption("area_px");
    await page.getByLabel("Area, px from").fill(String(middle));
    await page.getByRole("button", { name: "Select in range" }).click();
    await soon(selectedCount).toBe(area.filter((value) => value >= middle).length);
    await shot(page, "measure-gate");
    // All of the plot.
    const bars = page.getByTestId("measure-histogram");
    await bars.scrollIntoViewIfNeeded();
    const box = await bars.boundingBox();
    if (box === null) throw new Error("no histogram");
    await page.mouse.move(box.x + 30, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 2, box.y + 60, { steps: 5 });
    await page.mouse.up();
    await soon(selectedCount).toBeGreaterThanOrEqual(area.length - 1);

    await page.getByTestId("plot-scatter").click();
    await page.getByTestId("measure-scatter").scrollIntoViewIfNeeded();
    const plot = await page.getByTestId("measure-scatter").boundingBox();
    if (plot === null) throw new Error("no scatter plot");
    const [left, right, top, bottom] = [
      plot.x + 62,
      plot.x + plot.width - 8,
      plot.y + 8,
      plot.y + plot.height - 34,
    ];
    // The right half: areas above the middle of what the axis shows, which has 3 % of room at both ends.
    const half = (left + right) / 2;
    await page.mouse.move(half, top);
    await page.mouse.down();
    for (const [x, y] of [
      [right, top],
      [right, bottom],
      [half, bottom],
    ] as const)
      await page.mouse.move(x, y, { steps: 6 });
    await page.mouse.up();
    const split = (Math.min(...area) + Math.max(...area)) / 2;
    // A pixel of the screen is some of the image's: a cell that near to the line may be on either side.
    const near = 0.01 * (Math.max(...area) - Math.min(...area));
    const above = (value: number): number => area.filter((one) => one > value).length;
    await soon(selectedCount).toBeLessThanOrEqual(above(split - near));
    const inside = await selectedCount();
    expect(inside).toBeGreaterThanOrEqual(above(split + near));
    await page.getByLabel("Only selected").check();
    await shot(page, "measure-lasso");
    expect(await violations(page)).toEqual([]);
    const lines = (await saveAs("csv")).toString("utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(inside + 1);
    await page.getByLabel("Only selected").uncheck();
  });

  test("colours by a feature, and a table that follows an edit", async () => {
    await page.getByTestId("measure-colour").check();
    await page.getByRole("button", { name: "Wide panel" }).click();
    await page.emulateMedia({ colorScheme: "dark" });
    await page.waitForTimeout(300);
    await shot(page, "measure-colours-dark");
    expect(await violations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: "light" });
    const before = await cellCount(page);
    await page.getByTestId("measure-row").first().click();
    await soon(selectedCount).toBe(1);
    await page.keyboard.press("x");
    await soon(() => cellCount(page)).toBe(before - 1);
    const counted = () => page.getByTestId("measure-count").textContent();
    await soon(counted).toMatch(/1 changed since|^\d+ cells$/);
    // Made anew by itself where that is quick; a slow machine waits to be asked.
    if ((await counted())?.includes("changed") === true) await page.getByTestId("measure-run").click();
    await soon(counted, { timeout: 30_000 }).toMatch(new RegExp(`^${before - 1} cells$`));
    await page.keyboard.press("Control+z");
    await soon(() => cellCount(page)).toBe(before);
    await saved(page);
    await page.getByTestId("measure-run").click();
    await soon(counted, { timeout: 30_000 }).toMatch(new RegExp(`^${before} cells$`));
    await page.getByTestId("measure-colour").uncheck();
  });

  /** Mean of red, green and blue over the picture, 0..255. */
  async function brightness(): Promise<number> {
    const clip = await page.getByTestId("surface").boundingBox();
    if (clip === null) throw new Error("no picture");
    const inner = { x: clip.x + 100, y: clip.y + 150, width: clip.width - 250, height: clip.height - 300 };
    const png = await readImage(new Uint8Array(await page.screenshot({ clip: inner })), { name: "shot.png" });
    const { data } = png.image;
    let sum = 0;
    for (let i = 0; i < data.length; i++) sum += data[i] as number;
    return sum / data.length;
  }

  test("channels: histogram, limits, gamma, inversion, palettes", async () => {
    await page.getByTestId("tab-layers").click();
    await page.keyboard.press("0");
    if (await page.getByRole("checkbox", { name: /^Labels/ }).isChecked()) await page.keyboard.press("l");
    await page.locator('[data-testid="channel-histogram-0"][data-ready="true"]').waitFor({ timeout: 30_000 });
    await page.waitForTimeout(500);
    const plain = await brightness();
    await page
      .getByRole("button", { name: /^Gamma and inversion/ })
      .first()
      .click();
    await page.getByLabel("Inverted").check();
    await soon(brightness).toBeGreaterThan(plain + 60);
    await shot(page, "channels-inverted");
    expect(await violations(page)).toEqual([]);
    await page.getByText("Palettes of this project").click();
    await page.getByLabel("Name of the palette").fill("negative");
    await page.getByRole("button", { name: "Save palette" }).click();
    await page.getByRole("button", { name: "Reset" }).click();
    await soon(async () => Math.abs((await brightness()) - plain)).toBeLessThan(2);
    await page.getByRole("button", { name: "negative", exact: true }).click();
    await soon(brightness).toBeGreaterThan(plain + 60);
    await page.getByRole("button", { name: "Reset" }).click();
    // Gamma below 1 brightens what is dim; the slider goes by powers of two.
    const gamma = page.getByRole("slider", { name: "Gamma" });
    await gamma.focus();
    for (let i = 0; i < 20; i++) await page.keyboard.press("ArrowLeft");
    await soon(() => gamma.getAttribute("aria-valuetext")).toBe("0.50");
    await soon(brightness).toBeGreaterThan(plain + 5);
    await page.getByRole("button", { name: "Reset" }).click();
    // The upper limit dragged on the histogram to its middle.
    const box = await page.getByTestId("channel-histogram-0").boundingBox();
    if (box === null) throw new Error("no histogram");
    await page.mouse.move(box.x + box.width - 1, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 20, { steps: 4 });
    await page.mouse.up();
    const auto = page.getByRole("button", { name: /^Auto contrast/ }).first();
    await soon(() => auto.isEnabled()).toBe(true);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.waitForTimeout(300);
    await shot(page, "channels-dark");
    expect(await violations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: "light" });
    await auto.click();
    await soon(async () => Math.abs((await brightness()) - plain)).toBeLessThan(2);
    await page.keyboard.press("l");
  });

  test("the map shows where one is and goes elsewhere; the ruler measures", async () => {
    await page.getByTestId("tool-select").click();
    await page.keyboard.press("0");
    await still();
    expect(await page.getByTestId("minimap").count()).toBe(0);
    for (let i = 0; i < 4; i++) await page.keyboard.press("+");
    await still();
    const map = await page.getByTestId("minimap").boundingBox();
    if (map === null) throw new Error("no minimap");
    await page.mouse.click(map.x + map.width * 0.25, map.y + map.height * 0.75);
    const { height, width, mpp } = await image();
    const view = async (): Promise<{ zoom: number; target: [number, number] }> =>
      JSON.parse((await page.getByTestId("editor").getAttribute("data-view")) ?? "null");
    await soon(async () => Math.abs((await view()).target[0] - width * 0.25)).toBeLessThan(width * 0.02);
    expect(Math.abs((await view()).target[1] - height * 0.75)).toBeLessThan(height * 0.02);

    const before = await cellCount(page);
    await page.getByTestId("ruler").click();
    const { target } = await view();
    const at = { y: Math.round(target[1]), x: Math.round(target[0]) };
    await drag(page, [at, { y: at.y + 30, x: at.x - 40 }]);
    const words = (await page.getByTestId("ruler-text").textContent()) ?? "";
    const px = Number(/([\d.]+) px/.exec(words)?.[1]);
    expect(Math.abs(px - 50)).toBeLessThan(1);
    expect(words.includes("µm")).toBe(mpp !== null);
    await page.getByLabel("to x, px").fill(String(at.x));
    await page.getByLabel("from x, px").fill(String(at.x));
    await page.getByLabel("from y, px").fill("0");
    await page.getByLabel("to y, px").fill("100");
    await soon(() => page.getByTestId("ruler-text").textContent()).toMatch(/(^|, )100 px$/);
    await shot(page, "ruler");
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Put the ruler away" }).click();
    await page.getByTestId("ruler-text").waitFor({ state: "detached" });
    expect(await cellCount(page)).toBe(before);
  });
});
