/** The API page: parses, has every route with summary, answers and errors, and refers only to what it holds. */

import type { RouteOptions } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildServer } from "./build-server.ts";
import { type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

interface Operation {
  readonly summary?: string;
  readonly operationId?: string;
  readonly responses?: Record<string, { description?: string; content?: Record<string, unknown> }>;
  readonly security?: unknown[];
  readonly requestBody?: { content: Record<string, unknown> };
}

let server: ServerUnderTest;
let page: {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
};
const registered: string[] = [];

beforeAll(async () => {
  server = await startServerUnderTest();
  const watchRoutes = ({ method, url }: RouteOptions): void => {
    if (method !== "HEAD") registered.push(`${method} ${url}`);
  };
  await (await buildServer({ store: server.store, queue: server.queue, watchRoutes })).close();
  const answer = await server.ask(null, { url: "/api/openapi.json" });
  expect(answer.statusCode, answer.body).toBe(200);
  page = answer.json();
});
afterAll(() => server?.close());

test("it is OpenAPI 3.1 and holds exactly the registered routes", () => {
  expect(page.openapi).toBe("3.1.0");
  const described = Object.entries(page.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const asWritten = registered.map((name) => name.replaceAll(/:([A-Za-z]+)/g, "{$1}").replace("*", "{*}"));
  expect(described.sort()).toEqual(asWritten.sort());
});

test("every call has a summary, a name of its own, a success and its errors", () => {
  const names = new Set<string>();
  for (const [path, operations] of Object.entries(page.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const where = `${method} ${path}`;
      expect(operation.summary, where).toMatch(/^[A-Z].{5,}/);
      names.add(operation.operationId ?? "");
      const statuses = Object.keys(operation.responses ?? {});
      expect(
        statuses.some((status) => status.startsWith("2")),
        where,
      ).toBe(true);
      expect(statuses, where).toContain("500");
      for (const [status, response] of Object.entries(operation.responses ?? {})) {
        expect(response.description, `${where} ${status}`).toBeTruthy();
        if (Number(status) < 400) continue;
        expect(JSON.stringify(response.content), `${where} ${status}`).toContain("ErrorBody");
      }
      if (operation.security?.length !== 0)
        expect(statuses, where).toEqual(expect.arrayContaining(["401", "403"]));
    }
  }
  expect(names.size).toBe(registered.length);
});

test("uploads are described as forms", () => {
  const body = page.paths["/api/predictions"]?.["post"]?.requestBody;
  expect(Object.keys(body?.content ?? {})).toEqual(["multipart/form-data"]);
  expect(JSON.stringify(body)).toContain('"format":"binary"');
});

test("every reference points into the page itself", () => {
  const references = [...JSON.stringify(page).matchAll(/"\$ref":"([^"]+)"/g)].map(
    ([, target]) => target ?? "",
  );
  expect(references.length).toBeGreaterThan(50);
  for (const target of new Set(references)) {
    expect(target.startsWith("#/components/schemas/"), target).toBe(true);
    expect(page.components.schemas, target).toHaveProperty([target.split("/").at(-1) ?? ""]);
  }
});
