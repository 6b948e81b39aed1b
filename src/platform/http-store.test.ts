import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isFoundryError } from "#core/errors.ts";
import { isLocalAddress, openHttpStore } from "./http-store.ts";

const content = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const server = createServer((asked, answer) => {
  const range = /^bytes=(\d+)-(\d+)$/.exec(asked.headers.range ?? "");
  if (asked.url === "/data/a%20b.zarr/0/c/0/0" && range !== null) {
    const [from, to] = [Number(range[1]), Number(range[2])];
    answer
      .writeHead(206, { "content-range": `bytes ${from}-${to}/1000` })
      .end(content.subarray(from, to + 1));
  } else if (asked.url === "/data/a%20b.zarr/0/c/0/0") answer.end(content);
  else if (asked.url === "/data/a%20b.zarr/forbidden" || asked.url?.endsWith(".zattrs") === true)
    answer.writeHead(403).end();
  else if (asked.url === "/data/a%20b.zarr/moved")
    answer.writeHead(302, { location: "http://127.0.0.1/" }).end();
  else if (asked.url === "/data/a%20b.zarr/silent") return;
  else if (asked.url === "/data/a%20b.zarr/broken") {
    answer.writeHead(200, { "content-length": "100" });
    answer.write("x");
    answer.socket?.destroy();
  } else answer.writeHead(404).end();
});
let base = "";

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data/a b.zarr`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const open = (options = {}) => openHttpStore(base, { allowPrivate: true, timeoutMs: 2_000, ...options });
const codeOf = async (run: () => Promise<unknown>): Promise<string> => {
  try {
    await run();
  } catch (error) {
    if (isFoundryError(error)) return error.code;
    throw error;
  }
  return "none";
};

test("files, lengths and ranges are read; absent files are undefined", async () => {
  const store = open();
  expect(store.name).toBe("a b.zarr");
  expect(await store.get("0/c/0/0")).toEqual(content);
  expect(await store.size("0/c/0/0")).toBe(1000);
  expect(await store.getRange("0/c/0/0", 10, 20)).toEqual(content.slice(10, 20));
  expect([await store.get("nothing"), await store.size("nothing"), await store.get("x/.zattrs")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test.each([
  ["forbidden", "net.unreachable"],
  ["moved", "net.unreachable"],
  ["broken", "net.unreachable"],
])("%s: %s", async (key, code) => expect(await codeOf(() => open().get(key))).toBe(code));

test("a silent server and a large file end in time and in memory", async () => {
  expect(await codeOf(() => open({ timeoutMs: 200 }).get("silent"))).toBe("net.unreachable");
  expect(await codeOf(() => open({ fileBytesMax: 999 }).get("0/c/0/0"))).toBe("limit.bytes");
});

describe("by default nothing but the public network is asked", () => {
  test.each([
    "http://127.0.0.1:1/a",
    "http://localhost:1/a",
    "http://[::1]:1/a",
    "http://169.254.169.254/latest",
    "http://0.0.0.0/",
  ])("%s", async (address) =>
    expect(await codeOf(() => openHttpStore(address).get("zarr.json"))).toBe("request.invalid"),
  );

  test("addresses that are no folder on the web", () => {
    for (const address of ["file:///etc/passwd", "ftp://x/y", "http://user:pw@x/", "x", ""])
      expect(() => openHttpStore(address), address).toThrow(/not a web address/);
  });

  test("ranges of addresses (RFC 6890)", () => {
    for (const address of [
      "10.1.2.3",
      "172.31.0.1",
      "192.168.1.1",
      "100.64.0.1",
      "::ffff:10.0.0.1",
      "fd00::1",
      "fe80::1",
      "224.0.0.1",
      "x",
    ])
      expect(isLocalAddress(address), address).toBe(true);
    for (const address of ["8.8.8.8", "172.32.0.1", "2606:4700::1111", "193.0.0.1"])
      expect(isLocalAddress(address), address).toBe(false);
  });
});
