/** The hands of a person who predicts in the browser ("private mode"), for tests and benches. */

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import type { LabelImage } from "../../src/core/array/index.ts";
import { matchObjects } from "../../src/core/metrics/index.ts";
import { readLabels } from "../../src/formats/index.ts";

/** Longest wait for one prediction: WebGPU in software takes seconds per tile. */
const predictMsMax = 300_000;

/** Opens the Predict page and chooses the browser as the place, on a device by its label. */
export async function openPrivately(page: Page, origin: string, device = "Automatic"): Promise<void> {
  await page.goto(`${origin}/predict`);
  await page.getByLabel("In this browser").check({ timeout: 60_000 });
  if (device !== "Automatic") {
    await page.getByRole("combobox", { name: "Device" }).click();
    await page.getByRole("option", { name: new RegExp(`^${device}`) }).click();
  }
}

/** Chooses a file and waits for its result; returns what the page says about device, time and bytes. */
export async function predictFile(page: Page, path: string): Promise<string> {
  await page.getByTestId("predict-file").setInputFiles(path);
  await resultOf(page, basename(path));
  return (await page.getByTestId("private-facts").textContent()) ?? "";
}

export async function resultOf(page: Page, name: string): Promise<void> {
  const done = page.getByRole("status").filter({ hasText: `in ${name}` });
  const failed = page.getByRole("alert");
  await done.or(failed).first().waitFor({ timeout: predictMsMax });
  if (await failed.isVisible()) throw new Error(`${name}: ${await failed.textContent()}`);
}

/** Saves one of the downloads of the shown result. */
export async function saveResult(page: Page, label: string): Promise<Uint8Array> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: label }).click(),
  ]);
  return readFileSync(await download.path());
}

export async function privateLabels(page: Page): Promise<LabelImage> {
  return readLabels(await saveResult(page, "Label TIFF"), { name: "private.tif" });
}

/** The server's labels for the same file with the model version that the page shows. */
export async function serverLabels(
  context: BrowserContext,
  origin: string,
  model: string,
  path: string,
): Promise<LabelImage> {
  const headers = { "x-cellfoundry": "1", origin };
  const file = { name: basename(path), mimeType: "application/octet-stream", buffer: readFileSync(path) };
  const sent = await context.request.post(`${origin}/api/predictions`, {
    headers,
    multipart: { model, file },
  });
  const job = (await sent.json()) as { id: string };
  for (;;) {
    const { state } = (await (await context.request.get(`${origin}/api/jobs/${job.id}`)).json()) as {
      state: string;
    };
    if (state === "done") break;
    if (state === "failed" || state === "canceled") throw new Error(`the server's prediction ${state}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const answer = await context.request.get(`${origin}/api/predictions/${job.id}/labels.tif`);
  return readLabels(await answer.body(), { name: "server.tif" });
}

/** Pooled over files: the page's cells against the server's, matched at an IoU. */
export async function agreement(
  page: Page,
  server: { readonly origin: string; readonly model: string },
  paths: readonly string[],
  iou: number,
): Promise<{ readonly f1: number; readonly cells: number }> {
  const sums = { tp: 0, fp: 0, fn: 0 };
  for (const path of paths) {
    await predictFile(page, path);
    const expected = await serverLabels(page.context(), server.origin, server.model, path);
    const { tp, fp, fn } = matchObjects(expected, await privateLabels(page), iou);
    sums.tp += tp;
    sums.fp += fp;
    sums.fn += fn;
  }
  const { tp, fp, fn } = sums;
  return { f1: (2 * tp) / (2 * tp + fp + fn), cells: tp + fn };
}
