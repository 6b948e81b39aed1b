/** The page's end of private mode against a worker of the test: answers, progress, cancelling, a worker that dies. */
import { expect, test } from "vitest";
import type { FromWorker, PrivateProgress, ToWorker } from "./private-protocol.ts";
import { createPrivateSession } from "./private-session.ts";

/** A worker that answers when the test says so. */
class FakeWorker {
  onmessage: ((event: { data: FromWorker }) => void) | null = null;
  onerror: (() => void) | null = null;
  ended = false;
  readonly asked: ToWorker[] = [];
  postMessage(message: ToWorker): void {
    this.asked.push(message);
  }
  terminate(): void {
    this.ended = true;
  }
  say(message: FromWorker): void {
    this.onmessage?.({ data: message });
  }
}

function session() {
  const workers: FakeWorker[] = [];
  const made = createPrivateSession(() => {
    workers.push(new FakeWorker());
    return workers.at(-1) as unknown as Worker;
  });
  return { workers, ...made };
}

const save = { what: "labels.tif", compartment: "nuclear" } as const;

test("no worker before the first question; an answer reaches its question, progress before it", async () => {
  const { workers, ask } = session();
  expect(workers).toHaveLength(0);
  const seen: PrivateProgress[] = [];
  const answer = ask("save", save, (progress) => seen.push(progress));
  const [worker] = workers as [FakeWorker];
  expect(worker.asked).toEqual([{ id: 1, question: "save", ask: save }]);
  const progress = { phase: "segmenting", fraction: 0.5, msLeft: 100 } as const;
  worker.say({ kind: "progress", id: 1, progress });
  const blob = new Blob(["x"]);
  worker.say({ kind: "answer", id: 1, answer: blob });
  expect(await answer).toBe(blob);
  expect(seen).toEqual([progress]);
  const again = ask("save", save);
  // What belongs to an older question is not taken for the answer.
  worker.say({ kind: "answer", id: 1, answer: "old" });
  worker.say({ kind: "error", id: 2, error: { code: "array.nan", message: "A pixel", details: { y: 1 } } });
  await expect(again).rejects.toMatchObject({ code: "array.nan", details: { y: 1 } });
  expect(workers).toHaveLength(1);
});

test("cancelling ends the worker; the next question starts another, deaf to the old one", async () => {
  const { workers, ask, cancel } = session();
  const first = ask("save", save);
  cancel();
  await expect(first).rejects.toMatchObject({ code: "job.canceled" });
  expect(workers[0]?.ended).toBe(true);
  const second = ask("save", save);
  workers[0]?.say({ kind: "answer", id: 2, answer: "from the dead" });
  workers[0]?.onerror?.();
  workers[1]?.say({ kind: "answer", id: 2, answer: "right" });
  expect(await second).toBe("right");
});

test("a new question while one runs cancels the running one", async () => {
  const { workers, ask } = session();
  const first = ask("save", save);
  const second = ask("save", save);
  await expect(first).rejects.toMatchObject({ code: "job.canceled" });
  expect(workers.map(({ ended }) => ended)).toEqual([true, false]);
  workers[1]?.say({ kind: "answer", id: 2, answer: 5 });
  expect(await second).toBe(5);
});

test("a worker that dies is an error of its own, and is replaced", async () => {
  const { workers, ask } = session();
  const first = ask("save", save);
  workers[0]?.onerror?.();
  await expect(first).rejects.toMatchObject({
    code: "engine.failed",
    message: expect.stringMatching(/memory/),
  });
  void ask("save", save).catch(() => undefined);
  expect(workers).toHaveLength(2);
});
