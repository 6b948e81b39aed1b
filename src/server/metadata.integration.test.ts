/** The vocabulary over HTTP: what a record means, terms of the lab from birth to merging, releases from a file. */

import { afterAll, beforeAll, expect, test } from "vitest";
import type {
  ImageDetail,
  InstalledVocabulary,
  MetadataReportOnWire,
  TermHits,
  VocabularyOnWire,
} from "#api/index.ts";
import { multipartForm } from "./multipart-form.ts";
import { insertTwoSquares, type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

let server: ServerUnderTest;
let imageId = "";
beforeAll(async () => {
  server = await startServerUnderTest();
  ({ imageId } = await insertTwoSquares(server, "pulp"));
});
afterAll(() => server?.close());

const post = (url: string, payload: object, caller = server.annotator) =>
  server.ask(caller, { method: "POST", url: `/api${url}`, payload });
const check = async (record: Record<string, string>, preset?: string) =>
  (await post("/metadata/check", { record, preset }, server.viewer)).json<MetadataReportOnWire>();
const vocabulary = async () =>
  (await server.ask(server.viewer, { url: "/api/vocabulary" })).json<VocabularyOnWire>();

test("a record: terms with their place, slips with the nearest name, what a preset asks for, words of channels", async () => {
  const report = await check(
    { organ: "Spleen", species: "humann", channel2Target: "CD 45", channel3Target: "no such protein" },
    "tissue-multiplexed",
  );
  expect(report.terms["organ"]).toMatchObject({ curie: "UBERON:0002106", label: "spleen" });
  expect(report.terms["channel2Target"]).toMatchObject({ curie: "UniProtKB:P08575" });
  const of = (field: string) => report.problems.filter((problem) => problem.field === field);
  expect(of("species")).toMatchObject([
    { rule: "unknownTerm", severity: "error", candidates: [{ curie: "NCBITaxon:9606" }] },
  ]);
  expect(of("platform")).toMatchObject([{ rule: "required" }]);
  expect(of("channel3Target")).toMatchObject([{ rule: "unknownTerm", severity: "warning" }]);
  expect((await check({ cellLine: "HeLa" })).implied).toMatchObject({ species: { curie: "NCBITaxon:9606" } });
});

test("hits of a search say where a term stands", async () => {
  const url = "/api/terms?text=jejun&field=organ";
  const { hits } = (await server.ask(server.viewer, { url })).json<TermHits>();
  expect(hits[0]).toMatchObject({ label: "jejunum", path: expect.arrayContaining(["small intestine"]) });
});

test("a term of the lab: added, renamed, merged; words on images follow", async () => {
  const patch = (payload: object) =>
    server.ask(server.annotator, { method: "PATCH", url: `/api/images/${imageId}`, payload });
  expect((await patch({ metadata: { organ: "pale pulp" } })).statusCode).toBe(200);
  const term = {
    curie: "local:pale-pulp",
    label: "pale pulp",
    parents: [{ curie: "UBERON:0002106", relation: "isA" }],
  };
  expect((await post("/terms", term)).statusCode).toBe(200);
  const images = async (q: string) =>
    (
      await server.ask(server.viewer, {
        url: `/api/projects/${server.project.id}/images?q=${encodeURIComponent(q)}`,
      })
    ).json<{ total: number }>().total;
  expect(await images("organ under UBERON:0002106")).toBe(1);

  expect((await post("/terms/rename", { curie: term.curie, label: "pulp, pale" })).statusCode).toBe(204);
  expect((await vocabulary()).local).toMatchObject([
    {
      curie: term.curie,
      label: "pulp, pale",
      synonyms: ["pale pulp"],
      parents: [{ label: "spleen" }],
      replacedBy: null,
    },
  ]);
  expect((await post("/terms/rename", { curie: term.curie, label: "liver" })).json()).toMatchObject({
    error: { code: "metadata.invalid", message: expect.stringContaining("UBERON:0002107") },
  });
  expect((await post("/terms/merge", { from: term.curie, into: "CL:0000084" })).statusCode).toBe(400);
  expect((await post("/terms/merge", { from: term.curie, into: "UBERON:0002107" })).statusCode).toBe(204);
  expect((await vocabulary()).local).toMatchObject([
    { replacedBy: { curie: "UBERON:0002107", label: "liver" } },
  ]);
  expect(await images("organ under UBERON:0002107")).toBe(1);
  expect(await images("organ under UBERON:0002106")).toBe(0);
  expect((await check({ organ: "pale pulp" })).terms["organ"]).toMatchObject({ curie: "UBERON:0002107" });
  expect((await post("/terms/merge", { from: term.curie, into: "UBERON:0002106" })).statusCode).toBe(404);
});

test("a release from a file replaces the shipped terms it has, and a broken file changes nothing", async () => {
  const obo = [
    "format-version: 1.2",
    "data-version: releases/2030-01-01",
    "ontology: uberon",
    "",
    "[Term]",
    "id: UBERON:0002106",
    "name: spleen",
    'synonym: "lien of the year 2030" EXACT []',
    "is_a: UBERON:0001062",
    "",
  ].join("\n");
  const send = (value: string, name: string, caller = server.owner) =>
    server.ask(caller, {
      method: "POST",
      url: "/api/vocabulary",
      ...multipartForm([{ name: "file", value, fileName: name }]),
    });
  expect((await send(obo, "uberon.obo", server.annotator)).statusCode).toBe(403);
  const done = await send(obo, "uberon.obo");
  expect(done.statusCode).toBe(201);
  expect(done.json<InstalledVocabulary>()).toMatchObject({
    terms: 1,
    release: expect.stringContaining("2030-01-01"),
  });
  expect((await check({ organ: "lien of the year 2030" })).terms["organ"]?.curie).toBe("UBERON:0002106");
  const source = (await vocabulary()).sources.find(({ prefix }) => prefix === "UBERON");
  expect(source).toMatchObject({ licence: "CC-BY-3.0", installed: { terms: 1 } });
  const broken = await send("[Term]\nname: nothing\n", "broken.obo");
  expect(broken.json()).toMatchObject({ error: { code: "format.obo" } });
  expect((await vocabulary()).sources.find(({ prefix }) => prefix === "UBERON")?.installed?.terms).toBe(1);
});

test("name and role of channels are changed together or not at all", async () => {
  const url = `/api/images/${imageId}`;
  const before = (await server.ask(server.viewer, { url })).json<ImageDetail>().channels;
  const patch = (channels: object[]) =>
    server.ask(server.annotator, { method: "PATCH", url, payload: { channels } });
  const wanted = before.map((_, index) => ({ name: `stain ${index}`, role: "membrane" }));
  expect((await patch(wanted)).json<ImageDetail>().channels).toMatchObject(wanted);
  expect((await patch([...wanted, { name: "x", role: "other" }])).json()).toMatchObject({
    error: { code: "metadata.invalid" },
  });
  expect((await server.ask(server.viewer, { url })).json<ImageDetail>().channels).toMatchObject(wanted);
});
