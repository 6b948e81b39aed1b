/**
 * What is known of an image besides its pixels: flat text fields, checked for size and form.
 *
 * A few field names are known to the program (facets, training buckets); any other lower-camel-case name may be used,
 * so that a lab's own sheet loses nothing. Terms of an ontology are a later layer over the same fields.
 */

import { FoundryError } from "./errors.ts";

export interface ImageMetadata {
  /** Coarse appearance used to choose and to report: "fluorescence", "histology", "phase" … */
  readonly kind?: string;
  readonly modality?: string;
  readonly organ?: string;
  readonly cellLine?: string;
  readonly species?: string;
  readonly platform?: string;
  readonly [field: string]: string | undefined;
}

/** A sheet of a lab has tens of columns. */
const metadataFieldsMax = 100;

/** Long enough for a paragraph of notes. */
const metadataValueLengthMax = 2_000;

const fieldPattern = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** Names with a meaning of their own in a query; metadata may not hide them. */
const reservedFields = new Set(["id", "name", "split", "status", "cells", "group", "and", "or", "not", "in"]);

function invalid(message: string, field: string): FoundryError {
  return new FoundryError("metadata.invalid", { message, details: { field } });
}

/**
 * Checks fields that came from a form, a sheet or the API, trims them and leaves out empty ones.
 *
 * @throws FoundryError `metadata.invalid` naming the field and the rule it breaks.
 */
export function parseMetadata(input: Readonly<Record<string, unknown>>): ImageMetadata {
  const fields = Object.keys(input);
  if (fields.length > metadataFieldsMax) {
    throw invalid(`An image can have ${metadataFieldsMax} metadata fields; got ${fields.length}.`, "");
  }
  const result: Record<string, string> = {};
  for (const field of fields) {
    if (!fieldPattern.test(field)) {
      throw invalid(
        `"${field.slice(0, 80)}" cannot be a field name: use up to 64 letters, digits and underscores, beginning with a letter.`,
        field.slice(0, 80),
      );
    }
    if (reservedFields.has(field.toLowerCase())) {
      throw invalid(`The field name "${field}" is used by the program; choose another one.`, field);
    }
    const value = input[field];
    if (value === undefined || value === null) continue;
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
      throw invalid(`Field "${field}" must be a text, a number or yes/no.`, field);
    }
    const text = String(value).trim();
    if (text.length > metadataValueLengthMax) {
      throw invalid(`Field "${field}" is longer than ${metadataValueLengthMax} characters.`, field);
    }
    if (!text.isWellFormed() || hasControlCharacter(text)) {
      throw invalid(`Field "${field}" holds characters that are not text.`, field);
    }
    if (text !== "") result[field] = text;
  }
  return result;
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 32 && unit !== 9 && unit !== 10 && unit !== 13) return true;
  }
  return false;
}
