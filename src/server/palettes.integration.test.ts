/** Channel palettes over HTTP: saved for everyone of the project, replaced by name, deleted; bad ones refused. */

import { afterAll, beforeAll, expect, test } from "vitest";
import type { SavedPalette } from "#api/index.ts";
import { type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest();
});
afterAll(() => server?.close());

const ask = async <T>(
  method: "GET" | "POST" | "DELETE",
  url: string,
  payload?: object,
): Promise<[number, T]> => {
  const answer = await server.ask(server.annotator, {
    ...{ method, url: `/api${url}` },
    ...(payload === undefined ? {} : { payload }),
  });
  return [answer.statusCode, (answer.body === "" ? undefined : answer.json()) as T];
};
const list = () => `/projects/${server.project.id}/palettes`;
const channel = {
  ...{ name: "DAPI", visible: true, colour: [0, 120, 255], limits: [-3.5, 4000] },
  ...{ gamma: 0.6, inverted: false },
};

test("saved, replaced by name, listed by name, deleted", async () => {
  const [, made] = await ask<SavedPalette>("POST", list(), { name: " nuclei ", channels: [channel] });
  expect(made).toMatchObject({ name: "nuclei", projectId: server.project.id, channels: [channel] });
  await ask("POST", list(), { name: "Membranes", channels: [channel, { ...channel, visible: false }] });
  const [, again] = await ask<SavedPalette>("POST", list(), {
    name: "nuclei",
    channels: [{ ...channel, gamma: 2 }],
  });
  expect(again.id).toBe(made.id);
  const [, { palettes }] = await ask<{ palettes: SavedPalette[] }>("GET", list());
  expect(palettes.map(({ name, channels }) => [name, channels.length, channels[0]?.gamma])).toEqual([
    ["Membranes", 2, 0.6],
    ["nuclei", 1, 2],
  ]);
  expect((await ask("DELETE", `/palettes/${made.id}`))[0]).toBeLessThan(300);
  expect((await ask("DELETE", `/palettes/${made.id}`))[0]).toBe(404);
  expect((await ask<{ palettes: SavedPalette[] }>("GET", list()))[1].palettes).toHaveLength(1);
});

test("no name, no channel, a colour that is none, a gamma of zero: refused", async () => {
  for (const body of [
    { name: "  ", channels: [channel] },
    { name: "x", channels: [] },
    { name: "x", channels: [{ ...channel, colour: [0, 0, 256] }] },
    { name: "x", channels: [{ ...channel, gamma: 0 }] },
    { name: "x".repeat(61), channels: [channel] },
  ])
    expect((await ask("POST", list(), body))[0], JSON.stringify(body)).toBe(400);
});

test("a project keeps fifty", async () => {
  const statuses: number[] = [];
  for (let i = 0; i < 51; i++)
    statuses.push((await ask("POST", list(), { name: `palette ${i}`, channels: [channel] }))[0]);
  // One of the first test is there already.
  expect(statuses.filter((status) => status < 300)).toHaveLength(49);
  expect(statuses.at(-1)).toBeGreaterThanOrEqual(400);
  expect((await ask("POST", list(), { name: "palette 3", channels: [channel] }))[0]).toBeLessThan(300);
});
