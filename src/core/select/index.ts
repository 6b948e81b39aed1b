/** Public surface of `core/select`: which images belong to a dataset, and in which role. */

export { type AuditItem, auditLeaks, type LeakFinding } from "./audit-leaks.ts";
export {
  assignGroupSplit,
  type GroupSplitOptions,
  type SplitGroup,
  type SplitRole,
  splitRoles,
} from "./group-split.ts";
export { parseQuery, queryLengthMax } from "./parse-query.ts";
export {
  type CompareOperator,
  formatQuery,
  matchesQuery,
  type Query,
  type QueryRecord,
  type TermScope,
} from "./query.ts";
export { termScope } from "./term-scope.ts";
