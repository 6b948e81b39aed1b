/**
 * An image of 60 cells with seeded faults made right on the real page without mouse, pen or finger: somebody who knows what
 * is right looks at the cell that the doubt queue shows and presses a key. Then the keys themselves are changed, by keys.
 */

import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LayerObjects, WireObject } from "#api/index.ts";
import { shapeFromWire } from "#api/shapes.ts";
import { shapeToMask } from "#core/labels/index.ts";
import { violations } from "./axe.ts";
import { ask, editorReady, saved } from "./editor-driver.ts";
import { cellCount, compare, fillFaultyCells, width } from "./faulty-cells.ts";
import { type FilledSite, openFilledSite, shot } from "./harness.ts";

/** What the person sees of a cell: its pixels, as indexes into the image. */
function pixelsOf({ shape }: WireObject): number[] {
  const { data, width: columns } = shapeToMask(shapeFromWire(shape));
  const [y0, x0] = shape.bbox;
  return [...data].flatMap((bit, i) =>
    bit === 0 ? [] : [(y0 + Math.floor(i / columns)) * width + x0 + (i % columns)],
  );
}

describe("the keyboard alone", () => {
  let site: FilledSite<string>;
  let page: Page;
  let layerId = "";
  let keys = 0;

  beforeAll(async () => {
    site = await openFilledSite(fillFaultyCells);
    ({ page } = site);
    // Whatever is clicked or touched from here on is counted.
    await page.addInitScript(() => {
      const counted = globalThis as unknown as { pointed: number };
      counted.pointed = 0;
      for (const type of ["pointerdown", "mousedown", "touchstart"])
        window.addEventListener(type, () => counted.pointed++, { capture: true });
    });
    await page.goto(site.origin + site.filled);
    await editorReady(page);
    const image = await ask<{ layers: { id: string }[] }>(page, `/images/${site.filled.split("/").at(-1)}`);
    layerId = image.layers[0]?.id ?? "";
  });
  afterAll(async () => {
    await site?.stop();
    expect(site?.problems).toEqual([]);
  });

  const press = async (key: string): Promise<void> => {
    keys++;
    await page.keyboard.press(key);
  };
  const note = async (): Promise<string> =>
    (await page.getByTestId("note").count()) === 0
      ? ""
      : ((await page.getByTestId("note").textContent()) ?? "");
  const selected = async (): Promise<string[]> =>
    ((await page.getByTestId("editor").getAttribute("data-selected")) ?? "").split(" ").filter(Boolean);
  const objects = async (): Promise<Map<string, WireObject>> => {
    const answer = await ask<LayerObjects>(page, `/layers/${layerId}/objects`);
    return new Map(answer.objects.map((object) => [object.uid, object]));
  };

  test("60 cells, six of each fault, are made right", async () => {
    let seq = await saved(page);
    await press("q");
    await expect
      .poll(() => page.getByTestId("editor").getAttribute("data-seq").then(Number), { timeout: 30_000 })
      .toBeGreaterThan(seq);
    seq = await saved(page);
    let cells = await objects();
    /** Presses and says whether it changed a cell; reads the cells again if so. */
    const changes = async (key: string, waits = false): Promise<boolean> => {
      await press(key);
      // Fitting reads the picture first: it answers with an edit or with a word.
      if (waits) await page.waitForTimeout(400);
      const now = await saved(page);
      if (now === seq) return false;
      seq = now;
      cells = await objects();
      return true;
    };
    await press("Escape");
    await press(" ");
    for (let turn = 0; turn < 400 && (await note()) !== "All cells are reviewed."; turn++) {
      const [uid, ...others] = await selected();
      const cell = uid === undefined ? undefined : cells.get(uid);
      if (cell === undefined) {
        await press(" ");
        continue;
      }
      const { cells: parts, area, full, iou } = compare(pixelsOf(cell));
      if (parts >= 2) await changes("k");
      else if (parts === 0) await changes("x");
      else if (iou >= 0.8 || others.length > 0) await press(" ");
      else if (!(await changes("h"))) {
        const half = area < 0.65 * full && area > 0.35 * full;
        if (!(await changes(half ? "y" : "."))) await changes("c", true);
      }
    }
    await saved(page);
    const found = [...(await objects()).values()].map((cell) => compare(pixelsOf(cell)));
    expect(found).toHaveLength(cellCount);
    expect(new Set(found.map(({ label }) => label)).size).toBe(cellCount);
    expect(Math.min(...found.map(({ iou }) => iou))).toBeGreaterThanOrEqual(0.8);
    // About one key for a right cell, two or three for a faulty one.
    expect(keys).toBeLessThan(180);
  }, 900_000);

  test("the page says how far, how long each took and how many a minute", async () => {
    expect(await page.getByTestId("review-rate").textContent()).toMatch(/^(\d+) of \1, [\d,]+ a minute$/);
    const title = await page.getByTestId("review-rate").getAttribute("title");
    expect(title).toMatch(/looked at, [\d.]+ s each, [\d,]+ a minute/);
    console.info(`keyboard alone: ${keys} keys for ${cellCount} cells; ${title}`);
    await shot(page, "keyboard-done");
  });

  test("Enter accepts the image", async () => {
    for (let i = 0; i < 2 && (await page.locator('[data-action="accept"]').count()) > 0; i++)
      await press("Enter");
    await page.locator('[data-testid="primary"][data-action="next"]').waitFor({ timeout: 30_000 });
    expect(await page.evaluate(() => (globalThis as unknown as { pointed: number }).pointed)).toBe(0);
  });

  const say = () => page.getByTestId("keys-say");

  test("a key is given another command, the clash is named and both swap; still without a mouse", async () => {
    await press("?");
    await page.getByTestId("key-help").waitFor();
    // Whoever moves by Tab means the control in focus with Enter.
    await press("Tab");
    await page.getByTestId("change-key-brush").getByRole("button").first().focus();
    await press("Enter");
    await page.getByText("Press a key").waitFor();
    await press("F5");
    await page.getByText(/belong to the browser/).waitFor();
    await press("s");
    await page.getByText("S is “Split by a line”.").waitFor();
    await shot(page, "keys-clash");
    expect(await violations(page)).toEqual([]);
    await press("Enter");
    await expect.poll(() => say().textContent()).toBe("Brush: S.");
    await press("Escape");
    await press("s");
    await expect.poll(() => page.getByTestId("tool-brush").getAttribute("aria-pressed")).toBe("true");
    await press("b");
    await expect.poll(() => page.getByTestId("tool-split").getAttribute("aria-pressed")).toBe("true");
    expect(await page.getByTestId("tool-brush").getAttribute("aria-keyshortcuts")).toBe("S");
    await press("v");
  });

  test("the keys are there after a reload, go out as a file and come back from it", async () => {
    await page.reload();
    await editorReady(page);
    await press("?");
    expect(await page.getByTestId("change-key-brush").getByRole("button").first().textContent()).toBe("S");
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByTestId("keys-save").click()]);
    const text = readFileSync(await file.path(), "utf8");
    expect(JSON.parse(text)).toEqual({
      ...{ format: "cellfoundry-keys", version: 1 },
      keys: { brush: "S", split: "B" },
    });
    await page.getByTestId("keys-reset-all").click();
    expect(await page.getByTestId("change-key-brush").getByRole("button").first().textContent()).toBe("B");
    const buffer = Buffer.from(text);
    await page
      .getByTestId("keys-file")
      .setInputFiles({ name: "mine.json", mimeType: "application/json", buffer });
    await expect.poll(() => say().textContent()).toBe("2 keys taken over from mine.json.");
    const wrong = { name: "notes.json", mimeType: "application/json", buffer: Buffer.from("{}") };
    await page.getByTestId("keys-file").setInputFiles(wrong);
    await expect.poll(() => say().textContent()).toMatch(/holds no keys/);
    await page.getByRole("button", { name: "Reset the key of Brush to B" }).click();
    expect(await page.getByTestId("change-key-split").getByRole("button").first().textContent()).toBe("S");
  });
});
