/**
 * Two facets crossed, as a table whose cells are shaded by their number.
 *
 * It is the chart and its table in one: every number is written, the shade (by logarithm, because tissues differ a
 * thousandfold) only helps to find the large ones.
 */

import { type ReactNode, useState } from "react";
import type { ImageStatistics } from "#api/index.ts";
import { Button, formatCount, plural } from "../ui/index.ts";

const ROWS_SHOWN = 15;
const COLUMNS_SHOWN = 8;

/** Strongest shade: the text on it keeps its contrast in both schemes. */
const SHADE_MAX = 38;

export function HeatTable({
  cross,
  caption,
}: {
  cross: ImageStatistics["cross"];
  caption: string;
}): ReactNode {
  const [all, setAll] = useState(false);
  const [of, setOf] = useState<"cells" | "images">("cells");
  const columns = cross.columns.slice(0, all ? undefined : COLUMNS_SHOWN);
  const rows = cross.rows.slice(0, all ? undefined : ROWS_SHOWN);
  const hidden = cross.rows.length - rows.length + cross.columns.length - columns.length;
  const byPlace = new Map(cross.cells.map((cell) => [`${cell.row} ${cell.column}`, cell]));
  const most = Math.max(1, ...cross.cells.map((cell) => cell[of]));
  return (
    <div className="flex flex-col items-start gap-2">
      <div
        className="max-w-full overflow-x-auto"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
      >
        <table className="text-sm">
          <caption className="sr-only">{caption}</caption>
          <thead>
            <tr>
              <td />
              {columns.map(({ key, label }) => (
                <th
                  key={key}
                  scope="col"
                  className="max-w-36 truncate px-2 pb-1 text-left font-normal text-quiet"
                  title={label}
                >
                  {label === "" ? "(none)" : label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, label }, row) => (
              <tr key={key}>
                <th scope="row" className="max-w-56 truncate py-0.5 pr-3 text-left font-normal" title={label}>
                  {label === "" ? "(none)" : label}
                </th>
                {columns.map((column, index) => {
                  const count = byPlace.get(`${row} ${index}`)?.[of] ?? 0;
                  return (
                    <td
                      key={column.key}
                      className="border border-page px-2 py-1 text-right"
                      style={count === 0 ? undefined : { background: shade(count, most) }}
                    >
                      {count === 0 ? <span className="text-quiet">–</span> : formatCount(count)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="flex gap-2">
        <Button
          size="small"
          aria-pressed={of === "images"}
          onClick={() => setOf(of === "cells" ? "images" : "cells")}
        >
          {of === "cells" ? "Count images" : "Count cells"}
        </Button>
        {(hidden > 0 || all) && (
          <Button look="quiet" size="small" onClick={() => setAll(!all)}>
            {all ? "Show fewer" : `Show ${plural(hidden, "more row or column", "more rows and columns")}`}
          </Button>
        )}
      </div>
    </div>
  );
}

function shade(count: number, most: number): string {
  const share = Math.log1p(count) / Math.log1p(most);
  return `color-mix(in oklab, var(--color-accent) ${Math.round(share * SHADE_MAX)}%, var(--color-panel))`;
}
