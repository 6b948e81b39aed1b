/** One image of the grid: thumbnail on the bench, name, how far its labels are, cells. */

import { Link } from "@tanstack/react-router";
import { memo, type ReactNode, useState } from "react";
import type { ImageSummary } from "#api/index.ts";
import { thumbnailUrl } from "../client/index.ts";
import { classNames, formatCount, StatusMark } from "../ui/index.ts";

export const ImageCard = memo(function ImageCard({
  image,
  labels,
  selected,
  selecting,
  onSelect,
}: {
  image: ImageSummary;
  labels: boolean;
  selected: boolean;
  /** Something is selected: every card shows its box. */
  selecting: boolean;
  /** Absent for those who may not edit. @param extend  Shift was held. */
  onSelect?: ((id: string, extend: boolean) => void) | undefined;
}): ReactNode {
  const [failed, setFailed] = useState(false);
  return (
    <div className="group relative h-full">
      <CardLink
        image={image}
        labels={labels}
        failed={failed}
        selected={selected}
        onFailed={() => setFailed(true)}
      />
      {onSelect !== undefined && (
        <input
          type="checkbox"
          aria-label={`Select ${image.name}`}
          className={classNames(
            "absolute top-2 left-2 size-5 accent-accent focus-visible:opacity-100",
            !selected && !selecting && "opacity-0 group-hover:opacity-100",
          )}
          checked={selected}
          onChange={(event) => onSelect(image.id, (event.nativeEvent as MouseEvent).shiftKey)}
        />
      )}
    </div>
  );
});

function CardLink({
  image,
  labels,
  failed,
  selected,
  onFailed,
}: {
  image: ImageSummary;
  labels: boolean;
  failed: boolean;
  selected: boolean;
  onFailed: () => void;
}): ReactNode {
  return (
    <Link
      to="/p/$projectId/i/$imageId"
      params={{ projectId: image.projectId, imageId: image.id }}
      preload={false}
      className={classNames(
        "flex h-full flex-col overflow-hidden rounded-lg border bg-panel hover:border-edge",
        selected ? "border-accent ring-2 ring-accent" : "border-line",
      )}
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
            onError={onFailed}
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
}
