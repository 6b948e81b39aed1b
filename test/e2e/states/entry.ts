/** The way in and what belongs to the whole lab: sign in, projects, prediction, jobs, settings, and what is not there. */

import { join } from "node:path";
import { root } from "../../../scripts/find-node.mjs";
import { type Area, heading, inTurn, opened, plain, type Stage } from "./page-state.ts";

const unseen = ["9bf9f3dc.png", "d2ce593b.png"].map((name) => join(root, "samples", "unseen", name));
const long = { timeout: 180_000 };

const choose =
  (files: readonly string[]) =>
  ({ page }: Stage): Promise<void> =>
    page.getByTestId("predict-file").setInputFiles([...files]);

const newToken = async ({ page }: Stage): Promise<void> => {
  await page.getByLabel("What it is for").fill("plate reader");
  await page.getByRole("button", { name: "Make a token" }).click();
  await page.getByText("It is shown only now.").waitFor();
};

export const entry: Area = {
  parts: [],
  groups: [
    { ...plain(() => "/", "sign-in", "Sign in"), signedOut: true },
    { ...plain(() => "/join", "join", "Join by an invite link"), signedOut: true },
    {
      at: () => "/",
      states: [
        { name: "projects", title: "Projects", show: heading },
        { name: "project-new", title: "A new project", show: opened("New project") },
      ],
    },
    {
      at: () => "/predict",
      states: [
        { name: "predict", title: "Predict your own image", show: heading },
        {
          name: "predict-result",
          title: "A prediction: cells, thresholds to move, files to take away",
          show: inTurn(choose(unseen), async ({ page }) => {
            await page.getByRole("link", { name: "Label TIFF" }).waitFor(long);
            await page.locator('[data-testid="batch-files"] [aria-label="done"]').nth(1).waitFor(long);
          }),
        },
        {
          name: "predict-private",
          title: "Prediction in the browser: no pixel leaves the computer",
          show: inTurn(
            ({ page }) => page.getByLabel("In this browser").check(),
            choose(unseen.slice(0, 1)),
            ({ page }) => page.getByTestId("private-facts").waitFor(long),
          ),
        },
        {
          name: "predict-failed",
          title: "A file that is no image",
          show: async ({ page }) => {
            const file = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no image") };
            await page.getByTestId("predict-file").setInputFiles(file);
            await page.getByRole("alert").first().waitFor(long);
          },
        },
      ],
    },
    {
      at: () => "/jobs",
      states: [
        { name: "jobs", title: "Jobs", show: ({ page }) => page.getByRole("table").waitFor(long) },
        {
          name: "jobs-open",
          title: "A job with its items",
          show: ({ page }) => page.getByRole("row").nth(1).getByRole("button").first().click(),
        },
      ],
    },
    {
      at: () => "/settings",
      states: [
        { name: "settings", title: "Settings: members, invites, tokens", show: heading },
        // Not photographed: no token belongs into a repository, not even one of a server that is gone.
        { name: "settings-token", title: "A token, shown once", show: newToken, judgedOnly: true },
      ],
    },
    {
      at: () => "/settings/vocabulary",
      states: [
        { name: "vocabulary", title: "Vocabulary: terms, their sources, words of this lab", show: heading },
        {
          name: "vocabulary-search",
          title: "A term found by another of its names",
          show: async ({ page }) => {
            await page.getByRole("searchbox", { name: "Name, synonym or CURIE" }).fill("T-lymphocyte");
            await page.getByTestId("term-hits").waitFor();
          },
        },
      ],
    },
    plain(() => "/nowhere", "not-found", "No page at this address"),
    plain(() => "/p/01ARZ3NDEKTSV4RRFFQ69G5FAV", "project-unknown", "A project that is not there"),
    {
      at: ({ project }) => `${project}/i/01ARZ3NDEKTSV4RRFFQ69G5FAV`,
      states: [
        {
          name: "editor-unknown",
          title: "An image that is not there",
          show: ({ page }) => page.getByRole("alert").first().waitFor(long),
        },
      ],
    },
    {
      at: () => "/",
      states: [
        {
          name: "offline",
          title: "The server does not answer",
          show: async (stage) => {
            await heading(stage);
            await stage.page.route("**/api/vocabulary**", (route) => route.abort());
            await stage.page.getByRole("link", { name: "Settings" }).click();
            await stage.page.getByRole("link", { name: "Open", exact: true }).click();
            await stage.page.getByRole("alert").first().waitFor(long);
          },
        },
      ],
    },
  ],
};
