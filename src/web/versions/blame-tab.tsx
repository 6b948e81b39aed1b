/** Who or which model made each cell: coloured in the image, listed with tool, time and origin. */

import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import type { CellBlameWire, ImageDetail, LayerBlameWire } from "#api/index.ts";
import { cellPalette } from "#core/labels/index.ts";
import { keys, layersApi, useBlame } from "../client/index.ts";
import {
  classNames,
  formatDuration,
  formatPercent,
  formatWhen,
  Loading,
  Problem,
  plural,
} from "../ui/index.ts";
import { CellPicture, type Outline } from "./cell-picture.tsx";
import { boxOf, outlinePath } from "./outline-path.ts";
import type { VersionsSearch } from "./versions-search.ts";

const attentionWords = {
  drawn: "drawn by a person",
  corrected: "corrected by a person",
  accepted: "accepted as it was",
  imported: "imported, never looked at",
  unseen: "never looked at",
} as const;

/** The order in which authors get colours; more authors share them. */
function authorColours(blame: LayerBlameWire): Map<string, string> {
  return new Map(
    blame.summary.authors.map(({ agent }, i) => [
      agent.id,
      `rgb(${(cellPalette[(i * 5) % cellPalette.length] ?? [200, 200, 200]).join(" ")})`,
    ]),
  );
}

export function BlameTab({
  image,
  layerId,
  search,
  onSearch,
}: {
  image: ImageDetail;
  layerId: string;
  search: VersionsSearch;
  onSearch: (change: VersionsSearch) => void;
}): ReactNode {
  const blame = useBlame(layerId, undefined);
  const objects = useQuery({
    queryKey: keys.layerObjects(layerId),
    queryFn: ({ signal }) => layersApi.objects(layerId, { signal }),
  });
  if (blame.data === undefined || objects.data === undefined) {
    const error = blame.error ?? objects.error;
    return (
      <div className="p-6">
        {error === null ? (
          <Loading text="Reading who made the cells …" />
        ) : (
          <Problem error={error} onRetry={() => void blame.refetch()} />
        )}
      </div>
    );
  }
  return (
    <Blame
      image={image}
      blame={blame.data}
      objects={objects.data.objects}
      search={search}
      onSearch={onSearch}
    />
  );
}

function Blame({
  image,
  blame,
  objects,
  search,
  onSearch,
}: {
  image: ImageDetail;
  blame: LayerBlameWire;
  objects: readonly { uid: string; shape: Parameters<typeof boxOf>[0][number]["shape"] }[];
  search: VersionsSearch;
  onSearch: (change: VersionsSearch) => void;
}): ReactNode {
  const colours = useMemo(() => authorColours(blame), [blame]);
  const authors = useMemo(() => new Map(blame.cells.map((cell) => [cell.uid, cell.agent.id])), [blame]);
  const outlines = useMemo(() => {
    const groups = Map.groupBy(objects, ({ uid }) => authors.get(uid) ?? "");
    return [...groups].map(
      ([agentId, members]): Outline => ({
        key: agentId,
        path: outlinePath(members),
        colour: colours.get(agentId) ?? "gray",
        filled: true,
        title: blame.summary.authors.find(({ agent }) => agent.id === agentId)?.agent.name ?? "unknown",
      }),
    );
  }, [objects, authors, colours, blame]);
  const chosen = objects.filter(({ uid }) => uid === search.cell);
  const marked: Outline[] = chosen.map((one) => ({
    key: "chosen",
    path: outlinePath([one]),
    colour: "white",
    strong: true,
  }));
  return (
    <>
      <div className="min-w-0 flex-1">
        <CellPicture
          imageId={image.id}
          size={image}
          outlines={[...outlines, ...marked]}
          focus={boxOf(chosen)}
          label="Cells coloured by who made them"
          testId="blame-picture"
        />
      </div>
      <aside
        aria-label="Blame"
        className="flex w-md shrink-0 flex-col overflow-y-auto border-l border-line bg-panel"
      >
        <BlameSummary blame={blame} colours={colours} />
        <BlameTable blame={blame} chosen={search.cell} onPick={(cell) => onSearch({ cell })} />
      </aside>
    </>
  );
}

function BlameSummary({
  blame,
  colours,
}: {
  blame: LayerBlameWire;
  colours: ReadonlyMap<string, string>;
}): ReactNode {
  const { cells, seen, authors, msSpent, attention } = blame.summary;
  return (
    <div className="flex flex-col gap-2 border-b border-line p-4 text-sm">
      <p data-testid="blame-seen" data-seen={seen} data-cells={cells}>
        <strong>{formatPercent(cells === 0 ? 0 : seen / cells)}</strong> of {plural(cells, "cell")} have been
        seen by a person{msSpent > 0 && ` in ${formatDuration(msSpent)} of work`}.
      </p>
      <ul className="flex flex-col gap-1">
        {authors.map(({ agent, cells: made }) => (
          <li key={agent.id} className="flex items-center gap-2">
            <span
              aria-hidden="true"
              className="size-3 rounded-sm"
              style={{ background: colours.get(agent.id) }}
            />
            <span className="min-w-0 flex-1 truncate">{agent.name}</span>
            <span className="text-quiet">{agent.kind === "person" ? "" : agent.kind}</span>
            <span>{made}</span>
          </li>
        ))}
      </ul>
      <p className="text-quiet">
        {(Object.keys(attentionWords) as (keyof typeof attentionWords)[])
          .filter((one) => (attention[one] ?? 0) > 0)
          .map((one) => `${attention[one]} ${attentionWords[one]}`)
          .join(", ")}
      </p>
    </div>
  );
}

/** A page draws this many rows without delay; the command line lists all. */
const rowsMax = 1_000;

function BlameTable({
  blame,
  chosen,
  onPick,
}: {
  blame: LayerBlameWire;
  chosen: string | undefined;
  onPick: (cell: string) => void;
}): ReactNode {
  const now = Date.now();
  const labels = new Map(blame.cells.map(({ uid, label }) => [uid, label]));
  return (
    <table className="w-full text-left text-sm" data-testid="blame-table">
      <thead className="sticky top-0 bg-panel text-xs text-quiet">
        <tr>
          {["Cell", "Made by", "How", "Origin", "Changes"].map((word) => (
            <th key={word} scope="col" className="border-b border-line px-2 py-1 font-normal first:pl-4">
              {word}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {blame.cells.slice(0, rowsMax).map((cell) => (
          <tr
            key={cell.uid}
            className={classNames(
              "border-b border-line align-baseline",
              cell.uid === chosen && "bg-accent-wash",
            )}
          >
            <td className="py-1 pr-2 pl-4">
              <button
                type="button"
                className="rounded-sm underline decoration-line hover:decoration-ink"
                onClick={() => onPick(cell.uid)}
              >
                {cell.label}
              </button>
              {cell.types !== null && (
                <span className="block text-xs text-quiet">
                  {cell.types}
                  {cell.typesBy !== null && `, by ${cell.typesBy.name}`}
                </span>
              )}
            </td>
            <td className="px-2 py-1">
              {cell.agent.name}
              <span className="block text-xs text-quiet">{formatWhen(cell.at, now)}</span>
            </td>
            <td className="px-2 py-1">
              {cell.tool}
              {cell.branch !== null && <span className="block text-xs text-quiet">branch {cell.branch}</span>}
            </td>
            <td className="px-2 py-1">{originWords(cell, labels)}</td>
            <td className="px-2 py-1">{cell.changeCount}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function originWords({ origin }: CellBlameWire, labels: ReadonlyMap<string, number>): string {
  const parents = origin.parents.map((uid) => labels.get(uid) ?? "a removed cell").join(", ");
  if (origin.how === "split") return `split from ${parents}`;
  if (origin.how === "merged") return `merged with ${parents}`;
  if (origin.how === "proposed") return `proposed by ${origin.agent.name}`;
  return origin.how === "imported" ? "imported" : "drawn";
}
