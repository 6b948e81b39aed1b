/**
 * A page's side of the event streams: what it wishes goes to the shared worker, what the worker hears comes back.
 *
 * Where there are no shared workers (some tablets), the page has a hub of its own and lets go of its streams while it is out of
 * sight, so that pages in the background leave the connections to the one that is looked at.
 */

import { serverStreams } from "./server-stream.ts";
import { type StreamMessage, type StreamWish, type WishMessage, wishAgainMs } from "./stream-hub.ts";

interface Wished extends StreamWish {
  readonly hear: (event: string, data: unknown) => void;
  readonly connected: (is: boolean) => void;
}

interface Hub {
  readonly say: (message: WishMessage) => void;
  /** Whether other pages share it. */
  readonly shared: boolean;
}

const wished = new Set<Wished>();
let hub: Hub | null = null;

/**
 * Listens to a stream of the server until the returned function is called. A page listens once to each.
 *
 * @param hear      gets each event with its parsed data; the first after `connected(true)` tell the newest state.
 * @param connected is told whenever the stream opens or breaks.
 */
export function openStream(
  url: string,
  events: readonly string[],
  hear: Wished["hear"],
  connected: Wished["connected"],
): () => void {
  const wish: Wished = { url, events, hear, connected };
  wished.add(wish);
  if (hub === null) {
    hub = connect();
    setInterval(say, wishAgainMs);
    document.addEventListener("visibilitychange", say);
    window.addEventListener("pagehide", goodbye);
    window.addEventListener("pageshow", say);
  }
  say();
  return () => {
    wished.delete(wish);
    say();
  };
}

/** Opens all streams again: they belong to the member who had signed in when they were opened. */
export function openStreamsAnew(): void {
  hub?.say({ wishes: wishes(), anew: true });
}

function connect(): Hub {
  const inPage = (): Hub => {
    const own = serverStreams();
    return { say: (message) => own.hear(told, message), shared: false };
  };
  if (typeof SharedWorker === "undefined") return inPage();
  const worker = new SharedWorker(new URL("./stream-worker.ts", import.meta.url), {
    type: "module",
    name: "streams",
  });
  worker.port.onmessage = ({ data }: MessageEvent<StreamMessage>) => told(data);
  worker.onerror = () => {
    // A worker that does not start (an extension, a policy) must not cost the page its news.
    hub = inPage();
    say();
  };
  return { say: (message) => worker.port.postMessage(message), shared: true };
}

function wishes(): readonly StreamWish[] {
  if (hub?.shared === false && document.visibilityState !== "visible") return [];
  const byUrl = new Map([...wished].map(({ url, events }) => [url, { url, events }]));
  return [...byUrl.values()];
}

function say(): void {
  hub?.say({ wishes: wishes() });
}

function goodbye(): void {
  hub?.say({ wishes: [] });
}

function told(message: StreamMessage): void {
  for (const { url, hear, connected } of [...wished]) {
    if (url !== message.url) continue;
    if (message.kind === "event") hear(message.event, JSON.parse(message.data));
    else connected(message.kind === "open");
  }
}
