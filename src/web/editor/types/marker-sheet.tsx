/**
 * The project's types with the markers expected on each: kept for all its images, the first nine on the number keys.
 *
 * Beside what is expected stands what was measured for the selected cell, and "Propose types" names cells by these rules:
 * marked as a rule's, and never over what a person said.
 */

import { ArrowUp, Plus, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { ImageDetail } from "#api/index.ts";
import {
  type Expectation,
  expectations,
  type MarkerPanel,
  markerKey,
  markerThresholds,
  type PanelType,
  proposeTypes,
  readMarkers,
} from "#core/cell-types/index.ts";
import { toFoundryError, useCan, useSetMarkerPanel } from "../../client/index.ts";
import { TermBox } from "../../metadata/term-box.tsx";
import { Button, formatCount, IconButton, plural, Sheet, tellProblem } from "../../ui/index.ts";
import { measureDeskOf } from "../measure/index.tsx";
import { channelNames } from "../measure/measure-desk.ts";
import { shortNumber } from "../measure/plot-scale.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import { markerValues } from "./marker-values.ts";
import { namingOf } from "./naming.ts";
import type { UsedTypes } from "./use-types.ts";

const expectWords: Readonly<Record<Expectation, string>> = {
  positive: "positive",
  negative: "negative",
  variable: "either",
};

export function MarkerSheet({
  image,
  session,
  types,
  onClose,
}: {
  image: ImageDetail;
  session: EditorSession;
  types: UsedTypes;
  onClose: () => void;
}): ReactNode {
  const save = useSetMarkerPanel(image.projectId);
  const mayEdit = useCan("annotator");
  const [text, setText] = useState("");
  const panel = types.panel;
  const channels = channelNames(image);
  const change = (next: Partial<MarkerPanel>): void =>
    save.mutate(writable({ ...panel, ...next }), { onError: (error) => tellProblem(toFoundryError(error)) });
  const changeType = (at: number, type: PanelType): void =>
    change({ types: panel.types.map((one, i) => (i === at ? type : one)) });
  return (
    <Sheet
      open
      onClose={onClose}
      wide
      title="Types and markers"
      description="For all images of this project. The first nine types are on the keys 1 to 9."
    >
      <div className="flex flex-col gap-4" data-testid="marker-sheet">
        {panel.types.length === 0 && (
          <p className="text-sm text-quiet">
            No types yet. Add those you expect, then say for each marker whether the cells show it.
          </p>
        )}
        {panel.types.map((type, at) => (
          <TypeMarkers
            key={type.term}
            type={type}
            name={types.terms.nameOf(type.term)}
            number={at + 1}
            channels={channels}
            mayEdit={mayEdit}
            onChange={(next) => changeType(at, next)}
            onUp={() => change({ types: movedUp(panel.types, at) })}
            onRemove={() => change({ types: panel.types.filter((_, i) => i !== at) })}
          />
        ))}
        {mayEdit && (
          <TermBox
            field="cellType"
            label="Add a type"
            placeholder="Add a type, such as B cell"
            value={text}
            onChange={setText}
            onPick={({ curie }) => {
              setText("");
              if (!panel.types.some(({ term }) => term === curie))
                change({ types: [...panel.types, { term: curie, markers: [] }] });
            }}
          />
        )}
        <Measured image={image} session={session} types={types} onThreshold={mayEdit ? change : null} />
      </div>
    </Sheet>
  );
}

/** The panel as it travels: lists that may be written. */
const writable = ({ types, thresholds }: MarkerPanel) => ({
  types: types.map(({ term, markers }) => ({ term, markers: [...markers] })),
  thresholds: [...thresholds],
});

function movedUp(types: readonly PanelType[], at: number): PanelType[] {
  const moved = [...types];
  const [one] = moved.splice(at, 1);
  if (one !== undefined) moved.splice(Math.max(0, at - 1), 0, one);
  return moved;
}

function TypeMarkers({
  type,
  name,
  number,
  channels,
  mayEdit,
  onChange,
  onUp,
  onRemove,
}: {
  type: PanelType;
  name: string;
  number: number;
  channels: readonly string[];
  mayEdit: boolean;
  onChange: (type: PanelType) => void;
  onUp: () => void;
  onRemove: () => void;
}): ReactNode {
  const free = channels.filter(
    (channel) => !type.markers.some(({ marker }) => markerKey(marker) === markerKey(channel)),
  );
  const setMarker = (marker: string, expect: Expectation | null): void =>
    onChange({
      ...type,
      markers: type.markers.flatMap((one) =>
        one.marker !== marker ? [one] : expect === null ? [] : [{ marker, expect }],
      ),
    });
  return (
    <section aria-label={name} className="flex flex-col gap-2 rounded-md border border-line p-3">
      <div className="flex items-center gap-2">
        {number <= 9 && <kbd className="font-sans text-xs text-quiet">{number}</kbd>}
        <h3 className="min-w-0 flex-1 truncate font-semibold">{name}</h3>
        <span className="text-xs text-quiet">{type.term}</span>
        {mayEdit && (
          <>
            <IconButton label={`Move ${name} up`} disabled={number === 1} onClick={onUp}>
              <ArrowUp className="size-4" />
            </IconButton>
            <IconButton label={`Remove ${name} from the list`} onClick={onRemove}>
              <X className="size-4" />
            </IconButton>
          </>
        )}
      </div>
      <ul className="flex flex-col gap-1">
        {type.markers.map(({ marker, expect }) => (
          <li key={marker} className="flex items-center gap-2 text-sm">
            <span className="min-w-0 flex-1 truncate">{marker}</span>
            <select
              aria-label={`${marker} on ${name}`}
              className="control pr-6!"
              disabled={!mayEdit}
              value={expect}
              onChange={(event) => setMarker(marker, event.currentTarget.value as Expectation)}
            >
              {expectations.map((one) => (
                <option key={one} value={one}>
                  {expectWords[one]}
                </option>
              ))}
            </select>
            {mayEdit && (
              <IconButton label={`Remove ${marker} from ${name}`} onClick={() => setMarker(marker, null)}>
                <X className="size-4" />
              </IconButton>
            )}
          </li>
        ))}
      </ul>
      {mayEdit && free.length > 0 && (
        <fieldset className="flex flex-wrap gap-1" aria-label={`Add a marker to ${name}`}>
          {free.map((marker) => (
            <Button
              key={marker}
              size="small"
              look="quiet"
              onClick={() =>
                onChange({ ...type, markers: [...type.markers, { marker, expect: "positive" }] })
              }
            >
              <Plus aria-hidden="true" className="size-3.5" /> {marker}
            </Button>
          ))}
        </fieldset>
      )}
    </section>
  );
}

/** What was measured: of the selected cell beside what its types expect, and of all cells when rules propose. */
function Measured({
  image,
  session,
  types,
  onThreshold,
}: {
  image: ImageDetail;
  session: EditorSession;
  types: UsedTypes;
  onThreshold: ((next: Partial<MarkerPanel>) => void) | null;
}): ReactNode {
  const desk = measureDeskOf(session);
  if (desk === null)
    return (
      <p className="text-sm text-quiet">
        Open the Measure tab once: then the markers of the selected cell are shown here, and rules can propose
        types.
      </p>
    );
  return (
    <MeasuredMarkers desk={desk} image={image} session={session} types={types} onThreshold={onThreshold} />
  );
}

function MeasuredMarkers({
  desk,
  image,
  session,
  types,
  onThreshold,
}: {
  desk: NonNullable<ReturnType<typeof measureDeskOf>>;
  image: ImageDetail;
  session: EditorSession;
  types: UsedTypes;
  onThreshold: ((next: Partial<MarkerPanel>) => void) | null;
}): ReactNode {
  const { table, rowOf, stale } = useStore(desk.store, (state) => state);
  const selection = useStore(session.store, (state) => state.selection);
  const readOnly = useStore(session.store, (state) => state.readOnly);
  const [told, setTold] = useState<string | null>(null);
  if (table === null) return <p className="text-sm text-quiet">The cells are not measured yet.</p>;
  const { panel, terms } = types;
  const values = markerValues(table, channelNames(image));
  const thresholds = markerThresholds(panel, values);
  const [only] = selection;
  const row = selection.length === 1 && only !== undefined ? rowOf.get(only) : undefined;
  const own = new Set(
    row === undefined || only === undefined
      ? []
      : (session.model.typesOf(only) ?? []).map(({ term }) => term),
  );
  const shown = panel.types.filter(
    ({ term, markers }) => markers.length > 0 && (own.size === 0 || own.has(term)),
  );
  const propose = (): void => {
    const living = table.ids.filter((uid) => session.model.has(uid));
    const rows = living.map((uid) => rowOf.get(uid) as number);
    const some = new Map(
      [...values].map(([key, all]) => [key, Float64Array.from(rows, (at) => all[at] as number)]),
    );
    const outcome = proposeTypes(panel, living, some, {
      typesOf: (uid) => session.model.typesOf(uid),
      ancestors: terms.ancestors,
    });
    namingOf(session).propose(outcome.changes, "marker rules");
    setTold(
      `${plural(outcome.changes.length, "proposal")}. ${formatCount(outcome.unmatched)} cells fit no type, ` +
        `${formatCount(outcome.ambiguous)} fit several, ${formatCount(outcome.spared)} were named by someone and stay.`,
    );
  };
  return (
    <section aria-label="Measured" className="flex flex-col gap-3">
      {row !== undefined && shown.length > 0 && (
        <table className="table text-sm" data-testid="marker-readings">
          <caption className="sr-only">Markers of the selected cell</caption>
          <thead>
            <tr>
              <th>Marker</th>
              <th>Expected</th>
              <th className="text-right">Measured</th>
              <th className="text-right">From</th>
              <th>Fits</th>
            </tr>
          </thead>
          <tbody>
            {shown.flatMap((type) =>
              readMarkers(type, row, values, thresholds).map((reading) => (
                <tr key={`${type.term} ${reading.marker}`}>
                  <td>
                    {reading.marker} <span className="text-quiet">{terms.nameOf(type.term)}</span>
                  </td>
                  <td>{expectWords[reading.expect]}</td>
                  <td className="text-right">{reading.value === null ? "–" : shortNumber(reading.value)}</td>
                  <td className="text-right">
                    {reading.threshold === null ? "–" : shortNumber(reading.threshold)}
                  </td>
                  <td>{reading.fits === null ? "–" : reading.fits ? "yes" : "no"}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      )}
      {onThreshold !== null && (
        <Thresholds
          panel={panel}
          thresholds={thresholds}
          channels={channelNames(image)}
          onChange={onThreshold}
        />
      )}
      {readOnly === null && panel.types.length > 0 && (
        <div className="flex items-center gap-3">
          <Button onClick={propose} data-testid="propose-types">
            Propose types
          </Button>
          <span className="text-sm text-quiet" role="status">
            {told ?? (stale > 0 ? `${plural(stale, "cell")} changed since they were measured.` : "")}
          </span>
        </div>
      )}
    </section>
  );
}

function Thresholds({
  panel,
  thresholds,
  channels,
  onChange,
}: {
  panel: MarkerPanel;
  thresholds: ReadonlyMap<string, number>;
  channels: readonly string[];
  onChange: (next: Partial<MarkerPanel>) => void;
}): ReactNode {
  const asked = new Set(panel.types.flatMap(({ markers }) => markers.map(({ marker }) => markerKey(marker))));
  const shown = channels.filter((channel) => asked.has(markerKey(channel)));
  if (shown.length === 0) return null;
  return (
    <fieldset className="flex flex-col gap-1 text-sm">
      <legend className="text-quiet">
        Positive from this mean intensity on; empty: found over the cells of the image
      </legend>
      {shown.map((marker) => {
        const key = markerKey(marker);
        const own = panel.thresholds.find((one) => markerKey(one.marker) === key);
        const others = panel.thresholds.filter((one) => one !== own);
        const found = thresholds.get(key);
        return (
          <label key={marker} className="flex items-center gap-2">
            <span className="min-w-0 flex-1 truncate">{marker}</span>
            <input
              type="number"
              className="control w-28 text-right"
              defaultValue={own?.value}
              placeholder={found === undefined ? "–" : shortNumber(found)}
              onBlur={({ currentTarget: { value, valueAsNumber } }) => {
                if (value === "" && own !== undefined) onChange({ thresholds: others });
                else if (value !== "" && valueAsNumber !== own?.value)
                  onChange({ thresholds: [...others, { marker, value: valueAsNumber }] });
              }}
            />
          </label>
        );
      })}
    </fieldset>
  );
}
