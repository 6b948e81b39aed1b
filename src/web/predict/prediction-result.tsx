/** The result of a prediction on the server: image with cells, what is to be said about it, live thresholds, download. */

import { Download, TriangleAlert } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import type { ModelVersion, PredictionResult } from "#api/index.ts";
import { type Compartment, type InputContract, upgradeContract } from "#nn/index.ts";
import {
  predictionImageUrl,
  predictionMapsUrl,
  predictionOverlayUrl,
  predictionTiffUrl,
  usePrediction,
  useReleasedModels,
} from "../client/index.ts";
import { Button, buttonClass, Choice, formatCount, Loading, Problem } from "../ui/index.ts";
import { PostprocessingSliders } from "./postprocessing-sliders.tsx";
import { settingsOf } from "./private-settings.ts";
import { scaleWords } from "./private-words.ts";
import { ResultView } from "./result-view.tsx";
import { useThresholds } from "./use-thresholds.ts";

export function PredictionResultView({ jobId, file = 0 }: { jobId: string; file?: number }): ReactNode {
  const query = usePrediction(jobId, true, file);
  const released = useReleasedModels();
  if (query.isError) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined || released.isPending) return <Loading text="Reading the result …" />;
  const result = query.data;
  const version = (released.data?.models ?? [])
    .flatMap(({ versions }) => versions)
    .find(({ id }) => id === result.modelVersionId);
  const contract = result.hasMaps && version !== undefined ? contractOf(version) : null;
  return contract === null ? (
    <Plain jobId={jobId} result={result} />
  ) : (
    <Tunable jobId={jobId} result={result} contract={contract} />
  );
}

/** A contract that this page does not understand only costs the sliders. */
function contractOf(version: ModelVersion): InputContract | null {
  try {
    return upgradeContract(version.contract);
  } catch {
    return null;
  }
}

const compartmentWords: Readonly<Record<Compartment, string>> = {
  nuclear: "Nuclei",
  wholeCell: "Whole cells",
  cytoplasm: "Cytoplasm",
};

type Shown = PredictionResult["compartments"][number];

function useShown(compartments: readonly Shown[]): readonly [Shown, ReactNode] {
  const [picked, setPicked] = useState<string | null>(null);
  const shown = compartments.find(({ compartment }) => compartment === picked) ?? (compartments[0] as Shown);
  const choice = compartments.length > 1 && (
    <Choice
      label="Shown"
      className="w-48"
      items={compartments.map(({ compartment, cellCount }) => ({
        value: compartment,
        label: compartmentWords[compartment],
        note: formatCount(cellCount),
      }))}
      value={shown.compartment}
      onChange={setPicked}
    />
  );
  return [shown, choice];
}

function Plain({ jobId, result }: { jobId: string; result: PredictionResult }): ReactNode {
  const [shown, choice] = useShown(result.compartments);
  const which = { file: result.file, compartment: shown.compartment };
  return (
    <ResultView
      result={{
        ...result,
        ...shown,
        imageUrl: predictionImageUrl(jobId, which),
        overlayUrl: predictionOverlayUrl(jobId, which),
      }}
      actions={<ServerTiff href={predictionTiffUrl(jobId, which)} />}
    >
      {choice}
      <Remarks result={result} />
    </ResultView>
  );
}

function ServerTiff({ href }: { href: string }): ReactNode {
  return (
    <a href={href} download className={buttonClass("primary")}>
      <Download aria-hidden="true" className="size-4" />
      Label TIFF
    </a>
  );
}

function Tunable({
  jobId,
  result,
  contract,
}: {
  jobId: string;
  result: PredictionResult;
  contract: InputContract;
}): ReactNode {
  const { file, height, width } = result;
  const thresholds = useThresholds(contract, {
    mapsUrl: new URL(predictionMapsUrl(jobId, { file }), window.location.origin).href,
    height,
    width,
  });
  const counts = result.compartments.map(({ compartment, cellCount }) => ({
    compartment,
    cellCount: thresholds.cells?.find((one) => one.compartment === compartment)?.cellCount ?? cellCount,
  }));
  const [shown, choice] = useShown(counts);
  const { compartment } = shown;
  const overlay = thresholds.cells?.find((one) => one.compartment === compartment)?.overlay ?? null;
  const overlayUrl = useBlobUrl(overlay);
  const which = { file, compartment };
  const own = settingsOf(contract)[compartment];
  const settings = thresholds.settings[compartment];
  return (
    <ResultView
      result={{
        ...result,
        ...shown,
        imageUrl: predictionImageUrl(jobId, which),
        overlayUrl: overlayUrl ?? predictionOverlayUrl(jobId, which),
      }}
      actions={
        thresholds.cells === null ? (
          <ServerTiff href={predictionTiffUrl(jobId, which)} />
        ) : (
          <Button
            look="primary"
            onClick={() => thresholds.save(compartment, result.name, result.modelVersion)}
          >
            <Download aria-hidden="true" className="size-4" />
            Label TIFF
          </Button>
        )
      }
    >
      {choice}
      {own !== undefined && settings !== undefined && (
        <div data-testid="thresholds" aria-busy={thresholds.working}>
          <PostprocessingSliders
            settings={settings}
            own={own}
            onChange={(next) => thresholds.change({ ...thresholds.settings, [compartment]: next })}
          />
        </div>
      )}
      <Remarks result={result} />
    </ResultView>
  );
}

/** In what the image is unlike what the model knows, at which scale it was seen, what the reader assumed. */
function Remarks({ result }: { result: PredictionResult }): ReactNode {
  const scale = result.scale === null ? null : scaleWords(result.scale);
  const notes = [...(scale === null ? [] : [scale]), ...result.notes];
  return (
    <>
      {result.warnings.length > 0 && (
        <ul
          data-testid="range-warnings"
          className="flex max-w-2xl flex-col gap-1 rounded-md bg-warn-wash px-3 py-2 text-sm"
        >
          {result.warnings.map(({ message }) => (
            <li key={message} className="flex items-start gap-2">
              <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-warn" />
              {message}
            </li>
          ))}
        </ul>
      )}
      {notes.map((note) => (
        <p key={note} className="max-w-2xl text-sm text-quiet">
          {note}
        </p>
      ))}
    </>
  );
}

/** An address for bytes in memory, taken back when they change. */
function useBlobUrl(blob: Blob | null): string | null {
  const url = useMemo(() => (blob === null ? null : URL.createObjectURL(blob)), [blob]);
  useEffect(
    () => () => {
      if (url !== null) URL.revokeObjectURL(url);
    },
    [url],
  );
  return url;
}
