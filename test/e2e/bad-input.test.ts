/**
 * What goes wrong at a desk: the graphics card takes the picture away, the browser keeps nothing, the clock is years off. Each is a state with
 * words, and no edit is lost.
 */

import { describe, expect, test } from "vitest";
import { violations } from "./axe.ts";
import { cellCount, editorReady, saved, storedCells } from "./editor-driver.ts";
import { fillFaultyCells } from "./faulty-cells.ts";
import { drawInMargin, openEditor } from "./faulty-editor.ts";
import { shot } from "./harness.ts";
import { siteOfTests } from "./site-of-tests.ts";

describe("bad input in the editor", () => {
  const site = siteOfTests(fillFaultyCells);

  test("the graphics card takes the picture away in the middle of a stroke: words, then the picture again", async () => {
    const page = await openEditor(site());
    const before = await cellCount(page);
    await page.getByTestId("tool-new-cell").click();
    const box = await page.getByTestId("surface").boundingBox();
    const at = { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + 12 };
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    await page.mouse.move(at.x + 12, at.y, { steps: 4 });
    const taken = await page.getByTestId("surface").evaluate((surface) => {
      const canvas = surface.querySelector("canvas");
      const lose = canvas?.getContext("webgl2")?.getExtension("WEBGL_lose_context");
      lose?.loseContext();
      return lose !== null && lose !== undefined;
    });
    expect(taken).toBe(true);
    await page.getByTestId("picture-lost").waitFor({ timeout: 20_000 });
    await shot(page, "picture-lost");
    await page.mouse.up();
    await page.getByTestId("picture-lost").waitFor({ state: "detached", timeout: 20_000 });
    await editorReady(page);
    await drawInMargin(page, 40);
    await saved(page);
    const after = await cellCount(page);
    expect(after).toBeGreaterThanOrEqual(before + 1);
    expect(await storedCells(page)).toHaveLength(after);
  });

  test("a browser that refuses its database: edits are saved all the same, and unsaved ones are warned of", async () => {
    const page = await openEditor(site(), (blank) =>
      blank.addInitScript(() => {
        Object.defineProperty(window, "indexedDB", {
          get: () => {
            throw new DOMException("denied", "SecurityError");
          },
        });
      }),
    );
    const before = await cellCount(page);
    await drawInMargin(page, 80);
    await saved(page);
    expect(await cellCount(page)).toBe(before + 1);
    await page.route("**/edits", (route) => route.abort());
    await drawInMargin(page, 110);
    await page.getByText(/^Offline: 1 edit kept on this computer/).waitFor({ timeout: 20_000 });
    await page.getByText(/Keep this page open until they are saved/).waitFor({ timeout: 20_000 });
    await shot(page, "journal-refused");
    expect(await violations(page)).toEqual([]);
    // Pressed while the server is still away: it may come back by itself at any moment, and then there is no button.
    await page.getByRole("button", { name: "Try now" }).click();
    await page.unroute("**/edits");
    await saved(page);
    expect(await storedCells(page)).toHaveLength(before + 2);
  });

  test.each([-3_000, 3_000])(
    "a clock that is %i days off: edits are saved, undone and done again",
    async (days) => {
      const page = await openEditor(site(), (blank) =>
        blank.addInitScript((off) => {
          const now = Date.now.bind(Date);
          Date.now = () => now() + off * 86_400_000;
        }, days),
      );
      const before = await cellCount(page);
      await drawInMargin(page, days < 0 ? 150 : 180);
      await saved(page);
      expect(await cellCount(page)).toBe(before + 1);
      await page.keyboard.press("Control+z");
      await saved(page);
      expect(await cellCount(page)).toBe(before);
      await page.keyboard.press("Control+Shift+z");
      await saved(page);
      expect(await storedCells(page)).toHaveLength(before + 1);
    },
  );
});
