/** The card of a model version: release, scores, errors, groups, and everything needed to repeat it. */

import { Link } from "@tanstack/react-router";
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import type { Evaluation, Model, ModelVersion } from "#api/index.ts";
import { modelTask } from "#core/prepare/index.ts";
import { modelOnnxUrl, modelPackageUrl } from "../client/index.ts";
import { PinnedBox } from "../evaluation/pinned-box.tsx";
import {
  buttonClass,
  CopyBlock,
  Digest,
  Empty,
  Facts,
  formatBytes,
  formatCount,
  formatScore,
  formatWhen,
  Loading,
  plural,
  Section,
  Sheet,
} from "../ui/index.ts";
import { ErrorBar, ErrorTable } from "./error-classes.tsx";
import { EvaluateBox } from "./evaluate-box.tsx";
import { originWords, versionName } from "./model-choice.ts";
import { PastCurve } from "./past-curve.tsx";
import { ReleaseBox } from "./release-box.tsx";
import { ScorePicture, ScoreTable } from "./score-picture.tsx";
import { releasedRival, testEvaluation } from "./scores.ts";

export function ModelVersionSheet({
  projectId,
  models,
  loading,
  versionId,
  onClose,
}: {
  projectId: string;
  models: readonly Model[];
  loading: boolean;
  versionId: string | undefined;
  onClose: () => void;
}): ReactNode {
  const version = models.flatMap((model) => model.versions).find((candidate) => candidate.id === versionId);
  return (
    <Sheet
      wide
      open={versionId !== undefined}
      onClose={onClose}
      title={version === undefined ? "Model version" : `${version.name} ${version.version}`}
      // Its line is there from the beginning, so that the head keeps its height.
      description={
        version !== undefined
          ? `${version.stage}, ${version.architecture}`
          : loading
            ? "Reading the version …"
            : undefined
      }
    >
      {version === undefined && loading ? (
        <Loading text="Reading the version …" />
      ) : version === undefined ? (
        <Empty title="There is no such version in this project">
          The link may belong to another project.
        </Empty>
      ) : (
        <Card key={version.id} projectId={projectId} models={models} version={version} />
      )}
    </Sheet>
  );
}

function Card({
  projectId,
  models,
  version,
}: {
  projectId: string;
  models: readonly Model[];
  version: ModelVersion;
}): ReactNode {
  const evaluation = testEvaluation(version);
  const rival = releasedRival(models, version);
  const rivalName = rival === undefined ? undefined : versionName(rival.version);
  const task = modelTask(version.contract);
  return (
    <>
      <ReleaseBox projectId={projectId} version={version} />
      {version.stage === "candidate" && <PinnedBox projectId={projectId} versionId={version.id} />}
      {task !== "segmentation" ? (
        <p className="text-quiet">{taskWords[task]}</p>
      ) : evaluation === undefined ? (
        <EvaluateBox projectId={projectId} versionId={version.id} />
      ) : (
        <>
          <Section
            title="Scores"
            note={`${plural(evaluation.imageCount, "test image")} of ${evaluation.dataset}`}
            actions={
              <Link
                to="/p/$projectId/evaluations/$evaluationId"
                params={{ projectId, evaluationId: evaluation.id }}
                className={buttonClass()}
              >
                Intervals, facets, cells
              </Link>
            }
          >
            <ScorePicture
              evaluation={evaluation}
              rival={rival && { name: versionName(rival.version), evaluation: rival.evaluation }}
            />
            <details className="rounded-md">
              <summary className="rounded-md text-sm text-quiet hover:text-ink">
                All scores by threshold
              </summary>
              <ScoreTable evaluation={evaluation} />
            </details>
          </Section>
          <Section title="Objects by error class" note="correct above IoU 0.6">
            <ErrorBar errors={evaluation.errors} tall />
            <ErrorTable
              errors={evaluation.errors}
              rival={
                rival === undefined || rivalName === undefined
                  ? undefined
                  : { name: rivalName, errors: rival.evaluation.errors }
              }
            />
          </Section>
          <Groups evaluation={evaluation} />
        </>
      )}
      {version.training !== null && (
        <Section title="Learning curve">
          <PastCurve runId={version.training.runId} />
        </Section>
      )}
      <Section title="Card">
        <CardFacts projectId={projectId} version={version} />
      </Section>
      <Section title="Use it">
        {task !== "prompt" && <CopyBlock label="Command line" text={commandOf(task, versionName(version))} />}
        <a
          href={modelOnnxUrl(version.id)}
          download={`${version.name}-${version.version}.onnx`}
          className={`${buttonClass()} self-start`}
        >
          <Download aria-hidden="true" className="size-4" />
          ONNX model, {formatBytes(version.onnxBytes)}
        </a>
        <a
          href={modelPackageUrl(version.id)}
          download={`${version.name}-${version.version}.bioimageio.zip`}
          className={`${buttonClass()} self-start`}
        >
          <Download aria-hidden="true" className="size-4" />
          BioImage.IO package with test and card
        </a>
      </Section>
    </>
  );
}

const taskWords = {
  linking: "Links cells from frame to frame when a movie is tracked; it finds no cells itself.",
  prompt: "Outlines the one cell that somebody points at, with the tool Point of the image page.",
} as const;

const commandOf = (task: "segmentation" | "linking", name: string): string =>
  task === "linking"
    ? `cellfoundry track movie.tif --model nuclei-fluorescence --linker ${name} --out tracks/`
    : `cellfoundry predict --model ${name} images/ --out labels/`;

function CardFacts({ projectId, version }: { projectId: string; version: ModelVersion }): ReactNode {
  const { dataset, training } = version;
  return (
    <Facts
      rows={[
        [
          "Dataset",
          dataset === null ? (
            originWords(version)
          ) : (
            <Link
              key="d"
              to="/p/$projectId/datasets"
              params={{ projectId }}
              search={{ version: dataset.versionId }}
              className="rounded-md underline underline-offset-2 hover:text-accent"
            >
              {dataset.name} {dataset.version}
            </Link>
          ),
        ],
        ...(training === null
          ? []
          : ([
              ["Split", <Digest key="s" digest={training.splitDigest} what="the digest of the split" />],
              ["Seed", String(training.seed)],
              ["Steps", formatCount(training.steps)],
              ["Started from", training.baseModel ?? "random weights"],
              ["Device", training.device],
              ["Code version", training.codeVersion],
              ["Lockfile", <Digest key="l" digest={training.lockDigest} what="the digest of the lockfile" />],
            ] as const)),
        ["Weights", <Digest key="w" digest={version.weightsDigest} what="the digest of the weights" />],
        ["ONNX file", <Digest key="o" digest={version.onnxDigest} what="the digest of the ONNX file" />],
        ["Licence", version.licence === "" ? "not stated" : version.licence],
        ["Made", `${formatWhen(version.createdAt, Date.now())} by ${version.agent.name}`],
      ]}
    />
  );
}

function Groups({ evaluation }: { evaluation: Evaluation }): ReactNode {
  if (evaluation.groups.length === 0) return null;
  const worstFirst = [...evaluation.groups].sort((a, b) => a.ap50 - b.ap50);
  return (
    <Section title="Test groups" note="hardest first">
      <table className="table">
        <caption className="sr-only">Scores by test group</caption>
        <thead>
          <tr>
            <th>Group</th>
            <th className="num">Images</th>
            <th className="num">AP@0.5</th>
            <th className="num">F1@0.5</th>
          </tr>
        </thead>
        <tbody>
          {worstFirst.map((group) => (
            <tr key={group.group}>
              <td className="break-all">{group.group}</td>
              <td className="num">{formatCount(group.images)}</td>
              <td className="num">{formatScore(group.ap50)}</td>
              <td className="num">{formatScore(group.f1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
