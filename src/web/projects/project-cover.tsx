/** Up to four thumbnails as the face of a project; the bench alone when it has no images. */

import { type ReactNode, useState } from "react";
import { thumbnailUrl } from "../client/index.ts";
import { classNames } from "../ui/index.ts";

export function ProjectCover({ imageIds }: { imageIds: readonly string[] }): ReactNode {
  const [failed, setFailed] = useState<ReadonlySet<string>>(new Set());
  const shown = imageIds.length >= 4 ? imageIds.slice(0, 4) : imageIds.slice(0, 1);
  return (
    <div
      className={classNames(
        "grid aspect-[16/10] gap-px overflow-hidden bg-bench",
        shown.length === 4 && "grid-cols-2 grid-rows-2",
      )}
    >
      {shown.map((id) => (
        <img
          key={id}
          src={thumbnailUrl(id, { size: 256, labels: true })}
          alt=""
          loading="lazy"
          // The bench in its place, not the browser's sign of a broken picture.
          className={classNames("size-full min-h-0 object-cover", failed.has(id) && "invisible")}
          onError={() => setFailed((before) => new Set([...before, id]))}
        />
      ))}
    </div>
  );
}
