/**
 * Small schemas that all others are made of: ids, digests, names, queries, pages.
 *
 * Each string has a maximum, because everything from outside has a limit; the numbers leave room for real use and
 * refuse abuse (a 200-character name is already unreadable on a screen).
 */

import { z } from "zod";

/** ULID: 26 characters of Crockford's base 32, sorts by time of creation. */
export const idSchema = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, "expects a 26-character id");

/** SHA-256, lower-case hex. */
export const digestSchema = z.string().regex(/^[0-9a-f]{64}$/, "expects a SHA-256 in hex");

export const nameSchema = z.string().trim().min(1).max(200);

/** Name of a dataset or a model: it becomes part of `name@version`, file names and URLs. */
export const slugSchema = z
  .string()
  .max(64)
  .regex(/^[a-z0-9][a-z0-9-]*$/, "use lower-case letters, digits and hyphens");

export const semverSchema = z
  .string()
  .regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}$/, "expects a version such as 1.2.0");

export const querySchema = z.string().max(2000);

export const timeSchema = z.string().datetime({ offset: true });

/** Micrometres per pixel. 1e-3 is beyond any light microscope, 1e3 beyond any slide scanner's overview. */
export const mppSchema = z.object({ y: z.number().min(1e-3).max(1e3), x: z.number().min(1e-3).max(1e3) });

export const splitRoleSchema = z.enum(["train", "validation", "test"]);
export const roleSchema = z.enum(["owner", "annotator", "viewer"]);
export const compartmentSchema = z.enum(["nuclear", "wholeCell", "cytoplasm"]);

export const pageQuerySchema = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

export const wireErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});

/** Body of every answer that is not a success. */
export const errorBodySchema = z.object({ error: wireErrorSchema });

/** Who did something: a person, a model version, an importer, a rule or a service. */
export const agentSchema = z.object({
  id: idSchema,
  kind: z.enum(["person", "model", "importer", "rule", "service"]),
  name: z.string(),
});

export type Mpp = z.infer<typeof mppSchema>;
export type SplitRole = z.infer<typeof splitRoleSchema>;
export type Role = z.infer<typeof roleSchema>;
export type Compartment = z.infer<typeof compartmentSchema>;
export type AgentInfo = z.infer<typeof agentSchema>;
