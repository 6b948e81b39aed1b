/** `terms show`: one term with what stands above and below it. `terms sources`: where terms come from, and licences. */

import { FoundryError } from "#core/errors.ts";
import {
  facetNames,
  parseCurie,
  type Term,
  termSources,
  trainingBucket,
  type Vocabulary,
} from "#core/ontology/index.ts";
import { type Command, type CommandInput, requiredPositional } from "../command.ts";
import { counted, table } from "../output.ts";
import { chosenVocabulary } from "../vocabulary.ts";

/** Names of a term's descendants that a terminal shows; the rest is counted. */
const shownBelow = 20;

export const termsShowCommand: Command = {
  usage: "terms show CURIE",
  about:
    "Shows a term: names, what it is a kind or a part of, what is below it, its fields and training bucket.",
  examples: ["cellfoundry terms show UBERON:0002106", "cellfoundry terms show CVCL_0030"],
  options: {},
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const text = requiredPositional(input, 0, "CURIE", termsShowCommand);
  const { vocabulary } = await chosenVocabulary(input);
  const term = vocabulary.term(parseCurie(text) ?? text);
  if (term === undefined) {
    const near = vocabulary.search(text, { limit: 3 }).map((hit) => nameOf(hit.term));
    throw new FoundryError("request.notFound", {
      message: `There is no term "${text}".`,
      hint: near.length === 0 ? "Try `cellfoundry terms search`." : `Perhaps ${near.join(", ")}.`,
    });
  }
  const facts = factsOf(vocabulary, term);
  input.out.result({ ...term, ...facts }, () => page(vocabulary, term, facts));
  return undefined;
}

function factsOf(vocabulary: Vocabulary, term: Term) {
  const fields = facetNames.filter((facet) => vocabulary.belongs(facet, term.curie));
  return {
    fields,
    buckets: Object.fromEntries(
      fields.flatMap((facet) => {
        const bucket = trainingBucket(facet, term.curie, vocabulary);
        return bucket === null ? [] : [[facet, bucket] as const];
      }),
    ),
    ancestors: vocabulary.ancestors(term.curie),
    descendants: vocabulary.descendants(term.curie),
  };
}

function nameOf(term: Term): string {
  return `${term.label} (${term.curie})`;
}

function page(vocabulary: Vocabulary, term: Term, facts: ReturnType<typeof factsOf>): string {
  const name = (curie: string): string =>
    nameOf(vocabulary.term(curie) ?? { ...term, label: "not installed", curie });
  const lines: [string, string][] = [
    ["term", nameOf(term)],
    ["from", `${term.source} ${term.release}`.trim()],
    ["also called", term.synonyms.join(", ")],
    ["field", facts.fields.join(", ")],
    ["training bucket", [...new Set(Object.values(facts.buckets))].join(", ")],
    ...term.parents.map(({ curie, relation }): [string, string] => [
      relation === "isA" ? "is a" : "part of",
      name(curie),
    ]),
    ["above", facts.ancestors.map((curie) => vocabulary.term(curie)?.label ?? curie).join(" < ")],
    ["below", belowText(vocabulary, facts.descendants)],
    ...Object.entries(term.origin ?? {}).map(([field, value]): [string, string] => [
      field === "problem" ? "problem" : `origin: ${field}`,
      field === "problem" ? value : name(value),
    ]),
    ["same as", term.sameAs === undefined ? "" : name(term.sameAs)],
    [
      "deprecated",
      term.deprecated === true
        ? `use ${term.replacedBy === undefined ? "another term" : name(term.replacedBy)}`
        : "",
    ],
    ["note", term.note ?? ""],
  ];
  const shown = lines.filter(([, value]) => value !== "");
  const width = Math.max(...shown.map(([title]) => title.length));
  return shown.map(([title, value]) => `${title.padEnd(width)}  ${value}`).join("\n");
}

function belowText(vocabulary: Vocabulary, descendants: readonly string[]): string {
  const names = descendants.slice(0, shownBelow).map((curie) => vocabulary.term(curie)?.label ?? curie);
  const more = descendants.length - names.length;
  return names.join(", ") + (more > 0 ? ` and ${counted(more, "more term")}` : "");
}

export const termsSourcesCommand: Command = {
  usage: "terms sources",
  about: "Lists the vocabularies that the shipped terms come from, with release and licence.",
  examples: ["cellfoundry terms sources"],
  options: {},
  async run(input) {
    input.out.result({ sources: termSources }, () =>
      table(
        ["vocabulary", "release", "licence", "about"],
        termSources.map((source) => [
          source.title,
          source.release,
          source.licenceVerified ? source.licence : `${source.licence} (as commonly stated)`,
          source.about,
        ]),
      ),
    );
    return undefined;
  },
};
