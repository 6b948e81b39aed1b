/** A thin bar for how far a job or an upload is; moves to and fro when the end is not known. */

import { Progress } from "@base-ui/react/progress";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

/** @param fraction 0..1, or null when not known. */
export function ProgressBar({
  label,
  fraction,
  className,
}: {
  label: string;
  fraction: number | null;
  className?: string;
}): ReactNode {
  const value = fraction === null ? null : Math.round(Math.min(1, Math.max(0, fraction)) * 100);
  return (
    <Progress.Root value={value} aria-label={label} className={classNames("block", className)}>
      <Progress.Track className="block h-1 overflow-hidden rounded-full bg-line">
        <Progress.Indicator
          className={classNames(
            "block h-full rounded-full bg-accent transition-[width] duration-150",
            value === null && "w-1/3! animate-[shimmer_1.6s_ease-in-out_infinite]",
          )}
        />
      </Progress.Track>
    </Progress.Root>
  );
}
