/**
 * Tracks of a movie on the page: a simulated movie with its true lineage, in Chromium. The chart and the image lead to
 * each other; links, divisions and events are edited by keys and buttons, refused where they break a law, taken back; torn
 * tracks are found and mended by the next-error key; the linker runs again only around what was changed; plots, divisions, CSV.
 */

import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ImageDetail, LayerObjects, WireObject } from "#api/index.ts";
import { imageArray, type LabelImage } from "#core/array/index.ts";
import type { OriginChange } from "#core/edits/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { simulateMovie } from "#core/movie/index.ts";
import { appendEdits, createProject, ensureLayer, insertImage } from "#store/index.ts";
import { violations } from "./axe.ts";
import { ask, click, drag, editorReady, saved } from "./editor-driver.ts";
import { type FilledSite, openFilledSite, shot } from "./harness.ts";

const size = 160;
const frameCount = 10;
const soon = { timeout: 60_000 };

interface Filled {
  readonly projectId: string;
  readonly imageId: string;
  readonly contacts: readonly Contact[];
}

/** Two cells of a frame whose masks touch, and where. */
interface Contact {
  readonly t: number;
  readonly tracks: readonly [number, number];
  readonly pixels: number;
  readonly at: { readonly y: number; readonly x: number };
}

function contactsOf({ data, width }: LabelImage, t: number): Contact[] {
  const found = new Map<string, { tracks: [number, number]; pixels: number; y: number; x: number }>();
  for (let i = 0; i < data.length; i++)
    for (const j of [i % width === width - 1 ? i : i + 1, i + width]) {
      const [a, b] = [data[i]!, data[j] ?? 0];
      if (a === 0 || b === 0 || a === b) continue;
      const tracks: [number, number] = a < b ? [a, b] : [b, a];
      const one = found.get(`${tracks}`) ?? { tracks, pixels: 0, y: 0, x: 0 };
      found.set(`${tracks}`, one);
      one.pixels++;
      one.y += (Math.floor(i / width) + Math.floor(j / width)) / 2;
      one.x += ((i % width) + (j % width)) / 2;
    }
  return [...found.values()].map(({ tracks, pixels, y, x }) => ({
    ...{ t, tracks, pixels, at: { y: y / pixels, x: x / pixels } },
  }));
}

/** Ids say frame and track, so that a test knows which cell is which. */
const uidOf = (track: number, t: number): string => `${t}`.padStart(13, "0") + `${track}`.padStart(13, "0");

/** The movie with the links of its simulation, made by a person. */
async function fillMovie(
  ...[store, owner]: Parameters<Parameters<typeof openFilledSite>[0]>
): Promise<Filled> {
  const simulated = simulateMovie(
    {
      ...{ look: "nuclear", density: "medium", frameCount, height: size, width: size, mppUm: 0.8, cycleH: 3 },
      ...{ missedFrames: 0, deathsPerCycle: 0 },
    },
    21,
  );
  const frames = [...simulated.frames];
  const { id: projectId } = await createProject(store, owner, "Movies");
  const pixels = imageArray(frames[0]!.image.dtype, "tyx", [frameCount, size, size]);
  for (const { t, image } of frames) pixels.data.set(image.data, t * size * size);
  const { imageId } = await insertImage(store, owner, {
    ...{ projectId, name: "movie", image: pixels, source: { title: "simulated", licence: "CC0-1.0" } },
    metadata: { frameInterval: "600" },
  });
  const layer = await ensureLayer(store, owner, imageId, "nuclear");
  const changes = frames.flatMap(({ t, labels }) =>
    [...objectShapesFromLabels(labels, { t, z: 0 })].map(([label, after]) => ({
      ...{ uid: uidOf(label, t), before: null, after },
    })),
  );
  const parents = new Map(simulated.tracks().map(({ label, parent }) => [label, parent]));
  const seen = new Map<number, number>();
  const origins = frames.flatMap(({ t, labels }) =>
    [...new Set(labels.data)]
      .filter((label) => label > 0)
      .flatMap((label): OriginChange[] => {
        const before = seen.get(label);
        seen.set(label, t);
        const parent = parents.get(label) ?? null;
        const from = before === undefined ? (parent === null ? undefined : seen.get(parent)) : before;
        if (from === undefined || from >= t) return [];
        const after =
          before === undefined
            ? { uid: uidOf(parent as number, from), kind: "division" as const }
            : { uid: uidOf(label, from), kind: "link" as const };
        return [{ uid: uidOf(label, t), before: null, after }];
      }),
  );
  const [result] = await appendEdits(store, owner, layer.id, [
    { operationId: "0".repeat(26), kind: "import", tool: "test", changes, msSpent: 0, origins },
  ]);
  expect(result).toMatchObject({ state: "saved" });
  return { projectId, imageId, contacts: frames.flatMap(({ t, labels }) => contactsOf(labels, t)) };
}

const distance = (a: { y: number; x: number }, b: { y: number; x: number }): number =>
  Math.hypot(a.y - b.y, a.x - b.x);

describe("tracks in the editor", () => {
  let site: FilledSite<Filled>;
  let page: Page;

  beforeAll(async () => {
    site = await openFilledSite(fillMovie);
    page = site.page;
    const { projectId, imageId } = site.filled;
    // Views change at once: a click lands where the cell is.
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.goto(`${site.origin}/p/${projectId}/i/${imageId}`);
    await editorReady(page);
    await page.getByRole("button", { name: "Close the tour" }).click();
    await page.getByTestId("tab-tracks").click();
    await page.getByTestId("track-chart").waitFor();
  }, 600_000);
  afterAll(async () => {
    await site?.stop();
    expect(site.problems).toEqual([]);
  });

  const objects = async (): Promise<WireObject[]> => {
    const { layers } = await ask<ImageDetail>(page, `/images/${site.filled.imageId}`);
    return (await ask<LayerObjects>(page, `/layers/${layers[0]?.id}/objects`)).objects;
  };
  const originOf = async (uid: string) => (await objects()).find((one) => one.uid === uid)?.origin;
  const middle = ({ shape }: WireObject) => ({
    y: (shape.bbox[0] + shape.bbox[2]) / 2,
    x: (shape.bbox[1] + shape.bbox[3]) / 2,
  });
  const frame = async (): Promise<number> =>
    Number(await page.getByTestId("editor").getAttribute("data-frame"));
  const goTo = async (number: number): Promise<void> => {
    await page.getByTestId("slider-t").fill(String(number));
    await expect.poll(frame, soon).toBe(number);
  };
  const selected = async (): Promise<string[]> =>
    ((await page.getByTestId("editor").getAttribute("data-selected")) ?? "").split(" ").filter(Boolean);
  /** A cell is clicked on the image, in its frame, with the whole image in view. */
  const choose = async (cell: WireObject): Promise<void> => {
    await goTo(cell.shape.t + 1);
    await page.keyboard.press("Escape");
    await page.keyboard.press("0");
    await click(page, middle(cell));
    await expect.poll(selected, soon).toEqual([cell.uid]);
  };
  /** Frames are drawn and colours have changed when nothing moves any more. */
  const stillPicture = (): Promise<void> =>
    page.evaluate(async () => {
      const draw = () => new Promise((done) => requestAnimationFrame(done));
      for (let k = 0; k < 6; k++) await draw();
      await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
      await draw();
    });
  /** Pictures are looked at: the frame that was asked for is drawn by then. */
  const picture = async (name: string): Promise<void> => {
    await page.locator('[data-testid="surface"][data-pixels="ready"]').waitFor();
    await stillPicture();
    await shot(page, `${name}-light`);
    if (process.env.E2E_SHOTS === undefined) return;
    await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
    await stillPicture();
    await shot(page, `${name}-dark`);
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  };
  /** Does something that edits, and waits until that edit is at the server: not only until nothing waits. */
  const edited = async (act: () => Promise<unknown>): Promise<void> => {
    const before = await saved(page);
    await act();
    await expect
      .poll(async () => Number(await page.getByTestId("editor").getAttribute("data-seq")), soon)
      .toBeGreaterThan(before);
    await saved(page);
  };
  const edit = (key: string): Promise<void> => edited(() => page.keyboard.press(key));
  const facts = () => page.getByTestId("track-facts").textContent();
  const trackCount = async (): Promise<number> =>
    Number.parseInt((await page.getByTestId("track-count").textContent()) ?? "", 10);
  /** Tracks as the server has them, counted by another rule: objects that do not go on from one by a link. */
  const storedTracks = (all: readonly WireObject[]): number =>
    all.filter(({ origin }) => origin?.kind !== "link").length;
  /** Cells that go on by links through given frames, whole in view. */
  const through = (all: readonly WireObject[], from: number, to: number): WireObject[][] =>
    all
      .filter(({ shape }) => shape.t === from)
      .map((first) => {
        const chain = [first];
        for (let t = from + 1; t <= to; t++) {
          const next = all.find(({ origin }) => origin?.kind === "link" && origin.uid === chain.at(-1)?.uid);
          if (next === undefined) return [];
          chain.push(next);
        }
        return chain;
      })
      .filter((chain) =>
        chain.every(
          ({ shape: { bbox } }) => bbox[0] > 8 && bbox[1] > 8 && bbox[2] < size - 8 && bbox[3] < size - 8,
        ),
      )
      .filter((chain) => chain.length > 0);

  test("chart, tree and image lead to each other; tracks are drawn on the image", async () => {
    const all = await objects();
    expect(await trackCount()).toBe(storedTracks(all));
    const [chain] = through(all, 2, 5);
    await choose(chain![1]!);
    await expect.poll(facts, soon).toMatch(/^Track \d+, frames/);
    const number = /Track (\d+)/.exec((await facts()) ?? "")?.[1];
    await expect
      .poll(() => page.locator('[data-testid="track-row"][data-look="chosen"]').count(), soon)
      .toBe(1);
    expect(await page.locator('[data-look="chosen"]').getAttribute("data-track")).toBe(number);
    await page.getByTestId("tails").check();
    await expect
      .poll(async () => Number(await page.getByTestId("track-tails").getAttribute("data-ways")), soon)
      .toBeGreaterThan(2);
    expect(await violations(page)).toEqual([]);
    await picture("tracks-strip");

    // By keys: the next row is another track, the arrows walk through time.
    await page.getByTestId("track-chart").focus();
    await page.keyboard.press("ArrowDown");
    await expect.poll(facts, soon).not.toContain(`Track ${number},`);
    const here = await frame();
    await page.keyboard.press(here === 1 ? "ArrowRight" : "ArrowLeft");
    await expect.poll(frame, soon).toBe(here === 1 ? 2 : here - 1);

    // By a click: the frame and the cell under the pointer, of another track.
    const other = page.locator('[data-testid="track-row"][data-track="2"] rect').last();
    const bar = await other.boundingBox();
    if (bar === null) throw new Error("track 2 is not in the chart");
    await page.mouse.click(bar.x + ((6 + 0.5) / frameCount) * bar.width, bar.y + bar.height / 2);
    await expect.poll(frame, soon).toBe(7);
    await expect.poll(facts, soon).toMatch(/^Track 2,/);
    await expect.poll(async () => uidOf(2, 6) === (await selected())[0], soon).toBe(true);

    await page.getByTestId("tracks-tree").click();
    const parent = all.find(({ origin }) => origin?.kind === "division")?.origin?.uid;
    await choose(all.find(({ uid }) => uid === parent)!);
    await expect.poll(facts, soon).toContain("divides into");
    await expect
      .poll(() => page.locator('[data-testid="track-row"][data-look="relative"]').count(), soon)
      .toBeGreaterThanOrEqual(2);
    await page.getByRole("button", { name: "Wide panel" }).click();
    await picture("tracks-tree");
    await page.getByRole("button", { name: "Narrow panel" }).click();
  });

  test("cut, join, swap, daughters and events are edits: saved, shown, refused with words, taken back", async () => {
    const start = await objects();
    const tracksAtStart = await trackCount();
    const chains = through(start, 3, 6);
    const [a, b] = chains as [WireObject[], WireObject[]];
    await choose(a[2]!);
    await edit("Shift+X");
    expect(await originOf(a[2]!.uid)).toBeUndefined();
    await expect.poll(trackCount, soon).toBe(tracksAtStart + 1);
    expect(await page.getByTestId("last-change").textContent()).toContain("begins here");
    await picture("tracks-cut");
    await edited(() => page.getByTestId("last-undo").click());
    expect((await originOf(a[2]!.uid))?.uid).toBe(a[1]!.uid);

    // From frame to frame: a goes on as b; what b came from ends, what a went on as begins.
    await choose(a[1]!);
    await page.keyboard.press("Shift+A");
    await page.getByTestId("marked-cell").waitFor();
    await choose(b[2]!);
    await edit("Shift+L");
    expect(await originOf(b[2]!.uid)).toEqual({ uid: a[1]!.uid, kind: "link", confidence: 1 });
    expect(await originOf(a[2]!.uid)).toBeUndefined();
    await edit("Control+z");
    expect((await originOf(b[2]!.uid))?.uid).toBe(b[1]!.uid);

    await choose(a[2]!);
    await page.keyboard.down("Shift");
    await click(page, middle(b[2]!));
    await page.keyboard.up("Shift");
    await expect.poll(selected, soon).toHaveLength(2);
    await edit("Shift+S");
    expect((await originOf(a[2]!.uid))?.uid).toBe(b[1]!.uid);
    expect((await originOf(b[2]!.uid))?.uid).toBe(a[1]!.uid);
    await edit("Control+z");

    // A daughter in the frame of its parent cannot be: said, and nothing happens.
    await choose(a[1]!);
    await page.getByTestId("track-mark").click();
    await choose(b[1]!);
    await page.keyboard.press("Shift+D");
    await expect.poll(() => page.getByTestId("note").textContent(), soon).toContain("in one frame");
    await choose(b[2]!);
    await edit("Shift+D");
    expect(await originOf(b[2]!.uid)).toMatchObject({ uid: a[1]!.uid, kind: "division" });
    expect(await originOf(a[2]!.uid)).toMatchObject({ uid: a[1]!.uid, kind: "division" });
    await page.getByTestId("tracks-divisions").click();
    await expect
      .poll(() => page.getByTestId("division").count(), soon)
      .toBe(
        new Set((await objects()).flatMap(({ origin }) => (origin?.kind === "division" ? [origin.uid] : [])))
          .size,
      );
    const [csv] = await Promise.all([
      page.waitForEvent("download"),
      page.getByTestId("divisions-csv").click(),
    ]);
    const rows = readFileSync(await csv.path(), "utf8")
      .trim()
      .split("\r\n");
    expect(rows[0]).toBe("frame,parent,daughters,cycle_frames,cycle_s");
    expect(rows).toHaveLength(1 + (await page.getByTestId("division").count()));
    await picture("tracks-divisions");
    await edit("Control+z");

    // An event is refused where the cell goes on, taken where its track ends, and seen after a reload.
    await choose(a[2]!);
    await edited(() => page.getByTestId("track-end").click());
    await edited(() => page.getByTestId("track-event").selectOption("death"));
    const marked = (await objects()).find(({ uid }) => uid === a[2]!.uid);
    expect(marked?.events).toEqual({ end: { kind: "death" } });
    await choose(a[2]!);
    await page.keyboard.press("Shift+A");
    await choose(a[3]!);
    await page.keyboard.press("Shift+L");
    await expect.poll(() => page.getByTestId("note").textContent(), soon).toContain("marked as dead");
    await page.reload();
    await editorReady(page);
    await page.getByTestId("tab-tracks").click();
    await choose(a[2]!);
    await expect.poll(facts, soon).toContain("died");
    await edit("Control+z");
    await edit("Control+z");
    const now = await objects();
    expect(now.map(({ uid, origin }) => [uid, origin?.uid])).toEqual(
      start.map(({ uid, origin }) => [uid, origin?.uid]),
    );
  });

  test("a merged mask is mended by one line: mask and links in one edit, and both are taken back at once", async () => {
    const start = await objects();
    const tracksAtStart = await trackCount();
    // The two that touch most, of those that are whole in view in three frames.
    const pairs = site.filled.contacts.flatMap(({ t, tracks, pixels, at }) => {
      const chains = through(start, t - 1, t + 1);
      const [a, b] = tracks.map((track) => chains.find((chain) => chain[1]?.uid === uidOf(track, t)));
      return a === undefined || b === undefined ? [] : [{ t, a, b, pixels, at }];
    });
    const { t, a, b, at } = pairs.reduce((most, pair) => (pair.pixels > most.pixels ? pair : most));
    await choose(a[1]!);
    await page.keyboard.down("Shift");
    await click(page, middle(b[1]!));
    await page.keyboard.up("Shift");
    await expect.poll(selected, soon).toHaveLength(2);
    await edit("m");
    const merged = await objects();
    expect(merged.filter(({ uid }) => uid === a[1]!.uid || uid === b[1]!.uid)).toHaveLength(1);

    // A line where they touch, across the way from one to the other.
    const [from, to] = [middle(a[1]!), middle(b[1]!)];
    const along = { y: (to.y - from.y) / distance(from, to), x: (to.x - from.x) / distance(from, to) };
    const end = (side: number) => ({ y: at.y + side * along.x, x: at.x - side * along.y });
    await page.keyboard.press("s");
    await edited(() => drag(page, [end(-14), end(14)]));
    await page.keyboard.press("v");
    const mended = await objects();
    expect(mended).toHaveLength(start.length);
    const inFrame = new Set(mended.filter(({ shape }) => shape.t === t).map(({ uid }) => uid));
    const old = new Set(start.map(({ uid }) => uid));
    for (const [before, , after] of [a, b]) {
      const next = mended.find(({ uid }) => uid === after!.uid)?.origin?.uid ?? "";
      expect(inFrame.has(next)).toBe(true);
      expect(mended.find(({ uid }) => uid === next)?.origin?.uid).toBe(before!.uid);
    }
    expect(mended.filter(({ uid }) => !old.has(uid)).length).toBeLessThanOrEqual(1);
    await expect.poll(trackCount, soon).toBe(tracksAtStart);
    await picture("tracks-mended");

    const facts = (all: readonly WireObject[]) =>
      all.map(({ uid, digest, origin }) => `${uid} ${digest} ${origin?.uid}`).sort();
    await edit("Control+z");
    expect(facts(await objects())).toEqual(facts(merged));
    await edit("Control+z");
    expect(facts(await objects())).toEqual(facts(start));
  });

  test("the next-error key goes through doubts, one mends a torn track; a link made by hand holds when linked again", async () => {
    const start = await objects();
    const [a, b] = through(start, 3, 6) as [WireObject[], WireObject[]];
    await page.getByTestId("tracks-check").click();
    const doubts = async (): Promise<number> =>
      Number.parseInt((await page.getByTestId("suspicion-count").textContent()) ?? "", 10);
    await expect.poll(doubts, soon).toBeGreaterThanOrEqual(0);
    const before = await doubts();
    await choose(a[2]!);
    await edit("Shift+X");
    await expect.poll(doubts, soon).toBeGreaterThan(before);
    // The next-error key brings the likeliest error into view, and passes it over when pressed again.
    const rows = page.locator('[data-testid="suspicion"]');
    const inView = page.locator('[data-testid="suspicion"][aria-current="true"]');
    const doubtOf = new Map(
      await rows.evaluateAll((all) =>
        all.map((row): [string, number] => [
          row.getAttribute("data-key") ?? "",
          Number.parseInt(row.textContent ?? "", 10),
        ]),
      ),
    );
    const shown: string[] = [];
    for (let press = 0; press < 2; press++) {
      await page.keyboard.press("Shift+E");
      // Of those not yet seen; equal doubts may come in any order.
      const left = [...doubtOf].filter(([key]) => !shown.includes(key));
      const most = Math.max(...left.map(([, doubt]) => doubt));
      const likeliest = left.filter(([, doubt]) => doubt === most).map(([key]) => key);
      await expect
        .poll(async () => likeliest.includes((await inView.getAttribute("data-key")) ?? ""), soon)
        .toBe(true);
      shown.push((await inView.getAttribute("data-key")) ?? "");
    }
    await page.locator(`[data-testid="suspicion"][data-key="cell ${a[2]!.uid}"]`).click();
    await expect.poll(frame, soon).toBe(a[2]!.shape.t + 1);
    await page.getByTestId("fixes").waitFor();
    expect(await violations(page)).toEqual([]);
    await picture("tracks-check");
    await edit("Shift+F");
    expect(await originOf(a[2]!.uid)).toEqual({ uid: a[1]!.uid, kind: "link", confidence: 1 });

    // A wrong link of the hand is a decision: the linker works around it and leaves all others alone.
    await choose(a[1]!);
    await page.keyboard.press("Shift+A");
    await choose(b[2]!);
    await edit("Shift+L");
    const asked = new Map((await objects()).map(({ uid, origin }) => [uid, origin?.uid]));
    await page.getByTestId("solve-again").click();
    await page
      .getByText(/links? changed|links agree/)
      .first()
      .waitFor({ timeout: 240_000 });
    const solved = await objects();
    const uids = new Set([...a, ...b].map(({ uid }) => uid));
    const changed = solved.filter(({ uid, origin }) => asked.get(uid) !== origin?.uid).map(({ uid }) => uid);
    expect(changed.filter((uid) => !uids.has(uid))).toEqual([]);
    expect((await originOf(b[2]!.uid))?.uid).toBe(a[1]!.uid);
    await picture("tracks-solved");
  }, 400_000);

  test("areas and light over time are plotted and saved", async () => {
    const all = await objects();
    const [chain] = through(all, 6, 9);
    await choose(chain![1]!);
    await page.getByTestId("tracks-plots").click();
    const line = page.getByTestId("track-series");
    await expect.poll(() => line.count(), soon).toBe(1);
    await page.getByTestId("measure-tracks").click();
    const choice = page.getByLabel("Over time");
    await expect.poll(() => choice.locator('option[value="c0_mean"]').count(), soon).toBe(1);
    await choice.selectOption("c0_mean");
    await expect
      .poll(async () => Number(await line.getAttribute("data-points")), soon)
      .toBeGreaterThanOrEqual(4);
    const [csv] = await Promise.all([page.waitForEvent("download"), page.getByTestId("tracks-csv").click()]);
    const [head, ...rows] = readFileSync(await csv.path(), "utf8")
      .trim()
      .split("\r\n");
    expect(head).toContain("track,parent,frame,label,y_px,x_px,speed_");
    expect(head).toContain("c0_mean");
    expect(rows.length).toBe(Number(await line.getAttribute("data-points")));
    expect(await violations(page)).toEqual([]);
    await picture("tracks-plots");
  }, 300_000);
});
