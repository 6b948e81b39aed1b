/** The routes of the checks, each called once on an image with a planted hole; the picture is looked at by its pixels. */

import { afterAll, beforeAll, expect, test } from "vitest";
import type { FindingListWire, FindingSummaryWire, MendPreviewWire, MendWire } from "#api/index.ts";
import { imageArray, labelImage } from "#core/array/index.ts";
import { readImage } from "#formats/index.ts";
import * as store from "#store/index.ts";
import { findingRoutes } from "./routes/findings.ts";
import { type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

let server: ServerUnderTest;
let imageId: string;
const called = new Set<string>();

beforeAll(async () => {
  server = await startServerUnderTest();
  const [height, width] = [60, 80];
  const labels = labelImage(height, width);
  for (let y = 20; y < 40; y++) labels.data.fill(1, y * width + 30, y * width + 50);
  for (let y = 28; y < 32; y++) labels.data.fill(0, y * width + 38, y * width + 42);
  const data = Uint8Array.from(labels.data, (label, i) => (label === 0 ? 10 + (i % 7) : 200));
  const inserted = await store.insertImage(server.store, store.agentOf(server.owner.member), {
    projectId: server.project.id,
    name: "ring.png",
    image: imageArray("uint8", "yx", [height, width], data),
    source: { title: "made for a test", licence: "CC0-1.0" },
    labels,
  });
  ({ imageId } = inserted);
  await store.checkImageById(server.store, imageId);
});
afterAll(() => server?.close());

async function call<T>(method: "GET" | "POST", pattern: string, id: string, rest = "", payload?: object) {
  const url = `/api${pattern.replace(/:[A-Za-z]+/, id)}${rest}`;
  const answer = await server.ask(server.annotator, {
    method,
    url,
    ...(payload === undefined ? {} : { payload }),
  });
  expect(answer.statusCode, answer.statusCode < 300 ? url : answer.body).toBeLessThan(300);
  called.add(`${method} ${pattern}`);
  return { answer, body: () => answer.json<T>() };
}

const open = async (): Promise<FindingListWire["items"]> =>
  (
    await call<FindingListWire>(
      "GET",
      "/projects/:projectId/findings",
      server.project.id,
      "?rule=objectHole&limit=5",
    )
  ).body().items;

test("counts, list and picture of a hole; the picture after mending has none", async () => {
  const project = server.project.id;
  const summary = (
    await call<FindingSummaryWire>("GET", "/projects/:projectId/finding-summary", project)
  ).body();
  expect(summary).toMatchObject({ layers: 1, checkedLayers: 1 });
  expect(summary.rules[0]).toMatchObject({ rule: "objectHole", open: 1, images: 1 });
  const narrowed = `?q=${encodeURIComponent("cells > 5")}`;
  expect(
    (await call<FindingSummaryWire>("GET", "/projects/:projectId/finding-summary", project, narrowed)).body()
      .rules,
  ).toEqual([]);
  const [finding] = await open();
  expect(finding).toMatchObject({ imageId, box: [20, 30, 40, 50], detail: "1 hole, 16 pixels of 384" });

  const picture = async (view: string) => {
    const { answer } = await call(
      "GET",
      "/findings/:findingId/picture.png",
      finding?.id ?? "",
      `?size=160&view=${view}`,
    );
    expect(answer.headers["content-type"]).toBe("image/png");
    return readImage(new Uint8Array(answer.rawPayload), { name: "picture.png" });
  };
  // The window is 20 + 2 x 12 pixels wide, shown three times as large; the cell begins 12 pixels in.
  const orange = { now: 0, mended: 0 };
  for (const view of ["now", "mended"] as const) {
    const { image } = await picture(view);
    expect(image.shape).toEqual([3, 132, 132]);
    const [size, at] = [132 * 132, (y: number, x: number) => y * 132 + x];
    const isOrange = (i: number): boolean =>
      image.data[i] === 255 && image.data[size + i] === 140 && image.data[2 * size + i] === 26;
    for (let i = 0; i < size; i++) orange[view] += isOrange(i) ? 1 : 0;
    expect(isOrange(at(12 * 3, 12 * 3))).toBe(true);
    expect(isOrange(at(12 * 3 - 1, 12 * 3 - 1))).toBe(false);
    // Beside the hole, which begins 8 pixels into the cell.
    expect(isOrange(at(22 * 3, 20 * 3 - 1))).toBe(view === "now");
  }
  // A frame 2 wide inside a square of 60, and one outside a square of 12 without its corners.
  expect(orange).toEqual({ now: 4 * 2 * 58 + 4 * 2 * 12, mended: 4 * 2 * 58 });
});

test("mending by preview, doing and undoing", async () => {
  const project = server.project.id;
  const choice = { rule: "objectHole" };
  const preview = (
    await call<MendPreviewWire>("POST", "/projects/:projectId/mends/preview", project, "", choice)
  ).body();
  const [finding] = await open();
  expect(preview).toMatchObject({ fix: "fillHoles", mendable: 1, addedPixels: 16 });
  expect(preview.samples).toEqual([{ findingId: finding?.id, imageId, cells: 1 }]);
  const mend = (await call<MendWire>("POST", "/projects/:projectId/mends", project, "", choice)).body();
  expect(mend).toMatchObject({ findingCount: 1, undoneAt: null, agent: { name: "Ada" } });
  expect(await open()).toEqual([]);
  expect(
    (await call<{ mends: MendWire[] }>("GET", "/projects/:projectId/mends", project)).body().mends,
  ).toEqual([mend]);
  expect((await call("POST", "/mends/:mendId/undo", mend.id)).body()).toEqual({ undone: 1, kept: 0 });
  expect(await open()).toHaveLength(1);
});

test("accepting with a reason, taking it back, checking again", async () => {
  const project = server.project.id;
  const payload = { rule: "objectHole", why: "a ring on purpose" };
  const waived = (
    await call<{ findingIds: string[] }>("POST", "/projects/:projectId/findings/waive", project, "", payload)
  ).body();
  expect(waived.findingIds).toHaveLength(1);
  expect(await open()).toEqual([]);
  const again = await call("POST", "/projects/:projectId/findings/reopen", project, "", waived);
  expect(again.body()).toEqual(waived);
  const job = (await call<{ kind: string }>("POST", "/projects/:projectId/check", project, "", {})).body();
  expect(job).toMatchObject({ kind: "check", state: "waiting" });
});

test("every route of the checks was called", () => {
  expect([...called].sort()).toEqual(findingRoutes.map(({ method, url }) => `${method} ${url}`).sort());
});
