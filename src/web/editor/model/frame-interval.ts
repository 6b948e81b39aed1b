/** Time from frame to frame. */

import type { ImageDetail } from "#api/index.ts";

/** Milliseconds, where the image's facts say it; else null. */
export function intervalOf({ metadata }: Pick<ImageDetail, "metadata">): number | null {
  const seconds = Number(metadata["frameInterval"] ?? metadata["frameIntervalS"] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}
