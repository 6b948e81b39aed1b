/** Two people in one image: presence, a part kept for one of them, a conflict of one cell; and a network that is gone. */

import type { Page } from "playwright-core";
import { allSaved, ask, drag, editorReady, type Point, viewAtRest } from "../page-ready.ts";
import { joinAs, type OpenLayer } from "../people-driver.ts";
import { type Area, inTurn, type PageState, type Stage, testId } from "./page-state.ts";

const long = { timeout: 60_000 };
/** The other person's page, by one's own. */
const others = new WeakMap<Page, Page>();

const second = ({ page }: Stage): Page => {
  const other = others.get(page);
  if (other === undefined) throw new Error("nobody else is here");
  return other;
};

async function layerOf(page: Page): Promise<OpenLayer> {
  const [, , projectId = "", , imageId = ""] = new URL(page.url()).pathname.split("/");
  const { layers } = await ask<{ layers: { id: string }[] }>(page, `/images/${imageId}`);
  return { projectId, imageId, layerId: layers[0]?.id ?? "" };
}

/** A place without a cell near it, and the next one to the right. */
async function freePlaces(page: Page): Promise<readonly [Point, Point]> {
  const { layerId, imageId } = await layerOf(page);
  const { width, height } = await ask<{ width: number; height: number }>(page, `/images/${imageId}`);
  const { objects } = await ask<{ objects: { shape: { bbox: [number, number, number, number] } }[] }>(
    page,
    `/layers/${layerId}/objects`,
  );
  const isFree = ({ y, x }: Point, reach: number): boolean =>
    objects.every(
      ({ shape: { bbox } }) =>
        y + reach < bbox[0] || y - reach > bbox[2] || x + reach < bbox[1] || x - reach > bbox[3],
    );
  const found: Point[] = [];
  for (let y = 40; y < height - 40 && found.length < 2; y += 8)
    for (let x = width - 40; x > width / 2 && found.length < 2; x -= 8) {
      const clear = found.every((one) => Math.hypot(one.y - y, one.x - x) > 60);
      if (clear && isFree({ y, x }, 22)) found.push({ y, x });
    }
  const [a, b] = found;
  if (a === undefined || b === undefined) throw new Error("the image is full of cells");
  return [a, b];
}

/** By the mouse, with a tool of the rail. */
async function stroke(page: Page, toolId: "brush" | "new-cell", from: Point, to: Point): Promise<void> {
  await page.getByTestId(`tool-${toolId}`).click();
  await viewAtRest(page);
  await drag(page, [from, to]);
}

const join = async ({ page, places, later }: Stage): Promise<void> => {
  await editorReady(page);
  await page.getByRole("button", { name: "Close the tour" }).click();
  await viewAtRest(page);
  const { browser, page: other } = await joinAs(page, places.origin, "Eve", await layerOf(page));
  later(() => browser.close());
  others.set(page, other);
  await page.getByTestId("person").waitFor(long);
  const box = await other.getByTestId("surface").boundingBox();
  if (box === null) throw new Error("no picture");
  await other.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.4);
  await other.mouse.move(box.x + box.width * 0.62, box.y + box.height * 0.42, { steps: 3 });
  await page.getByTestId("person-pointer").waitFor(long);
};

const newest = async (page: Page): Promise<number> =>
  Number(await page.getByTestId("editor").getAttribute("data-seq"));

/** Waits until the page has an edit of the server past `seq`. */
const past = (page: Page, seq: number) =>
  page.waitForFunction(
    (known) => Number(document.querySelector<HTMLElement>('[data-testid="editor"]')?.dataset["seq"]) > known,
    seq,
    long,
  );

/** Both change one new cell; what the first draws does not reach the server before the other's is there. */
const disagree = async (stage: Stage): Promise<void> => {
  const { page } = stage;
  const other = second(stage);
  const [place] = await freePlaces(page);
  const start = await newest(page);
  await stroke(page, "new-cell", place, { y: place.y, x: place.x + 2 });
  for (const one of [page, other]) await past(one, start);
  const drawn = await newest(other);
  await page.route("**/edits", (route) => route.abort());
  await stroke(page, "brush", place, { y: place.y + 14, x: place.x });
  await page.locator('[data-testid="editor"]:not([data-waiting="0"])').waitFor(long);
  await stroke(other, "brush", place, { y: place.y - 14, x: place.x });
  await past(other, drawn);
  await allSaved(other);
  await page.unroute("**/edits");
  await page.getByTestId("conflict").waitFor(long);
};

const goOffline = async ({ page }: Stage): Promise<void> => {
  const [, place] = await freePlaces(page);
  await page.route("**/edits", (route) => route.abort());
  await stroke(page, "new-cell", place, { y: place.y, x: place.x + 2 });
  await page
    .getByText(/kept on this computer/)
    .first()
    .waitFor(long);
};

const states: readonly PageState[] = [
  { name: "people", title: "Somebody else is in the image", show: join },
  {
    name: "people-held",
    title: "A part of the image kept by one person",
    show: async (stage) => {
      await second(stage).getByTestId("hold-region").click();
      await stage.page.getByTestId("held-region").waitFor(long);
    },
  },
  {
    name: "people-conflict",
    title: "Two people changed one cell: both sides are shown, none is lost",
    show: inTurn(async (stage) => {
      await second(stage).getByTestId("release-region").click();
      await stage.page.getByTestId("held-region").waitFor({ state: "detached", ...long });
    }, disagree),
  },
  {
    name: "editor-offline",
    title: "Without a network: work goes on, nothing is lost",
    show: inTurn(testId("keep-both"), goOffline),
  },
];

export const people: Area = { parts: [], groups: [{ at: ({ proposed }) => proposed, states }] };
