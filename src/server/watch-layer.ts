/**
 * The live stream of a layer: how far its edits are, who is there, which parts are held.
 *
 * Each event tells the newest state, so a slow listener misses nothing by missing one. The edits themselves are read from
 * the log: one place says what happened and in which order.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { liveEventSchemas } from "#api/index.ts";
import { getLayer, listHolds } from "#store/index.ts";
import type { ServerParts } from "./parts.ts";
import type { ServerEvent } from "./send-events.ts";

/** Pointers of many people are told together, at most this often. */
const gatherMs = 80;

/** Someone who died without a goodbye, or a hold whose time is up, is seen to be gone this late at most. */
const lookAgainMs = 5_000;

export async function* watchLayer(
  parts: ServerParts,
  layerId: string,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  // What changed since it was last told; the stream begins by telling everything.
  let [layer, people] = [true, true];
  let wake: () => void = () => undefined;
  const stops = [
    parts.layerNews.subscribe((news) => {
      if (news !== null && news !== layerId) return;
      layer = true;
      wake();
    }),
    parts.presence.subscribe((id) => {
      if (id !== layerId) return;
      people = true;
      wake();
    }),
  ];
  const stop = (): void => wake();
  signal.addEventListener("abort", stop);
  const told = new Map<string, string>();
  const fresh = (event: keyof typeof liveEventSchemas, state: unknown): ServerEvent[] => {
    const data = liveEventSchemas[event].parse(state);
    const text = JSON.stringify(data);
    if (told.get(event) === text) return [];
    told.set(event, text);
    return [{ event, data }];
  };
  try {
    while (!signal.aborted) {
      if (layer) {
        layer = false;
        yield* fresh("edits", { seq: (await getLayer(parts.store, layerId)).seq });
        yield* fresh("holds", { holds: await listHolds(parts.store, layerId) });
      }
      people = false;
      yield* fresh("people", { people: parts.presence.people(layerId) });
      await pause(gatherMs, signal);
      if (layer || people) continue;
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const timer = setTimeout(() => {
        // A hold whose time is up tells nobody.
        layer = true;
        wake();
      }, lookAgainMs);
      await woken;
      clearTimeout(timer);
    }
  } finally {
    for (const end of stops) end();
    signal.removeEventListener("abort", stop);
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
