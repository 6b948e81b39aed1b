/**
 * Brings edits to the server: journal first, then the network, in order, until each is acknowledged or refused.
 *
 * One request is under way at a time. A lost reply is harmless: the same edits go again under the same ids, and the
 * server gives the same answers. A refused edit never blocks the ones behind it: it is set aside with its reason, the
 * editor is told, and a person decides. No clock, no network, no randomness of its own.
 */

import type { EditResult, PostEditsResult, WireEdit } from "#api/index.ts";
import { errorToWire, FoundryError, isFoundryError, type WireError } from "#core/errors.ts";
import { batchEditsMax, nextBatch, retryWaitMs } from "./batch.ts";
import type { Journal, JournalEntry } from "./journal.ts";

export type SyncState =
  /** Nothing waits: the server has everything. */
  | "saved"
  | "saving"
  /** The server does not answer; trying again by itself. */
  | "offline"
  /** The server answers but will not take edits (signed out, no right, layer gone): a person must act. */
  | "blocked";

export interface SyncStatus {
  readonly state: SyncState;
  /** Edits the server has not acknowledged, without the refused ones. */
  readonly waiting: number;
  readonly refused: readonly JournalEntry[];
  /** Why it is blocked or offline. */
  readonly problem: WireError | null;
  /** Why this computer does not keep edits that wait; null when it does. They are sent all the same. */
  readonly unkept: WireError | null;
}

export interface QueueParts {
  readonly layerId: string;
  readonly journal: Journal;
  /** Posts edits in order. Rejects with `FoundryError`; `net.unreachable` when there was no answer. */
  readonly post: (edits: WireEdit[]) => Promise<PostEditsResult>;
  readonly now: () => number;
  readonly random: () => number;
  /** Calls `work` after `ms`; returns how to call it off. */
  readonly schedule: (work: () => void, ms: number) => () => void;
  readonly onStatus: (status: SyncStatus) => void;
  readonly onSaved: (results: readonly Extract<EditResult, { state: "saved" }>[]) => void;
  /** Called after a batch in which edits were refused; sending goes on when the promise settles. */
  readonly onRefused: (entries: readonly JournalEntry[]) => Promise<void>;
}

export class SyncQueue {
  readonly #parts: QueueParts;
  #entries: JournalEntry[] = [];
  #lastOrder = 0;
  #running = false;
  #closed = false;
  #failures = 0;
  #batchLimit = batchEditsMax;
  #problem: WireError | null = null;
  #unkept: WireError | null = null;
  #state: SyncState = "saved";
  #callOff: (() => void) | null = null;
  #idleWaiters: (() => void)[] = [];
  /** Journal writes, one after the other: an edit is sent only when its own write is through. */
  #writes: Promise<void> = Promise.resolve();
  #written = new Set<string>();

  constructor(parts: QueueParts) {
    this.#parts = parts;
  }

  get status(): SyncStatus {
    return {
      state: this.#state,
      waiting: this.#waiting().length,
      refused: this.#entries.filter((entry) => entry.refusal !== null),
      problem: this.#problem,
      unkept: this.#unkept,
    };
  }

  /** Waiting edits in order, for putting them on top of what the server has. */
  get waitingEdits(): WireEdit[] {
    return this.#waiting().map((entry) => entry.edit);
  }

  /** Takes over what an earlier page left behind. Call once, before `add`. */
  async restore(): Promise<void> {
    let entries: JournalEntry[] = [];
    try {
      entries = await this.#parts.journal.read(this.#parts.layerId);
    } catch (error) {
      // The image opens nevertheless; what an earlier page left stays in the journal for a later one.
      this.#unkept = errorToWire(error);
    }
    this.#entries = entries;
    this.#lastOrder = entries.at(-1)?.order ?? 0;
    for (const entry of entries) this.#written.add(entry.operationId);
    this.#report();
    this.#start();
  }

  /** Journals an edit and sends it as soon as it is durable. Returns at once. */
  add(edit: WireEdit): void {
    const { layerId, now } = this.#parts;
    const entry: JournalEntry = {
      layerId,
      operationId: edit.operationId,
      order: ++this.#lastOrder,
      edit,
      writtenAt: now(),
      refusal: null,
    };
    this.#entries.push(entry);
    this.#report();
    this.#writes = this.#writes.then(async () => {
      try {
        await this.#parts.journal.write([entry]);
        this.#unkept = null;
      } catch (error) {
        // Better sent than lost: without a working journal the network is the only safe place.
        this.#unkept = errorToWire(error);
        this.#report();
      }
      this.#written.add(entry.operationId);
      this.#start();
    });
  }

  /** Tries at once, as when the network is back or a person asks. */
  retryNow(): void {
    this.#callOff?.();
    this.#callOff = null;
    this.#start();
  }

  /** Gives up a refused edit for good. */
  async discard(operationId: string): Promise<void> {
    await this.#parts.journal.remove([operationId]);
    this.#entries = this.#entries.filter((entry) => entry.operationId !== operationId);
    this.#report();
  }

  /** Takes a refused edit that was given up back among the refused ones. */
  async putBack(entry: JournalEntry): Promise<void> {
    await this.#parts.journal.write([entry]);
    this.#entries.push(entry);
    this.#report();
  }

  /** Resolves when the server has everything; rejects never. False when something stands in the way. */
  async settled(): Promise<boolean> {
    await this.#writes;
    if (this.#state === "offline" || this.#state === "blocked") this.retryNow();
    if (this.#running) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
    return this.#waiting().length === 0;
  }

  close(): void {
    this.#closed = true;
    this.#callOff?.();
  }

  #waiting(): JournalEntry[] {
    return this.#entries.filter((entry) => entry.refusal === null);
  }

  #report(): void {
    if (this.#waiting().length === 0) this.#state = "saved";
    else if (this.#state === "saved") this.#state = "saving";
    this.#parts.onStatus(this.status);
  }

  #start(): void {
    if (this.#running || this.#closed || this.#callOff !== null) return;
    this.#running = true;
    void this.#run().finally(() => {
      this.#running = false;
      for (const resolve of this.#idleWaiters.splice(0)) resolve();
    });
  }

  async #run(): Promise<void> {
    for (;;) {
      const ready = this.#waiting().filter((entry) => this.#written.has(entry.operationId));
      const batch = nextBatch(ready, this.#batchLimit);
      if (batch.length === 0 || this.#closed) return;
      let answer: PostEditsResult;
      try {
        answer = await this.#parts.post(batch.map((entry) => entry.edit));
      } catch (error) {
        if (!(await this.#handleFailure(error, batch))) return;
        continue;
      }
      if (!isAnswerTo(batch, answer)) {
        await this.#handleFailure(strangeAnswer(), batch);
        return;
      }
      this.#failures = 0;
      this.#problem = null;
      this.#state = "saving";
      await this.#take(batch, answer.results);
    }
  }

  /** Files the answers: saved edits leave the journal, refused ones stay there with their reason. */
  async #take(batch: readonly JournalEntry[], results: readonly EditResult[]): Promise<void> {
    const byId = new Map(results.map((result) => [result.operationId, result]));
    const saved: Extract<EditResult, { state: "saved" }>[] = [];
    const refused: JournalEntry[] = [];
    for (const entry of batch) {
      const result = byId.get(entry.operationId);
      if (result?.state === "saved") saved.push(result);
      else if (result?.state === "refused") refused.push({ ...entry, refusal: result.error as WireError });
    }
    const gone = new Set(saved.map((result) => result.operationId));
    await this.#keep(() => this.#parts.journal.remove([...gone]));
    if (refused.length > 0) await this.#keep(() => this.#parts.journal.write(refused));
    const setAside = new Map(refused.map((entry) => [entry.operationId, entry]));
    this.#entries = this.#entries
      .filter((entry) => !gone.has(entry.operationId))
      .map((entry) => setAside.get(entry.operationId) ?? entry);
    if (refused.length > 0 || this.#waiting().length === 0) this.#batchLimit = batchEditsMax;
    if (saved.length > 0) this.#parts.onSaved(saved);
    this.#report();
    if (refused.length > 0) await this.#keep(() => this.#parts.onRefused(refused));
  }

  /** A journal (or a page) that fails must not stop the edits behind it; the failure is shown. */
  async #keep(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#problem = errorToWire(error);
    }
  }

  /** Returns whether to go on at once. */
  async #handleFailure(error: unknown, batch: readonly JournalEntry[]): Promise<boolean> {
    const wire = errorToWire(error);
    const ofThisRequest =
      isFoundryError(error, "request.invalid") ||
      isFoundryError(error, "edit.invalid") ||
      isFoundryError(error, "label.invalid") ||
      isFoundryError(error, "limit.bytes");
    if (ofThisRequest && batch.length > 1) {
      // One of them spoils the request: send them one by one until it is found.
      this.#batchLimit = 1;
      return true;
    }
    if (ofThisRequest) {
      const operationId = (batch[0] as JournalEntry).operationId;
      await this.#take(batch, [{ state: "refused", operationId, error: wire }]);
      return true;
    }
    this.#failures++;
    this.#problem = wire;
    this.#state = isTransient(wire.code) ? "offline" : "blocked";
    this.#parts.onStatus(this.status);
    this.#callOff = this.#parts.schedule(
      () => {
        this.#callOff = null;
        this.#start();
      },
      retryWaitMs(this.#failures, this.#parts.random()),
    );
    return false;
  }
}

/** Whether the answer has the form of one and speaks of the edits sent: what answers need not be our server. */
function isAnswerTo(batch: readonly JournalEntry[], answer: PostEditsResult | undefined): boolean {
  const results: unknown = answer?.results;
  if (!Array.isArray(results) || !results.every(isResult)) return false;
  const ids = new Set(results.map((result) => result.operationId));
  return batch.some((entry) => ids.has(entry.operationId));
}

function isResult(result: Partial<EditResult> | null): result is EditResult {
  if (typeof result?.operationId !== "string") return false;
  if (result.state === "saved") return Number.isInteger(result.seq) && typeof result.labels === "object";
  return result.state === "refused" && typeof result.error?.message === "string";
}

const strangeAnswer = (): FoundryError =>
  new FoundryError("server.internal", { message: "The server's answer does not speak of the edits sent." });

/** Whether the same request can succeed later by itself. */
function isTransient(code: string): boolean {
  return !["policy.denied", "policy.signIn", "layer.notFound", "image.notFound", "request.notFound"].includes(
    code,
  );
}
