/** Uploads: staged under numbers, names kept as data, limits enforced, nothing left behind; and they become images. */

import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ImportPlan, Job } from "#api/index.ts";
import { writePng } from "#formats/index.ts";
import { openQueue } from "#jobs/index.ts";
import * as store from "#store/index.ts";
import { type FormPart, multipartForm } from "./multipart-form.ts";
import { insertTwoSquares, type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";
import { sweepStaging } from "./staging.ts";
import { startServer } from "./start-server.ts";

let server: ServerUnderTest;
let staging: string;
const limits = { uploadFiles: 4, uploadFileBytes: 1000, uploadBytes: 2000 };

beforeAll(async () => {
  server = await startServerUnderTest({ limits });
  staging = join(server.store.home, "staging");
});
afterAll(() => server?.close());

let before: string[] = [];
const staged = async (): Promise<string[]> => (await readdir(staging).catch(() => [])).sort();
beforeEach(async () => {
  before = await staged();
});

const file = (fileName: string, value: string | Uint8Array = "abc"): FormPart => ({
  name: "file",
  value,
  fileName,
});

const upload = (parts: readonly FormPart[], caller = server.annotator) => {
  const url = `/api/projects/${server.project.id}/imports`;
  return server.ask(caller, { method: "POST", url, ...multipartForm(parts) });
};

test("files lie under numbers, their names in a manifest and nowhere else", async () => {
  const names = ["plate 1/ä b.png", "../../escape.png", "/etc/passwd", "C:\\images\\a.png"];
  const answer = await upload(names.map((name, index) => file(name, "x".repeat(index + 1))));
  expect(answer.statusCode).toBe(202);
  expect(answer.json()).toMatchObject({ kind: "ingest", state: "waiting", projectId: server.project.id });
  const [folder] = (await staged()).filter((name) => !before.includes(name));
  expect(folder).toMatch(/^[0-9A-Z]{26}$/);
  const files = await readdir(join(staging, folder ?? ""));
  expect(files.sort()).toEqual(["000001.bin", "000002.bin", "000003.bin", "000004.bin", "manifest.json"]);
  const manifest: unknown = JSON.parse(await readFile(join(staging, folder ?? "", "manifest.json"), "utf8"));
  expect(manifest).toEqual(
    names.map((path, index) => ({ file: `00000${index + 1}.bin`, path, size: index + 1 })),
  );
  expect(await readFile(join(staging, folder ?? "", "000003.bin"), "utf8")).toBe("xxx");
});

test("a sheet may have the name of a file", async () => {
  const sheet = { name: "metadata", value: "name,group\na,1\n", fileName: "index.csv" };
  const answer = await upload([sheet, file("a.png"), file("index.csv")]);
  expect(answer.statusCode).toBe(202);
  const [folder] = (await staged()).filter((name) => !before.includes(name));
  const manifest = await readFile(join(staging, folder ?? "", "manifest.json"), "utf8");
  expect(manifest).toContain('"path":"sheet-index.csv"');
  expect(manifest).toContain('"path":"index.csv"');
});

describe("what is refused leaves nothing behind", () => {
  test.each([
    ["a file over the limit", [file("a.png", "x".repeat(1001))], 413, "limit.bytes"],
    ["too much in all", [1, 2, 3].map((n) => file(`${n}.png`, "x".repeat(900))), 413, "limit.bytes"],
    ["too many files", [1, 2, 3, 4, 5].map((n) => file(`${n}.png`)), 413, "limit.files"],
    ["no file", [{ name: "format", value: "auto" }], 400, "import.empty"],
    ["only a sheet", [{ name: "metadata", value: "name\n", fileName: "a.csv" }], 400, "import.empty"],
    ["an unknown field", [file("a.png"), { name: "colour", value: "red" }], 400, "request.invalid"],
    ["a file by another name", [{ name: "picture", value: "x", fileName: "a.png" }], 400, "request.invalid"],
    ["a name that is too long", [file(`${"a".repeat(1001)}.png`)], 400, "request.invalid"],
    ["a field of a prototype", [{ name: "__proto__", value: "x" }], 400, "request.invalid"],
  ])("%s", async (_what, parts, status, code) => {
    const answer = await upload(parts);
    expect(answer.json()).toMatchObject({ error: { code } });
    expect(answer.statusCode).toBe(status);
    expect(await staged()).toEqual(before);
  });

  test("something that is not a form", async () => {
    const url = `/api/projects/${server.project.id}/imports`;
    const answer = await server.ask(server.annotator, { method: "POST", url, payload: { file: "a.png" } });
    expect(answer.json()).toMatchObject({ error: { code: "request.invalid" } });
    const cut = multipartForm([file("a.png", "x".repeat(500))]);
    const half = await server.ask(server.annotator, {
      method: "POST",
      url,
      headers: cut.headers,
      payload: cut.payload.subarray(0, 300),
    });
    expect(half.json()).toMatchObject({ error: { code: "request.invalid" } });
    expect(await staged()).toEqual(before);
  });

  test("a project that does not exist, and a role that may not", async () => {
    const url = "/api/projects/01ARZ3NDEKTSV4RRFFQ69G5FAV/imports";
    const answer = await server.ask(server.annotator, {
      method: "POST",
      url,
      ...multipartForm([file("a.png")]),
    });
    expect(answer.statusCode).toBe(404);
    expect((await upload([file("a.png")], server.viewer)).statusCode).toBe(403);
    expect(await staged()).toEqual(before);
  });

  test("a connection that breaks in the middle", async () => {
    const running = await startServer({ store: server.store, queue: server.queue });
    const form = multipartForm([file("a.png", "x".repeat(500))]);
    const client = httpRequest(`${running.url}/api/projects/${server.project.id}/imports`, {
      method: "POST",
      headers: { ...server.annotator.headers, ...form.headers, "content-length": form.payload.length },
    });
    client.on("error", () => undefined);
    client.write(form.payload.subarray(0, 400));
    await expect.poll(staged, { timeout: 10_000 }).toHaveLength(before.length + 1);
    client.destroy();
    await expect.poll(staged, { timeout: 10_000 }).toEqual(before);
    await running.close();
  });
});

test("the sweep at start takes old folders without a manifest, and only those", async () => {
  const now = Date.now();
  for (const [name, manifest, ageMs] of [
    ["old-broken", false, 25 * 3600_000],
    ["young-broken", false, 3600_000],
    ["old-whole", true, 48 * 3600_000],
  ] as const) {
    const folder = join(staging, name);
    await mkdir(folder);
    if (manifest) await writeFile(join(folder, "manifest.json"), "[]");
    await utimes(folder, (now - ageMs) / 1000, (now - ageMs) / 1000);
  }
  await sweepStaging(server.store.home, now);
  expect(await staged()).toEqual([...before, "old-whole", "young-broken"].sort());
});

test("an upload becomes images, each refused file with its reason, and the staged files are gone", async () => {
  const png = writePng({
    height: 3,
    width: 5,
    channels: 1,
    data: Uint8Array.from({ length: 15 }, (_, i) => 9 * i),
  });
  const sheet = "name,group,kind\na,slide-7,fluorescence\n";
  const answer = await upload([
    { name: "licence", value: "CC0-1.0" },
    { name: "metadata", value: sheet, fileName: "sheet.csv" },
    file("run/a.png", png),
    file("run/broken.png", png.subarray(0, 40)),
  ]);
  const { id } = answer.json<Job>();
  const stop = new AbortController();
  const queue = await openQueue(server.store, { role: "worker" });
  const working = queue.work({ signal: stop.signal, queues: ["light"] });
  const state = async () => (await store.getJob(server.store, id)).state;
  await expect.poll(state, { timeout: 60_000 }).toMatch(/done|failed/);
  stop.abort();
  await working;
  await queue.close();
  const job = await store.getJob(server.store, id);
  expect(job.items).toMatchObject([
    { name: "a", state: "done" },
    {
      name: expect.stringContaining("broken"),
      state: "failed",
      error: { code: "format.png", hint: expect.any(String) },
    },
  ]);
  const url = `/api/projects/${server.project.id}/images?q=${encodeURIComponent("group=slide-7")}`;
  expect((await server.ask(server.viewer, { url })).json()).toMatchObject({
    total: 1,
    items: [{ name: "a", height: 3, width: 5, metadata: { kind: "fluorescence" } }],
  });
  expect((await staged()).filter((name) => !before.includes(name))).toEqual([]);
});

test("an upload that waits: planned with pictures, its sheet mended and planned again", async () => {
  const data = Uint8Array.from({ length: 15 }, (_, i) => 9 * i);
  const png = writePng({ height: 3, width: 5, channels: 1, data });
  const files = [file("run/a.png", png), file("run/sheet.csv", "name,group,organ\na,s7,splen\n")];
  const form = multipartForm(files);
  const base = `/api/projects/${server.project.id}/uploads`;
  const sent = await server.ask(server.annotator, { method: "POST", url: base, ...form });
  const { id } = sent.json<{ id: string }>();
  const ask = (what: string, payload: object = {}) =>
    server.ask(server.annotator, { method: "POST", url: `${base}/${id}/${what}`, payload });

  const first = (await ask("plan")).json<ImportPlan>();
  expect(first.sheet).toEqual({ path: "run/sheet.csv", text: "name,group,organ\na,s7,splen\n" });
  expect(first.sheetProblems.filter(({ severity }) => severity === "error")).toMatchObject([
    { row: 2, column: "organ", field: "organ", value: "splen", nearest: "spleen", severity: "error" },
  ]);
  expect(first.samples[0]?.picture).toMatch(/^data:image\/png;base64,iVBORw0KGgo/);

  const mended = { name: "sheet.csv", text: "name,group,organ\na,s7,spleen\n" };
  expect((await ask("sheet", mended)).statusCode).toBe(204);
  const second = (await ask("plan")).json<ImportPlan>();
  expect(second.sheet).toEqual({ path: "sheet.csv", text: mended.text });
  expect(second.sheetProblems.map(({ severity }) => severity)).toEqual(["warning"]);
  expect(second.metadata).toContainEqual({
    field: "organ",
    images: 1,
    values: [{ value: "spleen", images: 1 }],
  });
  // Mended once more: the sheet that was put there gives way, the uploaded file stays.
  expect(
    (await ask("sheet", { ...mended, name: "run.yaml", text: "images:\n  - { name: a, organ: liver }\n" }))
      .statusCode,
  ).toBe(204);
  expect((await ask("plan")).json<ImportPlan>().sheet?.path).toBe("run.yaml");
  expect((await ask("sheet", { name: "../a.csv", text: "name\n" })).statusCode).toBe(400);
  const gone = await server.ask(server.annotator, { method: "DELETE", url: `${base}/${id}` });
  expect(gone.statusCode).toBe(204);
  expect((await ask("sheet", mended)).statusCode).toBe(404);
});

test("downloads carry any name safely", async () => {
  const { imageId } = await insertTwoSquares(server, 'a "b"\r\nSet-Cookie: x=1 \u2603.png');
  const answer = await server.ask(server.viewer, { url: `/api/images/${imageId}/thumbnail.png` });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers).not.toHaveProperty("set-cookie");
  expect(answer.headers["content-disposition"]).toMatch(
    /^attachment; filename="a _b___Set-Cookie_ x_1 _\.png\.png"; filename\*=UTF-8''a%20%22b%22%0D%0ASet-Cookie/,
  );
});
