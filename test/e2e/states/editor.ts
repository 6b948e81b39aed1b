/** The image page on a still image: the tour, the review, every tool and tab, several label layers, types, spots, the map. */

import type { Page } from "playwright-core";
import { allSaved, ask, click, drag, editorReady, onScreen, type Point, viewAtRest } from "../page-ready.ts";
import {
  type Area,
  inTurn,
  type PageState,
  type Stage,
  sheet,
  sheetClosed,
  sheetOpen,
  tab,
  testId,
  tool,
} from "./page-state.ts";

const long = { timeout: 60_000 };
const ready = ({ page }: Stage) => editorReady(page);
const key = (name: string) => async (stage: Stage) => {
  await stage.page.getByTestId("surface").focus();
  await stage.page.keyboard.press(name);
};
const closeTour = async ({ page }: Stage): Promise<void> => {
  const close = page.getByRole("button", { name: "Close the tour" });
  if (await close.isVisible()) await close.click();
};
const atRest = ({ page }: Stage) => viewAtRest(page);
const begin = inTurn(ready, closeTour);

interface Cell {
  readonly uid: string;
  readonly shape: { readonly bbox: readonly [number, number, number, number] };
}

interface Place {
  readonly at: Point;
  readonly box: Cell["shape"]["bbox"];
}

/** The cell that all states of a page work on; it may be gone meanwhile, and its light is still there. */
const chosen = new WeakMap<Page, Place>();

/** A cell well inside, one of the larger ones, the same for each state of a page. */
async function cellInside(page: Page): Promise<Place> {
  const known = chosen.get(page);
  if (known !== undefined) return known;
  const image = await ask<{ height: number; width: number; layers: { id: string }[] }>(
    page,
    `/images/${new URL(page.url()).pathname.split("/").at(-1)}`,
  );
  const { objects } = await ask<{ objects: Cell[] }>(page, `/layers/${image.layers[0]?.id}/objects`);
  const area = ({ shape: { bbox } }: Cell): number => (bbox[2] - bbox[0]) * (bbox[3] - bbox[1]);
  const inside = objects
    .filter(
      ({ shape: { bbox } }) =>
        bbox[0] > 30 &&
        bbox[1] > image.width / 2 &&
        bbox[2] < image.height - 30 &&
        bbox[3] < image.width - 30,
    )
    .sort((a, b) => area(b) - area(a));
  const box = inside[Math.floor(inside.length / 4)]?.shape.bbox;
  if (box === undefined) throw new Error("no cell lies inside");
  const place = { at: { y: (box[0] + box[2]) / 2, x: (box[1] + box[3]) / 2 }, box };
  chosen.set(page, place);
  return place;
}

const clickCell = async ({ page }: Stage): Promise<void> => {
  await viewAtRest(page);
  await click(page, (await cellInside(page)).at);
};

/** A drag around the cell, a little larger than it. */
const dragBox = async ({ page }: Stage): Promise<void> => {
  await viewAtRest(page);
  const { box } = await cellInside(page);
  await drag(page, [
    { y: box[0] - 4, x: box[1] - 4 },
    { y: box[2] + 4, x: box[3] + 4 },
  ]);
};

/** To the cell by the wheel, so that it stays where it is and the panels at the left do not cover it. */
const zoomIn = async ({ page }: Stage): Promise<void> => {
  await viewAtRest(page);
  const { x, y } = await onScreen(page, (await cellInside(page)).at);
  await page.mouse.move(x, y);
  for (let k = 0; k < 5; k++) await page.mouse.wheel(0, -200);
  await viewAtRest(page);
};

const deleteCell = inTurn(tool("delete"), clickCell, ({ page }) => allSaved(page));

const drafted = ({ page }: Stage) =>
  page.locator('[data-testid="draft-panel"][data-cells]:not([data-cells="0"])').waitFor(long);

/** Drops the draft and takes the plain arrow. */
const drop = inTurn(key("Escape"), key("v"));

const draft = (
  id: string,
  title: string,
  ...steps: readonly ((stage: Stage) => Promise<unknown>)[]
): PageState => ({
  name: `editor-${id}`,
  title,
  show: inTurn(drop, tool(id), ...steps),
});

const newcomer: readonly PageState[] = [
  { name: "editor", title: "The image page, at the first visit", show: ready },
  {
    name: "editor-tour",
    title: "The tour: it goes on when its thing is done",
    show: inTurn(testId("tour-next"), key(" "), atRest),
  },
  {
    name: "editor-review",
    title: "The review: the cells most in doubt first",
    show: inTurn(key(" "), key(" "), tab("cells"), closeTour, atRest),
  },
  {
    name: "editor-cell",
    title: "A selected cell, and what can be done with it",
    show: inTurn(key("0"), clickCell),
  },
];

const panels: readonly PageState[] = [
  {
    name: "editor-layers",
    judgedOnly: true,
    title: "Channels, contrast and label layers",
    show: inTurn(begin, tab("layers")),
  },
  { name: "editor-model", title: "The model: proposals, threshold, improvement", show: tab("model") },
  {
    name: "editor-history",
    title: "History: every edit, and the way back",
    show: inTurn(tool("brush"), clickCell, dragBox, ({ page }) => allSaved(page), tab("history"), atRest),
  },
  {
    name: "editor-past",
    title: "Time travel: the image as it was before",
    show: async ({ page }) => {
      await page.getByTestId("time-slider").fill("1");
      await page.getByTestId("bring-back").waitFor(long);
    },
  },
  {
    name: "editor-keys",
    title: "All keys, each changeable in place",
    show: inTurn(testId("back-to-now"), tab("layers"), tool("help"), ({ page }) =>
      page.getByTestId("key-help").waitFor(long),
    ),
  },
  {
    name: "editor-key-taken",
    judgedOnly: true,
    title: "A key that another command has",
    show: async ({ page }) => {
      await page.getByTestId("change-key-eraser").getByRole("button").first().click();
      await page.keyboard.press("m");
      await page
        .getByTestId("keys-say")
        .or(page.getByText(/belongs to|has this key|is taken/i))
        .first()
        .waitFor(long);
    },
  },
  {
    name: "editor-details",
    title: "Metadata of the image",
    show: inTurn(
      ({ page }) => page.getByTestId("key-help").getByRole("button", { name: "Close", exact: true }).click(),
      testId("details"),
      sheetOpen,
    ),
  },
];

const tools: readonly PageState[] = [
  {
    name: "editor-brush",
    title: "The brush; its size stands at the pointer",
    show: inTurn(begin, clickCell, tool("brush"), zoomIn),
  },
  draft("grow-by", "Grow or shrink by a length", clickCell, drafted),
  draft("seeds", "Split by seeds", splitInTwo, drafted),
  draft("bulk", "Delete many by size, or those at the edge"),
  {
    name: "editor-prompt",
    title: "Point at a cell: a small model outlines it",
    show: inTurn(drop, deleteCell, tool("prompt"), clickCell, drafted),
  },
  draft("flood", "Flood: the outcome is seen first", clickCell, drafted),
  draft("threshold", "A level in a box, in the pixels' own depth", dragBox, drafted),
  {
    name: "editor-region",
    title: "Run the model on a box",
    show: inTurn(drop, tool("region"), dragBox, ({ page }) =>
      page.locator('[data-testid="part-panel"][data-asking="false"]:not([data-made="0"])').waitFor(long),
    ),
  },
  {
    name: "editor-ruler",
    title: "The ruler",
    show: inTurn(drop, drop, testId("ruler"), dragBox),
    judgedOnly: true,
  },
];

/** A seed on either side of the middle. */
async function splitInTwo({ page }: Stage): Promise<void> {
  await viewAtRest(page);
  const { at, box } = await cellInside(page);
  const aside = (box[3] - box[1]) / 4;
  await click(page, { y: at.y, x: at.x - aside });
  await click(page, { y: at.y, x: at.x + aside });
}

const typeCells = async (stage: Stage): Promise<void> => {
  const { page } = stage;
  await tab("cells")(stage);
  await testId("types-open")(stage);
  for (const [row, word] of [
    [0, "T cell"],
    [3, "B cell"],
    [6, "macrophage"],
  ] as const) {
    await page.getByTestId("cell-row").nth(row).click();
    await page.getByRole("combobox", { name: "Type of the selected cells" }).fill(word);
    await page.getByRole("option").first().click(long);
    await page.getByTestId("selected-types").waitFor(long);
  }
  await page.getByTestId("types-coloured").check();
  await allSaved(page);
};

const tissue: readonly PageState[] = [
  {
    name: "editor-tissue",
    title: "Tissue with four markers, nuclei outlined",
    show: inTurn(begin, atRest),
  },
  {
    name: "editor-nesting",
    title: "Nuclei in their cells: two label layers at once",
    show: async ({ page }) => {
      await page.getByRole("button", { name: "Show Whole cells", exact: true }).first().click(long);
      await page.getByTestId("nesting-fitting").waitFor(long);
    },
  },
  {
    name: "editor-compare",
    title: "Two readers compared over the picture",
    show: async ({ page }) => {
      const compare = page.getByTestId("compare");
      await compare.getByRole("combobox").click();
      await page.getByRole("option", { name: /Ben/ }).first().click();
      await page.locator('[data-testid="compare"][data-phase="ready"]').waitFor(long);
      await compare.scrollIntoViewIfNeeded();
    },
  },
  {
    name: "editor-beside",
    title: "Two readers side by side",
    show: async ({ page }) => {
      await page.getByTestId("compare-side").click();
      await page.locator('[data-testid="compare-pane"] [data-labels="ready"]').waitFor(long);
    },
  },
  {
    name: "editor-types",
    title: "Cell types by terms, with a legend and keys",
    show: inTurn(testId("compare-end"), typeCells),
  },
  {
    name: "editor-measure",
    title: "Measurements: table and histogram, linked with the picture",
    show: inTurn(key("0"), tab("measure"), ({ page }) =>
      page.locator('[data-testid="measure"][data-phase="ready"]').waitFor(long),
    ),
  },
  {
    name: "editor-scatter",
    judgedOnly: true,
    title: "Two features against each other, cells coloured by one",
    show: inTurn(testId("plot-scatter"), ({ page }) => page.getByTestId("measure-colour").check()),
  },
  {
    name: "editor-map",
    title: "A map of cells that are alike (UMAP)",
    show: inTurn(testId("plot-map"), testId("map-make"), ({ page }) =>
      page.getByTestId("measure-scatter").waitFor(long),
    ),
  },
  {
    name: "editor-markers",
    title: "Types and the markers they show",
    show: inTurn(
      drop,
      tab("cells"),
      testId("types-open"),
      testId("open-panel"),
      sheetOpen,
      async ({ page }) => {
        await page.getByRole("combobox", { name: "Add a type" }).fill("T cell");
        await page.getByRole("option").first().click(long);
        await sheet(page).getByText("T cell").first().waitFor(long);
        await sheet(page).getByRole("button", { name: "CD3" }).click();
      },
    ),
  },
  {
    name: "editor-spots",
    title: "Spots: drawn, found, counted in cells",
    show: inTurn(sheetClosed, tab("layers"), zoomIn, async ({ page }) => {
      await page.getByRole("textbox", { name: "Kind or gene of new spots" }).fill("ACTB");
      await page.getByTestId("spots-edit").click();
      const { at } = await cellInside(page);
      for (const [dy, dx] of [
        [0, 0],
        [3, 2],
        [-8, 5],
      ] as const) {
        const { y, x } = await onScreen(page, { y: at.y + dy, x: at.x + dx });
        await page.mouse.click(x, y);
      }
      await page.getByTestId("spot-count").filter({ hasText: "3" }).waitFor(long);
      await allSaved(page);
      await page.getByTestId("spots").scrollIntoViewIfNeeded();
    }),
  },
];

export const editor: Area = {
  parts: [],
  groups: [
    { at: ({ image }) => image, states: newcomer },
    { at: ({ proposed }) => proposed, states: panels },
  ],
};

export const editorTools: Area = { parts: [], groups: [{ at: ({ image }) => image, states: tools }] };

export const tissueEditor: Area = {
  parts: ["tissue"],
  groups: [{ at: (places) => places.tissue, states: tissue }],
};
