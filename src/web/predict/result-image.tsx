/** Image and overlay, one on top of the other, fitted to the page; a click shows true pixels and back. */

import { type ReactNode, useState } from "react";
import { classNames } from "../ui/index.ts";

export function ResultImage({
  imageUrl,
  overlayUrl,
  name,
  width,
  height,
  opacity,
}: {
  imageUrl: string;
  overlayUrl: string;
  name: string;
  width: number;
  height: number;
  opacity: number;
}): ReactNode {
  const [whole, setWhole] = useState(true);
  const layer = "absolute inset-0 size-full";
  return (
    <div
      className={classNames("rounded-lg bg-bench", whole ? "" : "max-h-[65vh] overflow-auto")}
      tabIndex={whole ? undefined : 0}
    >
      <button
        type="button"
        aria-label={whole ? "Show true pixels" : "Fit to the page"}
        onClick={() => setWhole(!whole)}
        className={classNames("relative mx-auto block", whole ? "cursor-zoom-in" : "cursor-zoom-out")}
        style={
          whole
            ? { aspectRatio: `${width} / ${height}`, width: `min(100%, 65vh * ${width / height})` }
            : { width: width * 2, height: height * 2 }
        }
      >
        <img src={imageUrl} alt={name} className={classNames(layer, "[image-rendering:pixelated]")} />
        <img
          src={overlayUrl}
          alt=""
          className={classNames(layer, "[image-rendering:pixelated]")}
          style={{ opacity }}
        />
      </button>
    </div>
  );
}
