/** The image page on a movie: time, copies between frames, tracks, the model that follows. */

import { editorReady, viewAtRest } from "../page-ready.ts";
import {
  type Area,
  inTurn,
  type PageState,
  type Stage,
  sheetClosed,
  tab,
  testId,
  tool,
} from "./page-state.ts";

const long = { timeout: 60_000 };
const frame =
  (number: number) =>
  async ({ page }: Stage): Promise<void> => {
    await page.getByTestId("slider-t").fill(String(number));
    await page.locator(`[data-testid="editor"][data-frame="${number}"]`).waitFor(long);
  };
const press = (name: string) => async (stage: Stage) => {
  await stage.page.getByTestId("surface").focus();
  await stage.page.keyboard.press(name);
};

const states: readonly PageState[] = [
  {
    name: "movie",
    title: "A movie: time below the picture",
    show: async ({ page }) => {
      await editorReady(page);
      await page.getByRole("button", { name: "Close the tour" }).click();
      await viewAtRest(page);
    },
  },
  {
    name: "movie-tracks",
    title: "Tracks: when each cell was there, its divisions, what looks wrong",
    show: inTurn(frame(8), tab("tracks"), ({ page }) => page.getByTestId("track-row").first().waitFor(long)),
  },
  {
    name: "movie-track",
    title: "A track chosen, in the list, the chart and the picture",
    show: inTurn(
      ({ page }) => page.getByTestId("track-row").nth(2).locator("rect").last().click(long),
      ({ page }) => page.locator('[data-testid="track-row"][data-look="chosen"]').waitFor(long),
      ({ page }) => viewAtRest(page),
    ),
  },
  {
    name: "movie-tree",
    title: "The family of a cell as a tree",
    show: inTurn(testId("tracks-tree"), ({ page }) => viewAtRest(page)),
  },
  {
    name: "movie-check",
    title: "Links and divisions that look wrong, the worst first",
    show: testId("tracks-check"),
  },
  { name: "movie-plots", judgedOnly: true, title: "Features along tracks", show: testId("tracks-plots") },
  { name: "movie-divisions", judgedOnly: true, title: "Divisions", show: testId("tracks-divisions") },
  {
    name: "movie-film",
    title: "Tracks drawn over the movie, to take away",
    show: inTurn(testId("tracks-film"), ({ page }) => page.getByTestId("film").waitFor(long)),
  },
  {
    name: "movie-copy",
    title: "A cell copied to the next frames, seen before it is done",
    show: inTurn(
      sheetClosed,
      tab("cells"),
      ({ page }) => page.getByTestId("cell-row").nth(1).click(),
      press("Shift+C"),
      ({ page }) => page.getByTestId("draft-panel").waitFor(long),
    ),
  },
  {
    name: "movie-follow",
    title: "Cells followed into the next frames by the model",
    show: inTurn(
      press("Escape"),
      ({ page }) => page.getByTestId("cell-row").nth(1).click(),
      tool("follow"),
      ({ page }) => page.getByTestId("part-panel").waitFor(long),
    ),
  },
];

export const movie: Area = { parts: ["movie"], groups: [{ at: (places) => places.movie, states }] };
