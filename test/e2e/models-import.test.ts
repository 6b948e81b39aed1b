/**
 * A model's way out and in, in a real browser: the package of the shipped model is downloaded, looked at in a dry run,
 * imported as a candidate; a file that is no model says why it is refused.
 */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readZip } from "#formats/index.ts";
import { agentOf, createProject, ensureLab, ensureOwner, openStore } from "#store/index.ts";
import { startServe } from "../serve-command.ts";
import { violations } from "./axe.ts";
import { openBrowser, shot } from "./harness.ts";

const home = mkdtempSync(join(tmpdir(), "cf-e2e-models-"));
let server: Awaited<ReturnType<typeof startServe>>;
let browser: Browser;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  const store = await openStore({ home });
  await ensureLab(store);
  const { id: projectId } = await createProject(store, agentOf(await ensureOwner(store)), "Tissue");
  await store.close();
  server = await startServe(home, ["--port", "0"]);
  ({ browser, page } = await openBrowser());
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(server.signInUrl);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.goto(`${new URL(server.signInUrl).origin}/p/${projectId}/models`);
});

afterAll(async () => {
  await browser?.close();
  const ended = new Promise((resolve) => server.child.once("exit", resolve));
  server.child.kill("SIGTERM");
  await ended;
  rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
});

test("a model goes out as a package and comes in again", async () => {
  const version = page.getByRole("button", { name: /open the card of/ }).first();
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
  expect(problems).toEqual([]);
});
