/** The shared worker in which the streams of all pages of a browser live. */
/// <reference lib="webworker" />
import { serverStreams } from "./server-stream.ts";
import type { WishMessage } from "./stream-hub.ts";

const scope = self as unknown as { onconnect: ((event: MessageEvent) => void) | null };

const hub = serverStreams();

scope.onconnect = ({ ports: [port] }) => {
  if (port === undefined) return;
  const tell = port.postMessage.bind(port);
  port.onmessage = ({ data }: MessageEvent<WishMessage>) => hub.hear(tell, data);
};
