/** The plot of the Measure tab with its choices: which features, what is selected by it, whether cells take its colours. */

import { type ReactNode, useEffect, useMemo } from "react";
import { columnNamed, type MeasureTable } from "#core/measure/index.ts";
import { Button } from "../../ui/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import type { Look } from "../session/look.ts";
import { type Store, useStore } from "../session/store.ts";
import { colourCells } from "./cell-colouring.ts";
import { rampGradient } from "./colour-ramp.ts";
import { FeatureSelect } from "./feature-select.tsx";
import { type FeatureGroup, featureName, featureOr } from "./feature-words.ts";
import { rowsInRanges, rowsInRing } from "./gate.ts";
import { GateFields } from "./gate-fields.tsx";
import { HistogramPlot } from "./histogram-plot.tsx";
import { LikenessMapLine } from "./likeness-map-line.tsx";
import type { MeasureDesk } from "./measure-desk.ts";
import type { MeasureView } from "./measure-view.ts";
import { shortNumber } from "./plot-scale.ts";
import { ScatterPlot } from "./scatter-plot.tsx";

const plotWords = { histogram: "Histogram", scatter: "Scatter", map: "Map" } as const;

export interface MeasurePlotsProps {
  readonly session: EditorSession;
  readonly desk: MeasureDesk;
  readonly view: Store<MeasureView>;
  readonly look: Store<Look>;
  readonly table: MeasureTable;
  readonly groups: readonly FeatureGroup[];
  /** Rows of cells that are there. */
  readonly rows: readonly number[];
  readonly selected: readonly number[];
}

export function MeasurePlots({
  session,
  desk,
  view,
  look,
  table,
  groups,
  rows,
  selected,
}: MeasurePlotsProps): ReactNode {
  const { plot, x: keyX, y: keyY, range, ring } = useStore(view, (state) => state);
  const hasMap = columnNamed(table, "umap_1") !== undefined;
  const x = featureOr(table, plot === "map" && hasMap ? "umap_1" : keyX, "area_um2", "area_px");
  const y = featureOr(table, plot === "map" && hasMap ? "umap_2" : keyY, "c0_mean", "eccentricity");
  const select = (gated: readonly number[]): void =>
    session.select(gated.map((row) => table.ids[row] as string));
  const choose = (patch: Partial<MeasureView>): void => view.set({ ...patch, range: null, ring: null });
  return (
    <section aria-label="Plot" className="flex flex-col gap-2 px-4">
      <fieldset aria-label="Kind of plot" className="flex gap-1">
        {(["histogram", "scatter", "map"] as const).map((kind) => (
          <Button
            key={kind}
            size="small"
            look={plot === kind ? "plain" : "quiet"}
            aria-pressed={plot === kind}
            data-testid={`plot-${kind}`}
            onClick={() => choose({ plot: kind })}
          >
            {plotWords[kind]}
          </Button>
        ))}
      </fieldset>
      {plot === "map" && <LikenessMapLine desk={desk} hasMap={hasMap} />}
      <div className="flex gap-2">
        {plot !== "map" && (
          <FeatureSelect
            label={plot === "scatter" ? "Across" : "Feature"}
            groups={groups}
            value={x.key}
            onChange={(key) => choose({ x: key })}
          />
        )}
        {plot === "scatter" && (
          <FeatureSelect label="Up" groups={groups} value={y.key} onChange={(key) => choose({ y: key })} />
        )}
      </div>
      {plot === "histogram" ? (
        <HistogramPlot
          column={x}
          rows={rows}
          selected={selected}
          gate={range}
          onGate={(next) => {
            view.set({ range: next });
            select(rowsInRanges([{ values: x.values, range: next }], rows));
          }}
        />
      ) : plot === "map" && !hasMap ? null : (
        <ScatterPlot
          x={x}
          y={y}
          rows={rows}
          selected={selected}
          gate={ring}
          onGate={(next) => {
            view.set({ ring: next });
            select(rowsInRing(next, x.values, y.values, rows));
          }}
        />
      )}
      <GateFields
        key={`${plot} ${x.key} ${plot === "histogram" ? "" : y.key}`}
        columns={plot !== "histogram" && x.key !== y.key ? [x, y] : [x]}
        onGate={(ranges) => {
          view.set({ range: plot === "histogram" ? (ranges[0] ?? null) : null, ring: null });
          const gates = [x, y].slice(0, ranges.length).map((column, i) => ({
            values: column.values,
            range: ranges[i] as (typeof ranges)[number],
          }));
          select(rowsInRanges(gates, rows));
        }}
      />
      <Colouring view={view} look={look} desk={desk} table={table} rows={rows} feature={x.key} />
    </section>
  );
}

/** "Area, µm²" begins small inside a sentence; "DAPI mean" and "UMAP 1" do not. */
const inSentence = (name: string): string =>
  /^\p{Lu}\p{Ll}/u.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;

function Colouring({
  view,
  look,
  desk,
  table,
  rows,
  feature,
}: Pick<MeasurePlotsProps, "view" | "look" | "desk" | "table" | "rows"> & { feature: string }): ReactNode {
  const coloured = useStore(view, (state) => state.coloured);
  const rowOf = useStore(desk.store, (state) => state.rowOf);
  const column = featureOr(table, feature);
  const colouring = useMemo(
    () => (coloured ? colourCells(column, rows, rowOf) : null),
    [coloured, column, rows, rowOf],
  );
  useEffect(() => {
    if (colouring !== null) look.set({ colouring: "cells", cellColour: colouring.colourOf });
  }, [look, colouring]);
  const range = colouring?.range ?? null;
  return (
    <div className="flex flex-col gap-1 text-sm">
      <label className="inline-flex items-center gap-1.5">
        <input
          type="checkbox"
          className="size-3.5 accent-accent"
          checked={coloured}
          data-testid="measure-colour"
          onChange={({ currentTarget: { checked } }) => {
            view.set({ coloured: checked });
            if (!checked) look.set({ cellColour: null });
          }}
        />
        Colour cells by {inSentence(featureName(column))}
      </label>
      {range !== null && (
        <div className="grid grid-cols-[auto_1fr_auto] items-center gap-2 text-xs text-quiet">
          <span>{shortNumber(range.from)}</span>
          <span aria-hidden="true" className="h-2 rounded-full" style={{ background: rampGradient }} />
          <span>{shortNumber(range.to)}</span>
        </div>
      )}
    </div>
  );
}
