/**
 * A slide of 17,000 by 17,000 pixels, beyond what is held in memory: imported as a lab does, opened, a cell drawn far from the
 * origin at full resolution, saved, and there after a reload.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runJobHere } from "#jobs/index.ts";
import { ensureProject, getImage, imageIdsForQuery, readImageRegion } from "#store/index.ts";
import { largeTiffPixel, writeLargeTiff } from "../large-tiff.ts";
import { boxArea, cellCount, drag, editorReady, saved, storedCells } from "./editor-driver.ts";
import { type FilledSite, openFilledSite, shot } from "./harness.ts";
import { viewAtRest } from "./page-ready.ts";

const SIDE = 17_000;
const folder = mkdtempSync(join(tmpdir(), "large-plane-"));
let site: FilledSite<{ readonly projectId: string; readonly imageId: string }>;

beforeAll(async () => {
  const path = join(folder, "slide.tif");
  await writeLargeTiff(path, { height: SIDE, width: SIDE });
  site = await openFilledSite(async (store, owner) => {
    const project = await ensureProject(store, owner, "Slides");
    const job = await runJobHere(
      store,
      owner,
      { kind: "ingest", projectId: project.id, title: "slide", params: { rootPath: path } },
      {},
    );
    expect([job.error, job.items.map(({ error }) => error)]).toEqual([null, [null]]);
    const [imageId] = await imageIdsForQuery(store, project.id, { type: "all" });
    const image = await getImage(store, imageId ?? "");
    const [y, x] = [SIDE - 40, SIDE - 30];
    const { data } = await readImageRegion(store, image, {}, [y, x, SIDE, SIDE]);
    const expected = Array.from(data, (_, i) => largeTiffPixel(y + Math.floor(i / 30), x + (i % 30)));
    expect([...data]).toEqual(expected);
    return { projectId: project.id, imageId: image.id };
  });
}, 300_000);
afterAll(async () => {
  await site?.stop();
  rmSync(folder, { recursive: true, force: true });
  expect(site?.problems).toEqual([]);
});

test("a stroke in the far corner is saved and there after a reload", async () => {
  const { page, origin, filled } = site;
  const place = { y: 16_800, x: 16_600 };
  const address = `${origin}/p/${filled.projectId}/i/${filled.imageId}`;
  await page.goto(address);
  await editorReady(page);
  await shot(page, "large-plane-whole");
  await page.goto(`${address}?y=${place.y}&x=${place.x}&z=0`);
  await editorReady(page);
  await viewAtRest(page);
  await page.keyboard.press("b");
  await expect.poll(() => page.getByTestId("tool-brush").getAttribute("aria-pressed")).toBe("true");
  await drag(page, [place, { y: place.y + 40, x: place.x + 60 }]);
  await expect.poll(() => cellCount(page), { timeout: 30_000 }).toBe(1);
  await saved(page);
  const [drawn] = await storedCells(page);
  const [y0, x0, y1, x1] = drawn?.shape.bbox ?? [0, 0, 0, 0];
  expect(y0 <= place.y && x0 <= place.x && y1 >= place.y + 40 && x1 >= place.x + 60).toBe(true);
  expect(drawn === undefined ? 0 : boxArea(drawn)).toBeLessThan(200 * 200);
  await shot(page, "large-plane-corner");
  await page.reload();
  await editorReady(page);
  await expect.poll(() => cellCount(page), { timeout: 30_000 }).toBe(1);
  expect((await storedCells(page)).map(({ uid, digest }) => [uid, digest])).toEqual([
    [drawn?.uid, drawn?.digest],
  ]);
  await shot(page, "large-plane-reloaded");
}, 300_000);
