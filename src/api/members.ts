/** Sign-in, members, invites and API tokens. */

import { z } from "zod";
import { idSchema, nameSchema, roleSchema, timeSchema } from "./primitives.ts";

export const memberSchema = z.object({
  id: idSchema,
  name: z.string(),
  role: roleSchema,
  suspended: z.boolean(),
  createdAt: timeSchema,
});

export const sessionSchema = z.object({
  member: memberSchema.nullable(),
  lab: z.object({ name: z.string() }),
  /** Version of the running program. */
  version: z.string(),
});

export const memberListSchema = z.object({ members: z.array(memberSchema) });

/** A one-time sign-in token (printed by `npm start`) or an invite token; an invite also needs the person's name. */
export const signInSchema = z.object({ token: z.string().min(16).max(200), name: nameSchema.optional() });

export const createInviteSchema = z.object({ role: roleSchema, note: z.string().max(200).default("") });
export const inviteSchema = z.object({
  id: idSchema,
  role: roleSchema,
  note: z.string(),
  expiresAt: timeSchema,
  usedAt: timeSchema.nullable(),
});
/** The link is shown once; the server keeps only a digest of the token. */
export const createdInviteSchema = inviteSchema.extend({ url: z.string() });

export const inviteListSchema = z.object({ invites: z.array(inviteSchema) });

export const updateMemberSchema = z.object({
  name: nameSchema.optional(),
  role: roleSchema.optional(),
  suspended: z.boolean().optional(),
});

export const createTokenSchema = z.object({ name: nameSchema, scope: z.enum(["read", "write"]) });
export const tokenSchema = z.object({
  id: idSchema,
  name: z.string(),
  scope: z.enum(["read", "write"]),
  createdAt: timeSchema,
  lastUsedAt: timeSchema.nullable(),
});
export const createdTokenSchema = tokenSchema.extend({ token: z.string() });

export const tokenListSchema = z.object({ tokens: z.array(tokenSchema) });

export type Member = z.infer<typeof memberSchema>;
export type SessionInfo = z.infer<typeof sessionSchema>;
export type Invite = z.infer<typeof inviteSchema>;
export type CreatedInvite = z.infer<typeof createdInviteSchema>;
export type ApiToken = z.infer<typeof tokenSchema>;
export type CreatedApiToken = z.infer<typeof createdTokenSchema>;
