/** What a prediction in the browser shows: questions, progress with "Cancel", the result with its downloads, or why not. */

import { Link } from "@tanstack/react-router";
import { Download, ShieldCheck, TriangleAlert } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { type Compartment, type InputContract, upgradeContract } from "#nn/index.ts";
import { Button, Choice, Empty, formatCount, formatTimeLeft, Problem, ProgressBar } from "../ui/index.ts";
import { PostprocessingSliders } from "./postprocessing-sliders.tsx";
import { PrivateForm } from "./private-form.tsx";
import type {
  DeviceChoice,
  PrivateCompartment,
  PrivateImage,
  PrivateModel,
  PrivateResult,
  SaveKind,
} from "./private-protocol.ts";
import { mustAsk, questionsFor } from "./private-questions.ts";
import { settingsOf } from "./private-settings.ts";
import { deviceWords, loadedWords, progressWords, scaleWords, timeWords } from "./private-words.ts";
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
        <Done work={work} result={state.result} contract={contract}>
          <details className="rounded-md">
            <summary className="rounded-md text-quiet hover:text-ink">
              {mustAsk(questionsFor(state.image, contract))
                ? "Another frame, plane, channel or scale"
                : "Another scale"}
            </summary>
            <div className="mt-3">{form(state.image)}</div>
          </details>
        </Done>
      );
  }
}

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

const compartmentWords: Readonly<Record<Compartment, string>> = {
  nuclear: "Nuclei",
  wholeCell: "Whole cells",
  cytoplasm: "Cytoplasm",
};

function Done({
  work,
  result,
  contract,
  children,
}: {
  work: PrivateWork;
  result: PrivateResult;
  contract: InputContract;
  children: ReactNode;
}): ReactNode {
  const [picked, setPicked] = useState<Compartment | null>(null);
  const shown =
    result.compartments.find(({ compartment }) => compartment === picked) ??
    (result.compartments[0] as PrivateCompartment);
  const imageUrl = useBlobUrl(result.image);
  const overlayUrl = useBlobUrl(shown.overlay);
  const settings = result.settings[shown.compartment];
  const own = settingsOf(contract)[shown.compartment];
  return (
    <ResultView
      result={{ ...result, ...shown, modelVersion: result.model, imageUrl, overlayUrl }}
      actions={downloads.map(({ what, label }) => (
        <Button
          key={what}
          look={what === "labels.tif" ? "primary" : "plain"}
          onClick={() => work.save(what, shown.compartment)}
        >
          <Download aria-hidden="true" className="size-4" />
          {label}
        </Button>
      ))}
    >
      {result.compartments.length > 1 && (
        <Choice
          label="Shown"
          className="w-48"
          items={result.compartments.map(({ compartment, cellCount }) => ({
            value: compartment,
            label: compartmentWords[compartment],
            note: formatCount(cellCount),
          }))}
          value={shown.compartment}
          onChange={(chosen) => setPicked(chosen as Compartment)}
        />
      )}
      {settings !== undefined && own !== undefined && (
        <PostprocessingSliders
          settings={settings}
          own={own}
          onChange={(next) => work.tune({ ...result.settings, [shown.compartment]: next })}
        />
      )}
      {result.warnings.length > 0 && <Warnings sentences={result.warnings} />}
      {children}
      <Facts result={result} />
    </ResultView>
  );
}

/** In what the image is unlike what the model knows. */
function Warnings({ sentences }: { sentences: readonly string[] }): ReactNode {
  return (
    <ul className="flex max-w-2xl flex-col gap-1 rounded-md bg-warn-wash px-3 py-2 text-sm">
      {sentences.map((sentence) => (
        <li key={sentence} className="flex items-start gap-2">
          <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-warn" />
          {sentence}
        </li>
      ))}
    </ul>
  );
}

function Facts({ result }: { result: PrivateResult }): ReactNode {
  const scale = scaleWords(result.scale);
  return (
    <div className="flex items-start gap-2 text-sm text-quiet">
      <ShieldCheck aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-good" />
      <div
        className="flex max-w-2xl flex-col gap-1"
        data-testid="private-facts"
        data-compute-ms={Math.round(result.computeMs)}
      >
        <p>
          Nothing of this image was sent. To keep image and labels,{" "}
          <Link to="/" className="rounded-md underline hover:text-accent">
            import them into a project
          </Link>
          .
        </p>
        <p>
          {deviceWords(result.device)} {timeWords(result.computeMs, result.height * result.width)}{" "}
          {loadedWords(result.loaded)}
        </p>
        {[...(scale === null ? [] : [scale]), ...result.notes].map((note) => (
          <p key={note}>{note}</p>
        ))}
      </div>
    </div>
  );
}

/** An address for bytes in memory, taken back when they change. */
function useBlobUrl(blob: Blob): string {
  const url = useMemo(() => URL.createObjectURL(blob), [blob]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return url;
}
