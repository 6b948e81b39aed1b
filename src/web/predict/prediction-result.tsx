/** The image with its cells on top, the count, and the download; fill and outline are drawn by the server. */

import { Download } from "lucide-react";
import { type ReactNode, useState } from "react";
import {
  predictionImageUrl,
  predictionOverlayUrl,
  predictionTiffUrl,
  usePrediction,
} from "../client/index.ts";
import { buttonClass, formatCount, formatPercent, Loading, Problem } from "../ui/index.ts";
import { ResultImage } from "./result-image.tsx";

export function PredictionResultView({ jobId }: { jobId: string }): ReactNode {
  const query = usePrediction(jobId, true);
  const [shown, setShown] = useState(true);
  const [opacity, setOpacity] = useState(0.8);
  if (query.isError) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading text="Reading the result …" />;
  const result = query.data;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
        <p role="status">
          <span className="text-lg font-semibold">{formatCount(result.cellCount)}</span>{" "}
          {result.cellCount === 1 ? "cell" : "cells"} in {result.name}
          <span className="text-quiet">
            {" "}
            · {result.width} × {result.height} px · {result.modelVersion}
          </span>
        </p>
        <a href={predictionTiffUrl(jobId)} download className={`${buttonClass("primary")} ml-auto`}>
          <Download aria-hidden="true" className="size-4" />
          Label TIFF
        </a>
      </div>
      <ResultImage
        imageUrl={predictionImageUrl(jobId)}
        overlayUrl={predictionOverlayUrl(jobId)}
        name={result.name}
        width={result.width}
        height={result.height}
        opacity={shown ? opacity : 0}
      />
      <div className="flex items-center gap-6">
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            className="size-3.5 accent-accent"
            checked={shown}
            onChange={(event) => setShown(event.target.checked)}
          />
          Cells
        </label>
        <label className="flex items-center gap-2">
          <span className="text-quiet">Opacity</span>
          <input
            type="range"
            min={0.1}
            max={1}
            step={0.05}
            disabled={!shown}
            aria-valuetext={formatPercent(opacity)}
            className="w-40 accent-accent"
            value={opacity}
            onChange={(event) => setOpacity(Number(event.target.value))}
          />
        </label>
      </div>
    </div>
  );
}
