/** From intensity to brightness, as `gpu/channel-response.ts` does it in the shader; for curves over histograms. */

import type { Limits } from "./contrast.ts";

/** Brightness is share ** gamma: below 1 brings out what is dim. */
export interface ChannelResponse {
  readonly gamma: number;
  readonly inverted: boolean;
}

/** Brightness 0..1 of an intensity. */
export function brightnessOf(
  intensity: number,
  [low, high]: Limits,
  { gamma, inverted }: ChannelResponse,
): number {
  const span = high - low;
  const share = span > 0 ? Math.min(1, Math.max(0, (intensity - low) / span)) : intensity >= low ? 1 : 0;
  const bright = share ** gamma;
  return inverted ? 1 - bright : bright;
}
