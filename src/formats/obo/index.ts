/** Public surface of `formats/obo`: files of ontologies to terms. */
export {
  defaultOntologyLimits,
  type OntologyFile,
  type OntologyLimits,
  type OntologyOptions,
} from "./limits.ts";
export { readOntology } from "./read-ontology.ts";
