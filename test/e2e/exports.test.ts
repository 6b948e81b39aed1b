/**
 * Export of a dataset version in a real browser: the format with what it cannot hold, the progress, the download that is
 * a whole zip, the command that does the same, deleting.
 */

import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { readZip } from "#formats/index.ts";
import { type Agent, createProject, freezeDataset, insertImage, type Store } from "#store/index.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { type FilledSite, openFilledSite, shot } from "./harness.ts";

const side = 96;
let site: FilledSite<string>;
let page: Page;

async function prepare(store: Store, actor: Agent): Promise<string> {
  const { id: projectId } = await createProject(store, actor, "Tissue");
  for (let g = 0; g < 6; g++) {
    const { image, labels } = makeSyntheticCells({ height: side, width: side, seed: `field ${g}` });
    await insertImage(store, actor, {
      projectId,
      name: `field ${g}`,
      group: `donor ${g}`,
      image: imageArray("uint8", "yx", [side, side], Uint8Array.from(image.data)),
      labels,
      metadata: { organ: "lung" },
      source: { title: "Atlas", licence: "CC-BY-4.0", url: "https://example.org/atlas" },
    });
  }
  await freezeDataset(store, actor, { projectId, name: "tissue", query: "" });
  return projectId;
}

beforeAll(async () => {
  site = await openFilledSite(prepare);
  page = site.page;
  await page.goto(`${site.origin}/p/${site.filled}/datasets`);
});

afterAll(() => site?.stop());

test("a version is exported, downloaded and deleted", async () => {
  await page
    .getByRole("button", { name: /1\.0\.0/ })
    .first()
    .click({ timeout: 60_000 });
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("heading", { name: "Export" }).scrollIntoViewIfNeeded();
  await sheet.getByText("dataset export tissue@1.0.0 --format ome-zarr").waitFor();
  await sheet.getByRole("combobox", { name: "Format" }).click();
  await page.getByRole("option", { name: /^COCO/ }).click();
  await sheet.getByText(/names of further layers/).waitFor();
  await shot(page, "export-format");
  await sheet.getByRole("button", { name: "Export", exact: true }).click();
  const row = sheet.getByRole("listitem").filter({ hasText: "tissue@1.0.0 as COCO" });
  await row.waitFor({ timeout: 120_000 });
  await row.scrollIntoViewIfNeeded();
  await shot(page, "export-done");
  const download = page.waitForEvent("download");
  await row.getByRole("link", { name: "Download" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("tissue@1.0.0-as-COCO.zip");
  const bytes = new Uint8Array(readFileSync(await file.path()));
  const names = [...readZip(bytes, "export").keys()].map(String);
  expect(names.length).toBeGreaterThan(10);
  await row.getByRole("button", { name: "Delete" }).click();
  await row.waitFor({ state: "detached" });
  expect(site.problems).toEqual([]);
});
