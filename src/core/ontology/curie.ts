/**
 * Names of terms: compact identifiers (CURIEs).
 *
 * All vocabularies write `PREFIX:id`; Cellosaurus writes its accession with an underscore and no prefix of its own
 * (`CVCL_0030`). Addresses of the OBO library (`…/obo/UBERON_0002106`) and slips of case are understood when read.
 */

const curiePattern = /^(?:[A-Za-z][A-Za-z0-9.]{0,29}:[A-Za-z0-9][A-Za-z0-9_.-]{0,99}|CVCL_[A-Z0-9]{4})$/;

/** Prefixes in their own spelling; others are taken as written. */
const spellings = new Map(
  ["UBERON", "CL", "CLO", "NCBITaxon", "FBbi", "OBI", "CHMO", "EFO", "GO", "MONDO", "PATO", "UniProtKB", "PR"]
    .concat(["CHEBI", "HsapDv", "MmusDv", "HANCESTRO", "FBbt", "ZFA", "WBbt", "local"])
    .map((prefix) => [prefix.toLowerCase(), prefix]),
);

export function isCurie(text: string): boolean {
  return curiePattern.test(text);
}

/** The vocabulary's part of a CURIE: `UBERON`, `CVCL`, `local`. */
export function curiePrefix(curie: string): string {
  return curie.startsWith("CVCL_") ? "CVCL" : curie.slice(0, Math.max(0, curie.indexOf(":")));
}

/**
 * Reads a CURIE from text: `uberon:0002106`, `UBERON_0002106`, `http://purl.obolibrary.org/obo/UBERON_0002106`,
 * `cvcl_0030`, `CVCL:0030`, `RRID:CVCL_0030`.
 *
 * @returns the CURIE in its own spelling, or `null` when the text is something else. Whether such a term exists is another question.
 */
export function parseCurie(text: string): string | null {
  const last = /^(?:https?:\/\/\S*[/#]|RRID:\s*|Cellosaurus:\s*)?([^\s/#]+)$/i.exec(text.trim())?.[1];
  if (last === undefined || last.length > 140) return null;
  const parts = /^([A-Za-z][A-Za-z0-9.]*)[:_](.+)$/.exec(last);
  if (parts === null) return null;
  const [, prefix = "", id = ""] = parts;
  if (prefix.toUpperCase() === "CVCL") {
    const accession = `CVCL_${id.toUpperCase()}`;
    return isCurie(accession) ? accession : null;
  }
  const known = spellings.get(prefix.toLowerCase());
  // An underscore separates words as well ("time_lapse"); only a known prefix makes a CURIE of it.
  if (known === undefined && !last.includes(":")) return null;
  const curie = `${known ?? prefix}:${id}`;
  return isCurie(curie) ? curie : null;
}
