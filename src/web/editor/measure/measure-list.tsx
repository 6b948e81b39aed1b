/**
 * The table of measurements: sorted by any column, a click goes to the cell, what is selected in the image is marked.
 *
 * Only the rows in sight are in the document. When one cell is selected elsewhere its row is scrolled into view.
 */

import { ArrowDown, ArrowUp } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import type { MeasureColumn, MeasureTable } from "#core/measure/index.ts";
import { classNames } from "../../ui/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { featureName } from "./feature-words.ts";
import { shortNumber } from "./plot-scale.ts";

const rowPx = 26;
/** Room kept for the largest number of rows in sight. */
const listPx = 320;
const spareRows = 8;

export interface Sorting {
  readonly key: string;
  readonly descending: boolean;
}

export function MeasureList({
  session,
  table,
  columns,
  rows,
  typeOf,
  selected,
  sorting,
  onSort,
}: {
  session: EditorSession;
  table: MeasureTable;
  columns: readonly MeasureColumn[];
  /** Rows of the table in the order in which they are listed. */
  rows: readonly number[];
  /** Names of a cell's types, "" for none; null while no cell has any. */
  typeOf: ((uid: string) => string) | null;
  selected: ReadonlySet<number>;
  sorting: Sorting;
  onSort: (sorting: Sorting) => void;
}): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const first = Math.max(0, Math.floor(top / rowPx) - spareRows);
  const last = Math.min(rows.length, first + Math.ceil(listPx / rowPx) + 2 * spareRows);
  useFollowed(scroller, rows, selected);
  const label = table.columns.find(({ key }) => key === "label");
  const shown = useMemo(() => columns.filter(({ key }) => key !== "label"), [columns]);
  return (
    <div
      ref={scroller}
      className="overflow-auto border-y border-line"
      style={{ height: listPx }}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      data-testid="measure-scroller"
    >
      <table className="border-collapse text-sm" aria-rowcount={rows.length + 1} aria-label="Measurements">
        <thead className="sticky top-0 z-10 bg-panel text-xs text-quiet">
          <tr aria-rowindex={1} className="h-9">
            {label !== undefined && (
              <Heading
                column={label}
                sorting={sorting}
                onSort={onSort}
                className="sticky left-0 min-w-16! bg-panel pl-4"
              />
            )}
            {typeOf !== null && (
              <th scope="col" className="min-w-22 pr-3 text-left font-normal">
                Type
              </th>
            )}
            {shown.map((column) => (
              <Heading key={column.key} column={column} sorting={sorting} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          <tr style={{ height: first * rowPx }} />
          {rows.slice(first, last).map((row, i) => (
            <Row
              key={row}
              index={first + i}
              label={label?.values[row]}
              type={typeOf === null ? null : typeOf(table.ids[row] as string)}
              values={shown.map((column) => shortNumber(column.values[row] as number))}
              selected={selected.has(row)}
              onOpen={() => session.showCell(table.ids[row] as string)}
            />
          ))}
          <tr style={{ height: (rows.length - last) * rowPx }} />
        </tbody>
      </table>
    </div>
  );
}

/** Scrolls to the row of a cell that was selected elsewhere; leaves the list alone when the row is in sight. */
function useFollowed(
  scroller: React.RefObject<HTMLDivElement | null>,
  rows: readonly number[],
  selected: ReadonlySet<number>,
): void {
  const [only] = selected.size === 1 ? selected : [];
  const at = only === undefined ? -1 : rows.indexOf(only);
  useEffect(() => {
    const { current } = scroller;
    if (current === null || at < 0) return;
    const head = 36;
    const y = at * rowPx;
    if (y >= current.scrollTop && y + rowPx + head <= current.scrollTop + current.clientHeight) return;
    current.scrollTop = Math.max(0, y - current.clientHeight / 2);
  }, [at, scroller]);
}

function Heading({
  column,
  sorting,
  onSort,
  className = "",
}: {
  column: MeasureColumn;
  sorting: Sorting;
  onSort: (sorting: Sorting) => void;
  className?: string;
}): ReactNode {
  const own = sorting.key === column.key;
  const Arrow = sorting.descending ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      aria-sort={own ? (sorting.descending ? "descending" : "ascending") : "none"}
      className={classNames("max-w-32 min-w-22 pr-3 text-right font-normal", className)}
    >
      <button
        type="button"
        className="inline-flex max-w-full items-center gap-1 text-right hover:text-ink"
        title={`Sort by ${featureName(column)}`}
        data-testid={`sort-${column.key}`}
        onClick={() => onSort({ key: column.key, descending: own ? !sorting.descending : false })}
      >
        {own && <Arrow aria-hidden="true" className="size-3 shrink-0" />}
        <span className="line-clamp-2">{featureName(column)}</span>
      </button>
    </th>
  );
}

function Row({
  index,
  label,
  type,
  values,
  selected,
  onOpen,
}: {
  index: number;
  label: number | undefined;
  type: string | null;
  values: readonly string[];
  selected: boolean;
  onOpen: () => void;
}): ReactNode {
  const name = label === undefined || Number.isNaN(label) ? "new" : String(label);
  return (
    <tr
      data-testid="measure-row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      onClick={onOpen}
      style={{ height: rowPx }}
      className={classNames(selected ? "bg-accent-wash" : "hover:bg-hover")}
    >
      <th
        scope="row"
        className={classNames(
          "sticky left-0 pr-3 pl-4 text-right font-normal",
          selected ? "bg-accent-wash" : "bg-panel",
        )}
      >
        <button type="button" aria-label={`Show cell ${name}`} className="hover:underline">
          {name}
        </button>
      </th>
      {type !== null && (
        <td className="max-w-40 truncate pr-3" title={type}>
          {type === "" ? "–" : type}
        </td>
      )}
      {values.map((value, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a value is its column.
        <td key={i} className="pr-3 text-right whitespace-nowrap">
          {value}
        </td>
      ))}
    </tr>
  );
}
