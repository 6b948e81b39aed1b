/**
 * One value against one field: what it means, or what is wrong with it.
 *
 * Numbers accept a decimal comma and the field's own unit behind them, nothing else: "5 min" for seconds is refused with
 * the number it probably means, never converted silently.
 */
import { licenceOf } from "../licence/index.ts";
import { trainingBucket } from "./buckets.ts";
import { checkTerm } from "./check-term.ts";
import { parseCurie } from "./curie.ts";
import type { FacetName } from "./facets.ts";
import type { FieldKind, MetadataField } from "./metadata-schema.ts";
import type { Term } from "./term.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** Written word, meaning, training bucket: three facts that are never merged. */
export interface MetadataValue {
  /** As the person wrote it. */
  readonly raw: string;
  readonly curie: string | null;
  readonly bucket: string | null;
}

export type MetadataRule =
  | "unknownTerm"
  | "ambiguousTerm"
  | "deprecatedTerm"
  | "wrongFacet"
  | "number"
  | "range"
  | "date"
  | "choice"
  | "form"
  | "required"
  | "conflict"
  | "unknownField";

export interface MetadataProblem {
  readonly field: string;
  readonly value: string;
  readonly rule: MetadataRule;
  /** A clause that can follow "row 12, column organ: ", without a full stop. */
  readonly message: string;
  /** What was probably meant, ready to be put in place of the value. */
  readonly nearest?: string;
  /** Terms to choose from. */
  readonly candidates?: readonly Term[];
  /** An error must be mended before the data are used; a warning is worth a look. */
  readonly severity: "error" | "warning";
}

export interface FieldReading {
  readonly term?: MetadataValue;
  readonly number?: number;
  /** The value in its proper form: an ISO date, a bare DOI, an SPDX name. */
  readonly proper?: string;
  readonly problem?: MetadataProblem;
}

/** Longer ids are sentences, and ids become keys in tables. */
const idLengthMax = 200;

export function readField(vocabulary: Vocabulary, field: MetadataField, raw: string): FieldReading {
  const { kind } = field;
  const value = raw.trim();
  const fail = (rule: MetadataRule, message: string, nearest?: string): FieldReading => ({
    problem: {
      field: field.name,
      value: raw,
      rule,
      message: `"${shown(value)}" ${message}`,
      severity: "error",
      ...(nearest === undefined ? {} : { nearest }),
    },
  });
  switch (kind.type) {
    case "term":
      return readTerm(vocabulary, { field: field.name, facet: kind.facet, free: kind.free }, raw);
    case "number":
      return readNumber(kind, value, fail);
    case "date":
      return isDate(value)
        ? { proper: value }
        : fail("date", "is not a date; write year-month-day", dateMeant(value));
    case "choice":
      return readChoice(kind.choices, value, fail);
    case "well":
      return readWell(value, fail);
    case "doi":
      return readDoi(value, fail);
    case "licence":
      return { proper: licenceOf(value).spdx ?? value };
    case "id":
      return value.length > idLengthMax
        ? fail("form", `is longer than ${idLengthMax} characters`)
        : { proper: value };
    case "text":
      return { proper: value };
  }
}

type Fail = (rule: MetadataRule, message: string, nearest?: string) => FieldReading;

function shown(value: string): string {
  return value.length <= 60 ? value : `${value.slice(0, 59)}…`;
}

function readTerm(
  vocabulary: Vocabulary,
  { field, facet, free }: { readonly field: string; readonly facet: FacetName; readonly free: boolean },
  raw: string,
): FieldReading {
  const value = raw.trim();
  const resolution = vocabulary.resolve(facet, value);
  if (resolution.state === "known") {
    const { curie } = resolution.term;
    return { term: { raw, curie, bucket: trainingBucket(facet, curie, vocabulary) } };
  }
  const term = { raw, curie: null, bucket: null };
  const problem = { field, value: raw, severity: "error" as const };
  if (resolution.state === "ambiguous") {
    const names = resolution.candidates.map(nameOf).join(" or ");
    const message = `"${shown(value)}" can be ${names}; write the one that is meant. ${resolution.reason}`;
    return {
      term,
      problem: {
        ...problem,
        rule: "ambiguousTerm",
        message: message.replace(/\.$/, ""),
        candidates: resolution.candidates,
      },
    };
  }
  const curie = parseCurie(value);
  const fault = curie === null ? null : checkTerm(vocabulary, facet, curie);
  if (fault !== null) {
    const candidates = fault.instead === null ? [] : [fault.instead];
    return {
      term,
      problem: {
        ...problem,
        rule: fault.rule,
        message: fault.reason,
        candidates,
        ...(fault.instead === null ? {} : { nearest: fault.instead.label }),
      },
    };
  }
  const [near] = resolution.nearest;
  const ask = near === undefined ? "" : `; did you mean ${nameOf(near)}?`;
  return {
    term,
    problem: {
      ...problem,
      rule: "unknownTerm",
      severity: free ? "warning" : "error",
      message: `"${shown(value)}" is not known${ask}`,
      candidates: resolution.nearest,
      ...(near === undefined ? {} : { nearest: near.label }),
    },
  };
}

function nameOf(term: Term): string {
  return `${term.label} (${term.curie})`;
}

/** Units that are the field's own under another spelling. */
const unitSpellings: Readonly<Record<string, readonly string[]>> = {
  µm: [
    "µm",
    "μm",
    "um",
    "micron",
    "microns",
    "micrometer",
    "micrometers",
    "micrometre",
    "micrometres",
    "µm/px",
    "um/px",
  ],
  s: ["s", "sec", "secs", "second", "seconds"],
  nm: ["nm"],
  x: ["x", "×"],
  "": [],
};

/** Other units of the same quantity -> factor to the field's own. */
const otherUnits: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  µm: { nm: 0.001, mm: 1000 },
  s: { ms: 0.001, min: 60, mins: 60, minute: 60, minutes: 60, h: 3600, hour: 3600, hours: 3600 },
  nm: { µm: 1000, um: 1000 },
};

function readNumber(kind: Extract<FieldKind, { type: "number" }>, value: string, fail: Fail): FieldReading {
  const match = /^([+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d{1,3})?)\s*(.*)$/i.exec(value);
  const inUnit = kind.unit === "" ? "" : ` in ${kind.unit === "x" ? "fold" : kind.unit}`;
  if (match === null) return fail("number", `is not a number${inUnit}`);
  const [, digits = "", unit = ""] = match;
  const number = Number(digits.replace(",", "."));
  const word = unit.trim().toLowerCase();
  if (word !== "" && !(unitSpellings[kind.unit] ?? []).includes(word)) {
    const factor = otherUnits[kind.unit]?.[word];
    // Nine digits hide the binary remainder of a factor such as 0.001.
    const meant = factor === undefined ? undefined : String(Number((number * factor).toPrecision(9)));
    return fail("number", `has another unit; write the number${inUnit}`, meant);
  }
  if (kind.whole === true && !Number.isInteger(number)) return fail("number", "is not a whole number");
  if (!Number.isFinite(number) || number < kind.low || number > kind.high) {
    return fail("range", `is outside ${kind.low} to ${kind.high}${kind.unit === "" ? "" : ` ${kind.unit}`}`);
  }
  return { number };
}

/** A day of the calendar as YYYY-MM-DD, from 1600 on. */
function isDate(value: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return year >= 1600 && day >= 1 && day <= (days[month - 1] ?? 0);
}

/** Only orders that cannot be misread: year first, or a day above twelve. */
function dateMeant(value: string): string | undefined {
  const parts = /^(\d{1,4})[./\s-](\d{1,2})[./\s-](\d{1,4})$/.exec(value);
  if (parts === null) return undefined;
  const [a = "", b = "", c = ""] = parts.slice(1);
  const pad = (text: string): string => text.padStart(2, "0");
  const orders =
    a.length === 4
      ? [[a, b, c]]
      : c.length === 4 && Number(a) > 12
        ? [[c, b, a]]
        : c.length === 4 && Number(b) > 12
          ? [[c, a, b]]
          : [];
  const [order] = orders;
  if (order === undefined) return undefined;
  const meant = `${order[0]}-${pad(order[1] ?? "")}-${pad(order[2] ?? "")}`;
  return isDate(meant) ? meant : undefined;
}

function readChoice(choices: readonly string[], value: string, fail: Fail): FieldReading {
  const found = choices.find((choice) => choice.toLowerCase() === value.toLowerCase());
  return found === undefined ? fail("choice", `is not one of ${choices.join(", ")}`) : { proper: found };
}

function readWell(value: string, fail: Fail): FieldReading {
  // 1,536-well plates go to row AF and column 48.
  const match = /^([A-Za-z]{1,2})-?0*(\d{1,2})$/.exec(value);
  if (match === null || Number(match[2]) === 0)
    return fail("form", "is not a well; write row and column such as B07");
  return { proper: `${match[1]?.toUpperCase()}${(match[2] ?? "").padStart(2, "0")}` };
}

function readDoi(value: string, fail: Fail): FieldReading {
  const doi = value.replace(/^(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:\s*)/i, "");
  return /^10\.\d{4,9}\/\S{1,300}$/.test(doi)
    ? { proper: doi }
    : fail("form", 'is not a DOI, which begins with "10."');
}
