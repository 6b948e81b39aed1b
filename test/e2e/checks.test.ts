/**
 * Checks in a real browser: planted faults are found by pressing one button, mended by rule after a look at before and
 * after, taken back, mended again, accepted with a reason; the freeze waits for it; a finding opens the editor.
 */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { type Agent, createProject, insertImage, type Store } from "#store/index.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { type FilledSite, openFilledSite, shot } from "./harness.ts";

const side = 160;
const imageCount = 6;

/** Each image has one cell with a hole of 3 x 3 pixels; every second one also a speck in a corner, of the same label. */
async function prepare(store: Store, actor: Agent): Promise<string> {
  const { id: projectId } = await createProject(store, actor, "Planted faults");
  for (let k = 0; k < imageCount; k++) {
    const { image, labels } = makeSyntheticCells({ height: side, width: side, seed: `checks ${k}` });
    const middle = holePlace(labels.data);
    const label = labels.data[middle] as number;
    for (const dy of [-1, 0, 1]) labels.data.fill(0, middle + dy * side - 1, middle + dy * side + 2);
    if (k % 2 === 0) labels.data[freeCorner(labels.data)] = label;
    await insertImage(store, actor, {
      projectId,
      name: `field ${k}`,
      group: `donor ${k}`,
      image: imageArray("uint8", "yx", [side, side], stretched(image.data)),
      labels,
      source: { title: "made here", licence: "CC0-1.0" },
    });
  }
  return projectId;
}

/** Brightness from 0 to 255, so that the pictures show cells. */
function stretched(data: ArrayLike<number>): Uint8Array {
  const values = Array.from(data);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return Uint8Array.from(values, (value) => Math.round((255 * (value - low)) / (high - low)));
}

/** A pixel whose surroundings of 7 x 7 all belong to its cell. */
function holePlace(labels: Int32Array): number {
  for (let y = 10; y < side - 10; y++) {
    for (let x = 10; x < side - 10; x++) {
      const label = labels[y * side + x];
      let whole = label !== 0;
      for (let dy = -3; dy <= 3 && whole; dy++)
        for (let dx = -3; dx <= 3 && whole; dx++) whole = labels[(y + dy) * side + x + dx] === label;
      if (whole) return y * side + x;
    }
  }
  throw new Error("no cell is large enough for a hole");
}

/** A background pixel with background around it. */
function freeCorner(labels: Int32Array): number {
  for (let y = 2; y < side - 2; y++) {
    for (let x = 2; x < side - 2; x++) {
      let free = true;
      for (let dy = -2; dy <= 2; dy++)
        for (let dx = -2; dx <= 2; dx++) free = free && labels[(y + dy) * side + x + dx] === 0;
      if (free) return y * side + x;
    }
  }
  throw new Error("there is no free place");
}

describe("checks", () => {
  let site: FilledSite<string>;
  let page: Page;
  let address: string;

  beforeAll(async () => {
    site = await openFilledSite(prepare);
    page = site.page;
    address = `${site.origin}/p/${site.filled}`;
  });
  afterAll(async () => {
    await site?.stop();
    expect(site?.problems).toEqual([]);
  });

  const rule = (name: string) =>
    page.getByRole("navigation", { name: "Rules" }).getByRole("button", { name: new RegExp(name) });
  const counted = async (name: string, count: number) =>
    expect
      .poll(
        () =>
          rule(name)
            .textContent({ timeout: 1000 })
            .catch(() => ""),
        { timeout: 60_000 },
      )
      .toBe(`${name}${count}`);
  const picturesSeen = async (within: ReturnType<Page["locator"]>) => {
    for (const picture of await within.locator("img").all()) {
      await expect
        .poll(() => picture.evaluate((element: HTMLImageElement) => element.naturalWidth), {
          timeout: 20_000,
        })
        .toBeGreaterThan(0);
    }
  };

  test("one button finds what was planted", async () => {
    await page.goto(address);
    await page.getByRole("link", { name: "Checks" }).click();
    await page.getByText("Not checked yet").waitFor();
    await page.getByRole("button", { name: "Check all images" }).click();
    await counted("Hole in a cell", imageCount);
    await counted("Cell in pieces", imageCount / 2);
    await counted("Loose specks", imageCount / 2);
    await rule("Hole in a cell").click();
    const cards = page.getByRole("region", { name: "Hole in a cell" }).getByRole("listitem");
    await expect.poll(() => cards.count()).toBe(imageCount);
    await cards.first().getByText("1 hole, 9 pixels of").waitFor();
    await picturesSeen(page.locator("main, body"));
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.reload();
      await cards.first().getByText("1 hole, 9 pixels of").waitFor();
      await picturesSeen(page.locator("body"));
      await shot(page, `checks-1-found-${colorScheme}`);
    }
  });

  test("labels with errors wait before a freeze, with the way to them", async () => {
    await page.goto(`${address}/datasets`);
    const alert = page.getByRole("alert").filter({ hasText: "9 errors in the labels" });
    await alert.waitFor({ timeout: 60_000 });
    await page.getByLabel("Dataset name").fill("cells");
    expect(await page.getByRole("button", { name: /^Freeze version/ }).isDisabled()).toBe(true);
    await shot(page, "checks-2-freeze");
    await alert.getByRole("link", { name: "Mend or accept them" }).click();
    await page.getByRole("heading", { name: "Checks" }).waitFor();
  });

  test("mended after a look at before and after, taken back, mended again", async () => {
    await rule("Hole in a cell").click();
    const mend = async () => {
      await page.getByRole("button", { name: `Mend all ${imageCount} …` }).click();
      const sheet = page.getByRole("dialog");
      await sheet.getByText(`${9 * imageCount} pixels added`).waitFor({ timeout: 30_000 });
      expect(await sheet.getByRole("img").count()).toBe(2 * imageCount);
      await picturesSeen(sheet);
      await shot(page, "checks-3-preview");
      await sheet.getByRole("button", { name: `Mend ${imageCount}`, exact: true }).click();
      await page
        .getByText(`${imageCount} findings mended in ${imageCount} images.`)
        .waitFor({ timeout: 30_000 });
    };
    await mend();
    await page.getByText("None open").waitFor({ timeout: 30_000 });
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText(`${imageCount} findings as before.`).waitFor({ timeout: 30_000 });
    await counted("Hole in a cell", imageCount);
    await mend();
  });

  test("one is chosen and accepted with a reason, and can be opened again", async () => {
    await rule("Cell in pieces").click();
    const region = page.getByRole("region", { name: "Cell in pieces" });
    await region.getByRole("checkbox").first().check();
    await region.getByRole("button", { name: "Accept 1 …" }).click();
    const sheet = page.getByRole("dialog");
    await sheet.getByLabel("Why it does no harm").fill("a cell that is dividing");
    await sheet.getByRole("button", { name: "Accept 1 finding" }).click();
    await page.getByText("1 finding accepted.").waitFor();
    await counted("Cell in pieces", imageCount / 2 - 1);
    await page.getByRole("button", { name: "Accepted", exact: true }).click();
    await page.getByText("“a cell that is dividing”").waitFor();
    await shot(page, "checks-4-accepted");
    await page.getByRole("button", { name: "Open these again" }).click();
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await counted("Cell in pieces", imageCount / 2);
  });

  test("a finding opens the editor with its cell selected", async () => {
    await rule("Cell in pieces").click();
    const card = page.getByRole("region", { name: "Cell in pieces" }).getByRole("link").first();
    const href = await card.getAttribute("href");
    await card.click();
    await page.waitForURL(/\/i\/[0-9A-Z]{26}\?.*cell=/, { timeout: 30_000 });
    expect(href).toContain(new URL(page.url()).searchParams.get("cell") ?? "nothing");
    await page.locator("canvas").first().waitFor({ timeout: 30_000 });
    await shot(page, "checks-5-editor");
  });
});
