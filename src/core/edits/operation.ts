/**
 * One edit of a layer: which objects changed, from which shape to which.
 *
 * An operation carries both sides of every change, so it can be checked against the state it meets, taken back without
 * further knowledge, and replayed. Its id is made by the client: sending it twice is harmless. Tools, models and
 * importers all end in this one form.
 */

import { FoundryError, isFoundryError } from "../errors.ts";
import { assertObjectShape, type ObjectShape, shapesEqual } from "../labels/index.ts";
import { type AcceptChange, invertedAccepts } from "./accepts.ts";
import { type BesideShapes, besideCount, invertedBeside, validateBeside } from "./beside-shapes.ts";
import { type EventChange, eventKinds, sameEvent, sideOfEvent } from "./cell-events.ts";
import { type OriginChange, originKinds, sameOrigin } from "./origins.ts";

export const editKinds = [
  "draw",
  "erase",
  "delete",
  "split",
  "merge",
  "fill",
  "reshape",
  "import",
  "propose",
  /** Types of cells, without their shapes. */
  "assignType",
  /** Spots drawn, moved, deleted, found or assigned. */
  "spots",
  "undo",
  "redo",
  /** Work of a branch taken into its layer. */
  "takeIn",
  /** Back to an earlier revision. */
  "restore",
  /** Links, divisions and events of tracks; no shape. */
  "relink",
  /** A person found proposed cells right. */
  "accept",
] as const;

export type EditKind = (typeof editKinds)[number];

/** Birth when `before` is null, removal when `after` is null. */
export interface ObjectChange {
  /** Identity of the object for its whole life. */
  readonly uid: string;
  readonly before: ObjectShape | null;
  readonly after: ObjectShape | null;
}

export interface EditOperation extends BesideShapes {
  /** Made by the client, unique for ever. */
  readonly operationId: string;
  readonly kind: EditKind;
  /** Name of the tool that made it: "brush", "split-line", "model nuclei 1.2.0". */
  readonly tool: string;
  readonly changes: readonly ObjectChange[];
  /** Time a person spent on it, in milliseconds; 0 when no person was at work. */
  readonly msSpent: number;
  /** The operation this one takes back (kind undo) or brings back (kind redo). */
  readonly undoes?: string;
  /** Changes of where objects come from over time; an edit of these alone changes no shape. */
  readonly origins?: readonly OriginChange[];
  /** Changes of what is marked about cells: entry, exit, death, fusion. */
  readonly events?: readonly EventChange[];
  /** Proposed cells that a person found right; changes no shape. */
  readonly accepts?: readonly AcceptChange[];
}

/** An import of a large field holds tens of thousands of objects; more than this in one step is a mistake. */
export const operationChangesMax = 100_000;

/** A ULID has 26 characters, a UUID 36; room for prefixes. */
const idLengthMax = 64;
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]*$/;

const toolLengthMax = 200;

/** One day: longer means the clock of the client jumped. */
const msSpentMax = 86_400_000;

function invalid(problem: string, details: Record<string, unknown> = {}): FoundryError {
  return new FoundryError("edit.invalid", { message: `This edit cannot be applied: ${problem}.`, details });
}

function isId(text: unknown): boolean {
  return typeof text === "string" && text.length <= idLengthMax && idPattern.test(text);
}

/**
 * Checks an operation that came from outside, without looking at any layer.
 *
 * @param image  size of the layer in pixels; all shapes must lie inside.
 * @throws FoundryError `edit.invalid` naming the first fault. Cost: O(bytes of all shapes).
 */
export function validateOperation(
  operation: EditOperation,
  image: { readonly height: number; readonly width: number },
): void {
  if (!isId(operation.operationId)) throw invalid("its operation id is not an id");
  if (!editKinds.includes(operation.kind)) throw invalid(`its kind "${operation.kind}" is unknown`);
  if (typeof operation.tool !== "string" || operation.tool.length > toolLengthMax) {
    throw invalid(`the name of its tool is longer than ${toolLengthMax} characters`);
  }
  const { msSpent } = operation;
  if (!Number.isFinite(msSpent) || msSpent < 0 || msSpent > msSpentMax) {
    throw invalid("its time spent lies outside 0 to one day", { msSpent });
  }
  const takesBack = operation.kind === "undo" || operation.kind === "redo";
  if (takesBack !== (operation.undoes !== undefined) || (takesBack && !isId(operation.undoes))) {
    throw invalid(
      `an edit of kind "${operation.kind}" ${takesBack ? "needs" : "cannot have"} the field "undoes"`,
    );
  }
  const count = Math.max(operation.changes.length, besideCount(operation));
  const { origins = [], events = [], accepts = [] } = operation;
  if (count + origins.length + events.length + accepts.length === 0) throw invalid("it changes nothing");
  if (count > operationChangesMax) {
    throw invalid(`it changes ${count} objects, more than ${operationChangesMax}`, { count });
  }
  const seen = new Set<string>();
  for (const change of operation.changes) {
    if (!isId(change.uid)) throw invalid("an object's id is not an id");
    if (seen.has(change.uid)) throw invalid("it changes one object twice", { uid: change.uid });
    seen.add(change.uid);
    validateChange(change, image);
  }
  validateOrigins(operation.origins ?? []);
  validateEvents(operation.events ?? []);
  validateAccepts(operation.accepts ?? []);
  validateBeside(operation, image, isId);
}

function validateAccepts(accepts: readonly AcceptChange[]): void {
  if (accepts.length > operationChangesMax) {
    throw invalid(`it accepts ${accepts.length} cells, more than ${operationChangesMax}`);
  }
  const seen = new Set<string>();
  for (const { uid, accepted } of accepts) {
    if (!isId(uid) || typeof accepted !== "boolean") throw invalid("an accepted cell is not one");
    if (seen.has(uid)) throw invalid("it accepts one cell twice", { uid });
    seen.add(uid);
  }
}

function validateOrigins(origins: readonly OriginChange[]): void {
  if (origins.length > operationChangesMax) {
    throw invalid(`it changes ${origins.length} tracks, more than ${operationChangesMax}`);
  }
  const seen = new Set<string>();
  for (const { uid, before, after } of origins) {
    const sides = [before, after].filter((side) => side !== null);
    const isKnown = sides.every(
      ({ uid: from, kind, confidence }) =>
        isId(from) && originKinds.includes(kind) && (confidence === undefined || isShare(confidence)),
    );
    if (!isId(uid) || !isKnown) throw invalid("an object's origin is not one");
    if (seen.has(uid)) throw invalid("it changes the origin of one object twice", { uid });
    seen.add(uid);
    if (sameOrigin(before, after)) throw invalid("an object's origin is the same before and after", { uid });
  }
}

const isShare = (value: number): boolean => value >= 0 && value <= 1;

function validateEvents(events: readonly EventChange[]): void {
  if (events.length > operationChangesMax) {
    throw invalid(`it marks ${events.length} cells, more than ${operationChangesMax}`);
  }
  const seen = new Set<string>();
  for (const { uid, side, before, after } of events) {
    const sides = [before, after].filter((event) => event !== null);
    const isKnown = sides.every(
      ({ kind, into }) =>
        eventKinds.includes(kind) &&
        sideOfEvent(kind) === side &&
        (kind === "fusion" ? isId(into) : into === undefined),
    );
    if (!isId(uid) || !isKnown) throw invalid("what it marks about a cell is not known");
    if (seen.has(`${side} ${uid}`)) throw invalid("it marks one cell twice", { uid });
    seen.add(`${side} ${uid}`);
    if (sameEvent(before, after)) throw invalid("a cell is marked the same before and after", { uid });
  }
}

function validateChange(
  change: ObjectChange,
  image: { readonly height: number; readonly width: number },
): void {
  const { uid, before, after } = change;
  const same = before === null ? after === null : after !== null && shapesEqual(before, after);
  if (same) throw invalid("an object is the same before and after", { uid });
  for (const shape of [before, after]) {
    if (shape === null) continue;
    try {
      assertObjectShape(shape, image);
    } catch (error) {
      if (!isFoundryError(error, "label.invalid")) throw error;
      throw new FoundryError("edit.invalid", {
        message: `This edit cannot be applied. ${error.message}`,
        details: { uid, ...error.details },
        cause: error,
      });
    }
  }
}

type TrackFields = Pick<EditOperation, "origins" | "events">;

/** What an operation changes about tracks, as fields of one that does it again. */
export function tracksOfEdit({ origins, events }: TrackFields): TrackFields {
  return { ...(origins === undefined ? {} : { origins }), ...(events === undefined ? {} : { events }) };
}

/** The same the other way round, as fields of an operation that takes it back. */
export function invertedTracks({ origins, events }: TrackFields): TrackFields {
  const invert = <T extends { readonly before: unknown; readonly after: unknown }>(list: readonly T[]): T[] =>
    list.map((change) => ({ ...change, before: change.after, after: change.before }));
  return tracksOfEdit({
    ...(origins === undefined ? {} : { origins: invert(origins) }),
    ...(events === undefined ? {} : { events: invert(events) }),
  });
}

/** The operation with all changes the other way round; `kind` says whether it takes back or brings back. */
export function invertOperation(
  operation: EditOperation,
  operationId: string,
  kind: "undo" | "redo",
): EditOperation {
  return {
    operationId,
    kind,
    tool: kind,
    changes: operation.changes.map(({ uid, before, after }) => ({ uid, before: after, after: before })),
    msSpent: 0,
    undoes: operation.operationId,
    ...invertedTracks(operation),
    ...invertedAccepts(operation),
    ...invertedBeside(operation),
  };
}
