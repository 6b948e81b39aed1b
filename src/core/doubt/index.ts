/** Public surface of `core/doubt`: what a person should look at first, and going through it with three keys. */

export {
  type Doubt,
  type DoubtItem,
  type DoubtReason,
  type DoubtSubject,
  doubtKey,
  doubtOf,
  learnChances,
  type RuleChances,
  type RuleOutcome,
  ruleChance,
} from "./doubt-of.ts";
export { type DoubtEntry, orderByDoubt, refreshOrder } from "./doubt-order.ts";
export {
  type Decision,
  type Looks,
  lookMsMax,
  type Review,
  type ReviewAction,
  type ReviewProgress,
  reduceReview,
  reviewProgress,
  ruleOutcomes,
  startReview,
  type Verdict,
} from "./review.ts";
