/**
 * Automatic contrast of the plane on the screen: what "Auto" means follows time and depth, and where it was asked for, the
 * contrast does too. A movie that bleaches stays as bright as it began.
 */

import { type PlaneAt, samePlane } from "../model/planes.ts";
import type { EditorState } from "../session/editor-state.ts";
import type { ChannelLook, Look } from "../session/look.ts";
import type { Store } from "../session/store.ts";
import { intensityRange, type Limits } from "./contrast.ts";

/** The channel with another plane's automatic limits; its slider grows where they lie beyond its ends. */
export function withPlaneLimits(
  channel: ChannelLook,
  automatic: Limits,
  follows: boolean,
  dtype: string,
): ChannelLook {
  const fits = automatic[0] >= channel.range[0] && automatic[1] <= channel.range[1];
  const range = fits ? channel.range : intensityRange(dtype, automatic);
  return { ...channel, automatic, range, ...(follows ? { limits: automatic } : {}) };
}

/**
 * @param limitsAt  reads a plane's limits; a late answer for a plane that is no longer shown is dropped.
 * @returns stops it.
 */
export function followContrast(parts: {
  readonly state: Pick<Store<EditorState>, "get" | "subscribe">;
  readonly look: Store<Look>;
  readonly limitsAt: (plane: PlaneAt) => Promise<readonly Limits[]>;
  readonly dtype: string;
}): () => void {
  const { state, look, limitsAt, dtype } = parts;
  let shown = state.get().plane;
  let follows = look.get().contrastPerPlane;
  let asked = 0;
  const read = (): void => {
    const mine = ++asked;
    limitsAt(shown).then(
      (limits) => {
        const { channels, contrastPerPlane } = look.get();
        if (mine !== asked || channels === null) return;
        look.set({
          channels: channels.map((channel) => {
            const automatic = limits[channel.index];
            return automatic === undefined
              ? channel
              : withPlaneLimits(channel, automatic, contrastPerPlane, dtype);
          }),
        });
      },
      // The picture itself says when pixels cannot be read.
      () => undefined,
    );
  };
  const moved = (): void => {
    const { plane, playing } = state.get();
    if (samePlane(plane, shown)) return;
    // While it plays, only what changes the picture is read.
    if (playing !== null && !look.get().contrastPerPlane) return;
    shown = plane;
    read();
  };
  const asking = (): void => {
    const now = look.get().contrastPerPlane;
    if (now === follows) return;
    follows = now;
    if (now) read();
  };
  const stops = [state.subscribe(moved), look.subscribe(asking)];
  return () => {
    asked++;
    for (const stop of stops) stop();
  };
}
