/** The image with its cells on top, the count, and the download. */

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
  const [outline, setOutline] = useState(true);
  const [fill, setFill] = useState(0.35);
  if (query.isError) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading text="Reading the result …" />;
  const result = query.data;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
        <p role="status" className="min-w-0 break-words">
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
        fill={fill}
        outline={outline ? 1 : 0}
      />
      <div className="flex items-center gap-6">
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            className="size-3.5 accent-accent"
            checked={outline}
            onChange={(event) => setOutline(event.target.checked)}
          />
          Outlines
        </label>
        <label className="flex items-center gap-2">
          Fill
          <input
            type="range"
            min={0}
            max={1}
            step={0.05}
            aria-valuetext={formatPercent(fill)}
            className="w-40 accent-accent"
            value={fill}
            onChange={(event) => setFill(Number(event.target.value))}
          />
        </label>
      </div>
    </div>
  );
}
