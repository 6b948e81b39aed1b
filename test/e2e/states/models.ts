/** From labels to a model: dataset versions, training, cards and scores of models; and versions of labels. */

import { ask } from "../page-ready.ts";
import {
  type Area,
  heading,
  inTurn,
  opened,
  plain,
  type Stage,
  sheet,
  sheetClosed,
  sheetOpen,
  tab,
} from "./page-state.ts";

const long = { timeout: 120_000 };
const table =
  (name: string) =>
  ({ page }: Stage): Promise<void> =>
    page.getByRole("table", { name }).waitFor(long);

/** Pictures of cells are cut out by the server one by one. */
const cellsSeen = ({ page }: Stage) =>
  page.waitForFunction(() => {
    const isThere = (one: HTMLImageElement): boolean =>
      one.getBoundingClientRect().top > innerHeight || (one.complete && one.naturalWidth > 0);
    const pictures = [...document.querySelectorAll<HTMLImageElement>("main img, section img")];
    return pictures.length > 0 && pictures.every(isThere);
  });

const freeze = async ({ page }: Stage): Promise<void> => {
  await page.getByLabel("Dataset name").fill("nuclei");
  await page.getByRole("button", { name: /^Freeze version/ }).click(long);
  await sheet(page).waitFor(long);
};

/** Opens a fold of the sheet. */
const unfold =
  (words: string) =>
  async ({ page }: Stage): Promise<void> => {
    const fold = sheet(page).locator("summary").filter({ hasText: words }).first();
    await fold.click(long);
    // Its content comes into sight too.
    await fold.evaluate((summary) => summary.scrollIntoView({ block: "start" }));
  };

const branch = async (stage: Stage): Promise<void> => {
  await tab("merge")(stage);
  await stage.page.getByTestId("merge").or(stage.page.getByTestId("create-branch")).first().waitFor(long);
};

/** The tissue's labels against those of the second reader. */
const readers = async ({ page, places }: Stage): Promise<void> => {
  const { layers } = await ask<{ layers: { id: string; name: string; compartment: string }[] }>(
    page,
    `/images/${places.tissue.split("/").at(-1)}`,
  );
  const cells = layers.filter(({ compartment }) => compartment === "nuclear");
  const [own, other] = [cells.find(({ name }) => name === ""), cells.find(({ name }) => name === "Ben")];
  await page.goto(
    `${places.origin}${places.tissue}/versions?layer=${own?.id}&before=l${other?.id}&after=l${own?.id}`,
  );
  await page.getByTestId("compare-summary").waitFor(long);
};

export const models: Area = {
  parts: ["evaluation", "tissue"],
  groups: [
    {
      at: (places) => `${places.project}/datasets`,
      states: [
        { name: "datasets", title: "Datasets: split by group, strata, leaks", show: heading },
        { name: "dataset-version", title: "A frozen dataset version", show: freeze },
        {
          name: "datasets-versions",
          title: "Versions of a dataset, each with its split",
          show: sheetClosed,
        },
      ],
    },
    {
      at: (places) => `${places.project}/models`,
      states: [
        { name: "models", title: "Models and their versions", show: heading },
        { name: "train", title: "Train a model", show: opened("Train") },
        {
          name: "train-augment",
          title: "How training varies the images, with reasons",
          show: inTurn(unfold("How images are varied"), ({ page }) =>
            page.waitForFunction(() => {
              const picture = document.querySelector<HTMLImageElement>('[role="dialog"] img');
              return picture !== null && picture.naturalWidth > 0;
            }),
          ),
        },
      ],
    },
    {
      at: (places) => `${places.project}/models`,
      states: [
        { name: "model-import", title: "Import a model", show: inTurn(heading, opened("Import")) },
        {
          name: "model-import-refused",
          title: "A file that is no model",
          show: async ({ page }) => {
            const form = sheet(page);
            const buffer = Buffer.from("Dear reader, this is not a network.");
            await form
              .getByLabel("Model file")
              .setInputFiles({ name: "letter.onnx", mimeType: "application/octet-stream", buffer });
            await form
              .getByText(/ONNX model/)
              .first()
              .waitFor(long);
          },
        },
      ],
    },
    {
      at: (places) => `${places.project}/models`,
      states: [
        {
          name: "model-version",
          title: "The card of a model version",
          show: opened(/open the card of nuclei-fluorescence/),
        },
      ],
    },
    {
      at: (places) => `${places.judged}/models?version=${places.candidateId}`,
      states: [
        {
          name: "model-errors",
          title: "A candidate beside the released version: scores and error classes",
          show: inTurn(sheetOpen, ({ page }) =>
            sheet(page).getByRole("heading", { name: "Objects by error class" }).waitFor(long),
          ),
        },
      ],
    },
    {
      at: (places) => places.evaluation,
      states: [
        {
          name: "evaluation",
          title: "Scores with intervals, and by any fact of the images",
          show: table("Scores with intervals"),
        },
      ],
    },
    {
      at: (places) => `${places.evaluation}?tab=cells`,
      states: [{ name: "evaluation-cells", title: "The cells behind a number of errors", show: cellsSeen }],
    },
    {
      at: (places) => `${places.evaluation}?tab=images`,
      states: [
        {
          name: "evaluation-images",
          title: "Images, hardest first",
          show: table("Scores by image, hardest first"),
        },
      ],
    },
    {
      at: (places) => `${places.evaluation}?tab=compare`,
      states: [
        {
          name: "evaluation-compare",
          title: "Two versions compared, with p",
          show: inTurn(table("Differences of scores"), cellsSeen),
        },
      ],
    },
    {
      at: (places) => `${places.tissue}/versions`,
      states: [
        { name: "versions", title: "Versions of labels", show: heading, judgedOnly: true },
        { name: "versions-compare", title: "Two readers compared, cell by cell", show: readers },
        { name: "versions-branches", title: "Branches and merge", show: branch },
        {
          name: "versions-blame",
          title: "Who made which cell",
          show: inTurn(tab("blame"), ({ page }) => page.getByTestId("blame-seen").waitFor(long)),
        },
        {
          name: "versions-history",
          title: "Revisions, each to be looked at and brought back",
          show: inTurn(tab("history"), ({ page }) => page.getByTestId("revisions").waitFor(long)),
        },
      ],
    },
    plain(
      (places) => `${places.project}/evaluations/01ARZ3NDEKTSV4RRFFQ69G5FAV`,
      "evaluation-unknown",
      "An evaluation that is not there",
    ),
  ],
};
