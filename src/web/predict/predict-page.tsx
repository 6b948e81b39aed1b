/** Predict: drop an image, choose a released version, see the cells, take the label image away. */

import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { FileUp } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import type { ModelVersion } from "#api/index.ts";
import { isFinal, type NamedFile, useJob, useReleasedModels } from "../client/index.ts";
import { DropArea } from "../images/drop-area.tsx";
import { JobProgress } from "../jobs/index.ts";
import { newestUsable, releasedItems, versionName } from "../models/model-choice.ts";
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
} from "../ui/index.ts";
import { Commands } from "./commands.tsx";
import { PredictionResultView } from "./prediction-result.tsx";
import { PrivateOutcome } from "./private-outcome.tsx";
import { type PredictPlace, PrivatePlace } from "./private-place.tsx";
import type { DeviceChoice, PrivateModel } from "./private-protocol.ts";
import { usePredict } from "./use-predict.ts";
import { usePrivatePredict } from "./use-private-predict.ts";

const route = getRouteApi("/predict");

export function PredictPage(): ReactNode {
  const { job: jobId } = route.useSearch();
  const navigate = useNavigate({ from: "/predict" });
  const models = useReleasedModels();
  const [picked, setPicked] = useState<string | null>(null);
  const [file, setFile] = useState<File | null>(null);
  const released = models.data?.models ?? [];
  const version =
    released.flatMap((model) => model.versions).find((candidate) => candidate.id === picked) ??
    newestUsable(released);
  const work = usePredict((id) => void navigate({ search: { job: id } }));
  const privately = usePrivatePredict();
  const [place, setPlace] = useState<PredictPlace>("server");
  const [device, setDevice] = useState<DeviceChoice>("automatic");

  const begin = (chosen: File, chosenVersion: ModelVersion) => {
    if (place === "browser") privately.start(chosen, privateModel(chosenVersion), device);
    else work.start(chosen, chosenVersion.id);
  };
  const take = (files: readonly NamedFile[]) => {
    const first = files[0]?.file;
    if (first === undefined) return;
    setFile(first);
    if (version !== undefined) begin(first, version);
  };

  return (
    <DropArea enabled={version !== undefined} onFiles={take} text="Drop one image to predict">
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
              <PrivatePlace place={place} onPlace={setPlace} device={device} onDevice={setDevice} />
              <FileChoice
                file={file}
                onFile={(chosen) => take([{ path: chosen.name, file: chosen }])}
                onAgain={file !== null && work.sent === null ? () => begin(file, version) : undefined}
                again={versionName(version)}
              />
            </div>
            <div className="flex min-w-0 flex-col gap-6">
              {place === "browser" ? (
                <PrivateOutcome work={privately} model={privateModel(version)} device={device} />
              ) : work.sent !== null ? (
                <div role="status" className="flex max-w-xl flex-col gap-2">
                  <p>Sending the image · {formatPercent(work.sent)}</p>
                  <ProgressBar label="Upload" fraction={work.sent} />
                </div>
              ) : jobId !== undefined ? (
                <Outcome key={jobId} jobId={jobId} />
              ) : (
                <Empty title="The result appears here">
                  Drop a TIFF or PNG on the page, or choose one at the left. Results stay listed under Jobs.
                </Empty>
              )}
              {place === "server" && (
                <Commands
                  model={versionName(version)}
                  fileName={file?.name ?? "image.tif"}
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

function FileChoice({
  file,
  onFile,
  onAgain,
  again,
}: {
  file: File | null;
  onFile: (file: File) => void;
  onAgain: (() => void) | undefined;
  again: string;
}): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className="flex flex-col items-start gap-2">
      <Button look="primary" onClick={() => input.current?.click()}>
        <FileUp aria-hidden="true" className="size-4" />
        {file === null ? "Choose an image" : "Another image"}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".tif,.tiff,.png,.jpg,.jpeg,.webp,.bmp"
        hidden
        data-testid="predict-file"
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          if (chosen !== undefined) onFile(chosen);
          event.target.value = ""; // The same file can be chosen again.
        }}
      />
      {file === null ? (
        <p className="text-sm text-quiet">TIFF, PNG, JPEG, WebP or BMP. Or drop it anywhere on this page.</p>
      ) : (
        <>
          <p className="break-all text-sm text-quiet">
            {file.name}, {formatBytes(file.size)}
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

function Outcome({ jobId }: { jobId: string }): ReactNode {
  const job = useJob(jobId);
  if (job.isError) return <Problem error={job.error} onRetry={() => void job.refetch()} />;
  if (job.data === undefined) return <Loading text="Reading the prediction …" />;
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
