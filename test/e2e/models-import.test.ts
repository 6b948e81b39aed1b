/**
 * A model's way out and in, in a real browser: the package of the shipped model is downloaded, looked at in a dry run,
 * imported as a candidate; a file that is no model says why it is refused.
 */

import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readZip } from "#formats/index.ts";
import { createProject, type Project } from "#store/index.ts";
import { violations } from "./axe.ts";
import { type FilledSite, openFilledSite, shot } from "./harness.ts";

let site: FilledSite<Project>;
let page: Page;

beforeAll(async () => {
  site = await openFilledSite((store, owner) => createProject(store, owner, "Tissue"));
  page = site.page;
  await page.goto(`${site.origin}/p/${site.filled.id}/models`);
});

afterAll(() => site?.stop());

test("a model goes out as a package and comes in again", async () => {
  const version = page.getByRole("button", { name: /open the card of nuclei-fluorescence/ }).first();
  await version.waitFor({ timeout: 60_000 }).catch(() => shot(page, "models-page"));
  await version.click({ timeout: 5_000 });
  const card = page.getByRole("dialog");
  const link = card.getByRole("link", { name: /BioImage\.IO package/ });
  await link.scrollIntoViewIfNeeded();
  await shot(page, "model-package-link");
  const download = page.waitForEvent("download");
  await link.click();
  const file = await (await download).path();
  const names = readZip(new Uint8Array(readFileSync(file)), "package").map(({ path }) => path);
  expect(names).toContain("rdf.yaml");
  expect(names).toContain("weights.onnx");
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Import", exact: true }).click();
  const sheet = page.getByRole("dialog", { name: "Import a model" });
  await sheet.getByLabel("Model file").setInputFiles({
    name: "letter.onnx",
    mimeType: "application/octet-stream",
    buffer: Buffer.from("Dear reader, this is not a network."),
  });
  await sheet
    .getByText(/ONNX model/)
    .first()
    .waitFor({ timeout: 60_000 });
  await shot(page, "model-import-refused");
  await sheet.getByLabel("Model file").setInputFiles({
    name: "nuclei.zip",
    mimeType: "application/zip",
    buffer: readFileSync(file),
  });
  await sheet.getByText(/reproduced \(largest difference/).waitFor({ timeout: 120_000 });
  await sheet.getByText("model of Cell Foundry").waitFor();
  await shot(page, "model-import-dry-run");
  expect(await violations(page)).toEqual([]);
  await sheet.getByLabel("Name").fill("from-elsewhere");
  await sheet.getByRole("button", { name: "Import as candidate" }).click();
  await page.getByRole("dialog").getByText("from-elsewhere").first().waitFor({ timeout: 120_000 });
  await shot(page, "model-imported");
  expect(site.problems).toEqual([]);
});
