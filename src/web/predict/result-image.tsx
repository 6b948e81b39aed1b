/**
 * Image and overlay, one on top of the other, fitted to the page; a click shows large pixels and back.
 *
 * The overlay is one picture: its fill is more, its outline less transparent. A filter on the alpha channel gives each
 * its own opacity, so that nothing has to be fetched again.
 */

import { type ReactNode, useId, useState } from "react";
import { classNames } from "../ui/index.ts";

/** Screen pixels for one image pixel when pixels are shown large. */
const ZOOM = 3;

export function ResultImage({
  imageUrl,
  overlayUrl,
  name,
  width,
  height,
  fill,
  outline,
}: {
  imageUrl: string;
  overlayUrl: string;
  name: string;
  width: number;
  height: number;
  /** Opacities, 0..1. */
  fill: number;
  outline: number;
}): ReactNode {
  const filterId = useId();
  const [whole, setWhole] = useState(true);
  const layer = "absolute inset-0 size-full [image-rendering:pixelated]";
  return (
    <div
      className={classNames("rounded-lg bg-bench", !whole && "max-h-[65vh] overflow-auto")}
      tabIndex={whole ? undefined : 0}
    >
      <svg width="0" height="0" aria-hidden="true" className="absolute">
        <filter id={filterId} colorInterpolationFilters="sRGB">
          <feComponentTransfer>
            {/* Quarters of the incoming alpha: nothing, fill (about 1/3), nothing in use, outline (1). */}
            <feFuncA type="discrete" tableValues={`0 ${fill} ${fill} ${outline}`} />
          </feComponentTransfer>
        </filter>
      </svg>
      <button
        type="button"
        aria-label={whole ? "Show large pixels" : "Fit to the page"}
        onClick={() => setWhole(!whole)}
        className={classNames("relative mx-auto block", whole ? "cursor-zoom-in" : "cursor-zoom-out")}
        style={
          whole
            ? { aspectRatio: `${width} / ${height}`, width: `min(100%, 65vh * ${width / height})` }
            : { width: width * ZOOM, height: height * ZOOM }
        }
      >
        <img src={imageUrl} alt={name} className={layer} />
        <img src={overlayUrl} alt="" className={layer} style={{ filter: `url(#${CSS.escape(filterId)})` }} />
      </button>
    </div>
  );
}
