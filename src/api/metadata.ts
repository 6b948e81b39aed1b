/** Metadata and vocabulary on the wire: what a record means, terms with their place, sources, a lab's own terms. */

import { z } from "zod";
import { agentSchema, nameSchema, timeSchema } from "./primitives.ts";

const curieSchema = z.string().min(3).max(100);
const count = z.number().int().min(0);
const list = <S extends z.ZodType>(schema: S) => z.array(schema).readonly();

/** A term with the labels above it, from the widest to the parent. */
export const termRefSchema = z.object({
  curie: z.string(),
  label: z.string(),
  path: list(z.string()),
});

/** A record to be checked: words by field, among them those of channels (`channel1Target`). Stored nowhere. */
export const metadataCheckSchema = z.object({
  record: z.record(z.string().max(64), z.string().max(2000)),
  /** Preset whose required fields must be there. */
  preset: z.string().max(60).optional(),
});

export const metadataProblemSchema = z.object({
  field: z.string(),
  value: z.string(),
  rule: z.string(),
  /** A clause without a full stop. */
  message: z.string(),
  severity: z.enum(["error", "warning"]),
  /** What was probably meant, ready to be put in place of the value. */
  nearest: z.string().optional(),
  candidates: list(termRefSchema),
});

export const metadataReportSchema = z.object({
  problems: list(metadataProblemSchema),
  /** By field: the term that the word stands for. */
  terms: z.record(z.string(), termRefSchema.extend({ bucket: z.string().nullable() })),
  /** By field: what a cell line implies and the record does not say. An offer. */
  implied: z.record(z.string(), termRefSchema),
});

export const vocabularySourceSchema = z.object({
  title: z.string(),
  prefix: z.string(),
  about: z.string(),
  url: z.string().nullable(),
  /** SPDX; null for a source of which nothing is known. */
  licence: z.string().nullable(),
  /** Whether the licence was read at its origin. */
  licenceVerified: z.boolean(),
  /** Release that came with the program; null for a source that was only installed. */
  release: z.string().nullable(),
  shippedTerms: count,
  installed: z.object({ release: z.string(), terms: count, at: timeSchema, agent: z.string() }).nullable(),
});

export const localTermSchema = termRefSchema.extend({
  synonyms: list(z.string()),
  parents: list(z.object({ curie: z.string(), label: z.string(), relation: z.enum(["isA", "partOf"]) })),
  /** Set after a merge. */
  replacedBy: termRefSchema.nullable(),
});

export const vocabularySchema = z.object({
  sources: list(vocabularySourceSchema),
  local: list(localTermSchema),
});

export const mergeTermSchema = z.object({ from: curieSchema, into: curieSchema });
export const renameTermSchema = z.object({ curie: curieSchema, label: nameSchema });

export const installedVocabularySchema = z.object({
  terms: count,
  release: z.string(),
  sources: list(z.string()),
  /** Words of images that mean another term than before. */
  wordsChanged: count,
  notes: list(z.string()),
  agent: agentSchema,
});

export type TermRef = z.infer<typeof termRefSchema>;
export type MetadataProblemOnWire = z.infer<typeof metadataProblemSchema>;
export type MetadataReportOnWire = z.infer<typeof metadataReportSchema>;
export type VocabularyOnWire = z.infer<typeof vocabularySchema>;
export type VocabularySource = z.infer<typeof vocabularySourceSchema>;
export type LocalTerm = z.infer<typeof localTermSchema>;
export type InstalledVocabulary = z.infer<typeof installedVocabularySchema>;
