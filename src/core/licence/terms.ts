/**
 * What a licence allows and asks for, read from an SPDX name or from the words a data set came with.
 *
 * Only what matters for sharing data and models trained on them; no legal advice. Whatever is not understood counts as
 * unknown, and unknown allows nothing: a set that cannot show a licence cannot be passed on.
 */

export interface LicenceTerms {
  /** False when the text is not understood; then nothing is allowed. */
  readonly known: boolean;
  /** Copies may be passed on. */
  readonly redistribute: boolean;
  /** Also for money. */
  readonly commercial: boolean;
  /** Changed versions (crops, resampled pixels, corrected labels) may be passed on. */
  readonly derivative: boolean;
  /** The makers must be named. */
  readonly attribution: boolean;
  /** Changed versions must carry this very licence. */
  readonly shareAlike: boolean;
}

export interface Licence {
  /** The text as it was given, trimmed. */
  readonly text: string;
  /** SPDX name when there is one. */
  readonly spdx: string | null;
  readonly terms: LicenceTerms;
}

const open = { known: true, redistribute: true, commercial: true, derivative: true } as const;
const free: LicenceTerms = { ...open, attribution: false, shareAlike: false };
const named: LicenceTerms = { ...open, attribution: true, shareAlike: false };
const alike: LicenceTerms = { ...open, attribution: true, shareAlike: true };

const unknownTerms: LicenceTerms = {
  known: false,
  redistribute: false,
  commercial: false,
  derivative: false,
  attribution: true,
  shareAlike: false,
};

/** Licences by SPDX name, versions of Creative Commons apart: they follow from the parts of the name. */
const bySpdx: Readonly<Record<string, LicenceTerms>> = {
  "CC0-1.0": free,
  "PDDL-1.0": free,
  Unlicense: free,
  "0BSD": free,
  "MIT-0": free,
  "ODC-By-1.0": named,
  "CDLA-Permissive-1.0": named,
  "CDLA-Permissive-2.0": named,
  MIT: named,
  "Apache-2.0": named,
  "BSD-2-Clause": named,
  "BSD-3-Clause": named,
  ISC: named,
  "BSL-1.0": named,
  "ODbL-1.0": alike,
  "CDLA-Sharing-1.0": alike,
  "GPL-2.0-only": alike,
  "GPL-2.0-or-later": alike,
  "GPL-3.0-only": alike,
  "GPL-3.0-or-later": alike,
  "AGPL-3.0-only": alike,
  "AGPL-3.0-or-later": alike,
  "LGPL-2.1-or-later": alike,
  "LGPL-3.0-or-later": alike,
  "MPL-2.0": alike,
};

const spdxByKey = new Map(Object.keys(bySpdx).map((name) => [keyOf(name), name]));

/** Other names that public data sets use for a licence with an SPDX name. */
const aliases: Readonly<Record<string, string>> = {
  cc0: "CC0-1.0",
  "public domain": "CC0-1.0",
  "creative commons zero": "CC0-1.0",
  apache2: "Apache-2.0",
  "apache license 2.0": "Apache-2.0",
  "mit license": "MIT",
  bsd: "BSD-3-Clause",
  "gpl-3.0": "GPL-3.0-only",
  gplv3: "GPL-3.0-only",
  "gpl-2.0": "GPL-2.0-only",
  "agpl-3.0": "AGPL-3.0-only",
  odbl: "ODbL-1.0",
  "odc-by": "ODC-By-1.0",
};

function keyOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\s_-]+/g, " ")
    .trim();
}

const aliasByKey = new Map(Object.entries(aliases).map(([name, spdx]) => [keyOf(name), spdx]));

/**
 * The licence that a text stands for: an SPDX name, an expression of them with AND and OR, a usual other name, or words
 * such as "non-commercial academic use".
 *
 * Never throws: what is not understood has `known: false`. Of "A OR B" the more generous one is taken.
 */
export function licenceOf(text: string): Licence {
  const trimmed = text.trim();
  const parts = trimmed.split(/\s+(AND|OR)\s+/);
  if (parts.length < 3) return { text: trimmed, ...single(trimmed) };
  let terms = single(parts[0] ?? "").terms;
  for (let i = 1; i + 1 < parts.length; i += 2) {
    const next = single(parts[i + 1] ?? "").terms;
    terms = parts[i] === "AND" ? bothTerms(terms, next) : generousOf(terms, next);
  }
  return { text: trimmed, spdx: null, terms };
}

/** Terms under which both sides are kept: what both allow, and what either asks for. */
export function bothTerms(a: LicenceTerms, b: LicenceTerms): LicenceTerms {
  return {
    known: a.known && b.known,
    redistribute: a.redistribute && b.redistribute,
    commercial: a.commercial && b.commercial,
    derivative: a.derivative && b.derivative,
    attribution: a.attribution || b.attribution,
    shareAlike: a.shareAlike || b.shareAlike,
  };
}

/** Whether `a` allows no more and asks for no less than `b`. */
export function isAsStrict(a: LicenceTerms, b: LicenceTerms): boolean {
  return (
    (!a.known || b.known) &&
    (!a.redistribute || b.redistribute) &&
    (!a.commercial || b.commercial) &&
    (!a.derivative || b.derivative) &&
    (a.attribution || !b.attribution) &&
    (a.shareAlike || !b.shareAlike)
  );
}

const generousOf = (a: LicenceTerms, b: LicenceTerms): LicenceTerms => (isAsStrict(a, b) ? b : a);

function single(text: string): { readonly spdx: string | null; readonly terms: LicenceTerms } {
  const key = keyOf(text.replace(/^\(|\)$/g, ""));
  const spdx = spdxByKey.get(key) ?? aliasByKey.get(key);
  if (spdx !== undefined) return { spdx, terms: bySpdx[spdx] ?? unknownTerms };
  return creativeCommons(key) ?? { spdx: null, terms: termsOfWords(key) };
}

/** CC BY and its variants in any usual spelling, with or without version. */
function creativeCommons(key: string): { readonly spdx: string | null; readonly terms: LicenceTerms } | null {
  const short = key
    .replace(/^creative commons( attribution)?/, "cc by")
    .replace(/\bnon ?commercial\b/g, "nc")
    .replace(/\bshare ?alike\b/g, "sa")
    .replace(/\bno ?deriv(ative)?s?\b/g, "nd")
    .replace(/\b(international|unported|licen[cs]e|public)\b/g, "")
    .replace(/\s+/g, " ")
    .trim();
  const found = /^cc by((?: (?:nc|sa|nd))*)(?: v?(\d\.\d))?$/.exec(short);
  if (found === null) return null;
  const parts = (found[1] ?? "").trim().split(" ").filter(Boolean);
  const name = ["CC-BY", ...["NC", "ND", "SA"].filter((part) => parts.includes(part.toLowerCase()))].join(
    "-",
  );
  return {
    spdx: found[2] === undefined ? null : `${name}-${found[2]}`,
    terms: {
      known: true,
      redistribute: true,
      commercial: !parts.includes("nc"),
      derivative: !parts.includes("nd"),
      attribution: true,
      shareAlike: parts.includes("sa"),
    },
  };
}

/** Words of home-made licences. Non-commercial ones let nobody pass the data on unless they say so. */
function termsOfWords(key: string): LicenceTerms {
  if (key === "" || /\b(unknown|not stated|none|unclear|contradictory)\b/.test(key)) return unknownTerms;
  if (/\b(all rights reserved|proprietary|confidential|internal)\b/.test(key)) {
    return { ...unknownTerms, known: true };
  }
  if (
    /\bnon ?commercial\b|\bacademic\b|\bresearch (use )?only\b|\bcell tracking challenge\b|\bdeepcell\b/.test(
      key,
    )
  ) {
    const onward =
      /\bredistribut(e|ion)\b.*\b(allowed|permitted)\b/.test(key) || /^modified apache/.test(key);
    return { ...unknownTerms, known: true, redistribute: onward, derivative: onward };
  }
  return unknownTerms;
}
