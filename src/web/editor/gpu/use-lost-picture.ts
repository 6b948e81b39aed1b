/**
 * The graphics card may take the picture away at any time: another program wants it, a driver restarts, a laptop wakes. Cells
 * live in memory, not on the card, so nothing of them is lost; the picture is built anew.
 */

import { type RefObject, useCallback, useEffect, useState } from "react";

/** A card that gives up more often than this within a minute is not asked again by itself. */
const triesMax = 3;
const tryWindowMs = 60_000;
/** The browser needs a moment before it grants another context. */
const restMs = 1_000;

interface LostPicture {
  /** Counts rebuilds: a part of the picture's key. */
  readonly attempt: number;
  readonly lost: boolean;
  readonly again: () => void;
}

/**
 * @param parent  holds the canvas of the picture.
 * @param onLost  called at once, before anything is built anew.
 */
export function useLostPicture(parent: RefObject<HTMLDivElement | null>, onLost: () => void): LostPicture {
  const [attempt, setAttempt] = useState(0);
  const [lost, setLost] = useState(false);
  const again = useCallback(() => {
    setLost(false);
    setAttempt((count) => count + 1);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the element is the same as long as the component lives.
  useEffect(() => {
    const element = parent.current;
    if (element === null) return;
    const abort = new AbortController();
    const times: number[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const taken = (event: Event): void => {
      // A canvas that was put away loses its context too.
      if (!(event.target instanceof Element) || !event.target.isConnected) return;
      onLost();
      setLost(true);
      const now = performance.now();
      times.push(now);
      if (times.filter((at) => now - at < tryWindowMs).length > triesMax) return;
      clearTimeout(timer);
      timer = setTimeout(again, restMs);
    };
    // The event does not bubble.
    element.addEventListener("webglcontextlost", taken, { capture: true, signal: abort.signal });
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [again]);
  return { attempt, lost, again };
}
