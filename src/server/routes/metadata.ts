/** What metadata means before it is written, and the vocabulary it is written in. */

import {
  installedVocabularySchema,
  mergeTermSchema,
  metadataCheckSchema,
  metadataReportSchema,
  renameTermSchema,
  vocabularySchema,
} from "#api/index.ts";
import {
  channelWordOf,
  isFacetName,
  type MetadataProblem,
  metadataPreset,
  readField,
  requiredFields,
  type Term,
  type Vocabulary,
  validateMetadata,
} from "#core/ontology/index.ts";
import { readOntologyApart } from "#jobs/index.ts";
import {
  installTerms,
  listVocabulary,
  loadVocabulary,
  mergeLocalTerm,
  placeOfTerm,
  renameLocalTerm,
} from "#store/index.ts";
import { empty, json, route } from "../route.ts";
import { discardUpload, stageUpload } from "../staging.ts";

/** MONDO, the largest that people install by hand, has 50 MB as OBO; larger ones are installed on the command line. */
const ontologyBytesMax = 128 * 2 ** 20;

export const metadataRoutes = [
  route({
    method: "POST",
    url: "/metadata/check",
    summary: "What the words of a record stand for, and what is wrong with them; stores nothing",
    policy: "look",
    body: metadataCheckSchema,
    answer: json(metadataReportSchema),
    perMinute: 600,
    handle: async ({ parts, body }) => checkRecord(await loadVocabulary(parts.store), body),
  }),
  route({
    method: "GET",
    url: "/vocabulary",
    summary: "Sources of terms with release and licence, and the lab's own terms",
    policy: "look",
    answer: json(vocabularySchema),
    handle: ({ parts }) => listVocabulary(parts.store),
  }),
  route({
    method: "POST",
    url: "/terms/rename",
    summary: "Give a term of the lab another label; the old one stays as a synonym",
    policy: "edit",
    body: renameTermSchema,
    answer: empty,
    errors: ["metadata.invalid"],
    async handle({ parts, agent, body }) {
      await renameLocalTerm(parts.store, agent, body);
      return undefined;
    },
  }),
  route({
    method: "POST",
    url: "/terms/merge",
    summary: "End a term of the lab in favour of another; its names mean that one from now on",
    policy: "edit",
    body: mergeTermSchema,
    answer: empty,
    errors: ["metadata.invalid"],
    async handle({ parts, agent, body }) {
      await mergeLocalTerm(parts.store, agent, body);
      return undefined;
    },
  }),
  route({
    method: "POST",
    url: "/vocabulary",
    summary: "Install a release of an ontology from its OBO or OBO-graph JSON file",
    policy: "release",
    form: { file: "File: OBO text or OBO-graph JSON" },
    answer: json(installedVocabularySchema, 201),
    errors: ["format.obo", "limit.objects", "limit.bytes"],
    perMinute: 12,
    async handle({ parts, agent, request }) {
      const upload = await stageUpload(parts, request, []);
      try {
        const file = await readOntologyApart(parts.store, upload.folder, ontologyBytesMax);
        const done = await installTerms(parts.store, agent, file.terms);
        const sources = [...new Set(file.terms.map(({ source }) => source))].sort();
        return { ...done, release: file.release, sources, notes: file.notes.slice(0, 20), agent };
      } finally {
        await discardUpload(upload);
      }
    },
  }),
];

type Report = ReturnType<typeof metadataReportSchema.parse>;

function checkRecord(
  vocabulary: Vocabulary,
  {
    record,
    preset,
  }: { readonly record: Readonly<Record<string, string>>; readonly preset?: string | undefined },
): Report {
  const place = (term: Term) => placeOfTerm(vocabulary, term);
  const chosen = metadataPreset(preset ?? "");
  const image = Object.fromEntries(Object.entries(record).filter(([name]) => channelWordOf(name) === null));
  const required = chosen === undefined ? [] : requiredFields(chosen);
  const { value, problems } = validateMetadata(image, vocabulary, { required });
  const terms: Report["terms"] = {};
  const addTerm = (field: string, curie: string | null, bucket: string | null): void => {
    const term = curie === null ? undefined : vocabulary.term(curie);
    if (term !== undefined) terms[field] = { ...place(term), bucket };
  };
  for (const [field, { curie, bucket }] of Object.entries(value.terms)) addTerm(field, curie, bucket);
  const all: MetadataProblem[] = [...problems];
  for (const [name, text] of Object.entries(record)) {
    const word = channelWordOf(name);
    if (word === null || text.trim() === "") continue;
    const reading = readField(vocabulary, word.field, text);
    if (reading.problem !== undefined) all.push({ ...reading.problem, field: name });
    addTerm(name, reading.term?.curie ?? null, reading.term?.bucket ?? null);
  }
  const implied = Object.entries(value.implied).flatMap(([field, curie]) => {
    const term = isFacetName(field) ? vocabulary.term(curie) : undefined;
    return term === undefined ? [] : [[field, place(term)] as const];
  });
  return {
    problems: all.map(({ candidates = [], ...problem }) => ({
      ...problem,
      candidates: candidates.map(place),
    })),
    terms,
    implied: Object.fromEntries(implied),
  };
}
