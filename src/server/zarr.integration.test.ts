/** Any outside client can read images and label revisions: zarrita does, over real HTTP with an API token. */

import { afterAll, beforeAll, expect, test } from "vitest";
import * as zarr from "zarrita";
import * as store from "#store/index.ts";
import {
  type Caller,
  insertTwoSquares,
  type ServerUnderTest,
  startServerUnderTest,
} from "./server-under-test.ts";
import { type RunningServer, startServer } from "./start-server.ts";

let server: ServerUnderTest;
let running: RunningServer;
let reader: Caller;
beforeAll(async () => {
  server = await startServerUnderTest();
  running = await startServer({ store: server.store, queue: server.queue });
  reader = await server.token(server.viewer, "read");
});
afterAll(async () => {
  await running?.close();
  await server?.close();
});

const open = (path: string) =>
  zarr.open(new zarr.FetchStore(`${running.url}/api${path}`, { overrides: { headers: reader.headers } }), {
    kind: "group",
  });

interface Ome {
  readonly multiscales: {
    readonly datasets: { readonly path: string }[];
    readonly axes: { readonly name: string }[];
  }[];
  readonly "image-label"?: unknown;
}
const omeOf = (group: { attrs: unknown }): Ome => (group.attrs as { ome: Ome }).ome;

test("an image: metadata, axes, and every pixel", async () => {
  const { imageId } = await insertTwoSquares(server);
  const group = await open(`/images/${imageId}/zarr`);
  const ome = omeOf(group);
  expect(ome.multiscales[0]?.axes.map(({ name }) => name)).toEqual(["y", "x"]);
  const array = await zarr.open(group.resolve(ome.multiscales[0]?.datasets[0]?.path ?? ""), {
    kind: "array",
  });
  const { data: values, shape } = await zarr.get(array);
  const data = values as Uint8Array;
  expect(shape).toEqual([40, 60]);
  const stored = await store.readImageArray(server.store, imageId);
  expect(data).toEqual(stored.data);
  expect([data[5 * 60 + 10], data[4 * 60 + 10]]).toEqual([200, (4 * 60 + 10) % 17]);
});

test("a label revision: the same labels however the layer goes on", async () => {
  const { layerId } = await insertTwoSquares(server, "labels.png", { seed: 5 });
  const agent = store.agentOf(server.owner.member);
  const first = await store.commitRevision(server.store, agent, layerId, { message: "first" });
  const read = async () => {
    const group = await open(`/layer-revisions/${first.id}/zarr`);
    expect(omeOf(group)["image-label"]).toBeDefined();
    const array = await zarr.open(group.resolve("0"), { kind: "array" });
    return (await zarr.get(array)).data as Int32Array;
  };
  const before = await read();
  const count = (label: number) => before.filter((value) => value === label).length;
  expect([count(1), count(2), count(0)]).toEqual([100, 300, 40 * 60 - 400]);
  const { objects } = await store.layerObjects(server.store, layerId);
  await store.appendEdits(server.store, agent, layerId, [
    {
      operationId: server.store.ids.next(),
      kind: "delete",
      tool: "delete",
      msSpent: 0,
      changes: [{ uid: objects[0]?.uid ?? "", before: objects[0]?.shape ?? null, after: null }],
    },
  ]);
  expect(await read()).toEqual(before);
});

test("chunks may be kept for ever, metadata is asked for again, and a tag saves the bytes", async () => {
  const { imageId } = await insertTwoSquares(server, "cached.png", { seed: 9 });
  const get = (key: string, headers = {}) =>
    fetch(`${running.url}/api/images/${imageId}/zarr/${key}`, { headers: { ...reader.headers, ...headers } });
  const chunk = await get("0/c/0/0");
  expect(chunk.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
  expect(chunk.headers.get("content-type")).toBe("application/octet-stream");
  expect((await get("zarr.json")).headers.get("cache-control")).toBe("private, no-cache");
  const again = await get("0/c/0/0", { "if-none-match": chunk.headers.get("etag") ?? "" });
  expect([again.status, (await again.arrayBuffer()).byteLength]).toEqual([304, 0]);
  expect((await fetch(`${running.url}/api/images/${imageId}/zarr/zarr.json`)).status).toBe(401);
  expect((await get("..%2f..%2fzarr.json")).status).toBe(404);
});
