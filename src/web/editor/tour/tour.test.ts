import { expect, test } from "vitest";
import { keyLines } from "../input/keys.ts";
import { Tour } from "./tour-keeper.ts";
import { type Seen, tourSteps } from "./tour-steps.ts";

function browser() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
  };
}

test("open at the first visit; closed, it stays closed and goes on where it was left", () => {
  const storage = browser();
  const first = new Tour(storage, "ada");
  expect(first.state).toEqual({ at: 0, open: true });
  first.next();
  first.next();
  first.toggle();
  const second = new Tour(storage, "ada");
  expect(second.state).toEqual({ at: 2, open: false });
  second.toggle();
  expect(new Tour(storage, "ada").state).toEqual({ at: 2, open: true });
  expect(new Tour(storage, "ben").state).toEqual({ at: 0, open: true });
});

test("after the last step it is over; there is nothing before the first", () => {
  const tour = new Tour(browser(), "ada");
  tour.back();
  expect(tour.state.at).toBe(0);
  for (const _ of tourSteps) tour.next();
  expect(tour.state).toEqual({ at: 0, open: false });
});

test("a browser that remembers nothing is not asked again and again; spoilt entries begin anew", () => {
  expect(new Tour(null, "ada").state.open).toBe(false);
  const storage = browser();
  storage.setItem("cellfoundry-tour-ada", '{"at":99,"open":true}');
  expect(new Tour(storage, "ada").state).toEqual({ at: 0, open: true });
  storage.setItem("cellfoundry-tour-ada", "{");
  expect(new Tour(storage, "ada").state.open).toBe(false);
});

const calm: Seen = { cells: 5, reviewing: false, looked: 0, edits: 0, undone: false };
const after: Readonly<Record<string, [Partial<Seen>, Partial<Seen>]>> = {
  cells: [{ cells: 0 }, { cells: 9 }],
  doubt: [{}, { reviewing: true }],
  judge: [{ reviewing: true }, { reviewing: true, looked: 1 }],
  correct: [{ edits: 3 }, { edits: 4 }],
  undo: [{}, { undone: true }],
};

test("at most eight steps; each that asks for something ends with that and with nothing less", () => {
  expect(tourSteps.length).toBeLessThanOrEqual(8);
  for (const { id, done } of tourSteps) {
    expect(done === null, id).toBe(after[id] === undefined);
    if (done === null) continue;
    const [before, now] = (after[id] ?? []).map((part) => ({ ...calm, ...part })) as [Seen, Seen];
    expect([done(before, before), done(now, before)], id).toEqual([false, true]);
  }
});

test("words are short, and name the person's own keys", () => {
  for (const { text, id } of tourSteps) {
    const words = text((command) => `<${command}>`, { ...calm, cells: 0 });
    expect(words.split(" ").length, id).toBeLessThanOrEqual(30);
    for (const [, command] of words.matchAll(/<([^>]+)>/g))
      expect(
        keyLines.some((line) => line.command === command),
        command,
      ).toBe(true);
  }
});
