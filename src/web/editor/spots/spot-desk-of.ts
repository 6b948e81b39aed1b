/** The spots of a session, with the worker that searches; one desk per session, for all panels. */

import type { ImageDetail } from "#api/index.ts";
import { imageZarrUrl } from "../../client/index.ts";
import { newUlid } from "../model/ulid.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { SpotDesk } from "./spot-desk.ts";

/** With the session they go: nothing else holds them. */
const kept = new WeakMap<EditorSession, SpotDesk>();

export function spotDeskOf(session: EditorSession, image: ImageDetail): SpotDesk {
  const known = kept.get(session);
  if (known !== undefined) return known;
  const made = new SpotDesk(session, newUlid, {
    imageUrl: imageZarrUrl(image.id),
    newWorker: () =>
      new Worker(new URL("./spot-worker.ts", import.meta.url), { type: "module", name: "spots" }),
  });
  kept.set(session, made);
  return made;
}

/** A spot that the keyboard points at is selected, else drawn there. */
const pointerReachPx = 1.5;

/** Space, while spots are drawn and the arrow keys point somewhere. @returns whether it meant that. */
export function drawSpotAtPointer(session: EditorSession): boolean {
  const desk = kept.get(session);
  const { pointer } = session.state;
  if (desk === undefined || pointer === null || !desk.store.get().editing) return false;
  desk.click(pointer, pointerReachPx);
  return true;
}
