/** What the panels need of the types in an image: terms with their names, colours, counts, the project's own list. */

import { useEffect, useMemo, useRef } from "react";
import type { TermPlaces } from "#api/index.ts";
import {
  type CellTypes,
  countTypes,
  emptyPanel,
  type MarkerPanel,
  type TypeCounts,
  termsOf,
} from "#core/cell-types/index.ts";
import type { Rgb } from "#core/labels/index.ts";
import { useMarkerPanel, useTermPlaces } from "../../client/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import type { Look } from "../session/look.ts";
import { type Store, useStore } from "../session/store.ts";
import { namingOf } from "./naming.ts";
import { colourOfTypes, typeColours } from "./type-colours.ts";
import { type TypeTerms, typeTerms } from "./type-terms.ts";

export interface UsedTypes {
  readonly panel: MarkerPanel;
  readonly terms: TypeTerms;
  readonly colours: ReadonlyMap<string, Rgb>;
  /** Of the plane on the screen. */
  readonly counts: TypeCounts;
  readonly colourOf: (types: CellTypes | null) => Rgb;
}

const nothing: TermPlaces["terms"] = [];

export function useTypes(projectId: string, session: EditorSession): UsedTypes {
  const version = useStore(session.store, (state) => state.version);
  const plane = useStore(session.store, (state) => state.plane);
  const panel = useMarkerPanel(projectId).data ?? emptyPanel;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for the content of the model.
  const used = useMemo(
    () => [...new Set([...session.model.beside.types.values()].flatMap(termsOf))].sort(),
    [session, version],
  );
  const own = useMemo(() => panel.types.map(({ term }) => term), [panel]);
  const places = useTermPlaces([...own, ...used]).data?.terms ?? nothing;
  const terms = useMemo(() => typeTerms(places), [places]);
  const colours = useMemo(() => typeColours(own, used), [own, used]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` and `plane` stand for the cells on the screen.
  const counts = useMemo(
    () =>
      countTypes(
        [...session.model.cells.keys()].map((uid) => session.model.typesOf(uid)),
        terms.ancestors,
      ),
    [session, version, plane, terms],
  );
  const rank = useMemo(() => new Map(own.map((term, i) => [term, i])), [own]);
  const naming = namingOf(session);
  useEffect(() => naming.setKeys(own, used), [naming, own, used]);
  return useMemo(
    () => ({ panel, terms, colours, counts, colourOf: (types) => colourOfTypes(types, colours, rank) }),
    [panel, terms, colours, counts, rank],
  );
}

/** While it is asked for, cells are drawn in the colours of their types. */
export function useTypeColouring(
  session: EditorSession,
  look: Store<Look>,
  colourOf: UsedTypes["colourOf"],
): void {
  const coloured = useStore(namingOf(session).store, (state) => state.coloured);
  const version = useStore(session.store, (state) => state.version);
  const own = useRef<Look["cellColour"]>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new function per version makes the viewer ask again.
  useEffect(() => {
    const { cellColour } = look.get();
    const isOurs = own.current !== null && cellColour === own.current;
    if (!coloured) {
      own.current = null;
      if (isOurs) look.set({ cellColour: null });
      return;
    }
    // Someone chose other colours since: what was chosen last holds.
    if (own.current !== null && !isOurs) {
      own.current = null;
      namingOf(session).store.set({ coloured: false });
      return;
    }
    own.current = (uid) => colourOf(session.model.typesOf(uid));
    look.set({ colouring: "cells", cellColour: own.current });
  }, [coloured, look, session, colourOf, version]);
}
