/** The cells behind each error count, a page of pictures at a time. */

import { X } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { ErrorCounts, EvaluationDetailWire } from "#api/index.ts";
import { type ErrorClass, errorClassNames } from "#core/metrics/index.ts";
import { type ShownOutlines, useEvaluationCells, useEvaluationImages } from "../client/index.ts";
import { errorClasses } from "../models/scores.ts";
import { Button, Empty, Loading, Problem, plural } from "../ui/index.ts";
import { CellCard, cellWords } from "./cell-card.tsx";
import { ErrorList } from "./error-list.tsx";
import type { EvaluationSearch, EvaluationTabProps } from "./evaluation-search.ts";
import { OutlineKey } from "./outline-key.tsx";
import { fieldWord } from "./score-words.ts";

export function CellsTab({ evaluation, search, onShow }: EvaluationTabProps): ReactNode {
  const [show, setShow] = useState<ShownOutlines>("both");
  const images = useEvaluationImages(evaluation.id);
  const image = images.data?.images.find(({ position }) => position === search.image);
  const errors = countsOf(evaluation.errors, images.data?.images, search);
  const name = search.class ?? firstFault(errors);
  const { field, value } = search;
  const facet = field === undefined || value === undefined ? null : { field, value };
  const of = { ...(facet ?? {}), ...(search.image === undefined ? {} : { position: search.image }) };
  return (
    <div className="grid grid-cols-1 gap-x-8 gap-y-6 lg:grid-cols-[15rem_minmax(0,1fr)]">
      <div className="flex flex-col gap-4">
        {facet !== null && (
          <Filter onRemove={() => onShow({ tab: "cells", class: name })}>
            {fieldWord(facet.field)}: {facet.value}
          </Filter>
        )}
        {image !== undefined && (
          <Filter onRemove={() => onShow({ tab: "cells", class: name })}>{image.name}</Filter>
        )}
        <ErrorList
          errors={errors}
          chosen={name}
          onChoose={(next) => onShow({ ...search, tab: "cells", class: next })}
        />
      </div>
      <section aria-label={name} className="flex min-w-0 flex-col gap-4">
        <OutlineKey show={show} onShow={setShow} />
        <CellGrid
          key={JSON.stringify([name, of])}
          evaluation={evaluation}
          filter={{ class: name, ...of }}
          show={show}
        />
      </section>
    </div>
  );
}

function CellGrid({
  evaluation,
  filter,
  show,
}: {
  evaluation: EvaluationDetailWire;
  filter: { class: ErrorClass; field?: string; value?: string; position?: number };
  show: ShownOutlines;
}): ReactNode {
  const cells = useEvaluationCells(evaluation.id, filter);
  const items = cells.data?.pages.flatMap((page) => page.items) ?? [];
  const word = errorClasses.find(({ key }) => key === filter.class)?.word ?? filter.class;
  if (cells.isPending) return <Loading text="Reading the cells …" />;
  if (cells.isError) return <Problem error={cells.error} onRetry={() => void cells.refetch()} />;
  if (items.length === 0) return <Empty title={`None ${word}`} />;
  return (
    <>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(10rem,1fr))] gap-3">
        {items.map((cell) => (
          <CellCard
            key={`${cell.position} ${cell.side} ${cell.label}`}
            projectId={evaluation.projectId}
            evaluationId={evaluation.id}
            cell={cell}
            show={show}
            words={cellWords(cell)}
            version={evaluation.createdAt}
          />
        ))}
      </ul>
      {cells.hasNextPage && (
        <Button
          className="self-center"
          busy={cells.isFetchingNextPage}
          onClick={() => void cells.fetchNextPage()}
        >
          Show more of {plural(cells.data.pages[0]?.total ?? 0, "case")}
        </Button>
      )}
    </>
  );
}

function Filter({ children, onRemove }: { children: ReactNode; onRemove: () => void }): ReactNode {
  return (
    <p className="flex items-center justify-between gap-2 rounded-md bg-sunken px-2 py-1 text-sm">
      <span className="min-w-0 truncate">{children}</span>
      <button type="button" className="rounded-md p-1 hover:bg-hover" onClick={onRemove}>
        <X aria-hidden="true" className="size-4" />
        <span className="sr-only">Show all images</span>
      </button>
    </p>
  );
}

/** Counts of the images shown; all of the evaluation until the images are there. */
function countsOf(
  all: ErrorCounts,
  images: readonly { position: number; facets: Record<string, string>; errors: ErrorCounts }[] | undefined,
  search: EvaluationSearch,
): ErrorCounts {
  const hasFacet = search.field !== undefined && search.value !== undefined;
  if (images === undefined || (!hasFacet && search.image === undefined)) return all;
  const shown = images.filter(
    ({ position, facets }) =>
      (!hasFacet || facets[search.field as string] === search.value) &&
      (search.image === undefined || position === search.image),
  );
  return Object.fromEntries(
    errorClassNames.map((name) => [name, shown.reduce((sum, { errors }) => sum + errors[name], 0)]),
  ) as ErrorCounts;
}

/** The commonest fault, so that the first look is at what matters most. */
function firstFault(errors: ErrorCounts): ErrorClass {
  const faults = errorClassNames.filter((name) => name !== "correct");
  return faults.toSorted((a, b) => errors[b] - errors[a])[0] ?? "missed";
}
