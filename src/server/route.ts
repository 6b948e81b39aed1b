/**
 * How a route is declared.
 *
 * One declaration holds everything that is known about a call: its rule, the object it acts on, its schemas, its
 * answer, its errors. From it come the checks before the handler, the types inside it, and the OpenAPI page, so the
 * three cannot disagree. Parameters are read from the address itself: `:imageId` is an id, `*` a rest of a path.
 */

import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { idSchema, type Member } from "#api/index.ts";
import type { ErrorCode } from "#core/errors.ts";
import type { Agent } from "#store/index.ts";
import type { ObjectKind, ObjectOf } from "./objects.ts";
import type { ServerParts } from "./parts.ts";
import type { Actor, RuleName } from "./policy.ts";
import type { EventSource } from "./send-events.ts";

type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** Names of the parameters in an address: `/images/:imageId/zarr/*` gives `"imageId" | "*"`. */
type ParamNames<Url extends string> = Url extends `${infer First}/${infer Rest}`
  ? SegmentName<First> | ParamNames<Rest>
  : SegmentName<Url>;
type SegmentName<Segment extends string> = Segment extends `:${infer Name}`
  ? Name
  : Segment extends "*"
    ? "*"
    : never;
type Params<Url extends string> = Readonly<Record<ParamNames<Url>, string>>;

/** Bytes with what a cache and a browser must know about them; made only when the client has no current copy. */
export interface Payload {
  /** Media type, as stated by us and never sniffed. */
  readonly type: string;
  /** Names the content: same tag, same bytes. */
  readonly etag: string;
  /** `immutable`: these bytes never change under this address. `check`: ask again each time, by tag. */
  readonly cache: "immutable" | "check";
  /** Name under which a browser saves it. */
  readonly fileName: string;
  make(): Promise<Uint8Array>;
}

/** A file of the data folder, streamed. */
export interface FilePayload {
  readonly type: string;
  /** Names the content: same tag, same bytes. */
  readonly etag: string;
  /** Name under which a browser saves it. */
  readonly fileName: string;
  readonly path: string;
  readonly size: number;
}

export type AnswerSpec =
  | {
      readonly kind: "json";
      readonly status: number;
      readonly schema: z.ZodType;
      readonly also: ExtraAnswers;
    }
  | { readonly kind: "bytes"; readonly types: readonly string[] }
  | { readonly kind: "file"; readonly types: readonly string[] }
  | { readonly kind: "events" }
  | { readonly kind: "empty" };
type ExtraAnswers = Readonly<Record<number, z.ZodType>>;

interface JsonAnswer<S extends z.ZodType> {
  readonly kind: "json";
  readonly status: number;
  readonly schema: S;
  readonly also: ExtraAnswers;
}

/** JSON by a schema; fields that the schema does not name never leave the server. */
export function json<S extends z.ZodType>(schema: S, status = 200, also: ExtraAnswers = {}): JsonAnswer<S> {
  return { kind: "json", status, schema, also };
}
export const bytes = (...types: readonly string[]) => ({ kind: "bytes", types }) as const;
/** As `bytes`, streamed from the disk and with ranges. */
export const file = (...types: readonly string[]) => ({ kind: "file", types }) as const;
export const events = { kind: "events" } as const;
export const empty = { kind: "empty" } as const;

type AnswerOf<A extends AnswerSpec> =
  A extends JsonAnswer<infer S>
    ? z.output<S>
    : A extends { kind: "bytes" }
      ? Payload
      : A extends { kind: "file" }
        ? FilePayload
        : A extends { kind: "events" }
          ? EventSource
          : undefined;

/** An answer of another status than the usual one, such as a plan instead of a started job. */
export class OtherAnswer {
  readonly status: number;
  readonly body: unknown;
  constructor(status: number, body: unknown) {
    this.status = status;
    this.body = body;
  }
}

/** What a handler gets: checked input, the object the policy has let through, and the parts of the program. */
interface Call<Url extends string, Rule extends RuleName, Kind extends ObjectKind | undefined, Q, B> {
  readonly params: Params<Url>;
  readonly query: Q;
  readonly body: B;
  readonly object: Kind extends ObjectKind ? ObjectOf<Kind> : undefined;
  readonly actor: Actor;
  readonly member: Rule extends "open" ? Member | null : Member;
  /** In whose name the store writes. */
  readonly agent: Rule extends "open" ? Agent | null : Agent;
  readonly parts: ServerParts;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

interface Declaration<
  Url extends string,
  Rule extends RuleName,
  Kind extends ObjectKind | undefined,
  Q extends z.ZodType | undefined,
  B extends z.ZodType | undefined,
  A extends AnswerSpec,
> {
  readonly method: Method;
  /** Below `/api`. */
  readonly url: Url;
  /** One line for the API page. */
  readonly summary: string;
  readonly policy: Rule;
  /** Kind of the object in the address; it is loaded, and hidden as "not found" from those who may not see it. */
  readonly on?: Kind;
  readonly query?: Q;
  readonly body?: B;
  /** Parts of a multipart form: name -> what it is. The handler reads them from the request itself. */
  readonly form?: Readonly<Record<string, string>>;
  readonly answer: A;
  /** Codes that this call can answer with, beyond those of its policy and its input. */
  readonly errors?: readonly ErrorCode[];
  readonly bodyBytesMax?: number;
  /** Calls per minute and address, where the general limit is too generous. */
  readonly perMinute?: number;
  handle(
    call: Call<Url, Rule, Kind, Output<Q>, Output<B>>,
  ): Promise<AnswerOf<A> | (A extends { kind: "json" } ? OtherAnswer : never)>;
}

type Output<S extends z.ZodType | undefined> = S extends z.ZodType ? z.output<S> : undefined;

/** A declaration whose types have done their work. */
export type Route = Declaration<
  string,
  RuleName,
  ObjectKind | undefined,
  z.ZodType | undefined,
  z.ZodType | undefined,
  AnswerSpec
>;

export function route<
  const Url extends string,
  Rule extends RuleName,
  A extends AnswerSpec,
  Kind extends ObjectKind | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(declaration: Declaration<Url, Rule, Kind, Q, B, A>): Route {
  // The checks before the handler produce exactly the types that the declaration states; see `register.ts`.
  return declaration as unknown as Route;
}

/** Longest rest of a path (`*`): keys of a Zarr hierarchy are below 40 characters. */
const restLengthMax = 300;

/** Schema of the parameters in an address, or undefined when there are none. */
export function paramsSchema(url: string): z.ZodType | undefined {
  const shape: Record<string, z.ZodType> = {};
  for (const segment of url.split("/")) {
    if (segment === "*") shape["*"] = z.string().max(restLengthMax);
    else if (segment.startsWith(":")) shape[segment.slice(1)] = idSchema;
  }
  return Object.keys(shape).length === 0 ? undefined : z.object(shape);
}
