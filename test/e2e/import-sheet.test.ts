/**
 * From a drop to images, with everything asked that the files do not say; then metadata and vocabulary.
 *
 * The files set traps: pages that nobody named, no pixel size, a file cut short, a sheet with a slip in it.
 */

import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violations } from "./axe.ts";
import { dropFiles, openSite, type Site, shot } from "./harness.ts";
import { plainStack, wanderingCells } from "./plain-stack.ts";

const samples = join(import.meta.dirname, "..", "..", "samples", "nuclei");

interface Traps {
  readonly root: string;
  readonly plate: string;
  readonly labelled: string;
}

function writeTraps(): Traps {
  const root = mkdtempSync(join(tmpdir(), "cf-import-"));
  const plate = join(root, "plate");
  mkdirSync(plate);
  const movie = (cells: number) => plainStack(5, 200, 240, wanderingCells(cells));
  writeFileSync(join(plate, "movie-a.tif"), movie(14));
  writeFileSync(join(plate, "movie-b.tif"), movie(19));
  writeFileSync(join(plate, "cut.tif"), movie(5).subarray(0, 3000));
  writeFileSync(join(plate, ".DS_Store"), "left by a file manager");
  writeFileSync(join(plate, "sheet.csv"), "name,group,organ\nmovie-a,slide-1,splen\nmovie-b,slide-2,splen\n");
  const labelled = join(root, "labelled");
  for (const folder of ["images", "labels"]) mkdirSync(join(labelled, folder), { recursive: true });
  for (const [folder, name] of [
    ["images", "0ea22171.png"],
    ["labels", "0ea22171.tif"],
    ["images", "220b37f4.png"],
    ["labels", "220b37f4.tif"],
  ] as const) {
    copyFileSync(join(samples, folder, name), join(labelled, folder, name));
  }
  return { root, plate, labelled };
}

describe.each(["light", "dark"] as const)("in the %s scheme", (colorScheme) => {
  let site: Site;
  let page: Page;
  let traps: Traps;
  let project = "";

  beforeAll(async () => {
    traps = writeTraps();
    site = await openSite();
    ({ page } = site);
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.goto(site.signInUrl);
    const sample = page.getByRole("link", { name: /sample/i }).first();
    await sample.waitFor({ timeout: 120_000 });
    // A project of its own, so that the sample images are not there already.
    const answer = await api("POST", "/projects", { name: "Movies" });
    project = `/p/${(answer as { id: string }).id}`;
  });
  afterAll(async () => {
    await site?.stop();
    rmSync(traps.root, { recursive: true, force: true });
  });

  const api = (method: string, path: string, body?: unknown): Promise<unknown> =>
    page.evaluate(
      async ([verb, url, json]) => {
        const headers = { "x-cellfoundry": "1", "content-type": "application/json" };
        const init = json === undefined ? { method: verb, headers } : { method: verb, headers, body: json };
        return (await fetch(`/api${url}`, init as RequestInit)).json();
      },
      [method, path, body === undefined ? undefined : JSON.stringify(body)] as const,
    );
  // Toasts are dialogs that are not modal.
  const sheet = () => page.locator('[role="dialog"]:not([aria-modal="false"])');
  const name = (what: string) => `import-${colorScheme}-${what}`;
  const images = async () =>
    (
      (await api("GET", `/projects/${project.slice(3)}/images`)) as {
        items: { id: string; name: string; group: string; metadata: Record<string, string> }[];
      }
    ).items.sort((a, b) => (a.name < b.name ? -1 : 1));

  test("what was found, and what has to be asked, before anything is imported", async () => {
    await page.goto(site.origin + project);
    await page.getByRole("button", { name: "Import", exact: true }).waitFor();
    await dropFiles(page, [traps.plate], { x: 640, y: 400 });
    await sheet().getByRole("heading", { name: "What the files do not say" }).waitFor({ timeout: 60_000 });
    await shot(page, name("asked"));
    expect(await sheet().getByRole("heading", { level: 3 }).allTextContents()).toEqual([
      "2 images, no labels",
      "What the files do not say",
      "Sheet sheet.csv",
      "What the images show",
      "3 groups",
      "Licence",
      "To know before you import",
    ]);
    expect(await sheet().getByRole("img", { name: "movie-a, decoded" }).count()).toBe(1);
    expect(await sheet().getByRole("button", { name: "Import 2 images" }).isDisabled()).toBe(true);
    expect(await sheet().getByText("cannot be imported").textContent()).toContain("1 file");
    await sheet().getByText("plate/cut.tif", { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    // What was sent and answered is not lost to a stray key.
    await page.keyboard.press("Escape");
    expect(await sheet().isVisible()).toBe(true);
  });

  test("questions are answered by keyboard alone; the plan follows", async () => {
    await sheet().getByRole("radio", { name: "Time points of a movie" }).focus();
    await page.keyboard.press("Space");
    await sheet().getByText("5 time points").waitFor({ timeout: 60_000 });
    await expect
      .poll(() =>
        sheet()
          .getByText(/^Left open/)
          .textContent(),
      )
      .toContain("pixel size is recorded as unknown");
    await sheet().getByRole("textbox", { name: "Pixel size" }).focus();
    await page.keyboard.type("0 nm");
    await sheet().getByText("Write a length between").waitFor();
    expect(await sheet().getByRole("button", { name: "Import 2 images" }).isDisabled()).toBe(true);
    await sheet().getByRole("textbox", { name: "Pixel size" }).fill("650");
    await sheet().getByRole("combobox", { name: "Unit" }).selectOption("nm");
    await sheet().getByText("Everything is answered.").waitFor();
  });

  test("a slip in the sheet is mended by a button; the mended sheet can be kept", async () => {
    const problems = sheet().getByTestId("sheet-problems");
    await problems.scrollIntoViewIfNeeded();
    await shot(page, name("sheet-problems"));
    expect(await problems.getByRole("row").nth(1).textContent()).toContain("2, 3organsplen");
    await problems.getByRole("button", { name: /^spleen/ }).click();
    await sheet().getByText("2 values mended").waitFor({ timeout: 60_000 });
    await expect
      .poll(() => problems.getByText("splen", { exact: true }).count(), { timeout: 60_000 })
      .toBe(0);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      sheet().getByRole("button", { name: "Download the mended sheet" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("sheet.csv");
    expect(readFileSync((await download.path()) ?? "", "utf8")).toBe(
      "name,group,organ\nmovie-a,slide-1,spleen\nmovie-b,slide-2,spleen\n",
    );
  });

  test("a preset in one click; then the import, and the images are what was answered", async () => {
    await sheet().getByRole("button", { name: "Tissue, multiplexed" }).click();
    await sheet().getByRole("combobox", { name: "Platform" }).fill("code");
    await sheet().getByRole("listbox").getByRole("option").first().waitFor();
    await shot(page, name("term-box"));
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await sheet()
      .getByText(/OBI:0003093/)
      .first()
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await sheet().getByRole("button", { name: "Import 2 images" }).click();
    await sheet()
      .getByText(/2 images imported, 1 file refused/)
      .waitFor({ timeout: 90_000 });
    await shot(page, name("outcome"));
    expect(await violations(page)).toEqual([]);
    const [a, b] = await images();
    expect([a?.group, b?.group]).toEqual(["slide-1", "slide-2"]);
    expect(a?.metadata).toMatchObject({ organ: "spleen", species: "human", disease: "normal" });
    const detail = (await api("GET", `/images/${a?.id}`)) as { axes: string; mpp: unknown };
    expect(detail).toMatchObject({ axes: "tyx", mpp: { y: 0.65, x: 0.65 } });
  });

  test("released models offer to pre-label what came without labels", async () => {
    await sheet()
      .getByRole("button", { name: /^Pre-label all 2/ })
      .click();
    await sheet()
      .getByText(/Done in|Proposed|Working|Waiting/)
      .last()
      .waitFor({ timeout: 30_000 });
    await sheet().getByRole("button", { name: "Close", exact: true }).last().click();
    await sheet().waitFor({ state: "detached" });
  });

  test("labels that come along are drawn on the samples; what they outline is asked", async () => {
    await page.goto(site.origin + project);
    await page.getByRole("button", { name: "Import", exact: true }).waitFor();
    await dropFiles(page, [traps.labelled], { x: 640, y: 400 });
    await sheet().getByText("Outlines are the labels that came with the files.").waitFor({ timeout: 60_000 });
    await shot(page, name("labelled"));
    await page.setViewportSize({ width: 834, height: 1112 });
    await shot(page, name("tablet"));
    await page.setViewportSize({ width: 1280, height: 720 });
    await sheet().getByRole("radio", { name: "Nuclei" }).check();
    await sheet().getByRole("checkbox", { name: "Not known" }).check();
    await sheet().getByText("Everything is answered.").waitFor();
    await sheet().getByRole("button", { name: "Cancel", exact: true }).click();
    expect((await images()).length).toBe(2);
  });

  test("details of one image: words, a term of the lab, channels; saved with one undo", async () => {
    const [first] = await images();
    await page.goto(`${site.origin}${project}/i/${first?.id}`);
    await page.getByTestId("details").click({ timeout: 60_000 });
    await sheet().getByText("Words are kept as you write them").waitFor();
    const organ = sheet().getByRole("combobox", { name: "Organ or tissue" });
    await organ.fill("pale pulp zone");
    await sheet().getByRole("button", { name: "Use as a term of the lab …" }).click();
    await sheet().getByRole("combobox", { name: "Parent term" }).fill("spleen");
    await sheet().getByRole("listbox").getByRole("option").first().click();
    await sheet().getByRole("button", { name: "Add term" }).click();
    await sheet()
      .getByText(/local:pale-pulp-zone/)
      .waitFor();
    await sheet().getByRole("combobox", { name: "Role of channel 1" }).selectOption("nuclear");
    await shot(page, name("details"));
    expect(await violations(page)).toEqual([]);
    await sheet().getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText(`${first?.name} changed.`).waitFor();
    const detail = async () =>
      (await api("GET", `/images/${first?.id}`)) as {
        metadata: Record<string, string>;
        channels: { role: string }[];
      };
    expect(await detail()).toMatchObject({
      metadata: { organ: "pale pulp zone" },
      channels: [{ role: "nuclear" }],
    });
    await page.getByRole("button", { name: "Undo", exact: true }).last().click();
    await expect.poll(async () => (await detail()).metadata["organ"]).toBe("spleen");
    await expect.poll(async () => (await detail()).channels[0]?.role).toBe("other");
  });

  test("the vocabulary: found, renamed, merged, with sources and licences", async () => {
    await page.goto(`${site.origin}/settings`);
    await page.getByRole("link", { name: "Open", exact: true }).click();
    await page.getByRole("heading", { name: "Vocabulary", level: 1 }).waitFor();
    await page.getByRole("searchbox", { name: "Name, synonym or CURIE" }).fill("pale pulp");
    await page.getByTestId("term-hits").getByText("local:pale-pulp-zone").waitFor();
    expect(await page.getByRole("link", { name: "UBERON" }).count()).toBe(1);
    await page.getByRole("button", { name: "Merge into …" }).click();
    await page.getByRole("combobox", { name: "Term that pale pulp zone is" }).fill("spleen");
    await page.getByRole("listbox").getByRole("option").first().click();
    await shot(page, name("vocabulary"));
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Merge", exact: true }).click();
    await page.getByText(/means spleen \(UBERON:0002106\) now/).waitFor();
    const obo =
      "format-version: 1.2\ndata-version: uberon/releases/2030-01-01\nontology: uberon\n\n[Term]\nid: UBERON:0002106\nname: spleen\n";
    await page
      .getByTestId("ontology-file")
      .setInputFiles({ name: "uberon.obo", mimeType: "text/plain", buffer: Buffer.from(obo) });
    await page.getByText(/1 terms of .* installed/).waitFor({ timeout: 60_000 });
    await shot(page, name("vocabulary-installed"));
  });
});
