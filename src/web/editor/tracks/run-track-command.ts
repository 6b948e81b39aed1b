/** What the keys and buttons for tracks do: which cells they mean, and what they say when they cannot mean any. */

import type { EditorSession } from "../session/editor-session.ts";
import type { TrackCommand } from "./track-keys.ts";
import { type TracksDesk, tracksDeskOf } from "./tracks-desk.ts";

/** @param hovered  cell under the pointer, meant where none is selected. */
export function runTrackCommand(command: TrackCommand, session: EditorSession, hovered?: string): void {
  if (session.state.planes.t === 1) {
    session.note("This image is no movie: it has no tracks.");
    return;
  }
  const desk = tracksDeskOf(session);
  const { selection } = session.state;
  const meant = selection.length > 0 ? selection : hovered === undefined ? [] : [hovered];
  switch (command) {
    case "track-mark":
      markCell(desk, meant);
      break;
    case "track-link":
    case "track-daughter":
      linkFromMarked(desk, command, meant);
      break;
    case "track-cut":
      if (meant.length === 0) session.note("Select the cell that a new track begins with.");
      for (const uid of meant) desk.run({ type: "cut", uid });
      break;
    case "track-swap":
      swapTracks(desk, meant);
      break;
    case "track-next":
      desk.decide("skip");
      break;
    case "track-accept":
      desk.decide("accept");
      break;
    case "track-fix":
      desk.decide("fix");
      break;
    case "track-tails": {
      const tails = !desk.store.get().tails;
      desk.store.set({ tails });
      session.note(tails ? "Tracks are drawn on the image." : "Tracks are not drawn.");
      break;
    }
  }
}

function markCell(desk: TracksDesk, [uid, ...more]: readonly string[]): void {
  const { session } = desk;
  if (uid === undefined || more.length > 0) {
    desk.mark(null);
    session.note("Select one cell to mark it; the mark is gone now.");
    return;
  }
  desk.mark(uid);
  const number = desk.tracks().trackOf(uid)?.number ?? "new";
  session.note(
    `Cell ${number} of frame ${session.state.plane.t + 1} is marked. Go to another frame and link.`,
  );
}

function markedOf(desk: TracksDesk): string | null {
  const { marked } = desk.store.get();
  return marked !== null && desk.session.model.has(marked) ? marked : null;
}

function linkFromMarked(
  desk: TracksDesk,
  command: "track-link" | "track-daughter",
  meant: readonly string[],
): void {
  const { session } = desk;
  const marked = markedOf(desk);
  const [uid] = meant;
  if (marked === null || uid === undefined) {
    session.note(
      marked === null ? "Mark the earlier cell first." : "Select the cell of this frame that is meant.",
    );
    return;
  }
  if (command === "track-daughter") desk.run({ type: "addDaughters", parent: marked, daughters: meant });
  else if (meant.length > 1) session.note("One cell goes on as one cell; select one.");
  // What was linked is where the next link starts: frame after frame needs no new mark.
  else if (desk.run({ type: "join", uid: marked, to: uid })) desk.mark(uid);
}

/** Two selected cells, or the marked one and one of the same frame; the marked track is met where it is in this frame. */
function swapTracks(desk: TracksDesk, meant: readonly string[]): void {
  const { session } = desk;
  const [first, second] = meant;
  const marked = markedOf(desk);
  const mate = marked === null ? undefined : session.model.mateOf(marked, session.state.plane);
  const other = second ?? mate;
  if (first === undefined || other === undefined || first === other || meant.length > 2) {
    session.note("Select two cells of this frame to swap their tracks from here on.");
    return;
  }
  desk.run({ type: "swap", uid: first, with: other });
}
