/**
 * How long a search box waits for the vocabulary, with the shipped terms and after a full release is installed.
 *
 *     node test/bench/ontology-search.ts [--terms 200000] [--rounds 5]
 *
 * Queries are names of the vocabulary typed letter by letter, the same with a letter wrong, and CURIEs; every keystroke
 * is one search in one facet. The large vocabulary is an OBO file made by a generator (names of one to five words out of
 * 8,000, two synonyms, one or two parents) that goes through the reader and the merge like a real release. Times of the
 * processor stand beside those of the clock, because a busy machine stretches only the latter.
 */
import { parseArgs } from "node:util";
import { buildVocabulary, mergeTerms, shippedTerms, type Vocabulary } from "#core/ontology/index.ts";
import { rng as createRng } from "#core/rng.ts";
import { readOntology } from "#formats/index.ts";

const { values } = parseArgs({
  options: { terms: { type: "string", default: "200000" }, rounds: { type: "string", default: "5" } },
});
const count = Number(values.terms);
const rounds = Number(values.rounds);

const typed = [
  ["organ", "lymph node"],
  ["organ", "small intestine"],
  ["cellType", "epithelial cell of proximal tubule"],
  ["cellType", "regulatory T cell"],
  ["cellLine", "SK-BR-3"],
  ["species", "Mus musculus"],
  ["target", "E-cadherin"],
  ["platform", "co-detection by indexing"],
] as const;

/** Seconds of the processor so far, all threads of this process. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** What a person types: beginnings, then the name with two letters swapped, letter by letter from there. */
function keystrokes(name: string): string[] {
  const wrong = name.slice(0, 2) + (name[3] ?? "") + (name[2] ?? "") + name.slice(4);
  return [...Array(name.length).keys()].map((i) => name.slice(0, i + 1)).concat(wrong);
}

function measure(label: string, vocabulary: Vocabulary): void {
  const built = cpu();
  vocabulary.search("warm up", { facet: "organ" });
  vocabulary.search("zzzz wram", { facet: "organ" });
  const first = (cpu() - built) * 1000;
  const times: number[] = [];
  const slips: number[] = [];
  const busy = cpu();
  for (let round = 0; round < rounds; round++) {
    for (const [facet, name] of typed) {
      for (const text of keystrokes(name)) {
        const start = performance.now();
        vocabulary.search(text, { facet, limit: 20 });
        times.push(performance.now() - start);
      }
      const start = performance.now();
      vocabulary.resolve(facet, `${name.slice(0, 3)}x${name.slice(3)}`);
      slips.push(performance.now() - start);
    }
  }
  const mean = ((cpu() - busy) * 1000) / (times.length + slips.length);
  const at = (list: number[], share: number): string =>
    `${(list.toSorted((a, b) => a - b)[Math.floor(list.length * share)] ?? 0).toFixed(2)} ms`;
  console.log(
    `${label}: ${vocabulary.size} terms; first search ${first.toFixed(0)} ms of the processor; a keystroke: ${mean.toFixed(2)} ms of the processor, median ${at(times, 0.5)}, ` +
      `95 % ${at(times, 0.95)}, longest ${at(times, 0.9999)}; nearest terms of a misspelt word: median ${at(slips, 0.5)}, ` +
      `longest ${at(slips, 0.9999)}`,
  );
}

function makeRelease(terms: number): string {
  const random = createRng(7);
  const syllables = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ka",
    "le",
    "mi",
    "no",
    "pu",
    "ra",
    "se",
    "ti",
    "vo",
    "xy",
    "zo",
    "tum",
    "cyt",
  ];
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T;
  const words = Array.from({ length: 8_000 }, () =>
    Array.from({ length: 2 + Math.floor(random.next() * 3) }, () => pick(syllables)).join(""),
  );
  const name = (): string =>
    Array.from({ length: 1 + Math.floor(random.next() * 5) }, () => pick(words)).join(" ");
  const curie = (i: number): string => `UBERON:9${String(i).padStart(6, "0")}`;
  const lines = ["format-version: 1.4", "data-version: releases/bench"];
  for (let i = 0; i < terms; i++) {
    lines.push("", "[Term]", `id: ${curie(i)}`, `name: ${name()} ${i}`);
    lines.push(`synonym: "${name()}" EXACT []`, `synonym: "${name()}" RELATED []`);
    lines.push(i < 10 ? "is_a: UBERON:0001062" : `is_a: ${curie(Math.floor(random.next() * i))}`);
    if (i > 10 && random.next() < 0.3)
      lines.push(`relationship: part_of ${curie(Math.floor(random.next() * i))}`);
  }
  return lines.join("\n");
}

measure("shipped", buildVocabulary(shippedTerms()));

const bytes = new TextEncoder().encode(makeRelease(count));
let start = cpu();
const file = readOntology(bytes, { name: "bench.obo" });
const seconds = cpu() - start;
console.log(
  `OBO text of ${(bytes.length / 1e6).toFixed(0)} MB read in ${seconds.toFixed(2)} s of the processor ` +
    `(${Math.round(file.terms.length / seconds)} terms/s)`,
);
start = cpu();
const large = buildVocabulary(mergeTerms(shippedTerms(), file.terms));
console.log(`merged and built in ${((cpu() - start) * 1000).toFixed(0)} ms of the processor`);
measure("with the release", large);
const closure = performance.now();
const below = large.descendants("UBERON:0001062").length;
console.log(`everything below the root: ${below} terms in ${(performance.now() - closure).toFixed(0)} ms`);
console.log(`memory: ${Math.round(process.memoryUsage().rss / 1e6)} MB`);
