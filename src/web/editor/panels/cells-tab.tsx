/** All cells of the layer, most doubtful first; a click flies to the cell. Only the rows in sight are built. */

import { Check } from "lucide-react";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { Button, classNames, formatCount, formatPercent, plural } from "../../ui/index.ts";
import { KeyCap } from "../input/keys-context.tsx";
import { orderByDoubt } from "../model/doubt.ts";
import { planeText } from "../model/planes.ts";
import type { EditorSession } from "../session/editor-session.ts";
import type { CellInfo } from "../session/layer-model.ts";
import { useStore } from "../session/store.ts";
import { ReviewLine } from "./review-line.tsx";

const rowPx = 28;
/** Rows built above and below those in sight. */
const spareRows = 8;

export function CellsTab({
  session,
  umPerPx,
  typeOf,
}: {
  session: EditorSession;
  /** µm² per pixel; null when the pixel size is unknown. */
  umPerPx: number | null;
  /** Names of a cell's types, "" for none; null while no cell has any: then the list says who made the cells. */
  typeOf: ((uid: string) => string) | null;
}): ReactNode {
  const version = useStore(session.store, (state) => state.version);
  const plane = useStore(session.store, (state) => state.plane);
  const selection = useStore(session.store, (state) => state.selection);
  const reviewed = useStore(session.store, (state) => state.reviewed);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for the content of the model.
  const cells = useMemo(() => orderByDoubt([...session.model.cells.values()]), [session, version]);
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const first = Math.max(0, Math.floor(top / rowPx) - spareRows);
  const last = Math.min(cells.length, first + 40 + 2 * spareRows);
  const seen = cells.filter((cell) => reviewed.has(cell.uid)).length;

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex items-center justify-between gap-2 px-4 py-2 text-sm text-quiet">
        <span className="whitespace-nowrap">
          {plural(cells.length, "cell")}
          {seen > 0 && `, ${formatCount(seen)} reviewed`}
        </span>
        <Button
          size="small"
          onClick={() => session.nextDoubtful()}
          disabled={cells.length === 0}
          data-testid="next-doubt"
          title="Next cell in doubt"
        >
          Next <KeyCap of="next-doubt" className="font-sans text-xs text-quiet" />
        </Button>
      </div>
      <ReviewLine session={session} />
      {cells.length === 0 ? (
        <p className="px-4 text-sm text-quiet">
          {session.model.size === 0
            ? "No cells yet. Propose, or draw one with the brush."
            : `No cells in ${planeText(plane, session.state.planes)}.`}
        </p>
      ) : (
        <div
          ref={scroller}
          className="min-h-0 flex-1 overflow-y-auto border-t border-line"
          onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        >
          <table className="w-full table-fixed border-collapse text-sm" aria-rowcount={cells.length}>
            <thead className="sticky top-0 z-10 bg-panel text-left text-xs text-quiet">
              <tr className="h-7">
                <th className="w-20 pl-4 font-normal">Label</th>
                <th className="w-20 pr-2 text-right font-normal">
                  {umPerPx === null ? "Area, px" : "Area, µm²"}
                </th>
                <th className="w-16 pr-2 text-right font-normal">Sure</th>
                <th className="pr-4 font-normal">{typeOf === null ? "By" : "Type"}</th>
              </tr>
            </thead>
            <tbody>
              <tr style={{ height: first * rowPx }} />
              {cells.slice(first, last).map((cell) => (
                <CellRow
                  key={cell.uid}
                  cell={cell}
                  area={umPerPx === null ? formatCount(cell.area) : (cell.area * umPerPx).toFixed(1)}
                  colour={session.model.colourOf(cell.uid)}
                  type={typeOf === null ? null : typeOf(cell.uid)}
                  selected={selection.includes(cell.uid)}
                  reviewed={reviewed.has(cell.uid)}
                  onOpen={() => session.showCell(cell.uid)}
                />
              ))}
              <tr style={{ height: (cells.length - last) * rowPx }} />
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

function CellRow({
  cell,
  area,
  colour,
  type,
  selected,
  reviewed,
  onOpen,
}: {
  cell: CellInfo;
  /** Null: say who made it. */
  type: string | null;
  area: string;
  colour: readonly [number, number, number];
  selected: boolean;
  reviewed: boolean;
  onOpen: () => void;
}): ReactNode {
  return (
    <tr
      data-testid="cell-row"
      data-uid={cell.uid}
      aria-selected={selected}
      onClick={onOpen}
      style={{ height: rowPx }}
      className={classNames(selected ? "bg-accent-wash" : "hover:bg-hover")}
    >
      <td className="truncate pl-4">
        <button
          type="button"
          className="inline-flex items-center gap-1.5"
          aria-label={`Show cell ${cell.number ?? "new"}`}
        >
          <span
            aria-hidden="true"
            className="size-2 rounded-full"
            style={{ background: `rgb(${colour.join(" ")})` }}
          />
          {cell.number ?? "new"}
        </button>
      </td>
      <td className="pr-2 text-right">{area}</td>
      <td className="pr-2 text-right">{cell.confidence === null ? "–" : formatPercent(cell.confidence)}</td>
      <td className="truncate pr-4 text-quiet">
        {reviewed && <Check aria-label="reviewed" className="mr-1 inline size-3 text-good" />}
        <span
          title={type === null ? undefined : `${type === "" ? "no type" : type}, drawn by ${cell.agent.name}`}
        >
          {type ?? cell.agent.name}
        </span>
      </td>
    </tr>
  );
}
