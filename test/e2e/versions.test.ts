/**
 * Versions of labels in a real browser: a branch begun on the page, two people's edits, the difference in verbs, a
 * conflict decided by its contours, the merge, who made what, going back, and the same from the command line's data.
 */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shapeFromWire, shapeToWire } from "../../src/api/shapes.ts";
import {
  type ObjectShape,
  objectShapeFromMask,
  shapeArea,
  shapeToMask,
} from "../../src/core/labels/index.ts";
import { createUlids } from "../../src/core/ulid.ts";
import { editorReady } from "./editor-driver.ts";
import { openSite, type Site, shot } from "./harness.ts";

const ulid = createUlids(Date.now, (bytes) => crypto.getRandomValues(bytes));

interface WireObject {
  readonly uid: string;
  readonly shape: Parameters<typeof shapeFromWire>[0];
}

/** The part of a shape whose pixels pass. */
function part(shape: ObjectShape, keep: (y: number, x: number) => boolean): ObjectShape {
  const mask = shapeToMask(shape);
  const data = mask.data.map((value, i) =>
    value === 1 && keep(Math.floor(i / mask.width), i % mask.width) ? 1 : 0,
  );
  const kept = objectShapeFromMask({ ...mask, data }, { ...shape, y: shape.bbox[0], x: shape.bbox[1] });
  if (kept === null) throw new Error("nothing is left of the shape");
  return kept;
}

describe("versions of labels", () => {
  let site: Site;
  let page: Page;
  let place: { project: string; image: string; layer: string };
  let cells: { uid: string; shape: ObjectShape }[];

  beforeAll(async () => {
    site = await openSite();
    ({ page } = site);
    await page.goto(site.signInUrl);
    await page.getByText("Sample", { exact: false }).first().waitFor({ timeout: 120_000 });
  });
  afterAll(async () => {
    await site?.stop();
    expect(site.problems).toEqual([]);
  });

  const api = <T>(path: string, body?: unknown): Promise<T> =>
    page.evaluate(
      async ({ url, body: json }) => {
        const headers = { "x-cellfoundry": "1", "content-type": "application/json" };
        const init = json === undefined ? {} : { method: "POST", headers, body: JSON.stringify(json) };
        return (await fetch(url, init)).json();
      },
      { url: `/api${path}`, body },
    ) as Promise<T>;

  /** Changes cells to given shapes in one edit. */
  async function change(
    layerId: string,
    kind: string,
    shapes: readonly { uid: string; before: ObjectShape | null; after: ObjectShape | null }[],
  ): Promise<void> {
    const changes = shapes.map(({ uid, before, after }) => ({
      uid,
      before: before === null ? null : shapeToWire(before),
      after: after === null ? null : shapeToWire(after),
    }));
    const edit = { operationId: ulid(), kind, tool: kind, msSpent: 1_500, changes };
    const { results } = await api<{ results: { state: string }[] }>(`/layers/${layerId}/edits`, {
      edits: [edit],
    });
    expect(results.map(({ state }) => state)).toEqual(["saved"]);
  }

  const address = (search: string): string =>
    `${site.origin}/p/${place.project}/i/${place.image}/versions${search}`;

  test("an image with many cells is at hand", async () => {
    const { projects } = await api<{ projects: { id: string; imageCount: number }[] }>("/projects");
    const project = projects.find(({ imageCount }) => imageCount > 0)?.id ?? "";
    const { items } = await api<{ items: { id: string; cellCount: number }[] }>(
      `/projects/${project}/images`,
    );
    const image = [...items].sort((a, b) => b.cellCount - a.cellCount)[0]?.id ?? "";
    const { layers } = await api<{ layers: { id: string }[] }>(`/images/${image}`);
    place = { project, image, layer: layers[0]?.id ?? "" };
    const { objects } = await api<{ objects: WireObject[] }>(`/layers/${place.layer}/objects`);
    cells = objects
      .map(({ uid, shape }) => ({ uid, shape: shapeFromWire(shape) }))
      .sort((a, b) => shapeArea(b.shape) - shapeArea(a.shape));
    expect(cells.length).toBeGreaterThan(10);
  });

  test("from the image's history to its versions, and a branch is begun there", async () => {
    await page.goto(`${site.origin}/p/${place.project}/i/${place.image}`);
    await editorReady(page);
    await page.getByTestId("tab-history").click();
    await page.getByTestId("open-versions").click();
    await page.getByTestId("tab-merge").click();
    await page.getByLabel("New branch of these labels").fill("second look");
    await page.getByTestId("create-branch").click();
    await page.getByText("second look has nothing new.").waitFor();
    expect(new URL(page.url()).searchParams.get("branch")).not.toBeNull();
  });

  test("the page tells what changed, in verbs, and flies to a cell", async () => {
    const branch = new URL(page.url()).searchParams.get("branch") ?? "";
    const [a, b, c, d] = cells as [
      (typeof cells)[0],
      (typeof cells)[0],
      (typeof cells)[0],
      (typeof cells)[0],
    ];
    const middle = Math.floor((c.shape.bbox[3] - c.shape.bbox[1]) / 2);
    await change(branch, "delete", [{ uid: b.uid, before: b.shape, after: null }]);
    await change(branch, "split", [
      { uid: c.uid, before: c.shape, after: part(c.shape, (_y, x) => x < middle) },
      { uid: ulid(), before: null, after: part(c.shape, (_y, x) => x >= middle) },
    ]);
    // Both sides change one and the same cell: the branch takes its top away, the labels its left.
    await change(branch, "erase", [{ uid: a.uid, before: a.shape, after: part(a.shape, (y) => y > 2) }]);
    await change(place.layer, "erase", [
      { uid: a.uid, before: a.shape, after: part(a.shape, (_y, x) => x > 2) },
    ]);
    await change(place.layer, "erase", [{ uid: d.uid, before: d.shape, after: part(d.shape, (y) => y > 1) }]);
    const { revisions } = await api<{ revisions: { id: string }[] }>(`/layers/${place.layer}/revisions`);
    await page.goto(address(`?before=r${revisions[0]?.id}&after=l${branch}`));
    const summary = page.getByTestId("compare-summary");
    await summary.waitFor();
    expect(await summary.getAttribute("data-changes")).toBe("3");
    for (const verb of ["reshaped", "removed", "split"]) {
      expect(await page.locator(`button[data-verb="${verb}"]`).count()).toBe(1);
    }
    await shot(page, "versions-1-compare");
    const before = await page.getByTestId("picture-before-after").getAttribute("viewBox");
    await page.locator('button[data-verb="split"]').click();
    await expect
      .poll(() => page.getByTestId("picture-before-after").getAttribute("viewBox"))
      .not.toBe(before);
    expect(new URL(page.url()).searchParams.get("cell")).toBe(c.uid);
    await shot(page, "versions-2-cell");
    await page.goto(`${page.url()}&view=beside`);
    await page.getByTestId("picture-after").waitFor();
    expect(await page.locator('button[aria-current="true"]').getAttribute("data-verb")).toBe("split");
    await shot(page, "versions-3-beside");
  });

  test("the conflict is shown as two contours and decided; then the branch is merged", async () => {
    await page.goto(address("?tab=merge"));
    const merge = page.getByTestId("merge");
    await merge.waitFor();
    expect(await merge.getAttribute("data-state")).toBe("conflict");
    expect(await page.getByTestId("conflict").count()).toBe(1);
    expect(await page.getByTestId("merge-now").isDisabled()).toBe(true);
    await shot(page, "versions-4-conflict");
    await page.getByTestId("keep-theirs").click();
    await expect.poll(() => merge.getAttribute("data-state")).toBe("ready");
    await shot(page, "versions-5-decided");
    await page.getByTestId("merge-now").click();
    await expect.poll(() => merge.getAttribute("data-state"), { timeout: 20_000 }).toBe("upToDate");
    const { objects } = await api<{ objects: WireObject[] }>(`/layers/${place.layer}/objects`);
    expect(objects).toHaveLength(cells.length);
    const [a, b] = cells;
    expect(objects.find(({ uid }) => uid === b?.uid)).toBeUndefined();
    const merged = objects.find(({ uid }) => uid === a?.uid);
    expect(merged === undefined ? 0 : shapeArea(shapeFromWire(merged.shape))).toBe(
      shapeArea(part((a as (typeof cells)[0]).shape, (y) => y > 2)),
    );
  });

  test("who made what: coloured, counted, and each cell with its origin", async () => {
    await page.goto(address("?tab=blame"));
    const seen = page.getByTestId("blame-seen");
    await seen.waitFor();
    expect(Number(await seen.getAttribute("data-cells"))).toBe(cells.length);
    // Three cells were changed by hand and one was split off.
    expect(Number(await seen.getAttribute("data-seen"))).toBe(4);
    expect(await page.getByTestId("blame-table").getByText("branch second look").count()).toBe(3);
    await page.getByTestId("blame-table").getByRole("button").first().click();
    await shot(page, "versions-6-blame");
  });

  test("history: the merge has its mark, and going back is one more revision", async () => {
    await page.goto(address("?tab=history"));
    await page.getByText("Took in branch second look").waitFor();
    await shot(page, "versions-7-history");
    await page.getByTestId("restore-1").click();
    await page.getByText(/The labels are as in revision 1/).waitFor();
    const { objects } = await api<{ objects: WireObject[] }>(`/layers/${place.layer}/objects`);
    expect(new Set(objects.map(({ uid }) => uid))).toEqual(new Set(cells.map(({ uid }) => uid)));
  });

  test("a branch opens in the editor, and its edits go to the branch", async () => {
    await page.goto(address("?tab=merge"));
    await page.getByTestId("edit-branch").click();
    await editorReady(page);
    await page.getByTestId("tab-history").click();
    await page.getByTestId("branch-choice").waitFor();
    expect(await page.getByTestId("branch-choice").locator("option:checked").textContent()).toBe(
      "second look",
    );
    await shot(page, "versions-8-branch-editor");
  });
});
