/**
 * Brings the log of a layer, which others write too, and this page's own edits together, object by object.
 *
 * What is on the screen is always the log up to a number with this page's edits, which the server has not placed in it yet,
 * on top. An edit of someone else that touches other cells is simply applied: the order does not matter. One that touches
 * the same cells goes beneath ours: ours are taken off, theirs is applied, and ours that still fit are put back; the others
 * wait for the server to refuse them, and then for a person. A stroke under way is finished first. The log alone decides
 * the order; no clock is asked.
 */

import { editFromWire } from "#api/edits.ts";
import type { AgentInfo, LoggedEdit } from "#api/index.ts";
import type { BoundingBox } from "#core/array/index.ts";
import { type EditOperation, invertOperation } from "#core/edits/index.ts";
import { isFoundryError } from "#core/errors.ts";
import type { CellAuthor, LayerModel } from "./layer-model.ts";
import { addReach, named } from "./reach.ts";

export interface LogPage {
  readonly edits: readonly LoggedEdit[];
  readonly nextAfter: number | null;
}

export interface JoiningParts {
  readonly model: LayerModel;
  readonly author: Pick<AgentInfo, "id" | "name">;
  /** Edits of the log after a number, oldest first. */
  readonly readLog: (after: number) => Promise<LogPage>;
  /** Cells have changed by others' edits; boxes are pixels of the plane on the screen. */
  readonly changed: (uids: readonly string[], boxes: readonly BoundingBox[]) => void;
  /** The plane on the screen was drawn anew. */
  readonly replaced: () => void;
  /** Edits that came from the log, in its order, and how far it is known now. */
  readonly joined: (edits: readonly LoggedEdit[], seq: number) => void;
}

/** An edit of this page that is on the screen and not yet placed in the log. */
interface Shown {
  readonly operation: EditOperation;
  /** Who had made the cells before it, for taking it off. */
  readonly authors: readonly CellAuthor[];
}

/** What taking in part of the log came to; "lost": the cells must be read whole. */
type JoinOutcome = "joined" | "lost";

export class Joining {
  readonly #parts: JoiningParts;
  /** The log up to here is in the cells. */
  #seq = 0;
  #shown: Shown[] = [];
  #uids = new Set<string>();
  #boxes: BoundingBox[] = [];
  /** Overlapping cells lie on each other in another order than before. */
  #isRestacked = false;

  constructor(parts: JoiningParts) {
    this.#parts = parts;
  }

  get seq(): number {
    return this.#seq;
  }

  /** The cells were read whole as they were at `seq`, with these edits of this page on top. */
  replaced(seq: number, onTop: readonly EditOperation[]): void {
    this.#seq = seq;
    this.#shown = onTop.map((operation) => ({ operation, authors: [] }));
  }

  /** This page has made an edit; `authors` as they were before it. */
  made(operation: EditOperation, authors: readonly CellAuthor[]): void {
    this.#shown.push({ operation, authors });
  }

  /**
   * The server has placed edits of this page.
   *
   * @returns "gap" when others' edits in between are to be read, "lost" when the cells must be read whole.
   */
  placed(
    results: readonly { readonly operationId: string; readonly seq: number }[],
  ): "known" | "gap" | "lost" {
    let gap = false;
    // Placed before the cells were read, its answer lost, and put on top of them once more because it seemed to fit.
    const twice = new Set<string>();
    for (const { operationId, seq } of [...results].sort((a, b) => a.seq - b.seq)) {
      const at = this.#shown.findIndex(({ operation }) => operation.operationId === operationId);
      if (seq <= this.#seq) {
        if (at >= 0) twice.add(operationId);
        continue;
      }
      if (seq !== this.#seq + 1 || at < 0) gap = true;
      if (gap) continue;
      this.#shown.splice(at, 1);
      this.#seq = seq;
    }
    if (twice.size > 0 && this.drop(twice) === "lost") return "lost";
    return gap ? "gap" : "known";
  }

  /**
   * Takes in everything the log has beyond what is known.
   *
   * @param ready  waits until cells may change, such as for the end of a stroke.
   */
  async catchUp(ready: () => Promise<void>): Promise<JoinOutcome> {
    for (;;) {
      const page = await this.#parts.readLog(this.#seq);
      await ready();
      if (this.#join(page.edits) === "lost") return "lost";
      if (page.nextAfter === null) return "joined";
    }
  }

  /** Takes edits of this page off the screen, such as refused ones; those that do not fit without them go too. */
  drop(operationIds: ReadonlySet<string>): JoinOutcome {
    if (!this.#shown.some(({ operation }) => operationIds.has(operation.operationId))) return "joined";
    const outcome = this.#beneath(operationIds, () => true);
    this.#tell();
    return outcome;
  }

  #join(edits: readonly LoggedEdit[]): JoinOutcome {
    const fresh = edits.filter(({ seq }) => seq > this.#seq);
    if (fresh.length === 0) return "joined";
    for (const edit of fresh) {
      // What models and importers make carries more than shapes, and there is much of it.
      if (edit.seq !== this.#seq + 1 || edit.agent.kind !== "person") return "lost";
      const at = this.#shown.findIndex(({ operation }) => operation.operationId === edit.operationId);
      if (at >= 0) this.#shown.splice(at, 1);
      else if (!this.#put(editFromWire(edit), edit.agent)) return "lost";
      if (edit.labels !== undefined && this.#parts.model.setLabels(edit.labels)) this.#isRestacked = true;
      this.#seq = edit.seq;
    }
    this.#parts.joined(fresh, this.#seq);
    this.#tell();
    return "joined";
  }

  /** Puts an edit of the log beneath this page's own. */
  #put(operation: EditOperation, agent: AgentInfo): boolean {
    const own = new Set(this.#shown.flatMap(({ operation: one }) => named(one)));
    const apart = named(operation).every((uid) => !own.has(uid));
    if (apart && this.#apply(operation, agent)) return true;
    return this.#beneath(new Set(), () => this.#apply(operation, agent)) === "joined";
  }

  /** Does something to the cells without this page's edits, then puts these back as far as they fit. */
  #beneath(without: ReadonlySet<string>, work: () => boolean): JoinOutcome {
    const own = this.#shown;
    for (const { operation, authors } of own.toReversed()) {
      const back = invertOperation(operation, operation.operationId, "undo");
      if (!this.#apply(back, { kind: "person", name: this.#parts.author.name })) return "lost";
      this.#parts.model.setAuthors(authors);
    }
    this.#shown = [];
    if (!work()) return "lost";
    for (const { operation } of own) {
      if (without.has(operation.operationId)) continue;
      const authors = this.#parts.model.authorsOf(operation.changes.map(({ uid }) => uid));
      const fits = this.#apply(operation, { kind: "person", name: this.#parts.author.name });
      if (fits) this.#shown.push({ operation, authors });
    }
    return "joined";
  }

  #apply(operation: EditOperation, agent: Pick<AgentInfo, "kind" | "name">): boolean {
    const { model } = this.#parts;
    const reach = new Set<string>();
    addReach(operation, model, reach);
    try {
      const box = model.apply(operation, agent);
      if (box !== null) this.#boxes.push(box);
    } catch (error) {
      if (!isFoundryError(error)) throw error;
      return false;
    }
    addReach(operation, model, reach);
    for (const uid of reach) this.#uids.add(uid);
    return true;
  }

  #tell(): void {
    if (this.#isRestacked) this.#parts.replaced();
    else if (this.#uids.size > 0) this.#parts.changed([...this.#uids], this.#boxes);
    this.#isRestacked = false;
    this.#uids = new Set();
    this.#boxes = [];
  }
}
