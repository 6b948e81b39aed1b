/** Public surface of `core/select`: which images belong to a dataset, and in which role. */

export { assignBins, type BinGroup, type BinOptions } from "./assign-bins.ts";
export { cellsTypeField } from "./cells-field.ts";
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
export {
  formatSplitView,
  groupsOf,
  keepsFrozenTest,
  parseSplitView,
  rolesInView,
  type SplitView,
  type ViewItem,
} from "./split-view.ts";
export { termScope } from "./term-scope.ts";
