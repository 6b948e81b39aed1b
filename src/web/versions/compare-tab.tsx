/** Two versions over each other or side by side, and the list of what happened, by verb. */

import { type ReactNode, useMemo } from "react";
import type {
  BranchWire,
  ComparisonWire,
  ImageDetail,
  LayerRevision,
  ObjectDifferenceWire,
} from "#api/index.ts";
import { changeVerbs } from "#core/versions/index.ts";
import { useComparison } from "../client/index.ts";
import {
  Choice,
  type ChoiceItem,
  classNames,
  Empty,
  formatWhen,
  Loading,
  Problem,
  plural,
} from "../ui/index.ts";
import { CellPicture, type Outline } from "./cell-picture.tsx";
import { boxOf, outlinePath } from "./outline-path.ts";
import { unchangedCss, verbColour, verbWord } from "./verb-words.ts";
import { compareQuery, type VersionsSearch } from "./versions-search.ts";

interface CompareProps {
  readonly image: ImageDetail;
  readonly layerId: string;
  readonly revisions: readonly LayerRevision[];
  readonly branches: readonly BranchWire[];
  readonly search: VersionsSearch;
  readonly onSearch: (change: VersionsSearch) => void;
}

export function CompareTab({
  image,
  layerId,
  revisions,
  branches,
  search,
  onSearch,
}: CompareProps): ReactNode {
  const choices = versionChoices(image, layerId, revisions, branches);
  // The head compared with what it came from, or with the present when there are edits since.
  const after = search.after ?? `l${layerId}`;
  const fallback = revisions.find(({ root }) => root !== revisions[0]?.root) ?? revisions[0];
  const before = search.before ?? (fallback === undefined ? undefined : `r${fallback.id}`);
  const query = before === undefined ? null : compareQuery(before, after);
  const comparison = useComparison(after.startsWith("l") ? after.slice(1) : layerId, query);
  if (before === undefined) {
    return (
      <div className="p-6">
        <Empty title="Nothing to compare yet">
          Accept or save a revision first; every one stays for ever.
        </Empty>
      </div>
    );
  }
  return (
    <>
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="flex flex-wrap items-end gap-3 border-b border-line px-4 py-2">
          <Choice
            label="Before"
            className="w-64"
            items={choices}
            value={before}
            onChange={(value) => onSearch({ before: value })}
          />
          <Choice
            label="After"
            className="w-64"
            items={choices}
            value={after}
            onChange={(value) => onSearch({ after: value })}
          />
          <Choice
            label="Show"
            className="w-36"
            items={[
              { value: "overlay", label: "Overlaid" },
              { value: "beside", label: "Side by side" },
            ]}
            value={search.view ?? "overlay"}
            onChange={(value) => onSearch({ view: value === "beside" ? "beside" : "overlay" })}
          />
        </div>
        {comparison.data === undefined ? (
          <div className="p-6">
            {comparison.isError ? (
              <Problem error={comparison.error} onRetry={() => void comparison.refetch()} />
            ) : (
              <Loading text="Comparing the cells …" />
            )}
          </div>
        ) : (
          <Pictures image={image} comparison={comparison.data} search={search} onSearch={onSearch} />
        )}
      </div>
      {comparison.data !== undefined && (
        <ChangeList comparison={comparison.data} chosen={search.cell} onPick={(cell) => onSearch({ cell })} />
      )}
    </>
  );
}

function versionChoices(
  image: ImageDetail,
  layerId: string,
  revisions: readonly LayerRevision[],
  branches: readonly BranchWire[],
): ChoiceItem[] {
  const now = Date.now();
  return [
    { value: `l${layerId}`, label: "As it is now" },
    ...revisions.map((one) => ({
      value: `r${one.id}`,
      label: `Revision ${one.number}`,
      note: `${one.message === "" ? "no message" : one.message} · ${one.agent.name}, ${formatWhen(one.createdAt, now)}`,
    })),
    ...branches.map(({ id, name, agent }) => ({
      value: `l${id}`,
      label: `Branch ${name}`,
      note: agent.name,
    })),
    ...otherReaders(image, layerId),
  ];
}

/** What other people drew of the same part of the cells. */
function otherReaders({ layers }: ImageDetail, layerId: string): ChoiceItem[] {
  const own = layers.find(({ id }) => id === layerId);
  return layers
    .filter(({ id, compartment, branchOf }) => {
      return id !== layerId && branchOf === null && compartment === own?.compartment;
    })
    .map(({ id, name }) => ({
      value: `l${id}`,
      label: name === "" ? "The main labels" : name,
      note: "labels of their own",
    }));
}

/** A change is known by the first cell it touches. */
const cellOf = ({ before, after }: ObjectDifferenceWire): string => (after[0] ?? before[0])?.uid ?? "";

function Pictures({
  image,
  comparison,
  search,
  onSearch,
}: {
  image: ImageDetail;
  comparison: ComparisonWire;
  search: VersionsSearch;
  onSearch: (change: VersionsSearch) => void;
}): ReactNode {
  const { changes, unchanged } = comparison;
  const faint = useMemo(() => outlinePath(unchanged ?? []), [unchanged]);
  const chosen = changes.find((change) => cellOf(change) === search.cell);
  const focus = chosen === undefined ? null : boxOf([...chosen.before, ...chosen.after]);
  const outlines = (sides: readonly ("before" | "after")[]): Outline[] => [
    { key: "unchanged", path: faint, colour: unchangedCss, opacity: 0.6 },
    ...changes.flatMap((change) =>
      sides.flatMap((side): Outline[] => {
        if (change[side].length === 0) return [];
        return [
          {
            key: `${change.verb} ${cellOf(change)} ${side}`,
            path: outlinePath(change[side]),
            colour: verbColour(change.verb),
            title: `${verbWord(change.verb)}, ${side}`,
            dashed: side === "before" && sides.length > 1,
            strong: change === chosen,
            onPick: () => onSearch({ cell: cellOf(change) }),
          },
        ];
      }),
    ),
  ];
  const { height, width } = comparison.after;
  const picture = (sides: readonly ("before" | "after")[], label: string): ReactNode => (
    <CellPicture
      imageId={image.id}
      size={{ height, width }}
      outlines={outlines(sides)}
      focus={focus}
      label={label}
      testId={`picture-${sides.join("-")}`}
    />
  );
  return (
    <div className="flex min-h-0 flex-1 gap-px bg-line">
      {search.view === "beside" ? (
        <>
          <div className="min-w-0 flex-1">{picture(["before"], "Before")}</div>
          <div className="min-w-0 flex-1">{picture(["after"], "After")}</div>
        </>
      ) : (
        <div className="min-w-0 flex-1">{picture(["before", "after"], "Before, dashed, and after")}</div>
      )}
    </div>
  );
}

/** Longer lists are for the command line; one looks at the first hundreds at most. */
const listedMax = 500;

function ChangeList({
  comparison,
  chosen,
  onPick,
}: {
  comparison: ComparisonWire;
  chosen: string | undefined;
  onPick: (cell: string) => void;
}): ReactNode {
  const { changes, identical, renumbered, counts, links } = comparison;
  const linkChanges = links.added.length + links.removed.length + links.divisions.length;
  return (
    <aside
      aria-label="Changes"
      className="flex w-80 shrink-0 flex-col overflow-y-auto border-l border-line bg-panel"
    >
      <p
        className="border-b border-line px-4 py-3 text-sm"
        data-testid="compare-summary"
        data-changes={changes.length}
      >
        {changes.length === 0 ? "No cell differs." : `${plural(changes.length, "change")}.`}{" "}
        <span className="text-quiet">
          {plural(identical, "cell")} identical
          {renumbered > 0 && `, ${renumbered} of them under another number`}.
          {linkChanges > 0 && ` ${plural(linkChanges, "change")} of links in time.`}
        </span>
      </p>
      {changeVerbs
        .filter((verb) => (counts[verb] ?? 0) > 0)
        .map((verb) => (
          <section key={verb} aria-label={verbWord(verb)} className="border-b border-line py-2">
            <h2 className="flex items-center gap-2 px-4 py-1 text-sm font-semibold">
              <span
                aria-hidden="true"
                className="size-3 rounded-sm"
                style={{ background: verbColour(verb) }}
              />
              {verbWord(verb)}
              <span className="ml-auto text-quiet">{counts[verb]}</span>
            </h2>
            <ul>
              {changes
                .filter((change) => change.verb === verb)
                .slice(0, listedMax)
                .map((change) => (
                  <li key={cellOf(change)}>
                    <button
                      type="button"
                      data-verb={verb}
                      aria-current={cellOf(change) === chosen || undefined}
                      onClick={() => onPick(cellOf(change))}
                      className={classNames(
                        "flex w-full items-baseline gap-2 px-4 py-1 text-left text-sm hover:bg-hover",
                        cellOf(change) === chosen && "bg-accent-wash",
                      )}
                    >
                      <span className="min-w-0 flex-1 truncate">{changeWords(change)}</span>
                      <span className="shrink-0 text-xs text-quiet">{place(change)}</span>
                    </button>
                  </li>
                ))}
            </ul>
          </section>
        ))}
    </aside>
  );
}

function changeWords({ verb, before, after, iou, addedPixels, removedPixels }: ObjectDifferenceWire): string {
  if (verb === "split") return `1 into ${after.length}`;
  if (verb === "merged") return `${before.length} into 1`;
  if (verb === "reclassified") return `${before[0]?.cellType ?? "none"} to ${after[0]?.cellType ?? "none"}`;
  if (verb === "reshaped") return `IoU ${iou.toFixed(2)}, +${addedPixels} −${removedPixels} px`;
  return verb === "added" ? `${addedPixels} px` : `${removedPixels} px`;
}

function place(change: ObjectDifferenceWire): string {
  const shape = (change.after[0] ?? change.before[0])?.shape;
  if (shape === undefined) return "";
  return `${shape.t > 0 ? `t ${shape.t}, ` : ""}y ${shape.bbox[0]}, x ${shape.bbox[1]}`;
}
