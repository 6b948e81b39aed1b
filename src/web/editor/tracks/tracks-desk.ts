/**
 * Tracks of one open movie: built from the cells when somebody looks, changed by commands, gone through for errors.
 *
 * Lives as long as the editor's session. Everything that changes tracks is an edit of the session, with its log, journal
 * and undo; this only says what is to change. The marked cell is where a link starts: it stays marked through other
 * frames, because the two ends of a link are never on the screen together.
 */

import {
  buildCellTracks,
  type CellTracks,
  type RelinkCommand,
  relink,
  type Suspicion,
  suspicionsOf,
} from "#core/cell-tracks/index.ts";
import {
  type EventChange,
  type EventKind,
  type OriginChange,
  sameEvent,
  sideOfEvent,
} from "#core/edits/index.ts";
import type { Outcome } from "../model/gesture.ts";
import { samePlane } from "../model/planes.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { Store } from "../session/store.ts";
import { placedCells } from "./placed-cells.ts";
import { firstReview, TrackReview, type TrackReviewState } from "./track-review.ts";
import { type ChangeWords, changeWords, nameIn } from "./track-words.ts";

/** What the last command changed, to be shown before and after. */
export interface LastChange {
  readonly words: readonly ChangeWords[];
  readonly changes: readonly OriginChange[];
  /** The edit that made it: shown as long as no other one follows. */
  readonly operationId: string;
}

export interface TracksState {
  /** The cell that links start from; null when none is marked. */
  readonly marked: string | null;
  /** Cells whose tracks are looked at, of whatever frame. */
  readonly chosen: readonly string[];
  /** Tracks drawn on the image, and over how many frames back. */
  readonly tails: boolean;
  readonly tailFrames: number;
  readonly last: LastChange | null;
  /** Objects whose links a person changed since the movie was linked last. */
  readonly touched: readonly string[];
  readonly review: TrackReviewState;
}

const firstState: TracksState = {
  marked: null,
  chosen: [],
  tails: false,
  tailFrames: 10,
  last: null,
  touched: [],
  review: firstReview,
};

/** More are one question too many: then the whole movie is linked again. */
const touchedMax = 200;

const desks = new WeakMap<EditorSession, TracksDesk>();

/** The desk of a session, made when first asked for. */
export function tracksDeskOf(session: EditorSession): TracksDesk {
  const known = desks.get(session);
  if (known !== undefined) return known;
  const made = new TracksDesk(session, () => performance.now());
  desks.set(session, made);
  return made;
}

export class TracksDesk {
  readonly store = new Store<TracksState>(firstState);
  readonly session: EditorSession;
  readonly #now: () => number;
  readonly #review = new TrackReview();
  /** Key of the suspicion that was brought into view last: only what was seen is decided on. */
  #shown: string | null = null;
  #tracks: CellTracks | null = null;
  #version = -1;
  #reviewed = -1;

  /** @param now  milliseconds. */
  constructor(session: EditorSession, now: () => number) {
    this.session = session;
    this.#now = now;
    let { selection, plane } = session.state;
    session.store.subscribe(() => {
      const state = session.state;
      if (state.selection === selection) return;
      // A track that is not seen in this frame is still the one that is meant.
      const isMeant = state.selection.length > 0 || samePlane(state.plane, plane);
      ({ selection, plane } = state);
      if (isMeant) this.store.set({ chosen: selection });
    });
  }

  /** The tracks as they are now. Cost: O(n log n) after an edit, else nothing. */
  tracks(): CellTracks {
    const { version } = this.session.state;
    if (this.#tracks === null || version !== this.#version) {
      const { model } = this.session;
      this.#tracks = buildCellTracks(placedCells(model), model.origins);
      this.#version = version;
    }
    return this.#tracks;
  }

  /** Selects a cell of whatever frame and brings it into view. */
  show(uid: string): void {
    this.session.planes.stop();
    this.session.showCell(uid);
  }

  mark(uid: string | null): void {
    this.store.set({ marked: uid });
  }

  /** Carries out a command as one edit. @returns whether something changed. */
  run(command: RelinkCommand): boolean {
    const { session } = this;
    const { model } = session;
    const tracks = this.tracks();
    let changes: OriginChange[] = [];
    const done = this.#edit(`tracks-${command.type}`, () => {
      changes = relink(command, {
        origins: model.origins,
        lives: (uid) => model.has(uid),
        frameOf: (uid) => model.planeOf(uid)?.t,
        nameOf: nameIn(tracks),
      });
      return changes.length === 0 ? null : { origins: changes };
    });
    if (!done) return false;
    const operationId = session.state.history[0]?.operationId ?? "";
    this.store.set({
      last: { words: changeWords(changes, tracks), changes, operationId },
      touched: this.#withTouched(command.type === "confirm" ? [] : changes.flatMap(endsOf)),
    });
    return true;
  }

  /** Marks what happens to a cell, or takes the mark away. @param into  what it fuses with. */
  setEvent(uid: string, side: "start" | "end", kind: EventKind | null, into?: string): boolean {
    const { events } = this.session.model;
    return this.#edit(`mark-${kind ?? "none"}`, () => {
      const before = events.eventOf(uid, side);
      const after = kind === null ? null : into === undefined ? { kind } : { kind, into };
      const change: EventChange = { uid, side, before, after };
      if (sameEvent(before, after) || (kind !== null && sideOfEvent(kind) !== side)) return null;
      return { events: [change] };
    });
  }

  /** What is doubted now; looked for again after every edit. */
  suspicions(): readonly Suspicion[] {
    const { version, planes } = this.session.state;
    if (this.#reviewed !== version) {
      this.#reviewed = version;
      const { origins, events } = this.session.model;
      const found = suspicionsOf(this.tracks(), { frameCount: planes.t, origins, events });
      this.store.set({ review: this.#review.refresh(found, this.#now()) });
    }
    return this.store.get().review.suspicions;
  }

  /** Looks at one of the list. */
  look(suspicion: Suspicion): void {
    const found = this.suspicions();
    this.#show(this.#review.goTo(suspicion.key, found, this.#now()));
  }

  /** Accept, fix by the first suggestion, or skip the one in view; then the next comes into view. */
  decide(verdict: "accept" | "fix" | "skip"): void {
    const found = this.suspicions();
    const { review } = this.store.get();
    const { current } = review;
    if (current !== null && current.key !== this.#shown) {
      this.#show(review);
      return;
    }
    if (verdict !== "skip" && current !== null && !this.#carryOut(verdict, current)) return;
    const next = this.#review.step(verdict, found, this.#now());
    this.store.set({ review: next });
    this.suspicions();
    this.#show(this.store.get().review);
  }

  /** The movie was linked again: nothing waits for it any more. */
  solved(): void {
    this.store.set({ touched: [], last: null });
  }

  #carryOut(verdict: "accept" | "fix", { subject, fixes, uid }: Suspicion): boolean {
    if (verdict === "accept") {
      if (subject.kind === "cell") return true;
      const { origins } = this.session.model;
      // A division is confirmed with all its daughters.
      const sisters = origins.childrenOf(subject.from).map(([child]) => child);
      return this.run({ type: "confirm", uids: [...new Set([uid, ...sisters])] });
    }
    const [first] = fixes;
    if (first === undefined) {
      this.session.note("There is no ready-made repair here: mend it by hand, then accept.");
      return false;
    }
    return this.run(first);
  }

  #show(review: TrackReviewState): void {
    this.store.set({ review });
    const { current } = review;
    this.#shown = current?.key ?? null;
    if (current === null) this.session.note("Nothing more is doubted about the tracks.");
    else this.show(current.uid);
  }

  #edit(tool: string, work: () => Pick<Outcome, "origins" | "events"> | null): boolean {
    const { session } = this;
    const { version, selection } = session.state;
    session.run(() => {
      const made = work();
      if (made === null) return null;
      session.model.tryTracks(made);
      return { kind: "relink", tool, changes: [], selection, ...made };
    }, "The tracks are like that already.");
    return session.state.version !== version;
  }

  #withTouched(uids: readonly string[]): readonly string[] {
    return [...new Set([...this.store.get().touched, ...uids])].slice(-touchedMax);
  }
}

const endsOf = ({ uid, before, after }: OriginChange): string[] =>
  [uid, before?.uid, after?.uid].filter((one) => one !== undefined);
