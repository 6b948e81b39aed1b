/** An evaluation: scores with intervals, by facet, the cells behind each error, its images, another version beside it. */

import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useEvaluate, useEvaluation } from "../client/index.ts";
import {
  Button,
  buttonClass,
  classNames,
  Empty,
  formatWhen,
  Loading,
  Page,
  Problem,
  plural,
  tell,
} from "../ui/index.ts";
import { CellsTab } from "./cells-tab.tsx";
import { CompareTab } from "./compare-tab.tsx";
import {
  type EvaluationSearch,
  type EvaluationTab,
  type EvaluationTabProps,
  evaluationTabs,
} from "./evaluation-search.ts";
import { ImagesTab } from "./images-tab.tsx";
import { ScoresTab } from "./scores-tab.tsx";

const route = getRouteApi("/p/$projectId/evaluations/$evaluationId");

const tabWords: Readonly<Record<EvaluationTab, string>> = {
  scores: "Scores",
  cells: "Cells",
  images: "Images",
  compare: "Compare",
};

const compartmentWords = { nuclear: "nuclei", wholeCell: "whole cells", cytoplasm: "cytoplasm" } as const;

export function EvaluationPage(): ReactNode {
  const { projectId, evaluationId } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/p/$projectId/evaluations/$evaluationId" });
  const evaluation = useEvaluation(evaluationId);
  const show = (next: EvaluationSearch): void => void navigate({ search: next });
  if (evaluation.data === undefined) {
    return (
      <Page title="Evaluation">
        {evaluation.isError ? (
          <Problem error={evaluation.error} onRetry={() => void evaluation.refetch()} />
        ) : (
          <Loading text="Reading the evaluation …" />
        )}
      </Page>
    );
  }
  const { model, dataset, split, compartment, imageCount, createdAt, modelVersionId } = evaluation.data;
  return (
    <Page
      title={model}
      actions={
        <>
          <fieldset className="flex gap-1">
            <legend className="sr-only">Part of the evaluation</legend>
            {evaluationTabs.map((tab) => (
              <Button
                key={tab}
                look="quiet"
                aria-pressed={(search.tab ?? "scores") === tab}
                className={classNames((search.tab ?? "scores") === tab && "bg-accent-wash text-ink!")}
                onClick={() => show(tab === "scores" ? {} : { tab })}
              >
                {tabWords[tab]}
              </Button>
            ))}
          </fieldset>
          <Link
            to="/p/$projectId/models"
            params={{ projectId }}
            search={{ version: modelVersionId }}
            className={buttonClass()}
          >
            Card of the version
          </Link>
        </>
      }
    >
      {/* Not in the head of the page: with it the head would have two lines and push all down when it comes. */}
      <p className="mb-6 text-quiet">
        {compartmentWords[compartment]} in {plural(imageCount, `${split} image`)} of {dataset} ·{" "}
        {formatWhen(createdAt, Date.now())}
      </p>
      <Body key={search.tab ?? "scores"} evaluation={evaluation.data} search={search} onShow={show} />
    </Page>
  );
}

function Body({ evaluation, search, onShow }: EvaluationTabProps): ReactNode {
  const evaluate = useEvaluate(evaluation.modelVersionId);
  const { report, datasetVersionId, split, imageCount } = evaluation;
  if (report === null) {
    const again = (): void =>
      evaluate.mutate(
        { datasetVersionId, split },
        {
          onSuccess: () => tell("The evaluation has started", "Open it again from the card when it is done."),
        },
      );
    return (
      <Empty title="Made by an older version of the program">
        <p>It has scores, and neither intervals nor cells.</p>
        <Button busy={evaluate.isPending} onClick={again}>
          Evaluate again
        </Button>
      </Empty>
    );
  }
  if (imageCount === 0) {
    return <Empty title="No images">This part of the dataset version has no images to score.</Empty>;
  }
  switch (search.tab ?? "scores") {
    case "scores":
      return <ScoresTab evaluation={evaluation} report={report} search={search} onShow={onShow} />;
    case "cells":
      return <CellsTab evaluation={evaluation} search={search} onShow={onShow} />;
    case "images":
      return <ImagesTab evaluation={evaluation} onShow={onShow} />;
    case "compare":
      return <CompareTab evaluation={evaluation} search={search} onShow={onShow} />;
  }
}
