/** One model version in the list: stage, data, test scores, errors as a small picture. */

import type { ReactNode } from "react";
import type { ModelVersion, Stage } from "#api/index.ts";
import { classNames, formatScore, formatWhen } from "../ui/index.ts";
import { ErrorBar } from "./error-classes.tsx";
import { originWords } from "./model-choice.ts";
import { scoreAt, testEvaluation } from "./scores.ts";

export function VersionRow({ version, onOpen }: { version: ModelVersion; onOpen: () => void }): ReactNode {
  const evaluation = testEvaluation(version);
  const score = evaluation && scoreAt(evaluation, 0.5);
  return (
    <tr className="hover:bg-hover">
      <td>
        <button type="button" onClick={onOpen} className="rounded-md font-semibold hover:text-accent">
          {version.version}
          <span className="sr-only">: open the card of {version.name}</span>
        </button>
      </td>
      <td>
        <StageMark stage={version.stage} />
      </td>
      <td className="whitespace-nowrap">
        {version.dataset === null ? (
          <span className="text-quiet">{originWords(version)}</span>
        ) : (
          `${version.dataset.name} ${version.dataset.version}`
        )}
      </td>
      <td className="num">{score === undefined ? "–" : formatScore(score.averagePrecision)}</td>
      <td className="num">{score === undefined ? "–" : formatScore(score.f1)}</td>
      <td className="w-56 align-middle!">
        {evaluation !== undefined && <ErrorBar errors={evaluation.errors} />}
      </td>
      <td className="whitespace-nowrap text-quiet">{formatWhen(version.createdAt, Date.now())}</td>
    </tr>
  );
}

const stageLooks: Record<Stage, string> = {
  released: "border-accent bg-accent text-on-accent",
  candidate: "border-edge text-ink",
  retired: "border-line text-quiet",
};

function StageMark({ stage }: { stage: Stage }): ReactNode {
  return (
    <span className={classNames("inline-block rounded-sm border px-1.5 text-xs", stageLooks[stage])}>
      {stage}
    </span>
  );
}
