/**
 * What a leak between training and testing looks like, and what becomes of it.
 *
 * Every class has a rule name, a severity and a sentence. An error blocks freezing and training; a person may waive it
 * with a reason, which is kept with the version for ever, so that nobody has to wonder later. A warning only tells.
 */

import type { SplitRole } from "../select/index.ts";

export const leakRules = {
  groupInTwoRoles: "One group in two roles",
  roleChanged: "Changed its role since an earlier version",
  samePixels: "The same pixels, perhaps flipped or turned",
  nearDuplicate: "Looks the same",
  sharedRegion: "Shares a region of pixels",
  sameMovie: "Frames of one movie or slices of one stack",
  unknownGroup: "Group unknown",
  baseModelOverlap: "The model to start from was trained on it",
} as const;

export type LeakRule = keyof typeof leakRules;

export type LeakSeverity = "error" | "warning";

export interface LeakItem {
  readonly imageId: string;
  readonly name: string;
  readonly group: string;
  readonly role: SplitRole;
}

export interface LeakFinding {
  readonly rule: LeakRule;
  readonly severity: LeakSeverity;
  /** Names the finding within its rule: the same leak has the same key in every audit. */
  readonly key: string;
  /** Those concerned, a few of them: the first two are what a person should look at side by side. */
  readonly items: LeakItem[];
  /** How many are concerned in all. */
  readonly count: number;
  /** Numbers behind it: `distance`, `correlation`, `offsetY`, `framesApart` … */
  readonly evidence: Readonly<Record<string, number | string>>;
  /** For people, one sentence. */
  readonly text: string;
  /** Why it was accepted, or null. */
  readonly waiver: string | null;
}

export interface LeakWaiver {
  readonly rule: LeakRule;
  /** One finding; null for every finding of the rule. */
  readonly key: string | null;
  /** Why it is no harm; not empty. */
  readonly reason: string;
}

/** Findings with the waivers that meet them; a reason without words waives nothing. Pure. */
export function applyWaivers(
  findings: readonly LeakFinding[],
  waivers: readonly LeakWaiver[],
): LeakFinding[] {
  return findings.map((finding) => {
    const waiver = waivers.find(
      ({ rule, key, reason }) =>
        rule === finding.rule && (key === null || key === finding.key) && reason.trim() !== "",
    );
    return waiver === undefined ? finding : { ...finding, waiver: waiver.reason.trim() };
  });
}

/** Those that block: errors nobody has accepted. */
export function blockingLeaks(findings: readonly LeakFinding[]): LeakFinding[] {
  return findings.filter(({ severity, waiver }) => severity === "error" && waiver === null);
}
