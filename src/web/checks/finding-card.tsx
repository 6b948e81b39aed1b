/** One finding: its place with outlines, what is wrong in numbers; opens the editor at the cell. */

import { Link } from "@tanstack/react-router";
import { memo, type ReactNode, useState } from "react";
import type { FindingWire } from "#api/index.ts";
import { findingPictureUrl } from "../client/index.ts";
import { classNames } from "../ui/index.ts";

export const FindingCard = memo(function FindingCard({
  finding,
  selected,
  selecting,
  onSelect,
}: {
  finding: FindingWire;
  selected: boolean;
  selecting: boolean;
  /** Absent where nothing can be decided. */
  onSelect?: ((id: string) => void) | undefined;
}): ReactNode {
  const [failed, setFailed] = useState(false);
  const { id, projectId, imageId, imageName, uids, detail, foundAt, waivedBy, waivedWhy } = finding;
  return (
    <li className="group relative">
      <Link
        to="/p/$projectId/i/$imageId"
        params={{ projectId, imageId }}
        search={uids[0] === undefined ? {} : { cell: uids[0] }}
        preload={false}
        className={classNames(
          "flex h-full flex-col overflow-hidden rounded-lg border bg-panel hover:border-edge",
          selected ? "border-accent ring-2 ring-accent" : "border-line",
        )}
      >
        <div className="relative aspect-square bg-bench">
          {failed ? (
            <span className="grid h-full place-items-center text-sm text-on-bench-quiet">No picture</span>
          ) : (
            <img
              src={findingPictureUrl(id, { size: 256, version: foundAt })}
              alt=""
              loading="lazy"
              decoding="async"
              className="absolute inset-0 size-full object-contain [image-rendering:pixelated]"
              onError={() => setFailed(true)}
            />
          )}
        </div>
        <div className="flex min-h-14 flex-col gap-0.5 px-2.5 py-2">
          <p className="text-sm group-hover:text-accent">{detail}</p>
          <p className="truncate text-xs text-quiet" title={imageName}>
            {imageName}
          </p>
          {waivedWhy !== null && (
            <p className="text-xs text-quiet">
              “{waivedWhy}” — {waivedBy?.name}
            </p>
          )}
        </div>
      </Link>
      {onSelect !== undefined && (
        <input
          type="checkbox"
          aria-label={`Select: ${detail}, ${imageName}`}
          className={classNames(
            "absolute top-2 left-2 size-5 accent-accent focus-visible:opacity-100",
            !selected && !selecting && "opacity-0 group-hover:opacity-100",
          )}
          checked={selected}
          onChange={() => onSelect(id)}
        />
      )}
    </li>
  );
});
