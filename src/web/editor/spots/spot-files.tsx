/** Spots as tables: saved as CSV or Parquet with the cell of each, and read from CSV. */

import { type ReactNode, useRef, useState } from "react";
import type { ImageDetail } from "#api/index.ts";
import { measureCsv, measureParquet } from "#formats/measure/index.ts";
import { readSpotsCsv, spotTable, type TabledSpot } from "#formats/spots/index.ts";
import { toFoundryError } from "../../client/index.ts";
import { Button, download, plural, tell, tellProblem } from "../../ui/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import type { SpotDesk } from "./spot-desk.ts";

/** A table of half a million spots has some 40 MB. */
const fileBytesMax = 64 * 2 ** 20;

export function SpotFiles({
  image,
  session,
  desk,
}: {
  image: ImageDetail;
  session: EditorSession;
  desk: SpotDesk;
}): ReactNode {
  const picker = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const readOnly = useStore(session.store, (state) => state.readOnly);
  const count = session.model.beside.spots.size;
  const stem = image.name.replace(/\.[A-Za-z0-9]{1,5}$/, "");
  const save = async (format: "csv" | "parquet"): Promise<void> => {
    const { table, texts } = spotTable(tabled(session, desk), session.mpp);
    const parts: BlobPart[] = [];
    if (format === "csv") parts.push(...measureCsv(table, "uid", texts));
    else
      for await (const piece of measureParquet(table, "uid", texts, { createdBy: "Cell Foundry" }))
        parts.push(new Uint8Array(piece));
    const type = format === "csv" ? "text/csv;charset=utf-8" : "application/vnd.apache.parquet";
    download(new Blob(parts, { type }), `${stem}-spots.${format}`);
  };
  const read = async (file: File): Promise<void> => {
    if (file.size > fileBytesMax) {
      session.note("This table is larger than 64 MB. Split it by image.");
      return;
    }
    const { planes } = session.state;
    const { height, width } = image;
    const size = { name: image.name, height, width, frames: planes.t, slices: planes.z, mpp: session.mpp };
    const { spots, notes, leftOut } = readSpotsCsv(
      await file.text(),
      file.name,
      size,
      desk.store.get().kind.trim(),
    );
    desk.add(
      // The hand's word about a cell holds only where the cell is of this layer.
      spots.map((spot) =>
        spot.cell === null || spot.cell === "" || session.model.has(spot.cell)
          ? spot
          : { ...spot, cell: null },
      ),
      "read spots",
    );
    tell(
      `${plural(spots.length, "spot")} read.`,
      leftOut === 0 ? undefined : `${plural(leftOut, "line")} left out. ${notes[0] ?? ""}`,
    );
  };
  const run = (work: () => Promise<void>): void => {
    setBusy(true);
    work()
      .catch((error: unknown) => tellProblem(toFoundryError(error)))
      .finally(() => setBusy(false));
  };
  return (
    <div className="flex flex-wrap gap-1">
      {count > 0 &&
        (["csv", "parquet"] as const).map((format) => (
          <Button
            key={format}
            size="small"
            busy={busy}
            data-testid={`spots-${format}`}
            onClick={() => run(() => save(format))}
          >
            {format === "csv" ? "Save CSV" : "Save Parquet"}
          </Button>
        ))}
      {readOnly === null && (
        <>
          <Button size="small" look="quiet" busy={busy} onClick={() => picker.current?.click()}>
            Read CSV
          </Button>
          <input
            ref={picker}
            type="file"
            accept=".csv,.tsv,.txt,text/csv"
            aria-label="Table of spots"
            data-testid="spots-read"
            className="sr-only"
            tabIndex={-1}
            onChange={({ currentTarget }) => {
              const [file] = currentTarget.files ?? [];
              currentTarget.value = "";
              if (file !== undefined) run(() => read(file));
            }}
          />
        </>
      )}
    </div>
  );
}

function tabled(session: EditorSession, desk: SpotDesk): TabledSpot[] {
  return [...session.model.beside.spots].map(([uid, spot]) => {
    const cellUid = desk.cellsOf({ t: spot.t, z: spot.z }).get(uid) ?? null;
    const cellLabel = cellUid === null ? null : (session.model.knownOf(cellUid)?.label ?? null);
    return { uid, ...spot, cellUid, cellLabel };
  });
}
