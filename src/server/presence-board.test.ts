import { expect, test } from "vitest";
import type { PresentPerson } from "#api/index.ts";
import type { News } from "./news-feed.ts";
import { openPresenceBoard } from "./presence-board.ts";

const id = (n: number): string => String(n).padStart(26, "0");

const person = (page: number, more: Partial<PresentPerson> = {}): PresentPerson => ({
  ...{
    page: id(page),
    memberId: id(1),
    name: "Ada",
    at: null,
    plane: { t: 0, z: 0 },
    selection: [],
    tool: "brush",
  },
  ...more,
});

function openBoard() {
  let now = 1_000_000;
  let tell: (news: News) => void = () => undefined;
  const feed = {
    subscribe: (listener: (news: News) => void) => {
      tell = listener;
      return () => undefined;
    },
  };
  const board = openPresenceBoard(feed, { now: () => now });
  const say = (one: PresentPerson, leaving = false) => tell(board.word("L", one, leaving));
  return {
    board,
    say,
    tell: (news: News) => tell(news),
    wait: (ms: number) => {
      now += ms;
    },
  };
}

test("whoever speaks is there, whoever is silent for half a minute or leaves is gone", () => {
  const { board, say, wait } = openBoard();
  const heard: string[] = [];
  board.subscribe((layerId) => heard.push(layerId));
  say(person(2));
  wait(20_000);
  say(person(1));
  expect(board.people("L").map(({ page }) => page)).toEqual([id(1), id(2)]);
  expect(board.people("M")).toEqual([]);
  wait(10_000);
  expect(board.people("L").map(({ page }) => page)).toEqual([id(1)]);
  say(person(1), true);
  expect(board.people("L")).toEqual([]);
  expect(heard).toEqual(["L", "L", "L"]);
});

test("a page has twelve words a second; another member cannot end its presence", () => {
  const { board, say, wait } = openBoard();
  for (let k = 0; k < 12; k++) say(person(1, { at: { y: k, x: 0 } }));
  expect(() => say(person(1))).toThrow("too often");
  say(person(1, { memberId: id(9) }), true);
  expect(board.people("L").map(({ at }) => at?.y)).toEqual([11]);
  wait(1_000);
  say(person(1));
  expect(board.people("L").map(({ at }) => at)).toEqual([null]);
});

test("a layer shows fifty pages; who is there already goes on speaking", () => {
  const { board, say } = openBoard();
  for (let k = 1; k <= 50; k++) say(person(k));
  expect(() => say(person(51))).toThrow("Too many people");
  say(person(50, { tool: "eraser" }));
  expect(board.people("L")).toHaveLength(50);
});

test("words that are none, or of another version, are not heard", () => {
  const { board, tell } = openBoard();
  for (const news of [null, "", "no json", "{}", '{"layerId":"L","person":{"page":"x"},"leaving":false}'])
    tell(news);
  expect(board.people("L")).toEqual([]);
});
