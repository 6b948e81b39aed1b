/** `terms search`, `terms add`, `terms install`, `terms choose`: the vocabulary of a data folder. */

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { type FacetName, facetNames, isFacetName } from "#core/ontology/index.ts";
import { readOntology } from "#formats/index.ts";
import {
  type Command,
  type CommandInput,
  requiredOption,
  requiredPositional,
  textOption,
  usageError,
} from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { counted, table } from "../output.ts";

const fieldHelp = `Field of the metadata: ${facetNames.join(", ")}`;

function listOption(input: CommandInput, name: string): string[] {
  const value = input.options.get(name);
  return Array.isArray(value) ? value.map(String) : [];
}

function facetOption(input: CommandInput, command: Command): FacetName | undefined {
  const field = textOption(input, "field");
  if (field === undefined || isFacetName(field)) return field;
  throw usageError(`--field is "${field}".`, command);
}

export const termsSearchCommand: Command = {
  usage: "terms search TEXT [--field FIELD]",
  about: "Finds terms by name, synonym or CURIE.",
  examples: ["cellfoundry terms search epithelium --field organ"],
  options: { field: { type: "string", value: "FIELD", help: fieldHelp } },
  async run(input) {
    const text = requiredPositional(input, 0, "TEXT", termsSearchCommand);
    const facet = facetOption(input, termsSearchCommand);
    await withStore(input, async ({ store }) => {
      const { loadVocabulary } = await import("#store/index.ts");
      const vocabulary = await loadVocabulary(store);
      const hits = vocabulary.search(text, facet === undefined ? {} : { facet });
      const found = hits.map(({ term, matched }) => ({
        curie: term.curie,
        label: term.label,
        matched,
        source: term.source,
        release: term.release,
      }));
      input.out.result({ hits: found }, () =>
        found.length === 0
          ? `No term is called "${text}".`
          : table(
              ["term", "label", "found by", "release"],
              found.map((hit) => [
                hit.curie,
                hit.label,
                hit.matched === hit.label ? "" : hit.matched,
                `${hit.source} ${hit.release}`,
              ]),
            ),
      );
    });
    return undefined;
  },
};

export const termsAddCommand: Command = {
  usage: "terms add local:NAME --label TEXT --parent CURIE [--part-of]",
  about: "Adds a term of the lab below a known one; words of images that bear its name get it.",
  examples: ["cellfoundry terms add local:comet --label COMET --parent OBI:0003091"],
  options: {
    label: { type: "string", value: "TEXT", help: "Name of the term" },
    parent: {
      type: "string",
      value: "CURIE",
      help: "Term it hangs below; may be given several times",
      multiple: true,
    },
    synonym: {
      type: "string",
      value: "TEXT",
      help: "Another name; may be given several times",
      multiple: true,
    },
    "part-of": { type: "boolean", help: "It is a part of its parent rather than a kind of it" },
  },
  async run(input) {
    const curie = requiredPositional(input, 0, "local:NAME", termsAddCommand);
    const label = requiredOption(input, "label", termsAddCommand);
    const relation = input.options.get("part-of") === true ? "partOf" : "isA";
    await withStore(input, async ({ store, actor }) => {
      const { addLocalTerm } = await import("#store/index.ts");
      const parents = listOption(input, "parent").map((parent) => ({ curie: parent, relation }) as const);
      const term = await addLocalTerm(store, actor, {
        curie,
        label,
        parents,
        synonyms: listOption(input, "synonym"),
      });
      input.out.result(
        term,
        () => `${term.curie} ${term.label}, below ${parents.map((parent) => parent.curie).join(", ")}`,
      );
    });
    return undefined;
  },
};

export const termsInstallCommand: Command = {
  usage: "terms install FILE [--only PREFIX]",
  about: "Installs a release of an ontology (OBO or OBO-graph JSON) in place of the terms of that source.",
  examples: ["cellfoundry terms install uberon-basic.obo --only UBERON"],
  options: {
    only: {
      type: "string",
      value: "PREFIX",
      help: "Only terms of this vocabulary; may be given several times",
      multiple: true,
    },
  },
  async run(input) {
    const path = requiredPositional(input, 0, "FILE", termsInstallCommand);
    const prefixes = listOption(input, "only");
    const options = { name: basename(path), ...(prefixes.length === 0 ? {} : { prefixes }) };
    const file = readOntology(await readFile(path), options);
    await withStore(input, async ({ store, actor }) => {
      const { installTerms } = await import("#store/index.ts");
      const done = await installTerms(store, actor, file.terms);
      input.out.result({ ...done, release: file.release }, () =>
        [
          ...file.notes,
          `${counted(done.terms, "term")} installed${file.release === "" ? "" : `, release ${file.release}`}.`,
          `${counted(done.wordsChanged, "word")} of images changed meaning.`,
        ].join("\n"),
      );
    });
    return undefined;
  },
};

export const termsChooseCommand: Command = {
  usage: "terms choose [FIELD WORD CURIE]",
  about:
    "Says which term a word of the metadata stands for in a project. Without arguments, lists words without a term.",
  examples: ["cellfoundry terms choose", "cellfoundry terms choose cellLine H9 CVCL_9773"],
  options: {},
  async run(input) {
    const [field, word, curie] = input.positionals;
    await withStore(input, async (opened) => {
      const { chooseTerm, wordsWithoutTerm } = await import("#store/index.ts");
      const project = await chosenProject(opened, input);
      if (field === undefined) {
        const words = await wordsWithoutTerm(opened.store, project.id);
        input.out.result({ project: project.name, words }, () =>
          words.length === 0
            ? "Every word has a term."
            : table(
                ["field", "word", "images", "perhaps"],
                words.map((entry) => [
                  entry.field,
                  entry.word,
                  entry.images,
                  entry.candidates.map((term) => `${term.label} (${term.curie})`).join(", "),
                ]),
              ),
        );
        return;
      }
      if (word === undefined || curie === undefined)
        throw usageError("WORD or CURIE is missing.", termsChooseCommand);
      await chooseTerm(opened.store, opened.actor, { projectId: project.id, field, word, curie });
      input.out.result({ field, word, curie }, () => `${field} "${word}" stands for ${curie}.`);
    });
    return undefined;
  },
};
