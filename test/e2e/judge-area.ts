/**
 * Every page and state of an area: nothing that a machine can find against WCAG 2.2 AA in either colour scheme; in a small
 * window and on a tablet no control is cut off, covered, or too small for its words; nothing moves by itself while a page
 * comes.
 */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violations } from "./axe.ts";
import { shot } from "./harness.ts";
import { layoutFaults } from "./layout.ts";
import { settled } from "./page-ready.ts";
import {
  type AreaName,
  areas,
  openGroup,
  openShowcase,
  type PageState,
  type Stage,
  shiftSoFar,
} from "./states/index.ts";

/** The smallest window that is promised, and a tablet. */
const [small, tablet] = [
  { width: 1280, height: 720 },
  { width: 1024, height: 768 },
];

/** Of "good" pages by Google's Core Web Vitals it is 0.1; here not even a line of text may jump. */
const shiftMax = 0.02;

type Opened = Awaited<ReturnType<typeof openShowcase>>;

export function judgeArea(name: AreaName): void {
  const { parts, groups } = areas[name];
  describe(`pages of ${name}`, () => {
    let opened: Opened;

    beforeAll(async () => {
      opened = await openShowcase(parts);
    });
    afterAll(async () => {
      await opened?.site.stop();
      expect(opened?.site.problems).toEqual([]);
    });

    test.each(groups.map((group) => ({ group, name: group.states.map((state) => state.name).join(", ") })))(
      "$name",
      async ({ group }) => {
        const stage = await openGroup(group, opened.places, opened.site.context, small);
        try {
          for (const state of group.states) {
            await state.show(stage).catch(async (error: unknown) => {
              await shot(stage.page, `${state.name}-not-reached`);
              throw error;
            });
            await judge(stage, state, state === group.states[0]);
          }
        } finally {
          await stage.close();
        }
      },
    );
  });
}

async function judge({ page }: Stage, { name }: PageState, first: boolean): Promise<void> {
  await settled(page);
  await shot(page, name);
  // Later states are answers to what somebody did; they may change the page.
  if (first) {
    const { score, moved } = await shiftSoFar(page);
    expect.soft(score > shiftMax ? moved.slice(0, 5) : [], `${name}: what moved by itself`).toEqual([]);
  }
  expect.soft(await violations(page), name).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  // Of all that is judged only colours depend on the scheme.
  expect.soft(await violations(page, ["color-contrast", "link-in-text-block"]), `${name}, dark`).toEqual([]);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  for (const size of [small, tablet]) {
    if (size !== small) await page.setViewportSize(size);
    await settled(page);
    const faults = await layoutFaults(page);
    if (faults.length > 0) await shot(page, `${name}-${size.width}x${size.height}`);
    expect.soft(faults, `${name}, ${size.width} x ${size.height}`).toEqual([]);
  }
  await page.setViewportSize(small);
}
