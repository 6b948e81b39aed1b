/** Two versions on the same images: how much better, how sure that is, and which cells one gets and the other misses. */

import { type ReactNode, useState } from "react";
import type { EvaluationComparisonWire, EvaluationDetailWire } from "#api/index.ts";
import { type ShownOutlines, useComparedCells, useEvaluationComparison, useModels } from "../client/index.ts";
import { versionName } from "../models/model-choice.ts";
import { errorClasses } from "../models/scores.ts";
import {
  Button,
  Choice,
  classNames,
  Empty,
  formatCount,
  Loading,
  Problem,
  plural,
  Section,
} from "../ui/index.ts";
import { CellCard } from "./cell-card.tsx";
import type { EvaluationTabProps } from "./evaluation-search.ts";
import { OutlineKey } from "./outline-key.tsx";
import { useScoreRows } from "./score-rows.tsx";
import {
  formatDifference,
  formatDifferenceInterval,
  formatP,
  formatValue,
  isLessBetter,
  scoreWords,
  unitWords,
} from "./score-words.ts";

/** Below this a difference is called significant; the number itself is always shown. */
const significant = 0.05;

export function CompareTab({ evaluation, search, onShow }: EvaluationTabProps): ReactNode {
  const models = useModels(evaluation.projectId);
  const others = (models.data?.models ?? []).flatMap((model) =>
    model.versions.flatMap((version) =>
      version.evaluations
        .filter(
          (one) =>
            one.id !== evaluation.id &&
            one.datasetVersionId === evaluation.datasetVersionId &&
            one.split === evaluation.split &&
            one.compartment === evaluation.compartment &&
            one.metricVersion === evaluation.metricVersion,
        )
        .map((one) => ({ id: one.id, name: versionName(version), stage: version.stage })),
    ),
  );
  const chosen =
    others.find(({ id }) => id === search.with) ??
    others.find(({ stage }) => stage === "released") ??
    others[0];
  const comparison = useEvaluationComparison(evaluation.id, chosen?.id);
  if (models.isPending) return <Loading text="Reading the models …" />;
  if (chosen === undefined) {
    return (
      <Empty title="Nothing to compare with">
        No other model version was evaluated on the {evaluation.split} images of {evaluation.dataset}.
        Evaluate one there from its card.
      </Empty>
    );
  }
  return (
    <div className="flex max-w-6xl flex-col gap-8">
      <Choice
        label="Compare with"
        className="w-72"
        items={others.map(({ id, name, stage }) => ({ value: id, label: name, note: stage }))}
        value={chosen.id}
        onChange={(id) => onShow({ ...search, tab: "compare", with: id })}
      />
      {comparison.isError ? (
        <Problem error={comparison.error} onRetry={() => void comparison.refetch()} />
      ) : comparison.data === undefined ? (
        <Loading text="Comparing …" />
      ) : (
        <>
          <Differences comparison={comparison.data} />
          <Flips evaluation={evaluation} comparison={comparison.data} search={search} onShow={onShow} />
        </>
      )}
    </div>
  );
}

function Differences({
  comparison: { a, b, imageCount, comparison },
}: {
  comparison: EvaluationComparisonWire;
}): ReactNode {
  const { names, button } = useScoreRows();
  return (
    <Section
      title={`${b.model} against ${a.model}`}
      note={`${plural(imageCount, "image")}; ${comparison.test} test and paired bootstrap over ${unitWords(comparison.unit, comparison.unitCount)}`}
      actions={button}
    >
      <table className="table">
        <caption className="sr-only">Differences of scores</caption>
        <thead>
          <tr>
            <th>Score</th>
            <th className="num">{a.model}</th>
            <th className="num">{b.model}</th>
            <th className="num">Difference</th>
            <th className="num">95 % interval</th>
            <th className="num">p</th>
            <th>In words</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => {
            const row = comparison.scores[name];
            if (row === undefined) return null;
            return (
              <tr key={name}>
                <td>{scoreWords[name].name}</td>
                <td className="num">{formatValue(name, row.a)}</td>
                <td className="num">{formatValue(name, row.b)}</td>
                <td className="num font-semibold">{formatDifference(name, row.difference)}</td>
                <td className="num whitespace-nowrap">{formatDifferenceInterval(name, row.interval)}</td>
                <td className="num">{formatP(row.p)}</td>
                <td>
                  <Verdict {...row} kind={scoreWords[name].kind} lessIsBetter={isLessBetter(name)} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {comparison.smallestP > significant && (
        <p className="text-sm text-warn">
          With {unitWords(comparison.unit, comparison.unitCount)} no p-value below{" "}
          {formatP(comparison.smallestP)} is possible: more test{" "}
          {comparison.unit === "group" ? "groups" : "images"} are needed to be sure of anything.
        </p>
      )}
    </Section>
  );
}

function Verdict({
  difference,
  p,
  kind,
  lessIsBetter,
}: {
  difference: number | null;
  p: number | null;
  kind: string;
  lessIsBetter: boolean;
}): ReactNode {
  if (difference === null || p === null) return "–";
  if (difference === 0) return <span className="text-quiet">equal</span>;
  if (p >= significant) return <span className="text-quiet">could be chance</span>;
  if (kind === "bias") return "different";
  const isBetter = difference > 0 !== lessIsBetter;
  return <span className={isBetter ? "text-good" : "text-bad"}>{isBetter ? "better" : "worse"}</span>;
}

function Flips({
  evaluation,
  comparison: { a, b, cells },
  search,
  onShow,
}: EvaluationTabProps & { comparison: EvaluationComparisonWire }): ReactNode {
  const [show, setShow] = useState<ShownOutlines>("both");
  const change = search.change ?? (cells.lost > cells.won ? "lost" : "won");
  const sides = [
    { value: "won", words: `only ${b.model}`, count: cells.won },
    { value: "lost", words: `only ${a.model}`, count: cells.lost },
  ] as const;
  return (
    <Section
      title="Cells that one gets and the other misses"
      note={`${formatCount(cells.both)} right in both, ${formatCount(cells.neither)} in neither`}
    >
      <fieldset className="flex gap-2">
        <legend className="sr-only">Which cells</legend>
        {sides.map(({ value, words, count }) => (
          <Button
            key={value}
            aria-pressed={change === value}
            className={classNames(change === value && "bg-accent-wash")}
            onClick={() => onShow({ ...search, tab: "compare", change: value })}
          >
            {formatCount(count)} {words}
          </Button>
        ))}
      </fieldset>
      <OutlineKey show={show} onShow={setShow} />
      <p className="text-sm text-quiet">
        Left {a.model}, right {b.model}.
      </p>
      <FlipGrid
        key={`${a.id} ${change}`}
        evaluation={evaluation}
        otherId={a.id}
        change={change}
        show={show}
        version={`${a.createdAt} ${b.createdAt}`}
      />
    </Section>
  );
}

const wordOf = (name: string): string => errorClasses.find(({ key }) => key === name)?.word ?? name;

function FlipGrid({
  evaluation,
  otherId,
  change,
  show,
  version,
}: {
  evaluation: EvaluationDetailWire;
  otherId: string;
  change: "won" | "lost";
  show: ShownOutlines;
  version: string;
}): ReactNode {
  const cells = useComparedCells(evaluation.id, otherId, change);
  if (cells.isPending) return <Loading text="Reading the cells …" />;
  if (cells.isError) return <Problem error={cells.error} onRetry={() => void cells.refetch()} />;
  const items = cells.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <Empty title="None" />;
  return (
    <>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(18rem,1fr))] gap-3">
        {items.map((cell) => (
          <CellCard
            key={`${cell.position} ${cell.label}`}
            projectId={evaluation.projectId}
            evaluationId={evaluation.id}
            cell={cell}
            show={show}
            words={`${wordOf(cell.otherClass)}, now ${wordOf(cell.class)}`}
            version={version}
            beside={{
              evaluationId: otherId,
              place: { position: cell.otherPosition, side: "reference", label: cell.label },
            }}
          />
        ))}
      </ul>
      {cells.hasNextPage && (
        <Button
          className="self-center"
          busy={cells.isFetchingNextPage}
          onClick={() => void cells.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </>
  );
}
