/** Edits that a linker makes of the origins it found. */

import { type EditOperation, type OriginChange, operationChangesMax } from "#core/edits/index.ts";

/** One edit; of very long movies several, which first free what changes and then link it, so that each keeps the laws. */
export function operationsOf(
  changes: readonly OriginChange[],
  tool: string,
  nextId: () => string,
  most: number = operationChangesMax,
): EditOperation[] {
  const edit = (origins: readonly OriginChange[]): EditOperation => ({
    ...{ operationId: nextId(), kind: "propose", tool: tool.slice(0, 200), changes: [], msSpent: 0 },
    origins,
  });
  if (changes.length <= most) return changes.length === 0 ? [] : [edit(changes)];
  const freed = changes.flatMap((one) => (one.before === null ? [] : [{ ...one, after: null }]));
  const linked = changes.flatMap((one) => (one.after === null ? [] : [{ ...one, before: null }]));
  return [freed, linked].flatMap((list) =>
    Array.from({ length: Math.ceil(list.length / most) }, (_, k) =>
      edit(list.slice(k * most, (k + 1) * most)),
    ),
  );
}
