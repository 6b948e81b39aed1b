/** Every image with its scores, hardest first; each can be pinned for the look before a release. */

import { Link } from "@tanstack/react-router";
import { Pin, PinOff } from "lucide-react";
import type { ReactNode } from "react";
import type { EvaluationDetailWire } from "#api/index.ts";
import { useCan, useEvaluationImages, usePin, usePinnedImages } from "../client/index.ts";
import { ErrorBar, ErrorLegend } from "../models/error-classes.tsx";
import { Button, formatCount, IconButton, Loading, Problem, plural } from "../ui/index.ts";
import type { EvaluationSearch } from "./evaluation-search.ts";
import { formatValue } from "./score-words.ts";

/** A table of thousands of rows is for the command line. */
const rowsMax = 300;

/** Images that are pinned at once by the button: a handful to look at. */
const hardestPinned = 5;

export function ImagesTab({
  evaluation,
  onShow,
}: {
  evaluation: EvaluationDetailWire;
  onShow: (next: EvaluationSearch) => void;
}): ReactNode {
  const { projectId } = evaluation;
  const images = useEvaluationImages(evaluation.id);
  const pinned = usePinnedImages(projectId);
  const pin = usePin(projectId);
  const canEdit = useCan("annotator");
  if (images.isPending) return <Loading text="Reading the images …" />;
  if (images.isError) return <Problem error={images.error} onRetry={() => void images.refetch()} />;
  const hardest = images.data.images.toSorted((a, b) => (a.headline.ap50 ?? 0) - (b.headline.ap50 ?? 0));
  const isPinned = new Set(pinned.data?.images.map(({ imageId }) => imageId));
  const offered = hardest.slice(0, hardestPinned).filter(({ imageId }) => !isPinned.has(imageId));
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
        <ErrorLegend />
        <span className="ml-auto text-sm text-quiet">
          {plural(isPinned.size, "pinned image")} to look at before a release
        </span>
        {canEdit && offered.length > 0 && (
          <Button
            busy={pin.isPending}
            onClick={() => pin.mutate({ imageIds: offered.map(({ imageId }) => imageId), pin: true })}
          >
            Pin the {plural(offered.length, "hardest", "hardest")}
          </Button>
        )}
      </div>
      <table className="table [&_td]:align-middle!">
        <caption className="sr-only">Scores by image, hardest first</caption>
        <thead>
          <tr>
            <th>Image</th>
            <th>Group</th>
            <th className="num">Cells</th>
            <th className="num">AP@0.5</th>
            <th className="num">F1@0.5</th>
            <th className="num">SEG</th>
            <th className="num">Boundary F</th>
            <th>Errors</th>
            <th>
              <span className="sr-only">Pinned</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {hardest.slice(0, rowsMax).map((image) => (
            <tr key={image.position} className="hover:bg-hover">
              <td className="max-w-64">
                <Link
                  to="/p/$projectId/i/$imageId"
                  params={{ projectId, imageId: image.imageId }}
                  search={{ evaluation: evaluation.id }}
                  preload={false}
                  className="block truncate rounded-md hover:text-accent"
                >
                  {image.name}
                </Link>
              </td>
              <td className="max-w-40 truncate">{image.group}</td>
              <td className="num">{formatCount(image.references)}</td>
              <td className="num font-semibold">{formatValue("ap50", image.headline.ap50 ?? null)}</td>
              <td className="num">{formatValue("f1", image.headline.f1 ?? null)}</td>
              <td className="num">{formatValue("seg", image.headline.seg ?? null)}</td>
              <td className="num">{formatValue("boundaryF", image.headline.boundaryF ?? null)}</td>
              <td className="w-48 align-middle!">
                <button
                  type="button"
                  className="block w-full rounded-md"
                  aria-label={`Cells of ${image.name} by error class`}
                  onClick={() => onShow({ tab: "cells", image: image.position })}
                >
                  <ErrorBar errors={image.errors} />
                </button>
              </td>
              <td className="w-10">
                {canEdit && (
                  <IconButton
                    label={isPinned.has(image.imageId) ? `Unpin ${image.name}` : `Pin ${image.name}`}
                    onClick={() =>
                      pin.mutate({ imageIds: [image.imageId], pin: !isPinned.has(image.imageId) })
                    }
                  >
                    {isPinned.has(image.imageId) ? (
                      <PinOff aria-hidden="true" className="size-4 text-accent" />
                    ) : (
                      <Pin aria-hidden="true" className="size-4" />
                    )}
                  </IconButton>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {hardest.length > rowsMax && (
        <p className="text-sm text-quiet">
          The {rowsMax} hardest of {plural(hardest.length, "image")}; `cellfoundry evaluate --report --json`
          has all.
        </p>
      )}
    </div>
  );
}
