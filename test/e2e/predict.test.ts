/**
 * Predictions on the server as the page shows them: files with their own states, and thresholds moved in a worker without
 * asking the server again.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/find-node.mjs";
import { readLabels, readLabelTiffDescription } from "../../src/formats/index.ts";
import { violations } from "./axe.ts";
import { openSite, type Site, shot } from "./harness.ts";

const samples = join(root, "samples", "unseen");
const sample = join(samples, readdirSync(samples).filter((name) => name.endsWith(".png"))[0] ?? "");

describe("predictions on the server", () => {
  let site: Site;
  let context: BrowserContext;
  let page: Page;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "predict-"));
    site = await openSite();
    ({ context, page } = site);
    await page.goto(site.signInUrl);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.goto(`${site.origin}/predict`);
  });
  afterAll(async () => {
    await site?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const count = async (): Promise<number> => {
    const text = await page.locator('[role="status"]').filter({ hasText: / in / }).first().textContent();
    return Number(/^([\d,.\s]+)/.exec(text ?? "")?.[1]?.replaceAll(/\D/g, "") ?? Number.NaN);
  };

  test("a bad file has its reason, the good one its cells", async () => {
    const broken = join(folder, "broken.png");
    writeFileSync(broken, "no image");
    await page.getByTestId("predict-file").setInputFiles([broken, sample]);
    const files = page.getByTestId("batch-files");
    await files
      .getByText("is not", { exact: false })
      .or(files.getByLabel("failed"))
      .first()
      .waitFor({ timeout: 120_000 });
    await page.getByRole("link", { name: "Label TIFF" }).waitFor({ timeout: 120_000 });
    expect(await files.getByLabel("failed").count()).toBe(1);
    expect(await files.getByLabel("done").count()).toBe(1);
    expect(await count()).toBeGreaterThan(3);
    await shot(page, "predict-batch");
    expect(await violations(page)).toEqual([]);
  });

  test("a slider changes cells without a request; the way back gives the server's own", async () => {
    const before = await count();
    const sliders = page.getByTestId("thresholds");
    const smallest = sliders.getByRole("slider", { name: "Smallest object" });
    // The first move fetches the maps.
    await smallest.fill("400");
    await expect.poll(count, { timeout: 60_000 }).toBeLessThan(before);
    const fewer = await count();
    const requests: string[] = [];
    context.on("request", (request) => {
      if (!request.url().startsWith("blob:") && !request.url().includes("/events"))
        requests.push(request.url());
    });
    await smallest.fill("100");
    await expect.poll(count, { timeout: 60_000 }).toBeGreaterThan(fewer);
    expect(requests).toEqual([]);
    await smallest.fill("400");
    await expect.poll(count, { timeout: 60_000 }).toBe(fewer);
    await shot(page, "predict-thresholds");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Label TIFF" }).click(),
    ]);
    const path = join(folder, "saved.tif");
    await download.saveAs(path);
    const bytes = new Uint8Array(readFileSync(path));
    const labels = await readLabels(bytes, { name: "saved.tif" });
    expect(new Set(labels.data).size - 1).toBe(fewer);
    expect(readLabelTiffDescription(bytes, "saved.tif")["thresholds"]).toContain('"areaPxMin":400');
    await sliders.getByRole("button", { name: "As the model says" }).click();
    await expect.poll(count).toBe(before);
    expect(await page.getByRole("link", { name: "Label TIFF" }).count()).toBe(1);
  });

  test("a scale is taken from the form and told", async () => {
    await page.getByText("Pixel size and scale").click();
    await page.getByLabel("Scale").fill("1.5");
    await page.getByTestId("predict-file").setInputFiles(sample);
    await page.getByText("1.5 times its size, as you said").waitFor({ timeout: 120_000 });
    expect(site.problems).toEqual([]);
  });
});
