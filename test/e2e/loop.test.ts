/**
 * The whole loop in a real browser on the sample images: sign in, import two more images, propose, correct with the
 * brush and with a split, accept, freeze, train, see the curve, release, predict on an image never seen, download.
 */

import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/find-node.mjs";
import { readLabels } from "../../src/formats/index.ts";
import {
  ask,
  boxArea,
  cellCount,
  click,
  drag,
  editorReady,
  type Point,
  saved,
  storedCells,
  type WireObject,
} from "./editor-driver.ts";
import { dropFiles, openSite, type Site, shot } from "./harness.ts";

const unseen = (name: string): string => join(root, "samples", "unseen", `${name}.png`);
const imported = ["d2ce593b", "f35ab345"];
const neverSeen = "9bf9f3dc";

describe("the whole loop", () => {
  let site: Site;
  let page: Page;

  beforeAll(async () => {
    site = await openSite();
    ({ page } = site);
  });
  afterAll(async () => {
    await site?.stop();
    expect(site.problems).toEqual([]);
  });

  const api = <T>(path: string): Promise<T> => ask(page, path);

  /** The grid draws only the rows in view, so an image is searched for. */
  const findImage = async (name: string) => {
    await page.getByRole("searchbox", { name: "Search names and metadata" }).fill(name);
    const image = page.locator('a[href*="/i/"]').filter({ hasText: name }).first();
    await image.waitFor({ timeout: 30_000 });
    return image;
  };

  test("signs in by the printed link, which works once", async () => {
    await page.goto(site.signInUrl);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.getByText("Sample", { exact: false }).first().waitFor({ timeout: 120_000 });
    expect(page.url()).not.toContain("token");
    await shot(page, "01-projects");
  });

  test("imports a dropped folder: two images, and a broken file refused with its reason", async () => {
    const folder = mkdtempSync(join(tmpdir(), "dropped-"));
    for (const name of imported) copyFileSync(unseen(name), join(folder, `${name}.png`));
    writeFileSync(join(folder, "notes.png"), "these are notes, not an image");
    await page
      .getByRole("link", { name: /sample/i })
      .first()
      .click();
    await page.getByRole("button", { name: "Import", exact: true }).waitFor();
    await dropFiles(page, [folder], { x: 640, y: 400 });
    const send = page.getByRole("button", { name: /^Import \d/ });
    await send.waitFor({ timeout: 20_000 });
    await shot(page, "02-import-sheet");
    await send.click();
    const ingest = async () =>
      (await api<{ jobs: { kind: string; state: string; title: string; createdAt: string }[] }>("/jobs")).jobs
        .filter(({ kind }) => kind === "ingest")
        .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0]?.state;
    await expect.poll(ingest, { timeout: 60_000 }).toBe("done");
    const sheet = page.locator('[role="dialog"]:not([aria-modal="false"])');
    await sheet.getByText("notes.png").waitFor({ timeout: 20_000 });
    await shot(page, "02-import-outcome");
    await sheet.getByRole("button", { name: "Close", exact: true }).last().click();
    for (const name of imported) await findImage(name);
    rmSync(folder, { recursive: true });
    await shot(page, "03-images");
  });

  test("a model proposes cells", async () => {
    await (await findImage(imported[0] as string)).click();
    await editorReady(page);
    expect(await cellCount(page)).toBe(0);
    await page.getByTestId("primary").click();
    await expect.poll(() => cellCount(page), { timeout: 90_000 }).toBeGreaterThan(3);
    await shot(page, "04-proposed");
  });

  test("a cell is drawn with the brush, another is split; both are saved and survive a reload", async () => {
    const before = await cellCount(page);
    const empty = await emptySpot(await storedCells(page));
    await page.getByTestId("tool-new-cell").click();
    await drag(page, [empty, { y: empty.y + 4, x: empty.x + 8 }]);
    await expect.poll(() => cellCount(page)).toBe(before + 1);
    await saved(page);

    const largest = [...(await storedCells(page))].sort((a, b) => boxArea(b) - boxArea(a))[0] as WireObject;
    const [y0, x0, y1, x1] = largest.shape.bbox;
    await page.getByTestId("tool-split").click();
    const middle = (x0 + x1) / 2;
    await drag(page, [
      { y: y0 - 3, x: middle },
      { y: y1 + 3, x: middle },
    ]);
    await expect.poll(() => cellCount(page)).toBe(before + 2);
    const seq = await saved(page);
    await shot(page, "05-corrected");

    await page.reload();
    await editorReady(page);
    await expect.poll(() => cellCount(page)).toBe(before + 2);
    expect(await saved(page)).toBe(seq);
  });

  test("undo reaches back across the reload, redo comes back", async () => {
    const corrected = await cellCount(page);
    await page.getByTestId("surface").hover();
    await page.keyboard.press("Control+z");
    await expect.poll(() => cellCount(page)).toBe(corrected - 1);
    await saved(page);
    await page.keyboard.press("Control+Shift+z");
    await expect.poll(() => cellCount(page)).toBe(corrected);
    await saved(page);
  });

  test("accepting makes a revision that is served as it is on the screen", async () => {
    const cells = await cellCount(page);
    await page.locator('[data-testid="primary"][data-action="accept"]').click();
    await page.locator('[data-testid="primary"][data-action="next"]').waitFor({ timeout: 20_000 });
    const imageId = new URL(page.url()).pathname.split("/").at(-1);
    const image = await api<{ status: string; layers: { headRevisionId: string }[] }>(`/images/${imageId}`);
    expect(image.status).toBe("accepted");
    const tiff = await page.evaluate(
      async (url) => [...new Uint8Array(await (await fetch(url)).arrayBuffer())],
      `/api/layer-revisions/${image.layers[0]?.headRevisionId}/labels.tif`,
    );
    expect(distinctLabels((await readLabels(Uint8Array.from(tiff), { name: "labels.tif" })).data)).toBe(
      cells,
    );
  });

  test("a dataset version is frozen", async () => {
    await page.getByRole("link", { name: "Datasets" }).first().click();
    await page.getByLabel("Dataset name").fill("loop");
    await page.getByRole("button", { name: /^Freeze/ }).click();
    await page.getByText("loop@1.0.0").first().waitFor({ timeout: 20_000 });
    await shot(page, "06-dataset");
  });

  /** A sheet opens a moment after what caused it; closing it too early would close nothing. */
  const closeSheet = async (): Promise<void> => {
    // Messages in the corner are dialogs too, but not modal ones.
    const sheet = page.locator('[role="dialog"]:not([aria-modal="false"])');
    await sheet.waitFor({ timeout: 20_000 });
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "hidden", timeout: 20_000 });
  };

  test("a model trains, shows its curve and becomes a version", async () => {
    await closeSheet();
    await page.getByRole("link", { name: "Models" }).first().click();
    await page
      .getByRole("button", { name: /^Train/ })
      .first()
      .click();
    await page.getByLabel("Model name").fill("loop");
    await page.getByRole("slider").fill("0");
    await page.getByRole("combobox", { name: "Start from" }).click();
    await page.getByRole("option", { name: /nuclei-fluorescence/ }).click();
    await shot(page, "07-train-sheet");
    await page.getByRole("button", { name: "Start training" }).click();
    const runs = async () => {
      const projectId = new URL(page.url()).pathname.split("/")[2];
      return (
        await api<{ runs: { curve: unknown[]; modelVersionId: string | null }[] }>(
          `/projects/${projectId}/training-runs`,
        )
      ).runs;
    };
    // A base that these images cannot better stays as it is, which is a curve of one point.
    await expect
      .poll(async () => (await runs())[0]?.curve.length ?? 0, { timeout: 120_000 })
      .toBeGreaterThan(0);
    await page.locator(".uplot canvas").first().waitFor({ timeout: 20_000 });
    await shot(page, "08-training");
    await expect
      .poll(async () => (await runs())[0]?.modelVersionId ?? null, { timeout: 240_000 })
      .not.toBeNull();
  });

  /** Opens the card of a version of the line `loop` on the models page. */
  const openVersion = async (version: string): Promise<void> => {
    const button = page.getByRole("button", { name: new RegExp(`^${version} ?: open the card of loop`) });
    await button.click({ timeout: 60_000 });
  };

  test("the version is released through the gate", async () => {
    await openVersion("1.0.0");
    await page.getByRole("button", { name: "Release 1.0.0" }).click({ timeout: 60_000 });
    await page.getByText(/Released: anyone/).waitFor({ timeout: 20_000 });
    await shot(page, "09-released");
    await closeSheet();
  });

  test("a version that does not beat the released one is refused, with the reason", async () => {
    const projectId = new URL(page.url()).pathname.split("/")[2] as string;
    const { datasets } = await api<{ datasets: { versions: { id: string }[] }[] }>(
      `/projects/${projectId}/datasets`,
    );
    const body = { datasetVersionId: datasets[0]?.versions[0]?.id, modelName: "loop", steps: 2, seed: 1 };
    const job = await page.evaluate(
      async ([url, json]) => {
        const headers = { "content-type": "application/json", "x-cellfoundry": "1" };
        return (await fetch(url, { method: "POST", headers, body: json })).json();
      },
      [`/api/projects/${projectId}/train`, JSON.stringify(body)] as const,
    );
    await expect
      .poll(async () => (await api<{ state: string }>(`/jobs/${job.id}`)).state, { timeout: 240_000 })
      .toBe("done");
    await openVersion("1.1.0");
    await page.getByText("Not released", { exact: true }).waitFor({ timeout: 60_000 });
    expect(await page.getByRole("button", { name: "Release 1.1.0" }).count()).toBe(0);
    await shot(page, "09-refused");
  });

  test("an image never seen is predicted and its label TIFF downloaded", async () => {
    await closeSheet();
    await page.getByRole("link", { name: "Predict" }).first().click();
    await page.getByTestId("predict-file").setInputFiles(unseen(neverSeen));
    const link = page.getByRole("link", { name: /Label TIFF/ });
    await link.waitFor({ timeout: 90_000 });
    const pictures = page.getByRole("main").getByRole("img");
    const loaded = (): Promise<boolean> =>
      pictures.evaluateAll((all) =>
        all.every((img) => !(img instanceof HTMLImageElement) || img.naturalWidth > 0),
      );
    await expect.poll(loaded, { timeout: 20_000 }).toBe(true);
    await shot(page, "10-predicted");
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
    const bytes = new Uint8Array(readFileSync(await download.path()));
    const labels = await readLabels(bytes, { name: download.suggestedFilename() });
    expect(distinctLabels(labels.data)).toBeGreaterThan(0);
    expect(Buffer.from(bytes).toString("latin1")).toMatch(/@\d+\.\d+\.\d+/);
  });

  test("the keys are shown on ?, clicks reach cells", async () => {
    await page.goBack();
    await page
      .getByRole("link", { name: /Images/ })
      .first()
      .click();
    await (await findImage(imported[1] as string)).click();
    await editorReady(page);
    await page.keyboard.press("?");
    await page.getByTestId("key-help").waitFor();
    await page.keyboard.press("Escape");
    await click(page, { y: 10, x: 10 });
  });
});

/** A place with 14 free pixels on each side, found by looking at every object's box. */
function emptySpot(objects: readonly WireObject[]): Point {
  for (let y = 20; y < 230; y += 6) {
    for (let x = 20; x < 220; x += 6) {
      const free = objects.every(({ shape: { bbox } }) => {
        const [y0, x0, y1, x1] = bbox;
        return y + 18 < y0 || y - 14 > y1 || x + 22 < x0 || x - 14 > x1;
      });
      if (free) return { y, x };
    }
  }
  throw new Error("the image has no empty spot");
}

function distinctLabels(data: Iterable<number>): number {
  const labels = new Set(data);
  labels.delete(0);
  return labels.size;
}
