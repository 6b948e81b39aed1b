/**
 * A page in a state that a person can bring it to: judged by `accessibility-*.test.ts` in both colour schemes, photographed
 * by `test/bench/page-pictures.ts`. A new page or panel needs one line in the list of its area.
 */

import type { BrowserContext, Locator, Page } from "playwright-core";

/** What is made beside the sample project, because it takes time. */
export type Parts = readonly ("tissue" | "movie" | "faults" | "evaluation")[];

/** Paths; "" for what was not made. */
export interface Showcase {
  /** The sample project, `/p/…`. */
  readonly project: string;
  /** Images, `/p/…/i/…`. */
  readonly tissue: string;
  readonly movie: string;
  /** Project whose outlines have faults. */
  readonly faults: string;
  readonly evaluation: string;
  /** Project of the evaluation, and the version that waits for release. */
  readonly judged: string;
  readonly candidateId: string;
}

export interface Places extends Showcase {
  readonly origin: string;
  /** The image of the sample project with most cells. */
  readonly image: string;
  /** One of the sample project that a model has pre-labelled. */
  readonly proposed: string;
}

/** What a state is shown on. */
export interface Stage {
  readonly page: Page;
  readonly places: Places;
  /** Work at the end of the group, also of one that failed. */
  readonly later: (end: () => Promise<unknown>) => void;
}

export interface PageState {
  /** File name of its picture. */
  readonly name: string;
  /** What one sees, as a caption. */
  readonly title: string;
  /** From the state before it. */
  readonly show: (stage: Stage) => Promise<unknown>;
  /** Judged and not photographed: it looks like another. */
  readonly judgedOnly?: true;
}

export interface PageGroup {
  readonly at: (places: Places) => string;
  /** In a browser that has not signed in. */
  readonly signedOut?: true;
  readonly states: readonly PageState[];
}

export interface Area {
  readonly parts: Parts;
  readonly groups: readonly PageGroup[];
}

const late = { timeout: 60_000 };

export const heading = ({ page }: Stage) => page.getByRole("heading", { level: 1 }).waitFor(late);
export const press =
  (name: string | RegExp) =>
  ({ page }: Stage): Promise<void> =>
    page.getByRole("button", { name }).first().click(late);

/** The sheet that is open; short messages in a corner are dialogs too, but not modal ones. */
export const sheet = (page: Page): Locator => page.locator('[role="dialog"]:not([aria-modal="false"])');
export const sheetOpen = ({ page }: Stage): Promise<void> => sheet(page).waitFor(late);

/** Escape, and it is gone. */
export const sheetClosed = async ({ page }: Stage): Promise<void> => {
  await page.keyboard.press("Escape");
  await sheet(page).waitFor({ state: "detached", ...late });
};

export const opened = (name: string | RegExp) => async (stage: Stage) => {
  await press(name)(stage);
  await sheetOpen(stage);
};

export const testId =
  (id: string) =>
  ({ page }: Stage): Promise<void> =>
    page.getByTestId(id).first().click(late);
export const tab = (id: string) => testId(`tab-${id}`);
export const tool = (id: string) => testId(`tool-${id}`);

/** One thing after the other. */
export const inTurn =
  (...steps: readonly ((stage: Stage) => Promise<unknown>)[]) =>
  async (stage: Stage): Promise<void> => {
    for (const step of steps) await step(stage);
  };

/** A page that has one state. */
export const plain = (path: (places: Places) => string, name: string, title: string): PageGroup => ({
  at: path,
  states: [{ name, title, show: heading }],
});

/** Layout that moved by itself since the page was opened: 0 for nothing; above it, what moved most. */
export interface Shift {
  readonly score: number;
  readonly moved: readonly string[];
}

/** Opens a group's address in a page of its own; `close` ends it with all that its states began. */
export async function openGroup(
  group: PageGroup,
  places: Places,
  context: BrowserContext,
  size: { readonly width: number; readonly height: number },
): Promise<Stage & { close(): Promise<void> }> {
  const browser = context.browser();
  if (browser === null) throw new Error("the browser is gone");
  const own = group.signedOut === true ? await browser.newContext({ viewport: size }) : null;
  const ends: (() => Promise<unknown>)[] = own === null ? [] : [() => own.close()];
  const page = await (own ?? context).newPage();
  ends.push(() => page.close());
  const close = async (): Promise<void> => {
    for (const end of ends.reverse()) await end();
  };
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.setViewportSize(size);
  await page.addInitScript(watchShifts);
  try {
    await page.goto(places.origin + group.at(places));
  } catch (error) {
    await close();
    throw error;
  }
  return { page, places, later: (end) => ends.push(end), close };
}

interface LayoutShiftEntry extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly sources?: readonly { readonly node: Node | null }[];
}

/** Runs in the page before its own scripts. */
function watchShifts(): void {
  const own = window as unknown as { shifts: { value: number; moved: string[] }[] };
  own.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as LayoutShiftEntry[]) {
      if (entry.hadRecentInput) continue;
      const moved = (entry.sources ?? []).map(({ node }) =>
        node instanceof Element ? node.outerHTML.slice(0, 120) : (node?.textContent ?? "").slice(0, 60),
      );
      own.shifts.push({ value: entry.value, moved });
    }
  }).observe({ type: "layout-shift", buffered: true });
}

/** What moved by itself since the last question. */
export async function shiftSoFar(page: Page): Promise<Shift> {
  const shifts = await page.evaluate(() => {
    const own = window as unknown as { shifts?: { value: number; moved: string[] }[] };
    return own.shifts?.splice(0) ?? [];
  });
  return {
    score: shifts.reduce((sum, { value }) => sum + value, 0),
    moved: shifts
      .sort((a, b) => b.value - a.value)
      .flatMap(({ value, moved }) => moved.map((one) => `${value.toFixed(3)} ${one}`)),
  };
}
