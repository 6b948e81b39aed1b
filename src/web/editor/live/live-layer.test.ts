import { expect, test } from "vitest";
import type { Presence } from "#api/index.ts";
import { LiveLayer, type Whereabouts } from "./live-layer.ts";

const here: Whereabouts = { at: { y: 1, x: 2 }, plane: { t: 0, z: 0 }, selection: [], tool: "brush" };

function openLive() {
  const said: Presence[] = [];
  const seqs: number[] = [];
  const line = { hear: (_event: string, _data: unknown) => {}, connected: (_is: boolean) => {}, open: false };
  let timers: { work: () => void; ms: number }[] = [];
  const live = new LiveLayer({
    page: "P1",
    open: (hear, connected) => {
      Object.assign(line, { hear, connected, open: true });
      return () => {
        line.open = false;
      };
    },
    say: async (word) => {
      said.push(word);
    },
    schedule: (work, ms) => {
      const timer = { work, ms };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    onEdits: (seq) => seqs.push(seq),
  });
  /** Runs the timers that are at most this long. */
  const tick = (ms: number): void => {
    const due = timers.filter((timer) => timer.ms <= ms);
    timers = timers.filter((timer) => timer.ms > ms);
    for (const { work } of due) work();
  };
  return { live, said, seqs, line, tick };
}

test("many moves become one word; nothing new is not said; a beat says it again; leaving says goodbye", () => {
  const { live, said, line, tick } = openLive();
  live.moved(here);
  live.open();
  line.connected(true);
  expect(said).toHaveLength(1);
  for (let x = 0; x < 50; x++) live.moved({ ...here, at: { y: 1, x } });
  tick(1_000);
  expect(said.map(({ at }) => at?.x)).toEqual([2, 49]);
  live.moved({ ...here, at: { y: 1, x: 49 } });
  tick(1_000);
  expect(said).toHaveLength(2);
  tick(10_000);
  expect(said).toHaveLength(3);
  live.close();
  expect(said.at(-1)).toMatchObject({ page: "P1", leaving: true });
  expect(line.open).toBe(false);
  live.moved({ ...here, tool: "eraser" });
  tick(20_000);
  expect(said).toHaveLength(4);
});

test("everyone but oneself is shown; a lost line is said and everything is told anew after it", () => {
  const { live, said, seqs, line } = openLive();
  live.moved(here);
  live.open();
  line.connected(true);
  const person = (page: string) => ({ ...here, page, memberId: "M", name: "Ada" });
  line.hear("people", { people: [person("P1"), person("P2")] });
  line.hear("edits", { seq: 7 });
  expect(live.store.get().people.map(({ page }) => page)).toEqual(["P2"]);
  expect(seqs).toEqual([7]);
  line.connected(false);
  expect(live.store.get().connected).toBe(false);
  line.connected(true);
  expect(said).toHaveLength(2);
});
