/** Error classes with their colours, in words, with the cells of the plane that have each; a click selects them. */

import { type ReactNode, useMemo } from "react";
import type { ErrorClass } from "#core/metrics/index.ts";
import { errorClasses } from "../../models/scores.ts";
import { plural } from "../../ui/index.ts";
import { unknownColour } from "../measure/colour-ramp.ts";
import { LegendRow } from "../panels/legend-row.tsx";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import { errorColours } from "./error-colours.ts";
import type { JudgedCells } from "./use-judged-cells.ts";

export function ErrorLegend({ judged, session }: { judged: JudgedCells; session: EditorSession }): ReactNode {
  const version = useStore(session.store, (state) => state.version);
  const plane = useStore(session.store, (state) => state.plane);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` and `plane` stand for the cells on the screen.
  const byClass = useMemo(
    () => Map.groupBy(session.model.cells.keys(), (uid) => judged.classes.get(uid)),
    [session, judged, version, plane],
  );
  const select = (name: ErrorClass | undefined, more: boolean): void => {
    const found = byClass.get(name) ?? [];
    session.select(more ? [...new Set([...session.state.selection, ...found])] : found);
  };
  return (
    <div className="flex flex-col gap-1" data-testid="error-legend">
      <p className="text-xs text-quiet">
        What {judged.model} made of these cells, on {judged.dataset}.
      </p>
      <ul aria-label="Legend of errors">
        {errorClasses
          .filter(({ key }) => key !== "gained")
          .map(({ key, word, meaning }) => (
            <LegendRow
              key={key}
              name={`${word.charAt(0).toUpperCase()}${word.slice(1)}`}
              title={meaning.charAt(0).toUpperCase() + meaning.slice(1)}
              colour={errorColours[key]}
              count={byClass.get(key)?.length ?? 0}
              onSelect={(more) => select(key, more)}
            />
          ))}
        <LegendRow
          name="Not judged"
          title="Drawn since, or left out because nobody labelled the place"
          colour={unknownColour}
          count={byClass.get(undefined)?.length ?? 0}
          onSelect={(more) => select(undefined, more)}
        />
      </ul>
      {judged.gained > 0 && (
        <p className="text-xs text-quiet">
          {plural(judged.gained, "prediction")} where there is no cell: not among these.
        </p>
      )}
    </div>
  );
}
