/** What a prediction in the browser shows: questions, progress with "Cancel", the result with its downloads, or why not. */

import { Link } from "@tanstack/react-router";
import { Download, ShieldCheck } from "lucide-react";
import { type ReactNode, useEffect, useMemo } from "react";
import { type InputContract, upgradeContract } from "#nn/index.ts";
import { Button, Empty, formatTimeLeft, Problem, ProgressBar } from "../ui/index.ts";
import { PrivateForm } from "./private-form.tsx";
import type {
  DeviceChoice,
  PrivateImage,
  PrivateModel,
  PrivateResult,
  SaveKind,
} from "./private-protocol.ts";
import { mustAsk, questionsFor } from "./private-questions.ts";
import { deviceWords, loadedWords, progressWords, timeWords } from "./private-words.ts";
import { ResultView } from "./result-view.tsx";
import type { PrivateWork } from "./use-private-predict.ts";

export function PrivateOutcome({
  work,
  model,
  device,
}: {
  work: PrivateWork;
  model: PrivateModel;
  device: DeviceChoice;
}): ReactNode {
  const { state } = work;
  const contract = useMemo(() => upgradeContract(model.contract), [model.contract]);
  const form = (image: PrivateImage) => (
    <PrivateForm
      key={`${image.name} ${image.pages?.axis} ${model.id}`}
      image={image}
      contract={contract}
      onPages={work.readAs}
      onPredict={(choice) => work.predict(model, choice, device)}
    />
  );
  switch (state.step) {
    case "empty":
      return (
        <Empty title="The result appears here">
          Drop an image on the page, or choose one at the left. It is read and segmented by this browser;
          nothing of it is sent.
        </Empty>
      );
    case "working":
      return <Working work={work} />;
    case "asking":
      return (
        <div className="flex flex-col gap-4">
          <h2 className="font-semibold">About {state.image.name}</h2>
          {form(state.image)}
        </div>
      );
    case "canceled":
      return (
        <Empty title="Cancelled">Nothing of {state.name} is kept. Choose an image to start again.</Empty>
      );
    case "failed":
      return <Problem error={state.error} />;
    case "done":
      return (
        <Done work={work} result={state.result}>
          {hasChoices(state.image, contract) && (
            <details className="rounded-md">
              <summary className="rounded-md text-quiet hover:text-ink">
                Another frame, plane, channel or pixel size
              </summary>
              <div className="mt-3">{form(state.image)}</div>
            </details>
          )}
        </Done>
      );
  }
}

const hasChoices = (image: PrivateImage, contract: InputContract): boolean =>
  contract.mpp !== null || mustAsk(questionsFor(image, contract));

function Working({ work }: { work: PrivateWork }): ReactNode {
  if (work.state.step !== "working") return null;
  const { progress, name } = work.state;
  return (
    <div className="flex max-w-xl flex-col items-start gap-3">
      <p role="status">
        {progressWords(progress, name)}
        {progress.msLeft !== null && progress.msLeft > 1000 && (
          <span className="text-quiet"> · {formatTimeLeft(progress.msLeft)}</span>
        )}
      </p>
      <ProgressBar label="Prediction" fraction={progress.fraction} className="w-full" />
      <Button size="small" onClick={work.cancel}>
        Cancel
      </Button>
    </div>
  );
}

const downloads: readonly { readonly what: SaveKind; readonly label: string }[] = [
  { what: "measurements.csv", label: "Measurements" },
  { what: "labels.png", label: "Label PNG" },
  { what: "labels.tif", label: "Label TIFF" },
];

function Done({
  work,
  result,
  children,
}: {
  work: PrivateWork;
  result: PrivateResult;
  children: ReactNode;
}): ReactNode {
  const imageUrl = useBlobUrl(result.image);
  const overlayUrl = useBlobUrl(result.overlay);
  return (
    <ResultView
      result={{ ...result, modelVersion: result.model, imageUrl, overlayUrl }}
      actions={downloads.map(({ what, label }) => (
        <Button key={what} look={what === "labels.tif" ? "primary" : "plain"} onClick={() => work.save(what)}>
          <Download aria-hidden="true" className="size-4" />
          {label}
        </Button>
      ))}
    >
      {children}
      <div className="flex items-start gap-2 text-sm text-quiet">
        <ShieldCheck aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-good" />
        <div className="flex max-w-2xl flex-col gap-1" data-testid="private-facts">
          <p>
            Nothing of this image was sent. To keep image and labels,{" "}
            <Link to="/">import them into a project</Link>.
          </p>
          <p>
            {deviceWords(result.device)} {timeWords(result.computeMs, result.height * result.width)}{" "}
            {loadedWords(result.loaded)}
          </p>
          {result.notes.map((note) => (
            <p key={note}>{note}</p>
          ))}
        </div>
      </div>
    </ResultView>
  );
}

/** An address for bytes in memory, taken back when they change. */
function useBlobUrl(blob: Blob): string {
  const url = useMemo(() => URL.createObjectURL(blob), [blob]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return url;
}
