/**
 * Makes `src/core/ontology/terms/` from the table of checked terms and our own curation.
 *
 * Names, CURIEs and remarks come from Appendix A of `../shared/research/data-management.md` (each row looked up in its
 * source). Parents, origins of cell lines, corrected aliases and ambiguous names are ours and lie as text in
 * `scripts/ontology/`; a name there that is not the label of exactly one term stops the script. Same input, same bytes.
 *
 *   node scripts/make-ontology.ts [table.md] && npx biome format --write src/core/ontology/terms
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const project = join(import.meta.dirname, "..");
const table = process.argv[2] ?? join(project, "../shared/research/data-management.md");
const curation = join(project, "scripts/ontology");
const target = join(project, "src/core/ontology/terms");

const ROWS = 693; // the table says so in its title

interface Row {
  curie: string;
  label: string;
  synonyms?: string[];
  note?: string;
  isA?: string[];
  partOf?: string[];
  origin?: Record<string, string>;
  sameAs?: string;
}

const read = (name: string): string => readFileSync(join(curation, name), "utf8");
const lines = (name: string): string[] =>
  read(name)
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));
const list = (text: string, separator: string): string[] =>
  text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** Commas separate aliases; what is in brackets or after a semicolon is a remark; "= CVCL_0030" is a cross-reference. */
function aliasesOf(remarks: string, label: string): string[] {
  if (remarks.startsWith("=")) return [];
  const [first = ""] = remarks
    .replace(/\([^)]*\)/g, "")
    .replaceAll('"', "")
    .split(";");
  return list(first, ",").filter((alias) => alias.toLowerCase() !== label.toLowerCase());
}

function readTable(): Row[] {
  const text = readFileSync(table, "utf8");
  const appendix = text.slice(text.indexOf("## Appendix A."));
  const rows: Row[] = [];
  for (const line of appendix.split("\n")) {
    const match = /^\| (.+?) \| `([^`]+)` \| [A-Z]+ \| (.*) \|$/.exec(line);
    if (match === null) continue;
    const [, label = "", curie = "", remarks = ""] = match;
    const row: Row = { curie, label };
    const synonyms = aliasesOf(remarks, label);
    if (synonyms.length > 0) row.synonyms = synonyms;
    // Remarks are kept whole where they say more than the aliases do.
    const isPlain = list(remarks, ",").every(
      (part) => synonyms.includes(part) || part.toLowerCase() === label.toLowerCase(),
    );
    if (!isPlain) row.note = remarks.replaceAll("`", "");
    const same = /^= (CVCL_\w+)$/.exec(remarks);
    if (same !== null) row.sameAs = same[1] as string;
    rows.push(row);
  }
  if (rows.length !== ROWS) throw new Error(`${rows.length} rows, expected ${ROWS}`);
  return rows;
}

function readExtra(): Row[] {
  return lines("extra-terms.txt").map((line) => {
    const [curie = "", label = "", synonyms = "", note = ""] = line.split("|").map((part) => part.trim());
    return {
      curie,
      label,
      ...(synonyms === "" ? {} : { synonyms: list(synonyms, ";") }),
      ...(note === "" ? {} : { note }),
    };
  });
}

const rows = readTable();
const extra = readExtra();
const all = [...rows, ...extra];
if (new Set(all.map((row) => row.curie)).size !== all.length) throw new Error("a CURIE occurs twice");

/** The one term with this label. */
function byLabel(label: string): Row {
  const found = all.filter((row) => row.label === label);
  if (found.length !== 1) throw new Error(`${found.length} terms have the label "${label}"`);
  return found[0] as Row;
}

function add(row: Row, key: "isA" | "partOf", parent: string): void {
  const known = row[key] ?? [];
  row[key] = known.includes(parent) ? known : [...known, parent];
}

for (const line of lines("aliases.txt")) {
  const match = /^(.+?) ([=+])(.*)$/.exec(line);
  if (match === null) throw new Error(`aliases.txt: ${line}`);
  const [, label = "", sign, names = ""] = match;
  const row = byLabel(label);
  const before = sign === "+" ? (row.synonyms ?? []) : [];
  const synonyms = [...new Set([...before, ...list(names, "|")])].filter((name) => name !== label);
  if (synonyms.length > 0) row.synonyms = synonyms;
  else delete row.synonyms;
}
for (const line of lines("parents.txt")) {
  const match = /^(is a|part of) (.+?): (.+)$/.exec(line);
  if (match === null) throw new Error(`parents.txt: ${line}`);
  const [, relation, parent = "", children = ""] = match;
  for (const child of list(children, " | ")) {
    add(byLabel(child), relation === "is a" ? "isA" : "partOf", byLabel(parent).curie);
  }
}
for (const row of all) {
  if (row.curie.startsWith("CVCL_") && row.isA === undefined) add(row, "isA", byLabel("cultured cell").curie);
  if (row.sameAs !== undefined) add(row, "isA", row.sameAs);
  if (row.curie.startsWith("UniProtKB:")) add(row, "isA", "PR:000000001");
}
for (const line of lines("cell-lines.txt")) {
  const [label = "", species = "", organ = "", disease = "", sex = "", problem = ""] = line
    .split("|")
    .map((part) => part.trim());
  const origin: Record<string, string> = {};
  for (const [field, name] of Object.entries({ species, organ, disease, sex })) {
    if (name !== "") origin[field] = byLabel(name).curie;
  }
  if (problem !== "") origin["problem"] = problem;
  byLabel(label).origin = origin;
}

const ambiguous = lines("ambiguous.txt").map((line) => {
  const [facet = "", names = "", candidates = "", reason = ""] = line.split("|").map((part) => part.trim());
  const curies = list(candidates, " ");
  for (const curie of curies)
    if (!all.some((row) => row.curie === curie)) throw new Error(`ambiguous.txt: ${curie}`);
  return { facet, names: list(names, ";"), candidates: curies, reason };
});

const onePerLine = (items: readonly unknown[]): string =>
  `[\n${items.map((item) => `  ${JSON.stringify(item)}`).join(",\n")}\n]\n`;

mkdirSync(target, { recursive: true });
const sources: { key: string; prefix: string }[] = JSON.parse(read("sources.json"));
let written = 0;
for (const { key, prefix } of sources) {
  const own = rows.filter((row) => row.curie.split(/[:_]/)[0] === prefix);
  written += own.length;
  writeFileSync(join(target, `${key}.json`), onePerLine(own));
}
if (written !== ROWS) throw new Error(`${written} of ${ROWS} rows have a source`);
writeFileSync(join(target, "extra.json"), onePerLine(extra));
writeFileSync(join(target, "ambiguous.json"), onePerLine(ambiguous));
writeFileSync(join(target, "sources.json"), onePerLine(sources));
console.log(`${written} terms, ${extra.length} extra, ${ambiguous.length} ambiguous names`);
