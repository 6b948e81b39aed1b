/** A session against a server made of the rules of core/edits, for tests of sessions. */

import { editFromWire } from "#api/edits.ts";
import type {
  EditResult,
  LayerObjects,
  LoggedEdit,
  PostEditsResult,
  WireEdit,
  WireObject,
} from "#api/index.ts";
import { shapeToWire } from "#api/shapes.ts";
import {
  applyBesideInPlace,
  applyEventsInPlace,
  applyOperation,
  applyOperationInPlace,
  applyOriginsInPlace,
  EventIndex,
  emptyBesideState,
  emptyLayerState,
  type MutableLayerState,
  type ObjectOrigin,
  OriginIndex,
} from "#core/edits/index.ts";
import { errorToWire, FoundryError } from "#core/errors.ts";
import type { PlaneCounts } from "../model/planes.ts";
import { memoryJournal } from "../sync/journal.ts";
import { EditorSession } from "./editor-session.ts";
import type { LogPage } from "./joining.ts";
import type { SessionParts } from "./session-parts.ts";

export const me = { id: "ME", name: "Ada" };

/** Refuses what does not fit, answers the same id the same way. */
export class PlainServer {
  readonly state: MutableLayerState;
  readonly log: LoggedEdit[] = [];
  readonly labels = new Map<string, number>();
  readonly origins = new OriginIndex();
  readonly beside = emptyBesideState();
  readonly events = new EventIndex();
  /** Requests to lose before or after they are done. */
  readonly faults: ("before" | "after")[] = [];
  readonly #frames = new Map<string, number>();

  constructor(overlapAllowed = false) {
    this.state = emptyLayerState(64, 64, overlapAllowed);
  }

  post = async (edits: WireEdit[], who = me): Promise<PostEditsResult> => {
    await Promise.resolve();
    const fault = this.faults.shift();
    const lost = new FoundryError("net.unreachable", { message: "no answer" });
    if (fault === "before") throw lost;
    const results = edits.map((edit) => this.take(edit, who));
    if (fault === "after") throw lost;
    return { results };
  };

  take(edit: WireEdit, who: { readonly id: string; readonly name: string } = me): EditResult {
    const { operationId } = edit;
    const known = this.log.find((one) => one.operationId === operationId);
    if (known !== undefined) return { state: "saved", operationId, seq: known.seq, labels: {} };
    try {
      const operation = editFromWire(edit);
      for (const { uid, after } of operation.changes) if (after !== null) this.#frames.set(uid, after.t);
      applyOperation(this.state, operation);
      applyBesideInPlace(this.beside, operation);
      const facts = {
        frameOf: (uid: string) => this.#frames.get(uid),
        lives: (uid: string) => {
          const change = operation.changes.find((one) => one.uid === uid);
          return change === undefined ? this.state.objects.has(uid) : change.after !== null;
        },
      };
      applyOriginsInPlace(this.origins, operation.origins ?? [], facts);
      applyEventsInPlace(this.events, operation.events ?? [], this.origins, [], facts);
      applyOperationInPlace(this.state, operation);
    } catch (error) {
      return { state: "refused", operationId, error: errorToWire(error) };
    }
    const labels: Record<string, number> = {};
    for (const { uid } of edit.changes) {
      if (this.labels.has(uid)) continue;
      labels[uid] = this.labels.size + 1;
      this.labels.set(uid, labels[uid]);
    }
    const seq = this.log.length + 1;
    this.log.push({ ...edit, seq, agent: { ...who, kind: "person" }, at: "2026-01-01T00:00:00.000Z" });
    return { state: "saved", operationId, seq, labels };
  }

  #originOf(uid: string): { origin?: ObjectOrigin } {
    const origin = this.origins.originOf(uid);
    return origin === null ? {} : { origin };
  }

  readLog = async (after: number): Promise<LogPage> => ({
    edits: this.log
      .filter(({ seq }) => seq > after)
      .map((edit) => ({ ...edit, labels: this.#labelsOf(edit) })),
    nextAfter: null,
  });

  #labelsOf({ changes }: WireEdit): Record<string, number> {
    return Object.fromEntries(changes.map(({ uid }) => [uid, this.labels.get(uid) ?? 1]));
  }

  #typesOf(uid: string): Pick<WireObject, "types"> {
    const types = this.beside.types.get(uid);
    return types === undefined ? {} : { types: [...types] };
  }

  objects = async (): Promise<LayerObjects> => ({
    layerId: "L",
    seq: this.log.length,
    height: 64,
    width: 64,
    objects: [...this.state.objects].map(([uid, shape]) => ({
      uid,
      label: this.labels.get(uid) ?? 1,
      digest: "0".repeat(64),
      shape: shapeToWire(shape),
      agent: { ...me, kind: "person" as const },
      kind: "draw",
      confidence: null,
      ...this.#originOf(uid),
      ...this.#typesOf(uid),
    })),
    ...(this.beside.spots.size === 0
      ? {}
      : { spots: [...this.beside.spots].map(([uid, spot]) => ({ uid, ...spot })) }),
  });
}

let counter = 0;

/** @returns the session, open, and its timers: `tick` runs those that wait. */
export async function openPlainSession(
  server: PlainServer,
  planes: PlaneCounts,
  author = me,
  more: Partial<SessionParts> = {},
) {
  let timers: (() => void)[] = [];
  const session = new EditorSession({
    layerId: "L",
    height: 64,
    width: 64,
    planes,
    overlapAllowed: server.state.overlapAllowed === true,
    author,
    journal: memoryJournal(),
    post: (edits) => server.post(edits, author),
    readObjects: server.objects,
    readLog: server.readLog,
    schedule: (work) => {
      timers.push(work);
      return () => {
        timers = timers.filter((one) => one !== work);
      };
    },
    now: () => 1_000_000,
    random: () => 0.5,
    newId: () => `ID${String(++counter).padStart(6, "0")}`,
    ...more,
  });
  await session.open(async () => [...server.log], new Set(), null);
  const tick = (): void => {
    for (const work of timers.splice(0)) work();
  };
  return { session, tick };
}

export function paint(session: EditorSession, ...points: [y: number, x: number][]): void {
  const [first, ...rest] = points.map(([y, x]) => ({ y, x }));
  session.begin("brush", first as { y: number; x: number });
  session.extend(rest);
  session.finish();
}
