/**
 * The family of networks for those who only choose one: the page, the command line, the server. Loads no other part of the
 * engine.
 */
export {
  architectureFamily,
  describedArchitecture,
  parseArchitectureName,
} from "./models/architecture-family.ts";
