/** One value of a facet: tick, name, number of images, and a line as long as its share. */

import type { ReactNode } from "react";
import { classNames, formatCount, plural } from "../ui/index.ts";
import type { TreeRow } from "./term-rows.ts";

const INDENT_REM = 0.75;

export function FacetRow({
  row,
  share,
  ticked,
  onToggle,
}: {
  row: TreeRow;
  /** 0..1 of the largest value of the facet. */
  share: number;
  ticked: boolean;
  onToggle: () => void;
}): ReactNode {
  const name = row.name === "" ? "(none)" : row.name;
  const left = row.depth * INDENT_REM;
  return (
    <li>
      <label
        className={classNames(
          "relative flex h-7 items-center gap-2 rounded-md px-1 hover:bg-hover",
          ticked && "font-semibold",
        )}
        style={{ paddingLeft: `${left + 0.25}rem` }}
      >
        <input
          type="checkbox"
          className="size-3.5 shrink-0 accent-accent"
          checked={ticked}
          onChange={onToggle}
        />
        <span
          className={classNames("min-w-0 flex-1 truncate", row.needsTerm && "italic")}
          title={row.needsTerm ? `${name}: needs a term` : `${name}, ${plural(row.cells, "cell")}`}
        >
          {name}
        </span>
        <span className="text-quiet">{formatCount(row.images)}</span>
        <span
          aria-hidden="true"
          className="absolute bottom-0 h-0.5 rounded-full bg-accent/45"
          style={{ left: `${left + 1.625}rem`, width: `calc((100% - ${left + 2}rem) * ${share})` }}
        />
      </label>
    </li>
  );
}
