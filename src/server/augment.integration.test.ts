/** Previews of augmentation over HTTP: plans with reasons, pictures that differ by seed and mode; every route is called. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { readImage } from "#formats/index.ts";
import * as store from "#store/index.ts";
import { insertTwoSquares, type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

let server: ServerUnderTest;
let url = "";

beforeAll(async () => {
  server = await startServerUnderTest();
  await insertTwoSquares(server);
  const version = await store.freezeDataset(server.store, store.agentOf(server.owner.member), {
    projectId: server.project.id,
    name: "squares",
    query: "",
  });
  url = `/api/dataset-versions/${version.id}/augmentation`;
});
afterAll(() => server?.close());

const get = (path: string) => server.ask(server.viewer, { method: "GET", url: path });

test("the plan of the images' kind with reasons; the safe subset and none when asked for", async () => {
  expect((await get(url)).json()).toMatchObject({
    plans: [{ family: "fluorescence", images: 1, reason: expect.stringContaining('kind "fluorescence"') }],
  });
  expect((await get(`${url}?mode=safe`)).json()).toMatchObject({
    plans: [{ family: "unknown", reason: expect.stringContaining("safe subset") }],
  });
  expect((await get(`${url}?mode=none`)).json()).toMatchObject({ plans: [{ changes: [] }] });
  expect((await get(`${url}?mode=wild`)).statusCode).toBe(400);
});

test("a picture of one row: the image as it is and six samples; the same seed gives the same bytes", async () => {
  const first = await get(`${url}.png?seed=1`);
  expect(first.headers["content-type"]).toBe("image/png");
  const { image } = await readImage(new Uint8Array(first.rawPayload), { name: "samples.png" });
  // Seven tiles of 128 pixels, 8 between the first and the others, 2 between those.
  expect(image.shape.slice(-2)).toEqual([128, 7 * 128 + 8 + 5 * 2]);
  expect((await get(`${url}.png?seed=1`)).rawPayload.equals(first.rawPayload)).toBe(true);
  for (const other of ["seed=2", "seed=1&mode=none", "seed=1&outlines=1"])
    expect((await get(`${url}.png?${other}`)).rawPayload.equals(first.rawPayload)).toBe(false);
});
