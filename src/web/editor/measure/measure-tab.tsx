/** The Measure tab: what was measured of the cells, as a table, a histogram or a scatter plot, all three linked. */

import { Maximize2, Minimize2 } from "lucide-react";
import { type ReactNode, useEffect, useMemo } from "react";
import type { MeasureTable } from "#core/measure/index.ts";
import { Button, formatCount, IconButton, Problem, ProgressBar, plural } from "../../ui/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import type { Look } from "../session/look.ts";
import { type Store, useStore } from "../session/store.ts";
import { featureGroups, featureOr } from "./feature-words.ts";
import type { MeasureDesk } from "./measure-desk.ts";
import { MeasureList } from "./measure-list.tsx";
import { MeasurePlots } from "./measure-plots.tsx";
import { MeasureSave } from "./measure-save.tsx";
import type { MeasureView } from "./measure-view.ts";
import { sortRows } from "./plot-scale.ts";

/** More pixels under cells than this times channels is not started unasked: reading them takes a while. */
const unaskedMax = 64 * 2 ** 20;

export interface MeasureTabProps {
  readonly session: EditorSession;
  readonly desk: MeasureDesk;
  readonly view: Store<MeasureView>;
  readonly look: Store<Look>;
  readonly channels: readonly string[];
  readonly nameOfTerm: (term: string) => string;
  /** Pixels of the image times channels. */
  readonly samples: number;
  readonly wide: boolean;
  readonly onWide: (wide: boolean) => void;
}

export function MeasureTab(props: MeasureTabProps): ReactNode {
  const { session, desk, samples, wide, onWide } = props;
  const { phase, table, share, error, stale } = useStore(desk.store, (state) => state);
  const cellCount = useStore(session.store, (state) => state.cellCount);
  // Looking is asking, unless it would take long.
  useEffect(() => {
    if (desk.store.get().phase === "empty" && samples <= unaskedMax && session.state.cellCount > 0)
      void desk.measure();
  }, [desk, session, samples]);
  if (cellCount === 0 && table === null)
    return (
      <p className="p-4 text-sm text-quiet">No cells to measure yet. Propose, or draw one with the brush.</p>
    );
  return (
    <div className="flex flex-col gap-4 py-3" data-testid="measure" data-phase={phase}>
      <div className="flex flex-wrap items-center gap-2 px-4 text-sm">
        <span className="text-quiet" data-testid="measure-count">
          {table === null ? plural(cellCount, "cell") : plural(table.ids.length, "cell")}
          {stale > 0 && phase !== "working" && `, ${formatCount(stale)} changed since`}
        </span>
        <span className="ml-auto flex items-center gap-1">
          {phase === "working" ? (
            <Button size="small" onClick={() => desk.cancel()}>
              Cancel
            </Button>
          ) : (
            <Button size="small" onClick={() => void desk.measure()} data-testid="measure-run">
              {table === null ? "Measure" : "Measure again"}
            </Button>
          )}
          <IconButton
            label={wide ? "Narrow panel" : "Wide panel"}
            className="size-6!"
            aria-pressed={wide}
            onClick={() => onWide(!wide)}
          >
            {wide ? <Minimize2 className="size-3.5" /> : <Maximize2 className="size-3.5" />}
          </IconButton>
        </span>
        {phase === "working" && (
          <div className="w-full" role="status">
            <span className="text-xs text-quiet">
              {share === null ? "Measuring shapes …" : `Measuring light, ${Math.round(share * 100)} %`}
            </span>
            <ProgressBar label="Measuring" fraction={share} />
          </div>
        )}
      </div>
      {phase === "failed" && (
        <div className="px-4">
          <Problem error={error} onRetry={() => void desk.measure()} />
        </div>
      )}
      {table !== null && <Measured {...props} table={table} />}
    </div>
  );
}

function Measured(props: MeasureTabProps & { table: MeasureTable }): ReactNode {
  const { session, desk, view, table, channels, nameOfTerm } = props;
  const rowOf = useStore(desk.store, (state) => state.rowOf);
  const selection = useStore(session.store, (state) => state.selection);
  const version = useStore(session.store, (state) => state.version);
  const { group, sorting, onlySelected } = useStore(view, (state) => state);
  const groups = useMemo(() => featureGroups(table, channels), [table, channels]);
  // Cells that are gone have no row, although the table still holds what they were.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for the content of the model.
  const rows = useMemo(
    () => table.ids.flatMap((uid, row) => (session.model.has(uid) ? [row] : [])),
    [table, session, version],
  );
  const selected = useMemo(() => selection.flatMap((uid) => rowOf.get(uid) ?? []), [selection, rowOf]);
  const selectedSet = useMemo(() => new Set(selected), [selected]);
  const column = featureOr(table, sorting.key, "label");
  const listed = useMemo(() => {
    const some = onlySelected && selectedSet.size > 0 ? rows.filter((row) => selectedSet.has(row)) : rows;
    return sortRows(some, column.values, sorting.descending);
  }, [rows, selectedSet, onlySelected, column, sorting.descending]);
  const typeOf = (uid: string): string =>
    (session.model.typesOf(uid) ?? []).map(({ term }) => nameOfTerm(term)).join("; ");
  const shown = groups.find((one) => one.group === group) ?? groups[0];
  return (
    <>
      <MeasurePlots {...props} groups={groups} rows={rows} selected={selected} />
      <section aria-label="Table" className="flex flex-col gap-2">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 text-sm">
          <select
            aria-label="Columns of the table"
            className="control pr-6!"
            value={shown?.group}
            onChange={(event) => view.set({ group: event.currentTarget.value })}
          >
            {groups.map(({ group: value, title }) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
          <label className="inline-flex items-center gap-1.5">
            <input
              type="checkbox"
              className="size-3.5 accent-accent"
              checked={onlySelected}
              onChange={(event) => view.set({ onlySelected: event.currentTarget.checked })}
            />
            Only selected
          </label>
          <span className="ml-auto text-quiet" data-testid="measure-selected">
            {formatCount(selected.length)} selected
          </span>
        </div>
        <MeasureList
          session={session}
          table={table}
          columns={shown?.columns ?? []}
          rows={listed}
          typeOf={session.model.beside.types.size === 0 ? null : typeOf}
          selected={selectedSet}
          sorting={sorting}
          onSort={(next) => view.set({ sorting: next })}
        />
      </section>
      <MeasureSave
        desk={desk}
        session={session}
        rows={listed}
        typeOf={typeOf}
        onlySelected={onlySelected && selectedSet.size > 0}
      />
    </>
  );
}
