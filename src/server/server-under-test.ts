/**
 * A whole server for tests: real embedded database, real store, no socket unless asked for.
 *
 * Callers are named by role; each is a real member with a real session or token, so that what a test shows is what the
 * program does. Jobs are entered and not run: there is no worker.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from "fastify";
import type { Member, Role } from "#api/index.ts";
import { imageArray, labelImage } from "#core/array/index.ts";
import { openQueue, type Queue } from "#jobs/index.ts";
import type { Log } from "#platform/index.ts";
import * as store from "#store/index.ts";
import { buildServer, type ServerOptions } from "./build-server.ts";

export interface Caller {
  readonly member: Member;
  /** Headers that prove who asks. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface ServerUnderTest {
  readonly app: FastifyInstance;
  readonly store: store.Store;
  readonly queue: Queue;
  readonly owner: Caller;
  readonly annotator: Caller;
  readonly viewer: Caller;
  readonly project: store.Project;
  /** A new member of that role, signed in by an invite. */
  join(role: Role, name: string): Promise<Caller>;
  /** A caller by API token in the name of a member. */
  token(of: Caller, scope: "read" | "write"): Promise<Caller>;
  ask(caller: Caller | null, options: InjectOptions): Promise<LightMyRequestResponse>;
  close(): Promise<void>;
}

/** What the program calls its own faults must be seen where a test fails. */
const faultsToConsole: Log = {
  write(level, message, facts) {
    // biome-ignore lint/suspicious/noConsole: output of a test
    if (level === "error") console.error(message, facts);
  },
};

/** @param storeOptions.wholeValuesMax  lower, so that a small image is read like a slide. */
export async function startServerUnderTest(
  options: Partial<ServerOptions> = {},
  storeOptions: Pick<store.OpenStoreOptions, "wholeValuesMax"> = {},
): Promise<ServerUnderTest> {
  const home = await mkdtemp(join(tmpdir(), "cellfoundry-server-"));
  const opened = await store.openStore({ home, ...storeOptions });
  await store.ensureLab(opened);
  await store.ensureOwner(opened);
  const queue = await openQueue(opened, { role: "client" });
  const app = await buildServer({ store: opened, queue, log: faultsToConsole, ...options });
  const ask = (caller: Caller | null, request: InjectOptions): Promise<LightMyRequestResponse> =>
    app.inject({ ...request, headers: { ...caller?.headers, ...request.headers } });
  const signIn = async (token: string, name?: string): Promise<Caller> => {
    const answer = await app.inject({ method: "POST", url: "/api/session", payload: { token, name } });
    if (answer.statusCode !== 200) throw new Error(`sign-in failed: ${answer.body}`);
    const cookie = answer.cookies[0];
    return {
      member: answer.json<{ member: Member }>().member,
      headers: { cookie: `${cookie?.name}=${cookie?.value}`, "x-cellfoundry": "1" },
    };
  };
  const owner = await signIn(await store.createSignInToken(opened, { oneTime: true }));
  const join_ = async (role: Role, name: string): Promise<Caller> => {
    const invite = await ask(owner, { method: "POST", url: "/api/invites", payload: { role } });
    return signIn(invite.json<{ url: string }>().url.split("#")[1] ?? "", name);
  };
  const project = await store.createProject(opened, store.agentOf(owner.member), "Test project");
  return {
    app,
    store: opened,
    queue,
    owner,
    annotator: await join_("annotator", "Ada"),
    viewer: await join_("viewer", "Vera"),
    project,
    join: join_,
    async token(of, scope) {
      const made = await ask(of, {
        method: "POST",
        url: "/api/tokens",
        payload: { name: `${scope} token`, scope },
      });
      return {
        member: of.member,
        headers: { authorization: `Bearer ${made.json<{ token: string }>().token}` },
      };
    },
    ask,
    async close() {
      await app.close();
      await queue.close();
      await opened.close();
      // Its database ends by itself a moment later and may still be writing.
      await rm(home, { recursive: true, force: true, maxRetries: 50, retryDelay: 200 });
    },
  };
}

/** Two squares on a dark ramp, 40 x 60 px: object 1 at rows 5-14, columns 10-19; object 2 at rows 20-34, columns 30-49. */
export async function insertTwoSquares(
  server: Pick<ServerUnderTest, "store" | "owner" | "project">,
  name = "two-squares.png",
  options: { readonly labelled?: boolean; readonly seed?: number } = {},
): Promise<{ readonly imageId: string; readonly layerId: string }> {
  const [height, width] = [40, 60];
  const labels = labelImage(height, width);
  const fill = (label: number, y0: number, x0: number, y1: number, x1: number): void => {
    for (let y = y0; y < y1; y++) labels.data.fill(label, y * width + x0, y * width + x1);
  };
  fill(1, 5, 10, 15, 20);
  fill(2, 20, 30, 35, 50);
  const data = Uint8Array.from(labels.data, (label, i) =>
    label === 0 ? (i + (options.seed ?? 0)) % 17 : 200,
  );
  const agent = store.agentOf(server.owner.member);
  const inserted = await store.insertImage(server.store, agent, {
    projectId: server.project.id,
    name,
    image: imageArray("uint8", "yx", [height, width], data),
    mpp: { y: 0.5, x: 0.5 },
    group: name,
    metadata: { kind: "fluorescence" },
    source: { title: "made for a test", licence: "CC0-1.0" },
    ...(options.labelled === false ? {} : { labels, labelTruth: "gold" as const }),
  });
  if (inserted.state !== "inserted") throw new Error("the test image was there already");
  const layer = await store.ensureLayer(server.store, agent, inserted.imageId, "nuclear");
  return { imageId: inserted.imageId, layerId: layer.id };
}
