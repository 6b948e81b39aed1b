/** Routes about the server itself: is it well, what can it do. */

import { z } from "zod";
import { healthSchema } from "#api/index.ts";
import { json, route } from "../route.ts";

export const metaRoutes = [
  route({
    method: "GET",
    url: "/health",
    summary: "Whether the server and its database answer",
    policy: "open",
    answer: json(healthSchema),
    async handle({ parts }) {
      const ready = await parts.store.sql.query("select 1").then(
        () => true,
        () => false,
      );
      return { ok: ready, version: parts.version, ready };
    },
  }),
  route({
    method: "GET",
    url: "/openapi.json",
    summary: "This description of all calls (OpenAPI 3.1)",
    policy: "open",
    answer: json(z.looseObject({ openapi: z.string() })),
    async handle({ request }) {
      return { ...request.server.swagger() } as { openapi: string };
    },
  }),
];
