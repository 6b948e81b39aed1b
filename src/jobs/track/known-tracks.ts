/**
 * What is known of the tracks of a frozen movie: links that people judged, links that stood while they did, and, of movies
 * that came with their tracks, all of them. Links that a program made and nobody looked at say nothing.
 *
 * A label revision is a place in its layer's log, so what people had decided by then follows from the log alone and cannot
 * change afterwards; a digest of it is kept with what is learned from it.
 */

import { canonicalJson } from "#core/canonical-json.ts";
import { compileConstraints, detectionKey } from "#core/tracking/index.ts";
import type { KnownOrigin, KnownOrigins } from "#nn/linking/index.ts";
import { sha256 } from "#platform/index.ts";
import {
  editLog,
  getRevision,
  type LoggedEdit,
  layerLinks,
  revisionObjects,
  revisionSeq,
  type Store,
  type VersionedObject,
} from "#store/index.ts";
import { trackDecisions } from "./track-decisions.ts";

export interface KnownTracks {
  readonly layerId: string;
  readonly objects: readonly VersionedObject[];
  readonly origins: KnownOrigins;
  /** Frames whose origins are known at least in part, ascending. */
  readonly judged: readonly number[];
  /** Links, divisions and ends that people decided one by one. */
  readonly decisions: number;
  /** Of everything above, in hex. */
  readonly digest: string;
}

type Origin = { readonly uid: string; readonly kind: "link" | "division" } | null;

/** @throws FoundryError `revision.notFound`, `blob.corrupt`, `blob.missing`. Cost: O(objects + log of the layer). */
export async function readKnownTracks(store: Store, revisionId: string): Promise<KnownTracks> {
  const { layerId } = await getRevision(store, revisionId);
  const seq = await revisionSeq(store, revisionId);
  const objects = await revisionObjects(store, revisionId);
  const { before, since } = await readEdits(store, layerId, seq);
  const present = new Map(
    (await layerLinks(store, layerId)).map(({ from, to, kind }) => [to, { uid: from, kind }]),
  );
  return knownTracks(layerId, objects, originsAt(present, since), before);
}

/** Origins of objects that edits since have changed, as they were before them. */
function originsAt(
  present: Map<string, NonNullable<Origin>>,
  since: readonly LoggedEdit[],
): Map<string, NonNullable<Origin>> {
  for (const { origins = [] } of since.toReversed())
    for (const { uid, before } of origins.toReversed()) {
      if (before === null) present.delete(uid);
      else present.set(uid, before);
    }
  return present;
}

async function readEdits(
  store: Store,
  layerId: string,
  seq: number,
): Promise<{ readonly before: LoggedEdit[]; readonly since: LoggedEdit[] }> {
  const [before, since]: [LoggedEdit[], LoggedEdit[]] = [[], []];
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<typeof editLog>> = await editLog(store, layerId, after);
    for (const edit of page.edits) {
      if (edit.origins === undefined && edit.undoes === undefined) continue;
      (edit.seq <= seq ? before : since).push(edit);
    }
    after = page.nextAfter;
  }
  return { before, since };
}

type DecidingLog = Parameters<typeof trackDecisions>[0];

/** The rule itself, on plain data. @param edits  of the log up to the revision, oldest first. */
function knownTracks(
  layerId: string,
  objects: readonly VersionedObject[],
  originOf: ReadonlyMap<string, NonNullable<Origin>>,
  edits: DecidingLog,
): KnownTracks {
  const places = new Map(objects.map(({ uid, label, shape }) => [uid, { t: shape.t, label }]));
  const keyOf = (uid: string): number | undefined => {
    const place = places.get(uid);
    return place === undefined ? undefined : detectionKey(place);
  };
  const decided = new Map<number, KnownOrigin>();
  const constraints = trackDecisions(edits, places);
  const compiled = compileConstraints(constraints);
  const vouched = cameWithTracks(originOf, edits);
  const standing = new Map<number, KnownOrigin>();
  const judged = new Set<number>();
  for (const key of [...compiled.origins.keys(), ...compiled.forbidden.keys()]) judged.add(frameOf(key));
  const continued = new Set([...originOf].flatMap(([uid, { uid: from }]) => (places.has(uid) ? [from] : [])));
  for (const { uid, shape } of objects) {
    const key = keyOf(uid)!;
    const before = originOf.get(uid);
    const from = before === undefined ? null : (keyOf(before.uid) ?? null);
    const known: KnownOrigin = { from, kind: from === null ? "link" : before!.kind };
    if (vouched.has(uid) || (vouched.all && before === undefined)) {
      if (shape.t > 0) judged.add(shape.t);
      decided.set(key, known);
    } else standing.set(key, known);
  }
  for (const [key, { from, kind }] of compiled.origins)
    decided.set(key, { from: from === null ? null : detectionKey(from), kind });
  for (const key of compiled.forbidden.keys()) if (!compiled.origins.has(key)) decided.delete(key);
  for (const key of standing.keys())
    if (!judged.has(frameOf(key)) || decided.has(key) || compiled.forbidden.has(key)) standing.delete(key);
  const ends = new Set(
    objects.flatMap(({ uid, shape }) =>
      !continued.has(uid) && judged.has(shape.t + 1) ? [keyOf(uid)!] : [],
    ),
  );
  const { acceptedLinks = [], acceptedDivisions = [], forbiddenLinks = [] } = constraints;
  return {
    layerId,
    objects,
    origins: { decided, forbidden: compiled.forbidden, standing, ends },
    judged: [...judged].sort((a, b) => a - b),
    decisions: acceptedLinks.length + acceptedDivisions.length + forbiddenLinks.length,
    digest: sha256(
      canonicalJson({
        decided: [...decided].map(([key, { from, kind }]) => [key, from, kind]),
        forbidden: [...compiled.forbidden].map(([key, sources]) => [key, ...sources]),
        standing: [...standing].map(([key, { from, kind }]) => [key, from, kind]),
      }),
    ),
  };
}

/** Frame of a key of `detectionKey`. */
const frameOf = (key: number): number => Math.floor(key / 2 ** 32);

/**
 * Objects whose origin came with an import and was never touched by a program since. `all`: cells without an origin are
 * vouched for as well, because the import spoke of tracks and no program has linked them.
 */
function cameWithTracks(
  originOf: ReadonlyMap<string, NonNullable<Origin>>,
  edits: DecidingLog,
): { has(uid: string): boolean; readonly all: boolean } {
  const touched = new Set(edits.flatMap(({ origins = [] }) => origins.map(({ uid }) => uid)));
  const imported = new Set([...originOf.keys()].filter((uid) => !touched.has(uid)));
  const byProgram = edits.some(({ agent, origins = [] }) => agent.kind !== "person" && origins.length > 0);
  return { has: (uid) => imported.has(uid), all: imported.size > 0 && !byProgram };
}
