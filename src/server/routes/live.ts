/** Several people in one layer: its live stream, who is there, parts that someone holds. */

import { holdRegionSchema, presenceSchema, regionHoldSchema, regionHoldsSchema } from "#api/index.ts";
import { FoundryError } from "#core/errors.ts";
import * as store from "#store/index.ts";
import { empty, events, json, route } from "../route.ts";
import { watchLayer } from "../watch-layer.ts";

/** Some twenty people behind one address, each with four words a second. */
const presencePerMinute = 6_000;

/** One page says at most 20 ids and a few numbers. */
const presenceBytesMax = 8_192;

export const liveRoutes = [
  route({
    method: "GET",
    url: "/layers/:layerId/live",
    summary: "Server-sent events `edits`, `people`, `holds`: each the newest state, at each change",
    policy: "look",
    on: "layer",
    answer: events,
    handle:
      async ({ parts, object }) =>
      (signal) =>
        watchLayer(parts, object.id, signal),
  }),
  route({
    method: "POST",
    url: "/layers/:layerId/presence",
    summary: "Say where one is in a layer; told to the others there, never stored",
    policy: "look",
    on: "layer",
    body: presenceSchema,
    answer: empty,
    errors: ["limit.rate", "limit.bytes"],
    bodyBytesMax: presenceBytesMax,
    perMinute: presencePerMinute,
    async handle({ parts, member, object, body }) {
      const { leaving, ...rest } = body;
      const person = { ...rest, memberId: member.id, name: member.name };
      await store.tellPresence(parts.store, parts.presence.word(object.id, person, leaving));
      return undefined;
    },
  }),
  route({
    method: "GET",
    url: "/layers/:layerId/holds",
    summary: "Parts of a layer that someone holds now",
    policy: "look",
    on: "layer",
    answer: json(regionHoldsSchema),
    handle: async ({ parts, object }) => ({ holds: await store.listHolds(parts.store, object.id) }),
  }),
  route({
    method: "POST",
    url: "/layers/:layerId/holds",
    summary:
      "Hold a part of a layer: edits of others there are refused until it is given back or its lease ends",
    policy: "edit",
    on: "layer",
    body: holdRegionSchema,
    answer: json(regionHoldSchema),
    errors: ["layer.held", "limit.objects", "request.invalid"],
    handle: ({ parts, agent, object, body }) => store.holdRegion(parts.store, agent, object.id, body),
  }),
  route({
    method: "POST",
    url: "/holds/:holdId/renew",
    summary: "Keep a held part for some more minutes; only who holds it",
    policy: "edit",
    on: "regionHold",
    answer: json(regionHoldSchema),
    async handle({ parts, agent, object }) {
      if (object.agent.id !== agent.id) throw notYours(object);
      const renewed = await store.renewHold(parts.store, object.id);
      if (renewed !== null) return renewed;
      throw new FoundryError("request.notFound", { message: "There is no such held region." });
    },
  }),
  route({
    method: "DELETE",
    url: "/holds/:holdId",
    summary: "Give a held part back; an owner of the lab may end anyone's",
    policy: "edit",
    on: "regionHold",
    answer: empty,
    async handle({ parts, agent, member, object }) {
      if (object.agent.id !== agent.id && member.role !== "owner") throw notYours(object);
      await store.releaseHold(parts.store, object);
      return undefined;
    },
  }),
];

function notYours({ agent }: store.Hold): FoundryError {
  return new FoundryError("policy.denied", {
    message: `This region is held by ${agent.name}.`,
    hint: `Ask ${agent.name} to give it back, or an owner of the lab to end it.`,
  });
}
