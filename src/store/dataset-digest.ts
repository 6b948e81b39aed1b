/**
 * The digests of a dataset version, computed over its items one by one.
 *
 * Format 2: SHA-256 of lines joined by line feeds. First {format, query} as canonical JSON, then for each item, in the
 * order of the digests of the pixels, [pixels, labels, µm per pixel or null, role, description, terms]; an item whose
 * words stand for no terms ends with the description. The split's digest is the same over [pixels, role]. Names and group
 * keys stay out: they may have to be erased one day.
 */

import { createHash } from "node:crypto";
import { canonicalJson } from "#core/canonical-json.ts";
import * as text from "./sql/drafts.ts";
import type { Store } from "./store.ts";

const digestFormat = 2;

interface DigestItem {
  readonly array: string;
  /** Root of the layer revision, hex. */
  readonly labels: string;
  readonly mppY: number | null;
  readonly mppX: number | null;
  readonly role: string;
  /** Description as JSON text of the database. */
  readonly strata: string;
  /** Terms as JSON text of the database; null for none. */
  readonly terms: string | null;
}

export interface Digests {
  readonly content: string;
  readonly split: string;
}

/** Takes items in the order of `array`; `end` gives the digests. Memory: none to speak of. */
function digester(query: string): { add(item: DigestItem): void; end(): Digests } {
  const content = createHash("sha256").update(canonicalJson({ format: digestFormat, query }));
  const split = createHash("sha256").update(canonicalJson({ format: digestFormat }));
  // Descriptions repeat: a million images have a few hundred.
  const descriptions = new Map<string, string>();
  const describe = (strata: string): string => {
    const known = descriptions.get(strata);
    if (known !== undefined) return known;
    const canonical = canonicalJson(JSON.parse(strata));
    descriptions.set(strata, canonical);
    return canonical;
  };
  return {
    add({ array, labels, mppY, mppX, role, strata, terms }) {
      const mpp = mppY === null || mppX === null ? "null" : canonicalJson({ x: mppX, y: mppY });
      // Hex digests and roles need no escapes, so this is canonical JSON without building an object per item.
      const described = terms === null ? describe(strata) : `${describe(strata)},${describe(terms)}`;
      content.update(`\n["${array}","${labels}",${mpp},"${role}",${described}]`);
      split.update(`\n["${array}","${role}"]`);
    },
    end: () => ({ content: content.digest("hex"), split: split.digest("hex") }),
  };
}

/** Rows fetched at once: a few megabytes. */
const rowsPerFetch = 20_000;

/**
 * Digests over items in the database.
 *
 * @param items  table expression with the columns of `dataset_item`. Call inside a transaction. Cost: about 5 us an item.
 */
export async function digestItems(tx: Store, query: string, items: string): Promise<Digests> {
  await tx.sql.query(text.digestCursor(items));
  const digest = digester(query);
  for (;;) {
    const rows = await tx.sql.query<DigestItem>(text.fetchDigestRows(rowsPerFetch));
    for (const row of rows) digest.add(row);
    if (rows.length < rowsPerFetch) break;
  }
  await tx.sql.query(text.closeDigestCursor);
  return digest.end();
}
