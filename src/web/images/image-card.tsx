/** One image of the grid: thumbnail on the bench, name, how far its labels are, cells. */

import { Link } from "@tanstack/react-router";
import { memo, type ReactNode, useState } from "react";
import type { ImageSummary } from "#api/index.ts";
import { thumbnailUrl } from "../client/index.ts";
import { formatCount, StatusMark } from "../ui/index.ts";

export const ImageCard = memo(function ImageCard({
  image,
  labels,
}: {
  image: ImageSummary;
  labels: boolean;
}): ReactNode {
  const [failed, setFailed] = useState(false);
  return (
    <Link
      to="/p/$projectId/i/$imageId"
      params={{ projectId: image.projectId, imageId: image.id }}
      preload={false}
      className="group flex h-full flex-col overflow-hidden rounded-lg border border-line bg-panel hover:border-edge"
    >
      <div className="relative min-h-0 flex-1 bg-bench">
        {failed ? (
          <span className="grid h-full place-items-center text-sm text-on-bench-quiet">No thumbnail</span>
        ) : (
          <img
            src={thumbnailUrl(image.id, { size: 256, labels, version: `${image.status}-${image.cellCount}` })}
            alt=""
            loading="lazy"
            decoding="async"
            className="absolute inset-0 size-full object-contain"
            onError={() => setFailed(true)}
          />
        )}
      </div>
      <div className="flex h-14 flex-col justify-center gap-0.5 px-2.5">
        <div className="truncate text-sm group-hover:text-accent" title={image.name}>
          {image.name}
        </div>
        <div className="flex items-center justify-between gap-2 text-xs text-quiet">
          <StatusMark status={image.status} />
          {image.status !== "unlabelled" && (
            <span className="whitespace-nowrap">
              {formatCount(image.cellCount)} {image.cellCount === 1 ? "cell" : "cells"}
            </span>
          )}
        </div>
      </div>
    </Link>
  );
});
