/** A colour of a legend: one, or a gradient. */

import type { ReactNode } from "react";
import type { Rgb } from "#core/labels/index.ts";
import { classNames } from "../../ui/index.ts";

export function Swatch({ colour }: { colour: Rgb | string }): ReactNode {
  const isRamp = typeof colour === "string";
  return (
    <span
      aria-hidden="true"
      className={classNames("h-3 shrink-0 rounded-xs border border-edge", isRamp ? "w-10" : "w-3")}
      style={isRamp ? { backgroundImage: colour } : { backgroundColor: `rgb(${colour.join(" ")})` }}
    />
  );
}
