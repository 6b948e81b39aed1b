/**
 * What a machine can see of a broken layout: controls that are cut off at the edge of the window or of a box that does not
 * scroll, controls that lie under something else, and words that run out of their button.
 */

import type { Page } from "playwright-core";

/** One line per fault; empty when all is well. */
export async function layoutFaults(page: Page): Promise<string[]> {
  const found = await faults(page);
  if (found.length === 0) return found;
  // Something may just have been moving.
  await page.waitForTimeout(500);
  return faults(page);
}

function faults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const controls =
      "button, a[href], input, select, textarea, summary, [role=tab], [role=button], [role=slider]";
    const slackPx = 1.5;
    const modal = document.querySelector('[role="dialog"]:not([aria-modal="false"])');
    const nameOf = (element: Element): string =>
      (
        element.getAttribute("data-testid") ??
        element.getAttribute("aria-label") ??
        element.textContent?.trim().slice(0, 40) ??
        ""
      ).replace(/\s+/g, " ") || element.outerHTML.slice(0, 80);
    const scrolls = (style: CSSStyleDeclaration): boolean =>
      /auto|scroll/.test(style.overflowX + style.overflowY);
    const clips = (style: CSSStyleDeclaration): boolean =>
      style.overflowX !== "visible" || style.overflowY !== "visible";
    /** What is left in sight of the box by everything around it, and whether a scroll brings the rest. */
    const inSight = (element: Element) => {
      const box = element.getBoundingClientRect();
      let [left, top, right, bottom] = [box.left, box.top, box.right, box.bottom];
      let scrollable = false;
      for (let at = element.parentElement; at !== null; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (!clips(style)) continue;
        const outer = at.getBoundingClientRect();
        if (scrolls(style)) scrollable = true;
        left = Math.max(left, outer.left);
        top = Math.max(top, outer.top);
        right = Math.min(right, outer.right);
        bottom = Math.min(bottom, outer.bottom);
      }
      return {
        box,
        left,
        top,
        right: Math.min(right, innerWidth),
        bottom: Math.min(bottom, innerHeight),
        scrollable,
      };
    };
    const sticks = (element: Element | null): boolean =>
      element !== null && (getComputedStyle(element).position === "sticky" || sticks(element.parentElement));
    /** What lies over the control at its middle or near one of its ends. */
    const coverOf = (element: HTMLElement, box: DOMRect): string | undefined => {
      const edgePx = Math.min(6, box.width / 4);
      for (const x of [(box.left + box.right) / 2, box.left + edgePx, box.right - edgePx]) {
        const at = document.elementFromPoint(x, (box.top + box.bottom) / 2);
        if (at === null) return "nothing";
        const mine =
          element.contains(at) || at.contains(element) || at.closest("label")?.contains(element) === true;
        // The keys lie over the image as long as they are looked at, a message goes by, rows pass under the head of their table.
        const passes = at.closest('[data-covers], [aria-modal="false"]') !== null || sticks(at);
        if (!mine && !passes) return nameOf(at);
      }
      return undefined;
    };
    const problems: string[] = [];
    if (document.documentElement.scrollWidth > innerWidth + slackPx)
      problems.push("the page is wider than the window");
    for (const element of (modal ?? document).querySelectorAll<HTMLElement>(controls)) {
      // In a closed fold, for one: it has a box and is not there.
      if (!element.checkVisibility()) continue;
      const style = getComputedStyle(element);
      const seen = inSight(element);
      const { box } = seen;
      const hidden =
        style.visibility === "hidden" || style.opacity === "0" || box.width < 2 || box.height < 2;
      if (hidden || element.closest('.sr-only, [inert], [aria-hidden="true"], [hidden]') !== null) continue;
      if (box.bottom < 0 && style.transform !== "none") continue;
      const cut =
        box.left < seen.left - slackPx ||
        box.right > seen.right + slackPx ||
        box.top < seen.top - slackPx ||
        box.bottom > seen.bottom + slackPx;
      if (cut && !seen.scrollable && box.bottom > 0) problems.push(`cut off: ${nameOf(element)}`);
      if (cut) continue;
      const cover = coverOf(element, box);
      if (cover !== undefined) problems.push(`covered: ${nameOf(element)} by ${cover}`);
      const words = /^(?:BUTTON|A|SUMMARY)$/.test(element.tagName) || element.getAttribute("role") === "tab";
      if (
        words &&
        style.overflowX === "visible" &&
        element.scrollWidth > element.clientWidth + 2 &&
        element.clientWidth > 0
      )
        problems.push(`words run out of ${nameOf(element)}`);
    }
    return [...new Set(problems)];
  });
}
