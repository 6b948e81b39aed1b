/** Words for what is done to tracks and what is doubted about them. Frames count from 1, as on the screen. */

import type { CellTracks, RelinkCommand, SuspicionKind } from "#core/cell-tracks/index.ts";
import type { EventKind, ObjectOrigin, OriginChange } from "#core/edits/index.ts";

export const eventWords: Readonly<Record<EventKind, string>> = {
  entry: "Came into view",
  exit: "Left the view",
  death: "Died",
  fusion: "Fused",
};

export const suspicionWords: Readonly<Record<SuspicionKind, string>> = {
  unsure: "linker unsure",
  jump: "jump",
  areaJump: "size changes suddenly",
  gap: "not seen for a while",
  endsInside: "ends in the middle",
  beginsInside: "begins in the middle",
  short: "short track",
  merge: "vanishes into a neighbour",
  divisionArea: "odd sizes at division",
  singleDaughter: "division with one daughter",
  manyDaughters: "more than two daughters",
  lateDaughter: "daughter comes late",
};

/** Name of an object: the number of its track. */
export function nameIn(tracks: CellTracks): (uid: string) => string {
  return (uid) => String(tracks.trackOf(uid)?.number ?? "new");
}

const frameIn = (tracks: CellTracks, uid: string): string =>
  String((tracks.cellOf(uid)?.t ?? Number.NaN) + 1);

/** What a command would do, in one line. */
export function commandWords(command: RelinkCommand, tracks: CellTracks): string {
  const name = nameIn(tracks);
  switch (command.type) {
    case "join":
      return `Join ${name(command.uid)} and ${name(command.to)}`;
    case "cut":
      return `Cut ${name(command.uid)} before frame ${frameIn(tracks, command.uid)}`;
    case "end":
      return `End ${name(command.uid)} in frame ${frameIn(tracks, command.uid)}`;
    case "addDaughters":
      return `Make ${command.daughters.map(name).join(" and ")} a daughter of ${name(command.parent)}`;
    case "removeDaughter":
      return `${name(command.uid)} is no daughter`;
    case "swap":
      return `Swap ${name(command.uid)} and ${name(command.with)} from frame ${frameIn(tracks, command.uid)}`;
    case "confirm":
      return "Right as it is";
  }
}

export interface ChangeWords {
  readonly cell: string;
  readonly before: string;
  readonly after: string;
}

/** Before and after of each object whose origin an edit changed; `tracks` are those before the edit. */
export function changeWords(changes: readonly OriginChange[], tracks: CellTracks): ChangeWords[] {
  const name = nameIn(tracks);
  const side = (origin: ObjectOrigin | null): string => {
    if (origin === null || tracks.cellOf(origin.uid) === undefined) return "begins here";
    const from = `${name(origin.uid)} in frame ${frameIn(tracks, origin.uid)}`;
    return origin.kind === "link" ? `goes on from ${from}` : `daughter of ${from}`;
  };
  return changes.map(({ uid, before, after }) => ({
    cell: `${name(uid)}, frame ${frameIn(tracks, uid)}`,
    before: side(before),
    after: side(after),
  }));
}
