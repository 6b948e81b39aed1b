/**
 * Who is in which layer now, and what they point at. Lives in memory only.
 *
 * A page tells one server; the word goes through PostgreSQL's notifications, so that people behind two server processes
 * see each other, and nothing is ever written to a table. Whoever was not heard of for a while is gone: a page that
 * dies says no goodbye.
 */

import { type PresentPerson, presentPersonSchema } from "#api/index.ts";
import { FoundryError } from "#core/errors.ts";
import type { Clock } from "#platform/index.ts";
import type { NewsFeed } from "./news-feed.ts";

/** A page says something at least every 10 s; three lost words and its person counts as gone. */
const goneAfterMs = 30_000;

/** More people than this are not seen side by side on a screen. */
const pagesPerLayerMax = 50;

/** Layers with people at one time, over all servers; beyond it newcomers are not shown. */
const layersMax = 2_000;

/** A page says where its pointer is four times a second; three times that is no page of ours. */
const wordsPerSecondMax = 12;

/** PostgreSQL takes at most 8,000 bytes in a notification. */
const wordBytesMax = 7_900;

export interface PresenceBoard {
  /**
   * Checks what a page says and makes the word that all servers must hear.
   *
   * @throws FoundryError `limit.rate` when the page speaks too often, or too many people are in the layer.
   */
  word(layerId: string, person: PresentPerson, leaving: boolean): string;
  /** People of a layer, in order of their pages' ids, that is of coming. */
  people(layerId: string): readonly PresentPerson[];
  /** Calls `listener` with the id of a layer whose people changed. */
  subscribe(listener: (layerId: string) => void): () => void;
}

interface Heard {
  readonly person: PresentPerson;
  readonly atMs: number;
}

interface Word {
  readonly layerId: string;
  readonly person: PresentPerson;
  readonly leaving: boolean;
}

export function openPresenceBoard(feed: NewsFeed, clock: Clock): PresenceBoard {
  const layers = new Map<string, Map<string, Heard>>();
  const rates = new Map<string, { second: number; words: number }>();
  const listeners = new Set<(layerId: string) => void>();

  feed.subscribe((news) => {
    // After a gap the pages speak again within seconds; nothing is to be read anew.
    const word = news === null ? null : parseWord(news);
    if (word === null) return;
    hear(layers, word, clock.now());
    for (const listener of [...listeners]) listener(word.layerId);
  });

  return {
    word(layerId, person, leaving) {
      const now = clock.now();
      assertRate(rates, keyOf(person), now);
      const present = living(layers.get(layerId), now);
      if (!leaving && present.length >= pagesPerLayerMax && !present.some((one) => isSame(one, person))) {
        throw new FoundryError("limit.rate", {
          message: "Too many people have this image open to be shown to each other.",
          hint: "Editing works as always.",
        });
      }
      const word = JSON.stringify({ layerId, person, leaving } satisfies Word);
      if (Buffer.byteLength(word) > wordBytesMax) {
        throw new FoundryError("limit.bytes", { message: "This is more than a page may say of its person." });
      }
      return word;
    },
    people: (layerId) => living(layers.get(layerId), clock.now()),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A member cannot speak for another's page. */
const keyOf = ({ memberId, page }: PresentPerson): string => `${memberId} ${page}`;
const isSame = (a: PresentPerson, b: PresentPerson): boolean => keyOf(a) === keyOf(b);

function hear(layers: Map<string, Map<string, Heard>>, word: Word, now: number): void {
  let people = layers.get(word.layerId);
  if (people === undefined) {
    if (word.leaving) return;
    if (layers.size >= layersMax) sweep(layers, now);
    if (layers.size >= layersMax) return;
    people = new Map();
    layers.set(word.layerId, people);
  }
  for (const [key, { atMs }] of people) if (atMs <= now - goneAfterMs) people.delete(key);
  if (word.leaving) people.delete(keyOf(word.person));
  else people.set(keyOf(word.person), { person: word.person, atMs: now });
  if (people.size === 0) layers.delete(word.layerId);
}

function sweep(layers: Map<string, Map<string, Heard>>, now: number): void {
  for (const [layerId, people] of layers) if (living(people, now).length === 0) layers.delete(layerId);
}

function living(people: ReadonlyMap<string, Heard> | undefined, now: number): PresentPerson[] {
  return [...(people?.values() ?? [])]
    .filter(({ atMs }) => atMs > now - goneAfterMs)
    .map(({ person }) => person)
    .sort((a, b) => (a.page < b.page ? -1 : 1));
}

function assertRate(rates: Map<string, { second: number; words: number }>, key: string, now: number): void {
  const second = Math.floor(now / 1000);
  const rate = rates.get(key);
  if (rate?.second === second && ++rate.words > wordsPerSecondMax) {
    throw new FoundryError("limit.rate", { message: "This page says too often where its pointer is." });
  }
  if (rate?.second === second) return;
  for (const [other, { second: last }] of rates) if (last !== second) rates.delete(other);
  rates.set(key, { second, words: 1 });
}

/** Words come from servers of this lab; one of another version may say something this one does not know. */
function parseWord(text: string): Word | null {
  try {
    const { layerId, person, leaving } = JSON.parse(text) as Word;
    const parsed = presentPersonSchema.safeParse(person);
    return typeof layerId === "string" && parsed.success ? { layerId, person: parsed.data, leaving } : null;
  } catch {
    return null;
  }
}
