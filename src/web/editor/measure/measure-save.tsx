/** Settings of the measurements and the table as a file. */

import { type ReactNode, useState } from "react";
import { toFoundryError } from "../../client/index.ts";
import { Button, download, plural, tellProblem } from "../../ui/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import type { MeasureDesk } from "./measure-desk.ts";

export function MeasureSave({
  desk,
  session,
  rows,
  typeOf,
  onlySelected,
}: {
  desk: MeasureDesk;
  session: EditorSession;
  /** Rows in the order of the list. */
  rows: readonly number[];
  /** Names of a cell's types; "" for none. */
  typeOf: (uid: string) => string;
  onlySelected: boolean;
}): ReactNode {
  const { writing, scope } = useStore(desk.store, (state) => state);
  const planes = useStore(session.store, (state) => state.planes);
  const save = (format: "csv" | "parquet"): void => {
    const uids = rows.map((row) => desk.store.get().table?.ids[row] ?? "");
    const terms = (uid: string): string =>
      (session.model.typesOf(uid) ?? []).map(({ term, by }) => `${term} ${by}`).join("; ");
    const texts =
      session.model.beside.types.size === 0
        ? []
        : [
            { key: "cell_type", values: uids.map(typeOf) },
            { key: "cell_type_terms", values: uids.map(terms) },
          ];
    desk.file(format, rows, "Cell Foundry", texts).then(
      (file) => file !== null && download(file, `${desk.fileStem}-cells.${format}`),
      (error: unknown) => tellProblem(toFoundryError(error)),
    );
  };
  return (
    <section aria-label="Table as a file" className="flex flex-col gap-3 px-4 text-sm">
      <div className="flex items-center gap-2">
        {(["csv", "parquet"] as const).map((format) => (
          <Button
            key={format}
            size="small"
            busy={writing === format}
            data-testid={`measure-${format}`}
            onClick={() => save(format)}
          >
            {format === "csv" ? "Save CSV" : "Save Parquet"}
          </Button>
        ))}
        <span className="text-quiet">
          {plural(rows.length, "cell")}
          {onlySelected && ", selected"}
        </span>
      </div>
      {(planes.t > 1 || planes.z > 1) && (
        <label className="inline-flex items-center gap-1.5">
          <input
            type="checkbox"
            className="size-3.5 accent-accent"
            checked={scope === "all"}
            onChange={(event) => desk.setScope(event.currentTarget.checked ? "all" : "plane")}
          />
          Measure all frames and slices
        </label>
      )}
      <Distance desk={desk} unit={session.mpp === null ? "px" : "µm"} />
    </section>
  );
}

function Distance({ desk, unit }: { desk: MeasureDesk; unit: string }): ReactNode {
  const distance = useStore(desk.store, (state) => state.distance);
  const [text, setText] = useState(String(distance));
  const value = Number(text);
  const good = text.trim() !== "" && Number.isFinite(value) && value > 0;
  const take = (): void => {
    if (good && value !== distance) desk.setDistance(value);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        take();
      }}
    >
      <label className="inline-flex items-center gap-2">
        Neighbours within
        <input
          className="control w-16"
          inputMode="decimal"
          value={text}
          aria-invalid={!good || undefined}
          onChange={(event) => setText(event.currentTarget.value)}
          onBlur={take}
        />
        {unit}
      </label>
    </form>
  );
}
