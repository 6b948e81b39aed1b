/**
 * Dataset versions in a real browser: the proposal of the next version, a leak seen as two pictures side by side and
 * accepted with a reason, the freeze, and the sheet of the version with licence, leaks and card.
 */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ImageArray, imageArray } from "#core/array/index.ts";
import {
  type Agent,
  createProject,
  freezeDataset,
  insertImage,
  readDatasetItems,
  type Store,
} from "#store/index.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { type FilledSite, openFilledSite, shot } from "./harness.ts";

const side = 160;
const organs = ["lung", "liver", "colon"];

/** A project with one frozen version, and since then a turned copy of a training image in a test group. */
async function prepare(store: Store, actor: Agent): Promise<string> {
  const { id: projectId } = await createProject(store, actor, "Tissue");
  const add = async (name: string, group: string, organ: string, image: ImageArray, licence: string) => {
    const { labels } = makeSyntheticCells({ height: side, width: side, seed: name });
    const source = { title: `Atlas (${licence})`, licence, url: "https://example.org/atlas" };
    await insertImage(store, actor, { projectId, name, group, image, labels, metadata: { organ }, source });
  };
  const cells = (seed: string): ImageArray =>
    imageArray(
      "uint8",
      "yx",
      [side, side],
      Uint8Array.from(makeSyntheticCells({ height: side, width: side, seed }).image.data),
    );
  for (let g = 0; g < 12; g++) {
    const licence = g === 0 ? "CC-BY-NC-4.0" : "CC-BY-4.0";
    for (const k of [0, 1])
      await add(`field ${g}-${k}`, `donor ${g}`, organs[g % 3] ?? "", cells(`field ${g}-${k}`), licence);
  }
  const version = await freezeDataset(store, actor, { projectId, name: "tissue", query: "" });
  const groups = new Map<string, string>();
  for await (const item of readDatasetItems(store, version.id)) groups.set(item.role, item.group);
  const original = cells("planted");
  const turned = new Uint8Array(side * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) turned[y * side + x] = original.data[x * side + side - 1 - y] as number;
  await add("new field", groups.get("train") ?? "", "lung", original, "CC-BY-4.0");
  await add(
    "same field again",
    groups.get("test") ?? "",
    "lung",
    imageArray("uint8", "yx", [side, side], turned),
    "CC-BY-4.0",
  );
  return projectId;
}

describe("dataset versions", () => {
  let site: FilledSite<string>;
  let page: Page;

  beforeAll(async () => {
    site = await openFilledSite(prepare);
    page = site.page;
    await page.goto(`${site.origin}/p/${site.filled}/datasets`);
  });
  afterAll(async () => {
    await site?.stop();
    expect(site?.problems).toEqual([]);
  });

  test("what changed since the newest version is proposed, and that a leak stands in the way", async () => {
    await page.getByText("would be 1.1.0").waitFor({ timeout: 60_000 });
    await page.getByText("Leaks stand in the way.").waitFor();
    await page.getByRole("button", { name: "Look at the leaks" }).click();
    const finding = page.getByRole("alert").filter({ hasText: "The same pixels" });
    await finding.waitFor({ timeout: 60_000 });
    const pictures = finding.getByRole("img");
    expect(await pictures.count()).toBe(2);
    for (const picture of await pictures.all()) {
      await expect
        .poll(() => picture.evaluate((element: HTMLImageElement) => element.naturalWidth), {
          timeout: 20_000,
        })
        .toBeGreaterThan(0);
    }
    expect(await page.getByRole("button", { name: /^Freeze version/ }).isDisabled()).toBe(true);
    await page.getByText("Not for commercial use").waitFor();
    expect(await page.getByRole("row", { name: /organ liver/ }).count()).toBe(1);
    await shot(page, "datasets-1-leak");
  });

  test("accepted with a reason it is frozen, and the version keeps the reason", async () => {
    await page.getByLabel("Why it does no harm").fill("A phantom that is in every run");
    await page.getByRole("button", { name: "Accept", exact: true }).click();
    const freeze = page.getByRole("button", { name: "Freeze version 1.1.0" });
    await freeze.waitFor({ timeout: 60_000 });
    await expect.poll(() => freeze.isEnabled(), { timeout: 30_000 }).toBe(true);
    await shot(page, "datasets-2-accepted");
    await freeze.click();
    const sheet = page.getByRole("dialog");
    await sheet.getByText("tissue 1.1.0").first().waitFor({ timeout: 60_000 });
    await sheet.getByText("Accepted: A phantom that is in every run").waitFor();
    await sheet.getByText("Atlas (CC-BY-NC-4.0)").first().waitFor();
    await shot(page, "datasets-3-version");
    await sheet.getByText("Card", { exact: true }).click();
    await sheet.getByText("Checked for leaks", { exact: true }).last().waitFor();
    await sheet.getByRole("link", { name: "same field again" }).scrollIntoViewIfNeeded();
    await shot(page, "datasets-4-card");
  });
});
