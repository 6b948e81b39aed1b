/** A project: its images with filters, selection, charts and trash; import and metadata; what the checks find. */

import { join } from "node:path";
import { root } from "../../../scripts/find-node.mjs";
import {
  type Area,
  heading,
  inTurn,
  opened,
  plain,
  press,
  type Stage,
  sheet,
  sheetClosed,
  sheetOpen,
} from "./page-state.ts";

const long = { timeout: 120_000 };
const unseenFiles = ["9bf9f3dc.png", "d2ce593b.png", "f35ab345.png"].map((name) =>
  join(root, "samples", "unseen", name),
);
const firstImage = ({ page }: Stage) => page.locator('a[href*="/i/"]').first().waitFor(long);
const select = ({ page }: Stage) =>
  page
    .getByRole("checkbox", { name: /^Select / })
    .first()
    .click();

/** The pictures of cards and sheets, so that no picture is taken of empty frames. */
const picturesSeen = ({ page }: Stage) =>
  page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLImageElement>("main img, [role=dialog] img")]
      .filter((one) => one.getBoundingClientRect().top < innerHeight)
      .every((one) => one.complete),
  );

export const project: Area = {
  parts: ["faults"],
  groups: [
    {
      at: (places) => places.project,
      states: [
        { name: "images", title: "Images of a project, with facets", show: inTurn(firstImage, picturesSeen) },
        { name: "images-selected", title: "Images selected for work in bulk", show: select },
        { name: "images-edit", title: "Metadata of many images at once", show: opened("Edit metadata") },
      ],
    },
    {
      at: (places) => places.project,
      states: [
        {
          name: "images-trash",
          title: "The trash: an image moved there can be brought back",
          show: inTurn(firstImage, select, press("Move to trash"), async ({ page }) => {
            await page.getByText("1 image moved to the trash.").waitFor(long);
            await page.getByRole("link", { name: "Trash" }).click();
            await page.getByRole("checkbox", { name: "Select all listed" }).check(long);
          }),
        },
        {
          name: "images-trash-empty",
          judgedOnly: true,
          title: "The trash, empty",
          show: inTurn(press(/^Restore/), ({ page }) => page.getByText("The trash is empty").waitFor(long)),
        },
      ],
    },
    {
      at: (places) => places.project,
      states: [
        { name: "import", title: "Import: what to bring", show: inTurn(firstImage, opened("Import")) },
        {
          name: "import-plan",
          title: "Import: what was understood, and what is asked",
          show: async (stage) => {
            await stage.page.getByTestId("import-files").setInputFiles(unseenFiles);
            await sheet(stage.page)
              .getByText(/\d+ images?/)
              .first()
              .waitFor(long);
          },
        },
      ],
    },
    {
      at: (places) => places.project,
      states: [
        {
          name: "pre-label",
          title: "Pre-label by a model",
          show: inTurn(firstImage, opened("Pre-label")),
        },
      ],
    },
    {
      at: (places) => places.project,
      states: [
        {
          name: "queries",
          judgedOnly: true,
          title: "Saved queries",
          show: inTurn(firstImage, press("Saved queries"), ({ page }) =>
            page.getByRole("dialog", { name: "Saved queries" }).waitFor(long),
          ),
        },
      ],
    },
    {
      at: (places) => `${places.project}?view=charts`,
      states: [
        {
          name: "images-charts",
          title: "Charts of the images",
          show: inTurn(heading, ({ page }) => page.locator("main svg").first().waitFor(long)),
        },
      ],
    },
    plain((places) => `${places.project}?search=no-such-image`, "images-none", "No image answers the query"),
    plain(
      (places) => `${places.project}?q=organ%20%3D%3D%20(`,
      "images-query-wrong",
      "A query that cannot be read",
    ),
    {
      at: (places) => `${places.faults}/checks`,
      states: [
        { name: "checks-before", title: "Checks, before the first", show: heading },
        {
          name: "checks",
          title: "What the checks found",
          show: inTurn(press("Check all images"), ({ page }) =>
            page.getByRole("navigation", { name: "Rules" }).waitFor(long),
          ),
        },
        {
          name: "checks-mend",
          title: "Mend what was found: before and after",
          show: inTurn(
            press(/^Mend.*…/),
            sheetOpen,
            ({ page }) => sheet(page).getByRole("img").first().waitFor(long),
            picturesSeen,
          ),
        },
        {
          name: "checks-accept",
          judgedOnly: true,
          title: "Accept a finding with a reason",
          show: inTurn(sheetClosed, opened(/^Accept.*…/)),
        },
      ],
    },
    {
      at: (places) => `${places.project}/checks`,
      states: [
        {
          name: "checks-compare",
          title: "Compare labels with a model",
          show: inTurn(heading, opened(/^Compare with a model/)),
        },
      ],
    },
  ],
};
