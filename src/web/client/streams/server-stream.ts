/** The hub's view of a real event stream, the same in a page and in a shared worker. */

import { type HubParts, StreamHub } from "./stream-hub.ts";

const open: HubParts["open"] = ({ url, events }, listener) => {
  const source = new EventSource(url);
  source.addEventListener("open", () => listener.open());
  // The browser connects again by itself, except after a refusal.
  source.addEventListener("error", () => listener.lost(source.readyState === EventSource.CLOSED));
  for (const event of events) {
    source.addEventListener(event, (told) => listener.event(event, (told as MessageEvent<string>).data));
  }
  return () => source.close();
};

export const serverStreams = (): StreamHub =>
  new StreamHub({
    open,
    schedule: (work, ms) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
    now: () => performance.now(),
  });
