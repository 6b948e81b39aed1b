/**
 * Several people in one image, in browsers of their own, drawing quickly: for tests and benches of editing together.
 *
 * Strokes are pointer events made in the page, so that hundreds of them do not wait for the wire of the test; everything
 * from the page's pointer handler on is as it is for a hand. Places are image pixels.
 */

import { createHash } from "node:crypto";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { imageArray } from "#core/array/index.ts";
import * as store from "#store/index.ts";
import type { WireObject } from "./editor-driver.ts";
import { openBrowser } from "./harness.ts";
import { ask, editorReady, type Point } from "./page-ready.ts";

/** Side of the image, in pixels. */
export const imageSide = 1024;

/** Between places of strokes that never meet: a stroke of the first brush is 13 pixels wide. */
const spacing = 24;

export interface OpenLayer {
  readonly projectId: string;
  readonly imageId: string;
  readonly layerId: string;
}

/** An image of noise without cells, so that every cell was drawn by a test. */
export async function insertEmptyImage(
  opened: store.Store,
  owner: store.Agent,
  projectName = "Together",
): Promise<OpenLayer> {
  const project = await store.createProject(opened, owner, projectName);
  const data = Uint8Array.from({ length: imageSide ** 2 }, (_, i) => 40 + ((i * 2_654_435_761) >>> 27));
  const inserted = await store.insertImage(opened, owner, {
    projectId: project.id,
    name: "together.png",
    image: imageArray("uint8", "yx", [imageSide, imageSide], data),
    source: { title: "made for a test", licence: "CC0-1.0" },
  });
  if (inserted.state !== "inserted") throw new Error("the image was there already");
  const layer = await store.ensureLayer(opened, owner, inserted.imageId, "nuclear");
  return { projectId: project.id, imageId: inserted.imageId, layerId: layer.id };
}

/** Place of the k-th stroke that meets no other; there are 1,681. */
export function placeOf(k: number): Point {
  const perRow = Math.floor((imageSide - 40) / spacing);
  return { y: 20 + Math.floor(k / perRow) * spacing, x: 20 + (k % perRow) * spacing };
}

export async function openLayer(
  page: Page,
  origin: string,
  { projectId, imageId }: OpenLayer,
): Promise<void> {
  await page.goto(`${origin}/p/${projectId}/i/${imageId}`);
  await editorReady(page);
}

/** A further annotator in a browser of their own, invited by the page of an owner, with the image open. */
export async function joinAs(
  owner: Page,
  origin: string,
  name: string,
  layer: OpenLayer,
): Promise<{ readonly browser: Browser; readonly context: BrowserContext; readonly page: Page }> {
  const token = await owner.evaluate(async () => {
    const headers = { "content-type": "application/json", "x-cellfoundry": "1" };
    const body = JSON.stringify({ role: "annotator" });
    const answer = await fetch("/api/invites", { method: "POST", headers, body });
    return ((await answer.json()) as { url: string }).url.split("#")[1] ?? "";
  });
  const opened = await openBrowser();
  await opened.page.goto(`${origin}/api/health`);
  await opened.page.evaluate(
    async ([invite, who]) => {
      const headers = { "content-type": "application/json", "x-cellfoundry": "1" };
      await fetch("/api/session", {
        method: "POST",
        headers,
        body: JSON.stringify({ token: invite, name: who }),
      });
    },
    [token, name] as const,
  );
  await openLayer(opened.page, origin, layer);
  return opened;
}

export type Gesture =
  | { readonly kind: "stroke"; readonly tool: "brush" | "eraser"; readonly points: readonly Point[] }
  | { readonly kind: "key"; readonly key: string; readonly ctrl?: boolean };

/**
 * Makes gestures in the page, one after the other.
 *
 * @param gapMs  between two gestures. @returns milliseconds (`Date.now()` of the page) at which each was done.
 */
export function perform(page: Page, gestures: readonly Gesture[], gapMs: number): Promise<number[]> {
  return page.evaluate(
    async ({ list, gap }) => {
      const surface = document.querySelector<HTMLElement>('[data-testid="surface"]');
      const editor = document.querySelector<HTMLElement>('[data-testid="editor"]');
      if (surface === null || editor === null) throw new Error("the editor is not open");
      const press = (key: string, ctrlKey = false): void => {
        for (const type of ["keydown", "keyup"]) {
          surface.dispatchEvent(new KeyboardEvent(type, { key, ctrlKey, bubbles: true, cancelable: true }));
        }
      };
      const point = (type: string, at: { y: number; x: number }): void => {
        const view = JSON.parse(editor.dataset["view"] ?? "null") as {
          zoom: number;
          target: [number, number];
        };
        const box = surface.getBoundingClientRect();
        const scale = 2 ** view.zoom;
        surface.dispatchEvent(
          new PointerEvent(type, {
            pointerId: 7,
            pointerType: "mouse",
            button: type === "pointermove" ? -1 : 0,
            buttons: type === "pointerup" ? 0 : 1,
            clientX: box.x + box.width / 2 + (at.x + 0.5 - view.target[0]) * scale,
            clientY: box.y + box.height / 2 + (at.y + 0.5 - view.target[1]) * scale,
            bubbles: true,
            cancelable: true,
          }),
        );
      };
      const done: number[] = [];
      for (const gesture of list) {
        if (gesture.kind === "key") press(gesture.key, gesture.ctrl);
        else {
          press(gesture.tool === "brush" ? "b" : "e");
          const [first, ...rest] = gesture.points;
          const last = gesture.points.at(-1);
          if (first === undefined || last === undefined) continue;
          point("pointerdown", first);
          for (const at of rest) point("pointermove", at);
          point("pointerup", last);
        }
        done.push(Date.now());
        await new Promise((resolve) => setTimeout(resolve, gap));
      }
      return done;
    },
    { list: gestures, gap: gapMs },
  );
}

/** A new cell at each place: N, then one press. */
export const dots = (places: readonly Point[]): Gesture[] =>
  places.flatMap((at) => [
    { kind: "key", key: "n" },
    { kind: "stroke", tool: "brush", points: [at, { y: at.y, x: at.x + 2 }] },
  ]);

/** What the page takes the cells to be. */
export async function pageDigest(page: Page): Promise<string> {
  const editor = page.getByTestId("editor");
  await editor.evaluate((element) => {
    delete element.dataset["cellsDigest"];
    element.dispatchEvent(new CustomEvent("cells-digest"));
  });
  await page.waitForFunction(
    () => document.querySelector<HTMLElement>('[data-testid="editor"]')?.dataset["cellsDigest"] !== undefined,
  );
  return (await editor.getAttribute("data-cells-digest")) ?? "";
}

/** The same of what the server has, from its own digests. */
export async function serverDigest(page: Page, layerId: string): Promise<string> {
  const { objects } = await ask<{ objects: WireObject[] }>(page, `/layers/${layerId}/objects`);
  const lines = objects.map(({ uid, digest }) => `${uid} ${digest}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex");
}

interface LogLine {
  readonly operationId: string;
  readonly seq: number;
  readonly kind: string;
  readonly agent: { readonly name: string };
}

/** The whole log of a layer. */
export async function wholeLog(page: Page, layerId: string): Promise<LogLine[]> {
  const log: LogLine[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const part: { edits: LogLine[]; nextAfter: number | null } = await ask(
      page,
      `/layers/${layerId}/edits?limit=500&after=${after}`,
    );
    log.push(...part.edits);
    after = part.nextAfter;
  }
  return log;
}

/** Whether a cell of the server covers each place. */
export function covered(objects: readonly WireObject[], places: readonly Point[]): boolean[] {
  return places.map(({ y, x }) =>
    objects.some(({ shape: { bbox } }) => y >= bbox[0] && x >= bbox[1] && y < bbox[2] && x < bbox[3]),
  );
}

/** Kills the processes that show pages of a browser: what a crashed or killed tab is. */
export async function killTabs(browser: Browser): Promise<number> {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
  await devtools.detach();
  const tabs = processInfo.filter(({ type }) => type === "renderer");
  for (const { id } of tabs) process.kill(id, "SIGKILL");
  return tabs.length;
}
