/**
 * Which images are chosen: some by id, or all that the query selects. Pure.
 *
 * Shift adds everything between the last one touched and this one, in the order shown, as file managers do.
 */

export type Selection =
  | { readonly kind: "some"; readonly ids: ReadonlySet<string>; readonly last: string | null }
  | { readonly kind: "query" };

export const nothing: Selection = { kind: "some", ids: new Set(), last: null };

export const isSelected = (selection: Selection, id: string): boolean =>
  selection.kind === "query" || selection.ids.has(id);

/** Number chosen; `total` is what the query selects. */
export const selectedCount = (selection: Selection, total: number): number =>
  selection.kind === "query" ? total : selection.ids.size;

/** @param shown  ids in the order on screen. @param extend  Shift was held. */
export function toggleSelected(
  selection: Selection,
  id: string,
  shown: readonly string[],
  extend: boolean,
): Selection {
  // From "all of the query" a click leaves everything shown but this one.
  const ids = new Set(selection.kind === "query" ? shown : selection.ids);
  const last = selection.kind === "some" ? selection.last : null;
  if (extend && last !== null && !ids.has(id)) {
    const [from, to] = [shown.indexOf(last), shown.indexOf(id)].sort((a, b) => a - b) as [number, number];
    if (from >= 0) for (const between of shown.slice(from, to + 1)) ids.add(between);
  } else if (ids.has(id)) ids.delete(id);
  else ids.add(id);
  return { kind: "some", ids, last: id };
}
