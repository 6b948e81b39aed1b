/** The result of a prediction on the server: the image with its cells, the count, and the download. */

import { Download } from "lucide-react";
import type { ReactNode } from "react";
import {
  predictionImageUrl,
  predictionOverlayUrl,
  predictionTiffUrl,
  usePrediction,
} from "../client/index.ts";
import { buttonClass, Loading, Problem } from "../ui/index.ts";
import { ResultView } from "./result-view.tsx";

export function PredictionResultView({ jobId }: { jobId: string }): ReactNode {
  const query = usePrediction(jobId, true);
  if (query.isError) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading text="Reading the result …" />;
  const pictures = { imageUrl: predictionImageUrl(jobId), overlayUrl: predictionOverlayUrl(jobId) };
  return (
    <ResultView
      result={{ ...query.data, ...pictures }}
      actions={
        <a href={predictionTiffUrl(jobId)} download className={buttonClass("primary")}>
          <Download aria-hidden="true" className="size-4" />
          Label TIFF
        </a>
      }
    />
  );
}
