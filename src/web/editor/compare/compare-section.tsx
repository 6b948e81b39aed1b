/** Comparison in the Layers tab: with what, how many differences of each kind, and the way through them. */

import { ArrowLeft, ArrowRight, Columns2, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { LayerRevision } from "#api/index.ts";
import { disagreements } from "#core/versions/index.ts";
import { useLayerRevisions } from "../../client/index.ts";
import { Button, Choice, type ChoiceItem, formatCount, ProblemText, plural } from "../../ui/index.ts";
import { layerTitle, truthText } from "../layers/layer-words.ts";
import type { LayersDesk } from "../layers/layers-desk.ts";
import { Swatch } from "../layers/swatch.tsx";
import { useStore } from "../session/store.ts";
import { differenceColours } from "./difference-sheet.ts";
import { differenceText } from "./difference-words.ts";
import { revisionSide } from "./revision-side.ts";

export function CompareSection({
  desk,
  editedId,
  size,
}: {
  desk: LayersDesk;
  editedId: string;
  size: { readonly height: number; readonly width: number };
}): ReactNode {
  const state = useStore(desk.compare.store, (value) => value);
  const entries = useStore(desk.shelf.store, (value) => value.entries);
  const [isOpen, setOpen] = useState(false);
  const revisions = useLayerRevisions(isOpen && editedId !== "" ? editedId : undefined);
  const list = revisions.data?.revisions ?? [];
  const items: ChoiceItem[] = [
    ...entries.map(({ layer }) => ({ value: layer.id, label: layerTitle(layer), note: truthText(layer) })),
    ...list.map((revision) => ({
      value: revision.id,
      label: revisionTitle(revision),
      note: revisionNote(revision),
    })),
  ];
  const choose = (id: string): void => {
    const revision = list.find((one) => one.id === id);
    if (revision === undefined) desk.compareWith(id);
    else desk.compareWithSide(revisionSide(revision.id, revisionTitle(revision), size));
  };
  return (
    <section
      aria-labelledby="compare-title"
      className="flex flex-col gap-2"
      data-testid="compare"
      data-phase={state.phase}
      onFocus={() => setOpen(true)}
      onPointerEnter={() => setOpen(true)}
    >
      <div className="flex items-center justify-between gap-2">
        <h3 id="compare-title" className="font-semibold">
          Compare
        </h3>
        {state.with !== null && (
          <Button size="small" onClick={() => desk.compare.end()} data-testid="compare-end">
            <X aria-hidden="true" className="size-3.5" /> End
          </Button>
        )}
      </div>
      {items.length === 0 && revisions.isSuccess ? (
        <p className="text-sm text-quiet">
          There is no other layer and no earlier revision of this image yet.
        </p>
      ) : (
        <Choice
          label="With"
          items={items}
          value={state.with?.id ?? null}
          onChange={choose}
          placeholder="A layer or a revision …"
        />
      )}
      {state.phase === "reading" && <p className="text-sm text-quiet">Reading its cells …</p>}
      {state.problem !== null && <ProblemText error={state.problem} />}
      {state.comparison !== null && <Result desk={desk} />}
    </section>
  );
}

function Result({ desk }: { desk: LayersDesk }): ReactNode {
  const { compare } = desk;
  const { comparison, shown, at, isSideBySide, with: other } = useStore(compare.store, (value) => value);
  if (comparison === null || other === null) return null;
  const { differences, counts, agreeing } = comparison;
  return (
    <>
      <p className="text-sm" data-testid="compare-agree">
        {plural(agreeing, "cell")} alike, {plural(differences.length, "difference")}
      </p>
      <ul className="flex flex-col text-sm">
        {disagreements.map((kind) => (
          <li key={kind} className="flex items-center gap-2">
            <label className="flex min-w-0 flex-1 items-center gap-2 py-0.5">
              <input
                type="checkbox"
                className="size-3.5 accent-accent"
                checked={shown.has(kind)}
                onChange={() => compare.toggleKind(kind)}
              />
              <Swatch colour={differenceColours[kind]} />
              <span className="min-w-0 wrap-anywhere">{differenceText(kind, other.title)}</span>
            </label>
            <button
              type="button"
              className="min-w-10 rounded px-1.5 py-0.5 text-right tabular-nums hover:bg-hover disabled:text-quiet"
              disabled={counts[kind] === 0}
              onClick={() => compare.next(kind)}
              aria-label={`Next: ${differenceText(kind, other.title)}, ${counts[kind]}`}
              data-testid={`compare-${kind}`}
            >
              {formatCount(counts[kind])}
            </button>
          </li>
        ))}
      </ul>
      <div className="flex items-center gap-2">
        <Button
          size="small"
          onClick={() => compare.next(undefined, -1)}
          disabled={differences.length === 0}
          aria-label="Difference before"
        >
          <ArrowLeft aria-hidden="true" className="size-3.5" />
        </Button>
        <Button
          size="small"
          onClick={() => compare.next()}
          disabled={differences.length === 0}
          data-testid="compare-next"
        >
          Next <ArrowRight aria-hidden="true" className="size-3.5" />
        </Button>
        <span className="text-sm text-quiet tabular-nums" data-testid="compare-at">
          {at < 0 ? "" : `${at + 1} of ${differences.length}`}
        </span>
        <Button
          size="small"
          className="ml-auto"
          aria-pressed={isSideBySide}
          onClick={() => compare.setSideBySide(!isSideBySide)}
          data-testid="compare-side"
        >
          <Columns2 aria-hidden="true" className="size-3.5" /> Side by side
        </Button>
      </div>
    </>
  );
}

const revisionTitle = ({ number, accepted }: LayerRevision): string =>
  `Revision ${number}${accepted ? ", accepted" : ""}`;

const revisionNote = ({ message, agent, objectCount }: LayerRevision): string =>
  `${plural(objectCount, "cell")}, ${agent.name}${message === "" ? "" : `: ${message}`}`;
