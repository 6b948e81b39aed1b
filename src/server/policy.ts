/**
 * Who may do what: the only place that decides it.
 *
 * Each route names one rule. A rule says the smallest role, whether an API token may use it, and whether the token must
 * be allowed to write. Everything not named is denied: a route without a rule stops the start (`route.ts`). Rules that
 * give access to others (members, invites, tokens) refuse API tokens, so that a leaked token cannot outlive itself.
 */

import type { Member, Role } from "#api/index.ts";
import { FoundryError } from "#core/errors.ts";

export interface Rule {
  /** Smallest role; null lets anyone in, also without signing in. */
  readonly role: Role | null;
  readonly scope: "read" | "write";
  /** Whether an API token may be used. */
  readonly tokens: boolean;
}

const rule = (role: Role | null, scope: Rule["scope"], tokens = true): Rule => ({ role, scope, tokens });

export const rules = {
  /** The web page itself, health, sign-in, the description of the API. */
  open: rule(null, "read"),
  /** Look at images, labels, datasets, models, jobs. */
  look: rule("viewer", "read"),
  /** Let a released model segment one's own image; stop one's own job. */
  predict: rule("viewer", "write"),
  /** Import, edit, propose, accept, freeze, train, evaluate. */
  edit: rule("annotator", "write"),
  /** Release a model version to everyone. */
  release: rule("owner", "write"),
  /** See who is in the lab. */
  lookMembers: rule("viewer", "read", false),
  /** See and change who is in the lab. */
  manageMembers: rule("owner", "write", false),
  /** One's own session and API tokens. */
  ownAccess: rule("viewer", "write", false),
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof rules;

/** Who is asking, as far as the request proves it. */
export type Actor =
  | { readonly kind: "anonymous" }
  | { readonly kind: "session"; readonly member: Member; readonly sessionToken: string }
  | { readonly kind: "token"; readonly member: Member; readonly scope: "read" | "write" };

export type Decision = "allow" | "signIn" | "deny";

const rank: Readonly<Record<Role, number>> = { viewer: 0, annotator: 1, owner: 2 };

/** Decides without looking at the object; objects are decided in `objects.ts`. Pure. */
export function decide({ role, scope, tokens }: Rule, actor: Actor): Decision {
  if (role === null) return "allow";
  if (actor.kind === "anonymous") return "signIn";
  if (actor.member.suspended) return "deny";
  if (actor.kind === "token" && (!tokens || (scope === "write" && actor.scope !== "write"))) return "deny";
  return rank[actor.member.role] >= rank[role] ? "allow" : "deny";
}

/** @throws FoundryError `policy.signIn` or `policy.denied`, with the reason that applies. */
export function enforce(name: RuleName, actor: Actor): void {
  const chosen: Rule = rules[name];
  const decision = decide(chosen, actor);
  if (decision === "allow") return;
  if (decision === "signIn" || actor.kind === "anonymous") {
    throw new FoundryError("policy.signIn", {
      message: "Sign in first.",
      hint: "Open the link that the server printed or that an owner gave you, or send an API token.",
    });
  }
  throw new FoundryError("policy.denied", reasonFor(chosen, actor));
}

function reasonFor(
  chosen: Rule,
  actor: Exclude<Actor, { kind: "anonymous" }>,
): { message: string; hint: string } {
  if (actor.member.suspended) {
    return { message: "Your access is suspended.", hint: "Ask an owner of the lab." };
  }
  if (actor.kind === "token" && !chosen.tokens) {
    return { message: "This cannot be done with an API token.", hint: "Sign in on the web page." };
  }
  if (actor.kind === "token" && chosen.scope === "write" && actor.scope === "read") {
    return { message: "This API token may only read.", hint: "Create a token with the scope write." };
  }
  return {
    message: `Your role, ${actor.member.role}, does not allow this.`,
    hint: `It needs the role ${chosen.role ?? "viewer"}; ask an owner of the lab.`,
  };
}
