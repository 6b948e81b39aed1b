/**
 * Edits as they travel: the shapes of each change in wire form, everything else as it is.
 *
 * The page imports this file and `shapes.ts` by name: the folder's index would bring the schemas into its bundle.
 */

import type { CellTypes, TypeMark } from "#core/cell-types/index.ts";
import { besideOf, type EditOperation, tracksOfEdit } from "#core/edits/index.ts";
import type { WireEdit } from "./labels.ts";
import { shapeFromWire, shapeToWire } from "./shapes.ts";

/** An edit for the wire. The time spent is rounded to whole milliseconds, at least 0. Cost: O(bytes of its shapes). */
export function editToWire(edit: EditOperation): WireEdit {
  const { operationId, kind, tool, changes, msSpent, undoes, accepts } = edit;
  return {
    operationId,
    kind,
    tool,
    msSpent: Math.max(0, Math.round(msSpent)),
    changes: changes.map(({ uid, before, after }) => ({
      uid,
      before: before === null ? null : shapeToWire(before),
      after: after === null ? null : shapeToWire(after),
    })),
    ...(undoes === undefined ? {} : { undoes }),
    ...tracksToWire(edit),
    ...(accepts === undefined ? {} : { accepts: accepts.map((change) => ({ ...change })) }),
  };
}

/** Copies: what goes on the wire may be changed by who sends it. */
function tracksToWire(edit: EditOperation): Pick<WireEdit, "origins" | "events"> {
  const { origins, events } = edit;
  return {
    ...(origins === undefined ? {} : { origins: origins.map((change) => ({ ...change })) }),
    ...(events === undefined ? {} : { events: events.map((change) => ({ ...change })) }),
    ...besideToWire(edit),
  };
}

/**
 * An edit from the wire. Whether it holds is for `validateOperation` and `applyOperation` to say.
 *
 * @throws FoundryError `label.invalid` when the bits of a shape are not base64.
 */
export function editFromWire(edit: WireEdit): EditOperation {
  const { operationId, kind, tool, changes, msSpent, undoes, accepts } = edit;
  return {
    operationId,
    kind,
    tool,
    changes: changes.map(({ uid, before, after }) => ({
      uid,
      before: before === null ? null : shapeFromWire(before),
      after: after === null ? null : shapeFromWire(after),
    })),
    msSpent,
    ...(undoes === undefined ? {} : { undoes }),
    ...tracksOfEdit(edit),
    ...(accepts === undefined ? {} : { accepts }),
    ...besideOf(edit),
  };
}

function besideToWire({ types, spots }: EditOperation): Pick<WireEdit, "types" | "spots"> {
  const marks = (side: CellTypes | null): TypeMark[] | null => side?.map((mark) => ({ ...mark })) ?? null;
  return {
    ...(types === undefined
      ? {}
      : {
          types: types.map(({ uid, before, after }) => ({ uid, before: marks(before), after: marks(after) })),
        }),
    ...(spots === undefined ? {} : { spots: spots.map((change) => ({ ...change })) }),
  };
}
