/** How two layers differ, in words for legends and counts. */

import type { Disagreement } from "#core/versions/index.ts";

/** @param title  of the other side. */
export function differenceText(kind: Disagreement, title: string): string {
  switch (kind) {
    case "onlyFirst":
      return "Only here";
    case "onlySecond":
      return `Only in ${title}`;
    case "split":
      return `One here, several in ${title}`;
    case "merged":
      return `Several here, one in ${title}`;
    case "moved":
      return "Another outline";
  }
}
