/** The image with its cells on top and how they are shown; the same for predictions of the server and of this browser. */

import { type ReactNode, useState } from "react";
import { formatCount, formatPercent } from "../ui/index.ts";
import { ResultImage } from "./result-image.tsx";

export interface ShownResult {
  readonly name: string;
  /** `name@version` */
  readonly modelVersion: string;
  readonly height: number;
  readonly width: number;
  readonly cellCount: number;
  readonly imageUrl: string;
  readonly overlayUrl: string;
}

export function ResultView({
  result,
  actions,
  children,
}: {
  result: ShownResult;
  /** Downloads, at the right of the headline. */
  actions: ReactNode;
  /** More controls, below the picture. */
  children?: ReactNode;
}): ReactNode {
  const [outline, setOutline] = useState(true);
  const [fill, setFill] = useState(0.35);
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
        <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>
      </div>
      <ResultImage
        imageUrl={result.imageUrl}
        overlayUrl={result.overlayUrl}
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
      {children}
    </div>
  );
}
