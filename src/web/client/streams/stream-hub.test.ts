import { expect, test } from "vitest";
import { forgetMs, StreamHub, type StreamListener, type StreamMessage, streamsMax } from "./stream-hub.ts";

/** A hub whose streams, time and pages are in the hands of the test. */
function openHub() {
  const streams: { url: string; listener: StreamListener; closed: boolean }[] = [];
  let timers: { work: () => void; at: number }[] = [];
  let now = 0;
  const hub = new StreamHub({
    open: ({ url }, listener) => {
      const stream = { url, listener, closed: false };
      streams.push(stream);
      return () => {
        stream.closed = true;
      };
    },
    schedule: (work, ms) => {
      const timer = { work, at: now + ms };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    now: () => now,
  });
  const page = () => {
    const heard: string[] = [];
    const tell = (message: StreamMessage): void => {
      heard.push(`${message.url} ${message.kind === "event" ? message.data : message.kind}`);
    };
    const wish = (...urls: string[]): void =>
      hub.hear(tell, { wishes: urls.map((url) => ({ url, events: ["a"] })) });
    const anew = (...urls: string[]): void =>
      hub.hear(tell, { wishes: urls.map((url) => ({ url, events: ["a"] })), anew: true });
    return { heard, wish, anew };
  };
  const pass = (ms: number): void => {
    now += ms;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const { work } of due) work();
  };
  const open = () => streams.filter(({ closed }) => !closed).map(({ url }) => url);
  return { page, pass, streams, open };
}

test("a stream that several pages wish is opened once and told to each; with the last page it closes", () => {
  const { page, streams, open } = openHub();
  const [one, two] = [page(), page()];
  one.wish("/jobs", "/layer");
  two.wish("/jobs");
  expect(open()).toEqual(["/jobs", "/layer"]);
  streams[0]?.listener.open();
  streams[0]?.listener.event("a", "1");
  streams[1]?.listener.event("a", "2");
  expect(one.heard).toEqual(["/jobs open", "/jobs 1", "/layer 2"]);
  expect(two.heard).toEqual(["/jobs open", "/jobs 1"]);
  one.wish();
  expect(open()).toEqual(["/jobs"]);
  two.wish();
  expect(open()).toEqual([]);
});

test("who joins later hears the newest of each event, but nothing from before a break", () => {
  const { page, streams } = openHub();
  const [one, two, three] = [page(), page(), page()];
  one.wish("/layer");
  streams[0]?.listener.open();
  streams[0]?.listener.event("a", "1");
  streams[0]?.listener.event("a", "2");
  two.wish("/layer");
  expect(two.heard).toEqual(["/layer open", "/layer 2"]);
  two.wish("/layer");
  expect(two.heard).toHaveLength(2);
  streams[0]?.listener.lost(false);
  three.wish("/layer");
  expect(three.heard).toEqual([]);
  streams[0]?.listener.open();
  expect(three.heard).toEqual(["/layer open"]);
  expect(streams).toHaveLength(1);
});

test("a page that died is forgotten; one that says its wishes again is not", () => {
  const { page, pass, open } = openHub();
  const [alive, dead] = [page(), page()];
  dead.wish("/layer");
  alive.wish("/jobs");
  for (let told = 0; told < 10; told++) {
    pass(forgetMs / 4);
    alive.wish("/jobs");
  }
  expect(open()).toEqual(["/jobs"]);
});

test("never more streams than leave connections free; one that waited is opened when another closes", () => {
  const { page, open } = openHub();
  const pages = Array.from({ length: streamsMax + 2 }, page);
  for (const [n, one] of pages.entries()) one.wish(`/layer${n}`);
  expect(open()).toHaveLength(streamsMax);
  pages[0]?.wish();
  expect(open()).toHaveLength(streamsMax);
  expect(open()).toContain(`/layer${streamsMax}`);
});

test("a refused stream is tried again; when another member signs in, every stream is opened anew", () => {
  const { page, pass, streams, open } = openHub();
  const one = page();
  one.wish("/jobs");
  streams[0]?.listener.lost(true);
  expect(streams).toHaveLength(1);
  pass(5_000);
  expect(streams).toHaveLength(2);
  streams[1]?.listener.open();
  one.anew("/jobs");
  expect(streams).toHaveLength(3);
  expect(streams[1]?.closed).toBe(true);
  expect(open().filter((url) => url === "/jobs").length).toBeGreaterThan(0);
  // A page that leaves while a refused stream waits leaves nothing behind.
  streams[2]?.listener.lost(true);
  one.wish();
  pass(5_000);
  expect(streams).toHaveLength(3);
});
