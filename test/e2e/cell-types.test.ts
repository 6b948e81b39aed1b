/**
 * Naming cells and drawing spots on the page: search box, keys, legend, colours, undo, reload, the map of likeness; the server
 * must hold what the page shows, and axe must find nothing.
 */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ImageDetail, LayerObjects } from "#api/index.ts";
import { violations } from "./axe.ts";
import { ask, cellCount, openSampleImage, saved } from "./editor-driver.ts";
import { openSite, type Site, shot } from "./harness.ts";

/** Patience for a machine that does other things. */
const soon: typeof expect.poll = (work, options) => expect.poll(work, { timeout: 30_000, ...options });

describe("types and spots", () => {
  let site: Site;
  let page: Page;

  beforeAll(async () => {
    site = await openSite();
    ({ page } = site);
    await openSampleImage(site);
    if ((await cellCount(page)) === 0) {
      await page.getByTestId("primary").click();
      await vi.waitUntil(async () => (await cellCount(page)) > 5, { timeout: 180_000, interval: 200 });
      await saved(page);
    }
  });
  afterAll(async () => {
    await site?.stop();
    expect(site.problems).toEqual([]);
  });

  const stored = async (): Promise<LayerObjects> => {
    const image = await ask<ImageDetail>(page, `/images/${new URL(page.url()).pathname.split("/").at(-1)}`);
    return ask<LayerObjects>(page, `/layers/${image.layers[0]?.id}/objects`);
  };
  const typed = async (): Promise<number> =>
    (await stored()).objects.filter(({ types }) => types !== undefined).length;

  test("a searched type goes to the selected cell; a key takes it off and on; the server has it", async () => {
    await page.getByTestId("tab-cells").click();
    await page.getByTestId("types-open").click();
    await page.getByTestId("cell-row").first().click();
    await page.getByRole("combobox", { name: "Type of the selected cells" }).fill("T cell");
    await page.getByRole("option").first().click();
    await soon(() => page.getByTestId("selected-types").textContent()).toContain("T cell");
    await saved(page);
    expect(await typed()).toBe(1);
    await page.getByTestId("surface").focus();
    await page.keyboard.press("1");
    await saved(page);
    await soon(typed).toBe(0);
    await page.keyboard.press("Control+z");
    await saved(page);
    await soon(typed).toBe(1);
    const named = (await stored()).objects.find(({ types }) => types !== undefined);
    expect(named?.types).toEqual([{ term: "CL:0000084", by: "person" }]);
  });

  test("the legend counts and selects; colours follow; axe finds nothing", async () => {
    const legend = page.getByTestId("types-legend");
    const cells = await cellCount(page);
    await legend.getByRole("button", { name: "Not looked at" }).click();
    await soon(() => page.getByTestId("selected-types").textContent()).toContain(
      `${cells - 1} cells selected`,
    );
    await page.getByTestId("type-unknown").click();
    await saved(page);
    await soon(typed).toBe(cells);
    await page.getByTestId("types-coloured").check();
    await shot(page, "types");
    expect(await violations(page)).toEqual([]);
  });

  test("after a reload everything is there, and undo goes on", async () => {
    await page.reload();
    const cells = await cellCount(page);
    await soon(() => page.getByTestId("tab-cells").isVisible()).toBe(true);
    await page.getByTestId("tab-cells").click();
    await page.getByTestId("surface").focus();
    await page.keyboard.press("Control+z");
    await saved(page);
    await soon(typed).toBe(1);
    expect(cells).toBeGreaterThan(1);
  });

  test("spots are drawn by hand and found by threshold, counted and kept", async () => {
    await page.getByTestId("tab-layers").click();
    await page.getByRole("textbox", { name: "Kind or gene of new spots" }).fill("ACTB");
    await page.getByTestId("spots-edit").click();
    const box = await page.getByTestId("spot-layer").boundingBox();
    await page.mouse.click((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2);
    await soon(() => page.getByTestId("spot-count").textContent()).toBe("1");
    await saved(page);
    expect((await stored()).spots).toEqual([
      expect.objectContaining({ kind: "ACTB", cell: null, score: null }),
    ]);
    await page.getByTestId("spots-edit").click();
    await page.getByText("Find spots in a channel").click();
    await page.getByTestId("spots-find").click();
    await soon(() => page.getByTestId("spots-found").isVisible()).toBe(true);
    const count = Number.parseInt(
      ((await page.getByTestId("spots-found").textContent()) ?? "").replaceAll(/[^\d].*/g, ""),
      10,
    );
    await shot(page, "spots-found");
    await page.getByTestId("spots-keep").click();
    await saved(page);
    await soon(async () => (await stored()).spots?.length).toBe(count + 1);
    expect(await violations(page)).toEqual([]);
  });

  test("the map of likeness is made, and a lasso on it selects cells", async () => {
    await page.getByTestId("tab-measure").click();
    await soon(() => page.getByTestId("measure").getAttribute("data-phase")).toBe("ready");
    await page.getByTestId("plot-map").click();
    await page.getByTestId("map-make").click();
    await soon(() => page.getByTestId("measure-scatter").isVisible(), { timeout: 60_000 }).toBe(true);
    const plot = await page.getByTestId("measure-scatter").boundingBox();
    if (plot === null) throw new Error("no plot");
    const corners = [
      [0.02, 0.02],
      [0.98, 0.02],
      [0.98, 0.98],
      [0.02, 0.98],
    ] as const;
    const at = ([x, y]: readonly [number, number]): [number, number] => [
      plot.x + x * plot.width,
      plot.y + y * plot.height,
    ];
    await page.mouse.move(...at(corners[0]));
    await page.mouse.down();
    for (const corner of corners.slice(1)) await page.mouse.move(...at(corner), { steps: 5 });
    await page.mouse.up();
    const cells = await cellCount(page);
    await soon(() => page.getByTestId("measure-selected").textContent()).toBe(`${cells} selected`);
    await shot(page, "map");
    expect(await violations(page)).toEqual([]);
  });

  test("the images page finds the image by the types of its cells, also by a term above", async () => {
    const { types } = (await stored()).objects.find((cell) => cell.types?.[0]?.term.startsWith("CL:")) ?? {};
    expect(types?.[0]?.term).toBe("CL:0000084");
    const name = await page.getByRole("heading", { level: 2 }).first().textContent();
    await page.getByRole("link", { name: "Images" }).first().click();
    const facet = page.getByRole("group", { name: "Types of the cells" });
    await facet.getByRole("checkbox", { name: /T cell/ }).check();
    await soon(() => new URL(page.url()).searchParams.get("q")).toContain("cells.type under CL:0000084");
    await page.getByText("1 image", { exact: true }).waitFor();
    await page
      .getByText(name ?? "", { exact: true })
      .first()
      .waitFor();
    await shot(page, "images-by-cell-type");
    expect(await violations(page)).toEqual([]);
    const query = page.getByRole("textbox", { name: "Query" });
    await query.fill('cells.type under lymphocyte and cells.type!="B cell"');
    await query.press("Enter");
    await page.getByText("1 image", { exact: true }).waitFor();
    await query.fill('cells.type under "B cell"');
    await query.press("Enter");
    await page.getByText("0 images", { exact: true }).waitFor();
  });
});
