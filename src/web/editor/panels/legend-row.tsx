/** A line of a legend of cells: colour, word and number; a click selects the cells. */

import type { ReactNode } from "react";
import type { Rgb } from "#core/labels/index.ts";
import { formatCount } from "../../ui/index.ts";

export function LegendRow({
  name,
  title,
  colour,
  count,
  onSelect,
}: {
  name: string;
  title: string;
  colour: Rgb | null;
  count: number;
  /** @param more  adds to the selection. */
  onSelect: (more: boolean) => void;
}): ReactNode {
  return (
    <li>
      <button
        type="button"
        title={`${title}. Click selects these cells, with Shift too.`}
        disabled={count === 0}
        className="flex w-full items-center gap-2 rounded-md px-1 py-0.5 text-left text-sm hover:bg-hover disabled:text-quiet"
        onClick={(event) => onSelect(event.shiftKey)}
      >
        <span
          aria-hidden="true"
          className="size-2.5 shrink-0 rounded-full border border-line"
          style={colour === null ? {} : { background: `rgb(${colour.join(" ")})` }}
        />
        <span className="min-w-0 flex-1 truncate">{name}</span>
        <span className="tabular-nums">{formatCount(count)}</span>
      </button>
    </li>
  );
}
