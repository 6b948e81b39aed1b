/** An upload that waits over HTTP: received, planned with answers, its sheet replaced, imported once or thrown away. */

import { afterAll, beforeAll, expect, test } from "vitest";
import type { Job } from "#api/index.ts";
import { writePng } from "#formats/index.ts";
import { createRouteCalls } from "./call-routes.ts";
import { multipartForm } from "./multipart-form.ts";
import { uploadRoutes } from "./routes/uploads.ts";
import { type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest();
});
afterAll(() => server?.close());

const { call, uncalled } = createRouteCalls(() => server);

test("an upload waits, is planned with answers, imported once; another is thrown away", async () => {
  const png = writePng({ height: 2, width: 2, channels: 1, data: Uint8Array.of(5, 50, 100, 150) });
  const form = () => multipartForm([{ name: "file", value: png, fileName: "plate-2/b.png" }]);
  const projectId = server.project.id;
  const params = { projectId };
  const upload = (await call("POST", "/projects/:projectId/uploads", { params, ...form() })).json();
  expect(upload).toMatchObject({ title: "plate-2/b.png", files: 1 });
  const open = await call("POST", "/projects/:projectId/uploads/:uploadId/plan", {
    params: { projectId, uploadId: upload.id },
    payload: {},
  });
  expect(open.json()).toMatchObject({ images: 1, questions: [{ id: "mpp", required: false }] });
  const answered = await call("POST", "/projects/:projectId/uploads/:uploadId/plan", {
    params: { projectId, uploadId: upload.id },
    payload: { answers: { mpp: "0.5" }, group: "slide 4", metadata: { organ: "liver" } },
  });
  expect(answered.json()).toMatchObject({
    questions: [],
    groupList: [{ key: "slide 4", known: true }],
    metadata: [{ field: "organ", values: [{ value: "liver", images: 1 }] }],
  });
  const sheet = { name: "sheet.csv", text: "name,group,organ\nb,slide 5,spleen\n" };
  await call("POST", "/projects/:projectId/uploads/:uploadId/sheet", {
    params: { projectId, uploadId: upload.id },
    payload: sheet,
  });
  const described = await call("POST", "/projects/:projectId/uploads/:uploadId/plan", {
    params: { projectId, uploadId: upload.id },
    payload: { answers: { mpp: "0.5" } },
  });
  expect(described.json()).toMatchObject({ groupList: [{ key: "slide 5", known: true }] });
  const start = () =>
    call("POST", "/projects/:projectId/uploads/:uploadId/import", {
      params: { projectId, uploadId: upload.id },
      payload: { answers: { mpp: "0.5" } },
    });
  const job: Job = (await start()).json();
  expect(job.kind).toBe("ingest");
  await expect(start()).rejects.toThrow();
  await call("POST", "/jobs/:jobId/cancel", { params: { jobId: job.id } });

  const other = (await call("POST", "/projects/:projectId/uploads", { params, ...form() })).json();
  await call("DELETE", "/projects/:projectId/uploads/:uploadId", {
    params: { projectId, uploadId: other.id },
  });
  expect((await call("GET", "/projects/:projectId/imports", { params })).json()).toEqual({ imports: [] });
  const atOnce = await call("POST", "/projects/:projectId/imports", { params, ...form() });
  expect(atOnce.json()).toMatchObject({ kind: "ingest" });
  expect(uncalled(uploadRoutes)).toEqual([]);
});
