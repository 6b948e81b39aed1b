/** Predict: drop an image, choose a released version, see the cells, take the label image away. */

import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { FileUp } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import type { Job, ModelVersion } from "#api/index.ts";
import { isFinal, type NamedFile, useJob, useReleasedModels } from "../client/index.ts";
import { DropArea } from "../images/drop-area.tsx";
import { JobProgress } from "../jobs/index.ts";
import { isOurs, newestUsable, releasedItems, versionName } from "../models/model-choice.ts";
import {
  Button,
  Choice,
  Empty,
  formatBytes,
  formatPercent,
  Loading,
  Page,
  Problem,
  ProgressBar,
  tell,
} from "../ui/index.ts";
import { BatchOutcome } from "./batch-outcome.tsx";
import { Commands } from "./commands.tsx";
import { PredictionResultView } from "./prediction-result.tsx";
import { PrivateOutcome } from "./private-outcome.tsx";
import { type PredictPlace, PrivatePlace } from "./private-place.tsx";
import type { DeviceChoice, PrivateModel } from "./private-protocol.ts";
import { noScaleWords, numberFault, ScaleForm, type ScaleWords } from "./scale-form.tsx";
import { usePredict } from "./use-predict.ts";
import { usePrivatePredict } from "./use-private-predict.ts";

const route = getRouteApi("/predict");

export function PredictPage(): ReactNode {
  const { job: jobId } = route.useSearch();
  const navigate = useNavigate({ from: "/predict" });
  const models = useReleasedModels();
  const [picked, setPicked] = useState<string | null>(null);
  const [files, setFiles] = useState<readonly File[]>([]);
  const [scale, setScale] = useState(noScaleWords);
  const released = models.data?.models ?? [];
  const version =
    released.flatMap((model) => model.versions).find((candidate) => candidate.id === picked) ??
    newestUsable(released);
  const work = usePredict((id) => void navigate({ search: { job: id } }));
  const privately = usePrivatePredict();
  const [place, setPlace] = useState<PredictPlace>("server");
  const [device, setDevice] = useState<DeviceChoice>("automatic");

  const here: PredictPlace = version === undefined || isOurs(version) ? place : "server";

  const begin = (chosen: readonly File[], chosenVersion: ModelVersion) => {
    const [first] = chosen;
    if (first === undefined) return;
    if (place === "server" || !isOurs(chosenVersion)) {
      work.start(chosen, chosenVersion.id, fieldsOf(scale));
      return;
    }
    if (chosen.length > 1) {
      tell(`Only ${first.name} is taken`, "In this browser one image is predicted at a time.");
    }
    privately.start(first, privateModel(chosenVersion), device);
  };
  const take = (named: readonly NamedFile[]) => {
    const chosen = named.map((one) => one.file);
    if (chosen.length === 0) return;
    setFiles(chosen);
    if (version !== undefined) begin(chosen, version);
  };

  return (
    <DropArea enabled={version !== undefined} onFiles={take} text="Drop images to predict">
      <Page title="Predict" facts="Find the cells of an image with a released model">
        {models.isPending ? (
          <Loading text="Reading the released models …" />
        ) : models.isError ? (
          <Problem error={models.error} onRetry={() => void models.refetch()} />
        ) : version === undefined ? (
          <Empty title="No model is released yet">
            An owner of the lab releases a model version on the Models page of a project; then it is offered
            here.
          </Empty>
        ) : (
          <div className="grid max-w-7xl grid-cols-1 items-start gap-8 lg:grid-cols-[20rem_minmax(0,1fr)]">
            <div className="flex flex-col gap-6">
              <Choice
                label="Model version"
                items={releasedItems(released)}
                value={version.id}
                onChange={setPicked}
              />
              {isOurs(version) ? (
                <PrivatePlace place={place} onPlace={setPlace} device={device} onDevice={setDevice} />
              ) : (
                <p className="text-sm text-quiet">
                  This network is of another program; it runs on the server only.
                </p>
              )}
              {here === "server" && <ScaleForm words={scale} onChange={setScale} />}
              <FileChoice
                files={files}
                several={here === "server"}
                onFiles={(chosen) => take(chosen.map((file) => ({ path: file.name, file })))}
                onAgain={files.length > 0 && work.sent === null ? () => begin(files, version) : undefined}
                again={versionName(version)}
              />
            </div>
            <div className="flex min-w-0 flex-col gap-6">
              {here === "browser" ? (
                <PrivateOutcome work={privately} model={privateModel(version)} device={device} />
              ) : work.sent !== null ? (
                <div role="status" className="flex max-w-xl flex-col gap-2">
                  <p>
                    Sending {files.length > 1 ? `${files.length} images` : "the image"} ·{" "}
                    {formatPercent(work.sent)}
                  </p>
                  <ProgressBar label="Upload" fraction={work.sent} />
                </div>
              ) : jobId !== undefined ? (
                <Outcome key={jobId} jobId={jobId} />
              ) : (
                <Empty title="The result appears here">
                  Drop images on the page, or choose some at the left. Results stay listed under Jobs.
                </Empty>
              )}
              {here === "server" && (
                <Commands
                  model={versionName(version)}
                  fileName={files[0]?.name ?? "image.tif"}
                  open={jobId === undefined && work.sent === null}
                />
              )}
            </div>
          </div>
        )}
      </Page>
    </DropArea>
  );
}

const privateModel = (version: ModelVersion): PrivateModel => ({
  id: version.id,
  name: versionName(version),
  onnxDigest: version.onnxDigest,
  onnxBytes: version.onnxBytes,
  contract: version.contract,
});

/** Only what is a number goes to the server; the form marks the rest. */
function fieldsOf({ mpp, scale }: ScaleWords): Record<string, string> {
  const given = (text: string): boolean => text.trim() !== "" && numberFault(text) === undefined;
  return { ...(given(mpp) ? { mpp } : {}), ...(given(scale) ? { scale } : {}) };
}

function FileChoice({
  files,
  several,
  onFiles,
  onAgain,
  again,
}: {
  files: readonly File[];
  /** Whether more than one may be chosen. */
  several: boolean;
  onFiles: (files: readonly File[]) => void;
  onAgain: (() => void) | undefined;
  again: string;
}): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className="flex flex-col items-start gap-2">
      <Button look="primary" onClick={() => input.current?.click()}>
        <FileUp aria-hidden="true" className="size-4" />
        {files.length === 0 ? (several ? "Choose images" : "Choose an image") : "Other images"}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".tif,.tiff,.png,.jpg,.jpeg,.webp,.bmp"
        hidden
        multiple={several}
        data-testid="predict-file"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = ""; // The same file can be chosen again.
        }}
      />
      {files.length === 0 ? (
        <p className="text-sm text-quiet">TIFF, PNG, JPEG, WebP or BMP. Or drop it anywhere on this page.</p>
      ) : (
        <>
          <p className="break-all text-sm text-quiet">
            {files.length === 1 ? files[0]?.name : `${files.length} images`},{" "}
            {formatBytes(files.reduce((sum, { size }) => sum + size, 0))}
          </p>
          {onAgain !== undefined && (
            <Button size="small" onClick={onAgain}>
              Again with {again}
            </Button>
          )}
        </>
      )}
    </div>
  );
}

/** Several files, whichever way they were given; a single one is shown without a list. */
function isBatch(job: Job): boolean {
  const files = job.result?.["files"];
  return job.items.length > 1 || (Array.isArray(files) && files.length > 1);
}

function Outcome({ jobId }: { jobId: string }): ReactNode {
  const job = useJob(jobId);
  if (job.isError) return <Problem error={job.error} onRetry={() => void job.refetch()} />;
  if (job.data === undefined) return <Loading text="Reading the prediction …" />;
  if (isBatch(job.data)) return <BatchOutcome job={job.data} />;
  if (job.data.state === "done") return <PredictionResultView jobId={jobId} />;
  return (
    <div className="flex max-w-xl flex-col gap-4">
      <JobProgress job={job.data} />
      {!isFinal(job.data) && (
        <p className="text-sm text-quiet">You can leave this page; the link keeps the result.</p>
      )}
    </div>
  );
}
