/**
 * Every page and the states it can be in, reached as a person reaches them: judged by `accessibility.test.ts` in both
 * schemes, photographed by `test/bench/page-pictures.ts`. A new page or panel needs one line here.
 */

import type { BrowserContext, Page } from "playwright-core";
import { ask, editorReady } from "./page-ready.ts";

interface PageState {
  /** File name of its picture. */
  readonly name: string;
  /** What one sees, as a caption. */
  readonly title: string;
  /** From the state before it. */
  readonly show: (page: Page) => Promise<unknown>;
}

interface PageGroup {
  /** Address; `PROJECT` and `IMAGE` stand for those of the site. */
  readonly path: string;
  /** In a browser that has not signed in. */
  readonly signedOut?: true;
  readonly states: readonly PageState[];
}

export interface Places {
  readonly origin: string;
  /** `/p/…` */
  readonly project: string;
  /** `/p/…/i/…` */
  readonly image: string;
}

const heading = (page: Page) => page.getByRole("heading", { level: 1 }).waitFor({ timeout: 60_000 });
const press = (name: string | RegExp) => (page: Page) =>
  page.getByRole("button", { name }).first().click({ timeout: 30_000 });
const sheet = (page: Page) => page.locator('[role="dialog"]:not([aria-modal="false"])');

const opened = (name: string | RegExp) => async (page: Page) => {
  await press(name)(page);
  await sheet(page).waitFor({ timeout: 30_000 });
};

const plain = (path: string, name: string, title: string): PageGroup => ({
  path,
  states: [{ name, title, show: heading }],
});

const tab = (id: string) => (page: Page) => page.getByTestId(`tab-${id}`).click();
const tool = (id: string) => (page: Page) => page.getByTestId(`tool-${id}`).click();

const pages: readonly PageGroup[] = [
  { ...plain("/", "sign-in", "Sign in"), signedOut: true },
  { ...plain("/join", "join", "Join by an invite link"), signedOut: true },
  plain("/", "projects", "Projects"),
  {
    path: "PROJECT",
    states: [
      {
        name: "images",
        title: "Images of a project, with facets",
        show: (page) => page.locator('a[href*="/i/"]').first().waitFor({ timeout: 60_000 }),
      },
      {
        name: "images-selected",
        title: "Images selected for work in bulk",
        show: (page) =>
          page.locator('input[type="checkbox"][aria-label^="Select"]').first().check({ force: true }),
      },
      { name: "import", title: "Import: what to bring", show: opened("Import") },
    ],
  },
  {
    path: "PROJECT",
    states: [{ name: "pre-label", title: "Pre-label by a model", show: opened("Pre-label") }],
  },
  plain("PROJECT?view=charts", "images-charts", "Charts of the images"),
  plain("PROJECT?view=trash", "images-trash", "Trash, empty"),
  plain("PROJECT?search=no-such-image", "images-none", "No image answers the query"),
  plain("/p/01ARZ3NDEKTSV4RRFFQ69G5FAV", "project-unknown", "A project that is not there"),
  {
    path: "PROJECT/checks",
    states: [
      { name: "checks-before", title: "Checks, before the first", show: heading },
      {
        name: "checks",
        title: "What the checks found",
        show: async (page) => {
          await press("Check all images")(page);
          await page.getByRole("navigation", { name: "Rules" }).waitFor({ timeout: 120_000 });
        },
      },
      { name: "checks-compare", title: "Compare labels with a model", show: opened(/^Compare with a model/) },
    ],
  },
  {
    path: "PROJECT/datasets",
    states: [
      { name: "datasets", title: "Datasets: split, leaks, freeze", show: heading },
      {
        name: "dataset-version",
        title: "A frozen dataset version",
        show: async (page) => {
          const name = `pictures-${Math.floor(Date.now() / 1000)}`;
          await page.getByLabel("Dataset name").fill(name);
          await page.getByRole("button", { name: /^Freeze/ }).click({ timeout: 60_000 });
          await sheet(page).waitFor({ timeout: 60_000 });
        },
      },
    ],
  },
  {
    path: "PROJECT/models",
    states: [
      { name: "models", title: "Models and their versions", show: heading },
      { name: "train", title: "Train a model", show: opened("Train") },
    ],
  },
  {
    path: "PROJECT/models",
    states: [{ name: "model-import", title: "Import a model", show: opened("Import") }],
  },
  {
    path: "PROJECT/models",
    states: [{ name: "model-version", title: "The card of a model version", show: opened(/open the card/) }],
  },
  plain("/predict", "predict", "Predict your own image"),
  plain("/jobs", "jobs", "Jobs"),
  plain("/settings", "settings", "Settings: members, invites, tokens"),
  plain("/settings/vocabulary", "vocabulary", "Vocabulary"),
  plain("/nowhere", "not-found", "No page at this address"),
];

const versions: PageGroup = {
  path: "IMAGE/versions",
  states: [
    { name: "versions-compare", title: "Versions of labels: compare", show: heading },
    { name: "versions-merge", title: "Versions of labels: branches and merge", show: tab("merge") },
    { name: "versions-blame", title: "Versions of labels: who made what", show: tab("blame") },
    { name: "versions-history", title: "Versions of labels: history", show: tab("history") },
  ],
};

const editor: PageGroup = {
  path: "IMAGE",
  states: [
    { name: "editor", title: "The image page, at the first visit", show: editorReady },
    {
      name: "editor-doubt",
      title: "The doubt queue, the tour following",
      show: async (page) => {
        await page.getByTestId("surface").focus();
        for (let i = 0; i < 3; i++) await page.keyboard.press(" ");
        await tab("cells")(page);
      },
    },
    { name: "editor-measure", title: "Measurements", show: tab("measure") },
    { name: "editor-history", title: "History of the image", show: tab("history") },
    {
      name: "editor-keys",
      title: "All keys, each changeable in place",
      show: async (page) => {
        await tab("layers")(page);
        await tool("help")(page);
      },
    },
    {
      name: "editor-key-taken",
      title: "A key that another command has",
      show: async (page) => {
        await page.getByTestId("change-key-eraser").getByRole("button").first().click();
        await page.keyboard.press("m");
      },
    },
    {
      name: "editor-flood",
      title: "A tool whose outcome is seen first: flood",
      show: async (page) => {
        await page.getByTestId("key-help").getByRole("button", { name: "Close", exact: true }).click();
        await page.getByRole("button", { name: "Close the tour" }).click();
        await tool("flood")(page);
      },
    },
    { name: "editor-threshold", title: "Threshold in a box", show: tool("threshold") },
    { name: "editor-seeds", title: "Split by seeds", show: tool("seeds") },
    { name: "editor-grow", title: "Grow or shrink by a length", show: tool("grow-by") },
    { name: "editor-bulk", title: "Delete many", show: tool("bulk") },
    { name: "editor-brush", title: "The brush", show: tool("brush") },
  ],
};

/** Tabs of the image page that have no state of their own above, so that none is forgotten. */
export async function otherTabs(page: Page): Promise<string[]> {
  const named = new Set(["layers", "cells", "measure", "history"]);
  const ids = await page
    .locator('aside[aria-label="Image"] [role="tab"]')
    .evaluateAll((tabs) => tabs.map((one) => one.getAttribute("data-testid") ?? ""));
  return ids.map((id) => id.replace(/^tab-/, "")).filter((id) => id !== "" && !named.has(id));
}

const lost: readonly PageGroup[] = [
  {
    path: "PROJECT/i/01ARZ3NDEKTSV4RRFFQ69G5FAV",
    states: [
      {
        name: "editor-unknown",
        title: "An image that is not there",
        show: (page) => page.getByRole("alert").first().waitFor({ timeout: 60_000 }),
      },
    ],
  },
];

/** The heart of the program first. */
export const pageGroups: readonly PageGroup[] = [editor, ...pages, versions, ...lost];

/** Opens a group's address in a page of its own, in the given scheme. Close the page's context when it is signed out. */
export async function openGroup(
  group: PageGroup,
  places: Places,
  context: BrowserContext,
  colorScheme: "light" | "dark",
): Promise<Page> {
  const own = group.signedOut === true ? await context.browser()?.newContext() : context;
  if (own === undefined) throw new Error("the browser is gone");
  const page = await own.newPage();
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await page.setViewportSize({ width: 1280, height: 800 });
  const path = group.path.replace("PROJECT", places.project).replace("IMAGE", places.image);
  await page.goto(places.origin + path);
  return page;
}

export async function closeGroup(group: PageGroup, page: Page): Promise<void> {
  if (group.signedOut === true) await page.context().close();
  else await page.close();
}

/** Signs in, waits for the sample project and finds the image with most cells. */
export async function findPlaces(page: Page, signInUrl: string): Promise<Places> {
  await page.goto(signInUrl);
  await page
    .getByRole("link", { name: /sample/i })
    .first()
    .waitFor({ timeout: 120_000 });
  const { projects } = await ask<{ projects: { id: string; imageCount: number }[] }>(page, "/projects");
  const id = projects.find(({ imageCount }) => imageCount > 0)?.id ?? "";
  const { items } = await ask<{ items: { id: string; cellCount: number }[] }>(page, `/projects/${id}/images`);
  const image = [...items].sort((a, b) => b.cellCount - a.cellCount)[0]?.id ?? "";
  return { origin: new URL(signInUrl).origin, project: `/p/${id}`, image: `/p/${id}/i/${image}` };
}
