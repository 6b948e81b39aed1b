/** What every answer has in common: errors, headers, limits, pages; and that the server starts and ends well. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FoundryError } from "#core/errors.ts";
import { buildServer } from "./build-server.ts";
import { type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";
import { startServer } from "./start-server.ts";

let server: ServerUnderTest;
let webDir: string;
const logged: string[] = [];

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), "cellfoundry-web-"));
  await mkdir(join(webDir, "assets"));
  await writeFile(join(webDir, "index.html"), "<!doctype html><title>Cell Foundry</title>");
  await writeFile(join(webDir, "assets", "app-1a2b3c.js"), "export {};");
  await writeFile(join(webDir, "favicon.svg"), "<svg/>");
  server = await startServerUnderTest({
    webDir,
    limits: { requestsPerMinute: 500, eventStreams: 1 },
    log: { write: (level, message, facts) => logged.push(JSON.stringify({ level, message, ...facts })) },
    prepare: (app) => {
      const config = { policy: "open" as const };
      app.get("/api/broken", { config }, async () => {
        throw new Error("secret /home/someone/data and its trace");
      });
      app.get("/api/full", { config }, async () => {
        throw new FoundryError("disk.full", { message: "The disk is full." });
      });
    },
  });
});
afterAll(async () => {
  await server?.close();
  await rm(webDir, { recursive: true, force: true });
});

describe("a route without a policy stops the start", () => {
  const build = (config: object) =>
    buildServer({
      store: server.store,
      queue: server.queue,
      prepare: (app) => {
        app.get("/api/loose", { config }, async () => "anyone may read this");
      },
    });
  test("when it has none", () => expect(build({})).rejects.toThrow("GET /api/loose has no policy"));
  test("when it names one that does not exist", () =>
    expect(build({ policy: "toString" })).rejects.toThrow("GET /api/loose has no policy"));
});

describe("errors", () => {
  test("what is not known leaves only a request id, and one line in the log", async () => {
    logged.length = 0;
    const answer = await server.ask(null, { url: "/api/broken" });
    expect(answer.statusCode).toBe(500);
    const { error } = answer.json<{ error: { code: string; details: { requestId: string } } }>();
    expect(error.code).toBe("server.internal");
    expect(answer.body).not.toMatch(/secret|home|trace|node_modules/);
    const faults = logged.filter((line) => line.includes('"level":"error"'));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(error.details.requestId);
    expect(faults[0]).toContain("secret");
  });

  test("a known failure keeps its code, words and status, and says when to come back", async () => {
    const answer = await server.ask(null, { url: "/api/full" });
    expect(answer.statusCode).toBe(507);
    expect(answer.headers["retry-after"]).toBeDefined();
    expect(answer.json()).toEqual({ error: { code: "disk.full", message: "The disk is full." } });
  });

  test.each([
    ["body.name", { method: "POST", url: "/api/projects", payload: { name: "" } }],
    ["body.name", { method: "POST", url: "/api/projects" }],
    ["params.projectId", { method: "GET", url: "/api/projects/1%20or%201=1" }],
    ["query.limit", { method: "GET", url: "/api/jobs?limit=100000" }],
  ] as const)("input that does not fit names the field %s", async (field, request) => {
    const answer = await server.ask(server.owner, request);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      error: { code: "request.invalid", details: { issues: [{ field }] } },
    });
  });

  test.each([
    ["not JSON", { payload: "{", headers: { "content-type": "application/json" } }, 400],
    ["another content type", { payload: "a=b", headers: { "content-type": "text/xml" } }, 400],
    [
      "a prototype",
      { payload: '{"__proto__":{"a":1},"name":"x"}', headers: { "content-type": "application/json" } },
      400,
    ],
    ["a body over the limit", { payload: { name: "x".repeat(2 ** 20) } }, 413],
  ])("%s is refused with our words", async (_what, request, status) => {
    const answer = await server.ask(server.owner, { method: "POST", url: "/api/projects", ...request });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({
      error: { code: status === 413 ? "limit.bytes" : "request.invalid" },
    });
  });

  test("unknown addresses below /api, and unknown methods, are not pages", async () => {
    for (const request of [
      { url: "/api/nothing" },
      { url: "/api" },
      { method: "PUT" as const, url: "/api/projects" },
    ]) {
      const answer = await server.ask(null, request);
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ error: { code: "request.notFound" } });
    }
  });

  test("no token, cookie or query reaches the log", async () => {
    logged.length = 0;
    const token = await server.token(server.owner, "read");
    await server.ask(token, { method: "POST", url: "/api/projects?secret=1", payload: { name: "x" } });
    await server.ask(null, {
      method: "POST",
      url: "/api/session",
      payload: { token: "a-wrong-token-of-mine" },
    });
    const text = logged.join("\n");
    expect(logged.length).toBeGreaterThan(1);
    expect(text).not.toContain(token.headers["authorization"]?.slice("Bearer ".length) ?? "?");
    expect(text).not.toMatch(/secret|a-wrong-token|cellfoundry_session/);
  });
});

describe("headers", () => {
  test("scripts come from us alone, WebAssembly runs, nothing frames us, nothing is sniffed", async () => {
    const { headers } = await server.ask(null, { url: "/" });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("worker-src 'self' blob:");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*'unsafe-(inline|eval)'|upgrade-insecure/);
    expect(headers).toMatchObject({
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  });

  test("other origins get no leave to read", async () => {
    const preflight = await server.ask(null, {
      method: "OPTIONS",
      url: "/api/projects",
      headers: { origin: "https://elsewhere.example", "access-control-request-method": "GET" },
    });
    expect(preflight.headers).not.toHaveProperty("access-control-allow-origin");
  });
});

describe("pages", () => {
  test("hashed files are kept for ever, the page itself never", async () => {
    const script = await server.ask(null, { url: "/assets/app-1a2b3c.js" });
    expect(script.body).toBe("export {};");
    expect(script.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(script.headers["content-type"]).toContain("javascript");
    for (const url of ["/", "/index.html", "/p/01ARZ3NDEKTSV4RRFFQ69G5FAV/models", "/join"]) {
      const page = await server.ask(null, { url });
      expect(page.statusCode, url).toBe(200);
      expect(page.body).toContain("<title>Cell Foundry</title>");
      expect(page.headers["cache-control"]).toBe("no-cache");
    }
  });

  test("scripts travel compressed to those who can read that", async () => {
    const headers = { "accept-encoding": "br, gzip;q=0.8" };
    const packed = await server.ask(null, { url: "/assets/app-1a2b3c.js", headers });
    expect(packed.headers).toMatchObject({ "content-encoding": "gzip", vary: "accept-encoding" });
    expect(packed.headers["content-type"]).toBe("text/javascript; charset=utf-8");
    expect(gunzipSync(packed.rawPayload).toString()).toBe("export {};");
    const plain = await server.ask(null, {
      url: "/assets/app-1a2b3c.js",
      headers: { "accept-encoding": "identity" },
    });
    expect(plain.headers).not.toHaveProperty("content-encoding");
    expect(plain.body).toBe("export {};");
  });

  test("a missing script is not a page, and no address leaves the folder", async () => {
    expect((await server.ask(null, { url: "/assets/old-9f9f.js" })).statusCode).toBe(404);
    for (const url of [
      "/../package.json",
      "/..%2fpackage.json",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/assets/..%5c..%5cx",
    ]) {
      const answer = await server.ask(null, { url });
      expect(answer.body, url).not.toMatch(/dependencies|root:/);
    }
  });
});

test("more requests than the limit have to wait", async () => {
  const remoteAddress = "203.0.113.9";
  const statuses = new Map<number, number>();
  for (let i = 0; i < 520; i++) {
    const { statusCode } = await server.ask(null, { url: "/api/health", remoteAddress });
    statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
  }
  expect([...statuses]).toEqual([
    [200, 500],
    [429, 20],
  ]);
});

describe("a listening server", () => {
  test("answers on its address, and closing it ends open event streams", async () => {
    const running = await startServer({ store: server.store, queue: server.queue });
    expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(`${running.url}/api/health`)).json()).toMatchObject({ ok: true, ready: true });
    const stream = await fetch(`${running.url}/api/events`, { headers: server.owner.headers });
    expect(stream.status).toBe(200);
    const text = stream.text();
    await running.close();
    expect(await text).toContain("retry: 2000");
    await expect(fetch(`${running.url}/api/health`)).rejects.toThrow();
  });

  test("says in one word when the port is taken", async () => {
    const first = await startServer({ store: server.store, queue: server.queue });
    const second = startServer({ store: server.store, queue: server.queue, port: first.port });
    await expect(second).rejects.toMatchObject({ code: "EADDRINUSE" });
    await first.close();
  });
});
