/**
 * Where the training loop takes its batches from.
 *
 * Batches depend on the step alone, so they can be made ahead: the next one is prepared while the engine computes the
 * present step. That saves time when the engine computes in a thread of its own (a native run blocks the thread that
 * asked for it), and changes no byte.
 */
import type { Batch } from "./batch.ts";

export interface BatchSource {
  /** The batch of `step`; steps rise by one. Rejects with whatever its preparation threw. */
  batchOf(step: number): Promise<Batch>;
}

/**
 * Prepares up to `depth` batches ahead of the one asked for.
 *
 * @param prepare makes the batch of a step. @param end first step that is not needed any more.
 * Memory: `depth` batches.
 */
export function preparedAhead(
  prepare: (step: number) => Promise<Batch>,
  end: number,
  depth: number,
): BatchSource {
  const pending = new Map<number, Promise<Batch>>();
  const start = (step: number): Promise<Batch> => {
    const known = pending.get(step);
    if (known !== undefined) return known;
    const batch = prepare(step);
    // A fault is met when the batch is asked for; until then nobody listens, which must not end the process.
    batch.catch(() => undefined);
    pending.set(step, batch);
    return batch;
  };
  return {
    async batchOf(step) {
      const batch = await start(step);
      pending.delete(step);
      for (let ahead = 1; ahead <= depth && step + ahead < end; ahead++) void start(step + ahead);
      return batch;
    },
  };
}
