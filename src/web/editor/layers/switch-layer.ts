/**
 * Editing another layer of the same image, without a new page.
 *
 * The journal keeps edits by layer, and only the layer that is open is sent. So one goes to another layer when the server
 * has everything of this one; edits that cannot be sent now would wait unseen until someone came back.
 */

import { plural } from "../../ui/index.ts";
import type { EditorSession } from "../session/editor-session.ts";

/** @returns whether the layer may be left; if not, a line has said why. */
export async function mayLeaveLayer(session: EditorSession): Promise<boolean> {
  if (session.gestureActive) session.finish();
  if (await session.saving.settled()) return true;
  const { waiting } = session.state.sync;
  session.note(
    `${plural(waiting, "edit")} of this layer ${waiting === 1 ? "is" : "are"} not saved yet. Change the layer when they are.`,
  );
  return false;
}
