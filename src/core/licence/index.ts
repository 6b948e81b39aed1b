/** Public surface of `core/licence`: what licences allow, alone and together. */

export { combineLicences, type LicenceReport, type LicensedSource } from "./combine.ts";
export { isAsStrict, type Licence, type LicenceTerms, licenceOf } from "./terms.ts";
