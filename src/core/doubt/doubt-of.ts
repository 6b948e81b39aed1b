/**
 * How likely it is that a cell or a link is wrong: one number from what the model said and what the checks found.
 *
 * Doubt is 1 minus the calibrated confidence, raised by every finding as if each were an independent witness: the chance
 * that at least one of them is right (noisy or). What a finding is worth was measured on ten thousands of nuclei that
 * people had mended by hand (see core/checks/rule.ts): rules of geometry are right in 97 %, rules of statistics in 5 %. So
 * a hole goes before every unsure cell, and an unusual size only settles ties.
 */

import { type CheckRuleName, checkRules } from "../checks/index.ts";

/** What a person looks at and decides on. */
export type DoubtSubject =
  | { readonly kind: "cell"; readonly uid: string }
  | { readonly kind: "link"; readonly from: string; readonly to: string };

export interface DoubtItem {
  readonly subject: DoubtSubject;
  /** Calibrated chance that it is right, 0..1; `null` when no model said anything. */
  readonly confidence: number | null;
  /** Whether a person made or corrected it as it is now. */
  readonly byPerson: boolean;
  /** Rules of the checks that found something about it; the same rule may come twice. */
  readonly findings: readonly CheckRuleName[];
  /** Decides between equal doubts, larger first: how unusual its size is, say. Default 0. */
  readonly unusual?: number;
}

/** Why something is doubted, the weightiest first. */
export interface DoubtReason {
  readonly by: "model" | CheckRuleName;
  /** Chance that this witness is right, 0..1. */
  readonly chance: number;
}

export interface Doubt {
  /** Chance that something is wrong, 0..1. */
  readonly doubt: number;
  readonly reasons: readonly DoubtReason[];
}

/** Chance that a finding of a rule is right; what is not given comes from `ruleChance`. */
export type RuleChances = Readonly<Partial<Record<CheckRuleName, number>>>;

/** Rules of geometry, measured. */
const geometryChance = 0.97;
/** Rules of statistics on single objects, measured. */
const statisticsChance = 0.05;
/** Rules that were not measured (compartments, tracks, comparison with a model): between the two, nearer to the lower. */
const unmeasuredChance = 0.3;

/** Of cells nobody's model judged: what people draw is wrong in about one of a hundred, what was imported more often. */
const personDoubt = 0.01;
const unknownDoubt = 0.05;

/** Chance that a finding of this rule is right, before anything was learned in a project. */
export function ruleChance(name: CheckRuleName): number {
  const { scope, severity } = checkRules[name];
  if (severity === "error") return geometryChance;
  return scope === "object" || severity === "info" ? statisticsChance : unmeasuredChance;
}

/** @param chances  of the project's own, 0..1 each. Cost: O(findings). */
export function doubtOf(item: DoubtItem, chances: RuleChances = {}): Doubt {
  const { confidence, byPerson } = item;
  const silent = byPerson ? personDoubt : unknownDoubt;
  const isSaid = confidence !== null && Number.isFinite(confidence);
  const model = isSaid ? 1 - Math.min(1, Math.max(0, confidence)) : silent;
  const reasons: DoubtReason[] = [...new Set(item.findings)].map((rule) => ({
    by: rule,
    chance: chances[rule] ?? ruleChance(rule),
  }));
  if (isSaid) reasons.push({ by: "model", chance: model });
  reasons.sort((a, b) => b.chance - a.chance || (a.by < b.by ? -1 : 1));
  let right = isSaid ? 1 : 1 - model;
  for (const { chance } of reasons) right *= 1 - chance;
  return { doubt: 1 - right, reasons };
}

/** Name of a subject within a queue; the same subject always has the same. */
export function doubtKey(subject: DoubtSubject): string {
  return subject.kind === "cell" ? `cell ${subject.uid}` : `link ${subject.from} ${subject.to}`;
}

/** What a person decided about something a rule had found. */
export interface RuleOutcome {
  readonly rule: CheckRuleName;
  /** Fixed, not accepted as it was. */
  readonly wasWrong: boolean;
}

/** Decisions that the chance known before is worth. */
const priorWeight = 10;

/**
 * Chances of rules from what people decided in a project: the share that was wrong, drawn towards what was known before.
 *
 * Cost: O(outcomes).
 */
export function learnChances(outcomes: Iterable<RuleOutcome>): RuleChances {
  const counts = new Map<CheckRuleName, { all: number; wrong: number }>();
  for (const { rule, wasWrong } of outcomes) {
    const count = counts.get(rule) ?? { all: 0, wrong: 0 };
    counts.set(rule, { all: count.all + 1, wrong: count.wrong + (wasWrong ? 1 : 0) });
  }
  const chances: Partial<Record<CheckRuleName, number>> = {};
  for (const [rule, { all, wrong }] of counts) {
    chances[rule] = (wrong + priorWeight * ruleChance(rule)) / (all + priorWeight);
  }
  return chances;
}
