/**
 * An evaluation in a real browser: scores with intervals, the cells behind an error count, a cell opened in the editor, two
 * versions side by side, images pinned, and the release that waits until someone could look at them.
 */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violations } from "./axe.ts";
import { editorReady } from "./editor-driver.ts";
import { type EvaluatedCells, fillEvaluatedCells } from "./evaluated-cells.ts";
import { type FilledSite, openFilledSite, shot } from "./harness.ts";

describe("an evaluation", () => {
  let site: FilledSite<EvaluatedCells>;
  let page: Page;
  let address: string;
  let project: string;
  let prepared: EvaluatedCells;

  beforeAll(async () => {
    site = await openFilledSite(fillEvaluatedCells);
    page = site.page;
    prepared = site.filled;
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await page.getByRole("link", { name: "Evaluated cells" }).first().waitFor({ timeout: 60_000 });
    project = `${site.origin}/p/${prepared.projectId}`;
    address = `${project}/evaluations/${prepared.evaluationId}`;
  }, 240_000);
  afterAll(() => site?.stop());

  /** Each part in both schemes: looked at by the judge, kept as a picture. */
  async function inBothSchemes(name: string, ready: () => Promise<unknown>): Promise<void> {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.reload();
      await ready();
      await page.waitForTimeout(300);
      expect(await violations(page), `${name}, ${colorScheme}`).toEqual([]);
      await shot(page, `evaluation-${name}-${colorScheme}`);
    }
  }

  const loaded = () =>
    page.waitForFunction(() => {
      const pictures = [...document.querySelectorAll("main img, section img")] as HTMLImageElement[];
      return pictures.length > 0 && pictures.slice(0, 6).every((one) => one.complete && one.naturalWidth > 0);
    });

  test("scores stand with intervals, facets and what two people reach", async () => {
    await page.goto(address);
    const scores = page.getByRole("table", { name: "Scores with intervals" });
    await scores.waitFor();
    expect(await scores.getByRole("row").count()).toBe(8);
    await page.getByText("On 3 images with labels of two people").waitFor();
    await inBothSchemes("1-scores", () => scores.waitFor());
    await page.getByRole("button", { name: "All scores" }).click();
    await page.getByText("AJI+").waitFor();
    const showFacet = async (word: string): Promise<void> => {
      await page.getByRole("combobox", { name: "Facet" }).click();
      await page.getByRole("option", { name: word }).click();
      await page.getByRole("table", { name: `Scores by ${word}` }).waitFor();
    };
    await showFacet("Density");
    await showFacet("Organ");
    await page.getByRole("button", { name: /^liver/ }).click();
    await page.getByText("Organ: liver").waitFor();
  });

  test("a bar opens to its cells, as many as it says; a cell opens the editor there", async () => {
    await page.goto(`${address}?tab=cells&class=correct`);
    const bar = page
      .getByRole("navigation", { name: "Error classes" })
      .getByRole("button", { name: /^correct/ });
    const count = Number((await bar.locator("span > span").nth(1).textContent())?.replaceAll(",", ""));
    expect(count).toBeGreaterThan(0);
    await loaded();
    const cards = page.locator("li[class] a[data-cell]");
    for (let shown = await cards.count(); shown < Math.min(count, 100); shown = await cards.count()) {
      await page.getByRole("button", { name: /^Show more/ }).click();
      await page.waitForFunction((n) => document.querySelectorAll("a[data-cell]").length > n, shown);
    }
    await page.goto(`${address}?tab=cells`);
    await inBothSchemes("2-cells", loaded);
    const cell = page.locator("a[data-cell]").first();
    await page.getByRole("button", { name: "True", exact: true }).click();
    await loaded();
    await cell.click();
    await editorReady(page);
    expect(page.url()).toMatch(/\/i\/[0-9A-Z]{26}\?/);
    expect(page.url()).toContain(`evaluation=${prepared.evaluationId}`);
    // The cells stand in the colours of what the model made of them, and the legend counts them as the evaluation does.
    await page.getByRole("tab", { name: "Layers" }).click();
    const legend = page.getByTestId("error-legend");
    await legend.waitFor();
    const imageId = /\/i\/([0-9A-Z]{26})/.exec(page.url())?.[1] ?? "";
    const question = `/api/evaluations/${prepared.evaluationId}/judged-image?imageId=${imageId}`;
    const judged = await page.evaluate(async (url) => (await fetch(url)).json(), question);
    const correct = judged.cells.filter((one: { class: string }) => one.class === "correct").length;
    expect(correct).toBeGreaterThan(0);
    const row = legend.getByRole("button", { name: /^Correct/ });
    expect(await row.textContent()).toBe(`Correct${correct}`);
    await row.click();
    expect(await page.getByTestId("editor").getAttribute("data-selected")).not.toBe("");
    await shot(page, "evaluation-6-editor-dark");
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await shot(page, "evaluation-6-editor-light");
    expect(await violations(page)).toEqual([]);
  });

  test("two versions: differences with p, and the cells that one gets and the other misses", async () => {
    await page.goto(`${address}?tab=compare`);
    const table = page.getByRole("table", { name: "Differences of scores" });
    await table.waitFor({ timeout: 30_000 });
    await page.getByText("paired permutation, exact").waitFor();
    await inBothSchemes("3-compare", async () => {
      await table.waitFor();
      await page.getByText(/only nuclei-fluorescence@9/).waitFor();
    });
  });

  test("pinned images stand before a release until both versions were laid side by side", async () => {
    await page.goto(`${address}?tab=images`);
    await page.getByRole("table", { name: "Scores by image, hardest first" }).waitFor();
    await inBothSchemes("4-images", () => page.getByRole("table").waitFor());
    await page.getByRole("button", { name: "Pin the 5 hardest" }).click();
    await page.getByText("5 pinned images").waitFor();
    await page
      .getByRole("button", { name: /^Unpin/ })
      .first()
      .click();
    await page.getByText("4 pinned images").waitFor();

    await page.goto(`${project}/models?version=${prepared.candidateId}`);
    await page.getByRole("button", { name: "Compare on 4 pinned images" }).click();
    const table = page.getByRole("table", { name: "Changes of cells on pinned images" });
    await table.waitFor({ timeout: 90_000 });
    expect(await table.getByRole("row").count()).toBe(5);
    await table.getByRole("button").first().click();
    await page.getByTestId("pinned-picture").locator("path").first().waitFor({ state: "attached" });
    await page.getByTestId("pinned-picture").scrollIntoViewIfNeeded();
    await shot(page, "evaluation-5-release-light");
    expect(await violations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
    await shot(page, "evaluation-5-release-dark");
    expect(site.problems).toEqual([]);
  });
});
