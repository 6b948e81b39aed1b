import { describe, expect, test } from "vitest";
import type { EditResult, PostEditsResult, WireEdit } from "#api/index.ts";
import { FoundryError } from "#core/errors.ts";
import { batchCharsMax, nextBatch, retryWaitMs } from "./batch.ts";
import { type Journal, type JournalEntry, memoryJournal } from "./journal.ts";
import { SyncQueue, type SyncStatus } from "./queue.ts";

const layerId = "layer";

const edit = (operationId: string): WireEdit => ({
  operationId,
  kind: "draw",
  tool: "brush",
  msSpent: 1,
  changes: [
    { uid: `u${operationId}`, before: null, after: { t: 0, z: 0, bbox: [0, 0, 1, 1], bits: "gA==" } },
  ],
});

const entry = (operationId: string, order: number, chars = 4): JournalEntry => ({
  layerId,
  operationId,
  order,
  writtenAt: 0,
  refusal: null,
  edit: {
    ...edit(operationId),
    changes: [{ uid: "u", before: null, after: { t: 0, z: 0, bbox: [0, 0, 1, 1], bits: "A".repeat(chars) } }],
  },
});

const offline = (): FoundryError => new FoundryError("net.unreachable", { message: "no answer" });

/** A server with an append-only log that answers the same id the same way, and can be told to misbehave. */
class FakeServer {
  readonly log: string[] = [];
  readonly requests: string[][] = [];
  readonly refuses = new Set<string>();
  /** Errors for the next requests; the string "lost" means: done, but the reply never arrives. */
  readonly faults: (FoundryError | "lost" | null)[] = [];

  post = async (edits: WireEdit[]): Promise<PostEditsResult> => {
    await Promise.resolve();
    this.requests.push(edits.map((one) => one.operationId));
    const fault = this.faults.shift() ?? null;
    if (fault instanceof FoundryError) throw fault;
    const results = edits.map(({ operationId }): EditResult => {
      if (this.refuses.has(operationId)) {
        return { state: "refused", operationId, error: { code: "revision.conflict", message: "changed" } };
      }
      if (!this.log.includes(operationId)) this.log.push(operationId);
      return { state: "saved", operationId, seq: this.log.indexOf(operationId) + 1, labels: {} };
    });
    if (fault === "lost") throw offline();
    return { results };
  };
}

/** Lets everything under way come to rest, without asking for another try. */
const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

function bench(journal: Journal = memoryJournal(), server = new FakeServer()) {
  const timers: { work: () => void; ms: number }[] = [];
  const statuses: SyncStatus[] = [];
  const saved: string[] = [];
  const refused: string[] = [];
  const queue = new SyncQueue({
    layerId,
    journal,
    post: server.post,
    now: () => 1,
    random: () => 1,
    schedule: (work, ms) => {
      const timer = { work, ms };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer), 1);
    },
    onStatus: (status) => statuses.push(status),
    onSaved: (results) => saved.push(...results.map((result) => result.operationId)),
    onRefused: async (entries) => {
      refused.push(...entries.map((one) => one.operationId));
    },
  });
  const fire = async (): Promise<void> => {
    timers.shift()?.work();
    await rest();
  };
  return { queue, server, journal, timers, statuses, saved, refused, fire };
}

describe("sync queue", () => {
  test("an edit is in the journal before the server sees it, and leaves it after the answer", async () => {
    const journal = memoryJournal();
    const order: string[] = [];
    const watched: Journal = {
      ...journal,
      write: async (entries) => {
        await Promise.resolve();
        order.push(`journal ${entries[0]?.operationId}`);
        await journal.write(entries);
      },
      remove: async (ids) => {
        order.push(`removed ${ids.join()}`);
        await journal.remove(ids);
      },
    };
    const server = new FakeServer();
    const post = server.post;
    server.post = async (edits) => {
      order.push(`sent ${edits.map((one) => one.operationId).join()}`);
      return post(edits);
    };
    const { queue, statuses } = bench(watched, server);
    queue.add(edit("A"));
    expect(queue.status).toMatchObject({ state: "saving", waiting: 1 });
    expect(await queue.settled()).toBe(true);
    expect(order).toEqual(["journal A", "sent A", "removed A"]);
    expect(statuses.at(-1)).toMatchObject({ state: "saved", waiting: 0, problem: null });
  });

  test("edits go in order and in batches of at most 100, one request at a time", async () => {
    const { queue, server } = bench();
    const ids = Array.from({ length: 250 }, (_, i) => `E${i}`);
    for (const id of ids) queue.add(edit(id));
    await queue.settled();
    expect(server.log).toEqual(ids);
    expect(server.requests.every((request) => request.length <= 100)).toBe(true);
  });

  test("a lost reply: the same ids go again, nothing is doubled, 'saved' only after the answer", async () => {
    const { queue, server, timers, saved, statuses, fire } = bench();
    server.faults.push("lost");
    queue.add(edit("A"));
    await rest();
    expect(server.log).toEqual(["A"]);
    expect(saved).toEqual([]);
    expect(queue.status.state).toBe("offline");
    expect(statuses.some((status) => status.state === "saved")).toBe(false);
    expect(timers).toHaveLength(1);
    await fire();
    expect(server.requests).toEqual([["A"], ["A"]]);
    expect(server.log).toEqual(["A"]);
    expect(saved).toEqual(["A"]);
    expect(queue.status.state).toBe("saved");
  });

  test("offline: edits are counted and kept; waits double; all arrive in order afterwards", async () => {
    const { queue, server, timers, journal, fire } = bench();
    server.faults.push(offline(), offline(), offline());
    queue.add(edit("A"));
    await rest();
    expect(timers.map((timer) => timer.ms)).toEqual([1000]);
    queue.add(edit("B"));
    await fire();
    expect(timers.map((timer) => timer.ms)).toEqual([2000]);
    expect(queue.status).toMatchObject({ state: "offline", waiting: 2 });
    expect((await journal.read(layerId)).map((one) => one.operationId)).toEqual(["A", "B"]);
    await fire();
    while (timers.length > 0) await fire();
    expect(server.log).toEqual(["A", "B"]);
    expect(await journal.read(layerId)).toEqual([]);
  });

  test("a refused edit is set aside with its reason and does not block the ones behind it", async () => {
    const { queue, server, refused, saved, journal } = bench();
    server.refuses.add("B");
    for (const id of ["A", "B", "C"]) queue.add(edit(id));
    expect(await queue.settled()).toBe(true);
    expect(saved).toEqual(["A", "C"]);
    expect(refused).toEqual(["B"]);
    expect(queue.status.state).toBe("saved");
    expect(queue.status.refused.map((one) => one.refusal?.code)).toEqual(["revision.conflict"]);
    expect((await journal.read(layerId)).map((one) => one.operationId)).toEqual(["B"]);
    await queue.discard("B");
    expect(queue.status.refused).toEqual([]);
    expect(await journal.read(layerId)).toEqual([]);
  });

  test("one edit that spoils a whole request is found, the others are saved", async () => {
    const server = new FakeServer();
    const post = server.post;
    server.post = async (edits) => {
      if (edits.some((one) => one.operationId === "BAD")) {
        server.requests.push(edits.map((one) => one.operationId));
        throw new FoundryError("request.invalid", { message: "not an edit" });
      }
      return post(edits);
    };
    const { queue, saved, refused } = bench(memoryJournal(), server);
    for (const id of ["A", "BAD", "C", "D"]) queue.add(edit(id));
    expect(await queue.settled()).toBe(true);
    expect(saved).toEqual(["A", "C", "D"]);
    expect(refused).toEqual(["BAD"]);
  });

  test("a page that comes back sends what the old one left, under the same ids, before anything new", async () => {
    const journal = memoryJournal();
    const server = new FakeServer();
    server.faults.push("lost");
    const first = bench(journal, server);
    first.queue.add(edit("A"));
    first.queue.add(edit("B"));
    await rest();
    first.queue.close();

    const second = bench(journal, server);
    await second.queue.restore();
    expect(second.queue.waitingEdits.map((one) => one.operationId)).toEqual(["A", "B"]);
    second.queue.add(edit("C"));
    expect(await second.queue.settled()).toBe(true);
    expect(server.log).toEqual(["A", "B", "C"]);
    expect(second.saved).toEqual(["A", "B", "C"]);
  });

  test("refused edits survive a reload as refused, and are not sent again by themselves", async () => {
    const journal = memoryJournal();
    const server = new FakeServer();
    server.refuses.add("A");
    const first = bench(journal, server);
    first.queue.add(edit("A"));
    await first.queue.settled();
    const second = bench(journal, server);
    await second.queue.restore();
    expect(await second.queue.settled()).toBe(true);
    expect(second.queue.status.refused.map((one) => one.operationId)).toEqual(["A"]);
    expect(server.requests).toHaveLength(1);
  });

  test("signed out: blocked, kept, and sent after signing in again", async () => {
    const { queue, server, saved } = bench();
    server.faults.push(new FoundryError("policy.signIn", { message: "sign in" }));
    queue.add(edit("A"));
    await rest();
    expect(queue.status).toMatchObject({ state: "blocked", waiting: 1 });
    expect(await queue.settled()).toBe(true);
    expect(saved).toEqual(["A"]);
  });

  test("a journal that cannot be written does not keep an edit from the server", async () => {
    const broken: Journal = {
      ...memoryJournal(),
      write: async () => {
        throw new FoundryError("disk.full", { message: "no space" });
      },
    };
    const { queue, saved, statuses } = bench(broken);
    queue.add(edit("A"));
    await queue.settled();
    expect(saved).toEqual(["A"]);
    expect(statuses.length).toBeGreaterThan(0);
  });

  test("an answer about other edits counts as no answer", async () => {
    const server = new FakeServer();
    server.post = async () => ({ results: [] });
    const { queue, timers } = bench(memoryJournal(), server);
    queue.add(edit("A"));
    await rest();
    expect(queue.status).toMatchObject({ state: "offline", waiting: 1 });
    expect(timers).toHaveLength(1);
  });
});

test("a batch is cut before it grows too large, but is never empty", () => {
  const large = entry("A", 1, batchCharsMax);
  const small = entry("B", 2);
  expect(nextBatch([large, small]).map((one) => one.operationId)).toEqual(["A"]);
  expect(nextBatch([small, large]).map((one) => one.operationId)).toEqual(["B"]);
  expect(nextBatch([{ ...large, refusal: { code: "edit.invalid", message: "" } }, small])).toEqual([small]);
});

test("waits: 1, 2, 4 … 30 s, half of it by chance", () => {
  expect([1, 2, 3, 6, 60].map((failures) => retryWaitMs(failures, 1))).toEqual([
    1000, 2000, 4000, 30_000, 30_000,
  ]);
  expect(retryWaitMs(1, 0)).toBe(500);
});
