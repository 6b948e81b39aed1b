/** The tracks of a desk for components: the same list until the cells change. */

import { useMemo } from "react";
import type { CellTracks } from "#core/cell-tracks/index.ts";
import { useStore } from "../session/store.ts";
import type { TracksDesk } from "./tracks-desk.ts";

export function useTracks(desk: TracksDesk): CellTracks {
  const version = useStore(desk.session.store, (state) => state.version);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for the content of the model.
  return useMemo(() => desk.tracks(), [desk, version]);
}

/** Indexes of the tracks that are looked at. */
export function useChosen(desk: TracksDesk, tracks: CellTracks): readonly number[] {
  const chosen = useStore(desk.store, (state) => state.chosen);
  return useMemo(
    () => [...new Set(chosen.flatMap((uid) => tracks.trackOf(uid)?.index ?? []))],
    [chosen, tracks],
  );
}
