/** The Cells tab with the types of the cells above its list, and the sheet with the project's types and markers. */

import { type ReactNode, useState } from "react";
import type { ImageDetail } from "#api/index.ts";
import { CellsTab } from "../panels/cells-tab.tsx";
import type { EditorSession } from "../session/editor-session.ts";
import type { Look } from "../session/look.ts";
import type { Store } from "../session/store.ts";
import { MarkerSheet } from "./marker-sheet.tsx";
import { TypesPanel } from "./types-panel.tsx";
import { useTypeColouring, useTypes } from "./use-types.ts";

export function CellsPanel({
  image,
  session,
  umPerPx,
}: {
  image: ImageDetail;
  session: EditorSession;
  umPerPx: number | null;
}): ReactNode {
  const types = useTypes(image.projectId, session);
  const [sheet, setSheet] = useState(false);
  const someNamed = session.model.beside.types.size > 0;
  const typeOf = (uid: string): string =>
    (session.model.typesOf(uid) ?? []).map(({ term }) => types.terms.nameOf(term)).join(", ");
  return (
    <>
      <TypesPanel session={session} types={types} onPanel={() => setSheet(true)} />
      <CellsTab session={session} umPerPx={umPerPx} typeOf={someNamed ? typeOf : null} />
      {sheet && <MarkerSheet image={image} session={session} types={types} onClose={() => setSheet(false)} />}
    </>
  );
}

/** Keeps cells in the colours of their types, whatever tab is open. */
export function TypeColouring({
  image,
  session,
  look,
}: {
  image: ImageDetail;
  session: EditorSession;
  look: Store<Look>;
}): ReactNode {
  const { colourOf } = useTypes(image.projectId, session);
  useTypeColouring(session, look, colourOf);
  return null;
}
