/** Event streams over real HTTP: the state at the start, each change from any process, the end, and who hears what. */

import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Job } from "#api/index.ts";
import * as store from "#store/index.ts";
import { type Caller, type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";
import { type RunningServer, startServer } from "./start-server.ts";

let server: ServerUnderTest;
let running: RunningServer;
beforeAll(async () => {
  server = await startServerUnderTest();
  running = await startServer({ store: server.store, queue: server.queue, limits: { eventStreams: 3 } });
});
afterAll(async () => {
  await running?.close();
  await server?.close();
});

/** An open stream whose events are taken one by one. */
async function listen(caller: Caller, path: string) {
  const leave = new AbortController();
  const answer = await fetch(`${running.url}/api${path}`, { headers: caller.headers, signal: leave.signal });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    status: answer.status,
    leave: () => leave.abort(),
    /** The next job, or null when the stream has ended. */
    async next(): Promise<Job | null> {
      for (;;) {
        const end = text.indexOf("\n\n");
        if (end >= 0) {
          const frame = text.slice(0, end);
          text = text.slice(end + 2);
          const data = frame.split("\n").find((line) => line.startsWith("data: "));
          if (data !== undefined) return JSON.parse(data.slice(6)) as Job;
          continue;
        }
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
        if (done) return null;
        text += value;
      }
    },
  };
}

const submit = (caller: Caller, projectId: string | null, title: string): Promise<Job> =>
  store.insertJob(server.store, store.agentOf(caller.member), {
    kind: "evaluate",
    projectId,
    title,
    params: {},
  });

/** What a worker does, in another process or not: the news goes through the database. */
async function work(jobId: string) {
  const lease = server.store.ids.next();
  await store.takeJob(server.store, jobId, lease, 60_000);
  return {
    progress: (fraction: number) =>
      store.setProgress(server.store, jobId, lease, { fraction, text: `At ${fraction}`, msLeft: null }),
    finish: () => store.finishJob(server.store, jobId, lease, { answer: 42 }),
  };
}

test("a job's stream tells its state, each change and its end, and then ends", async () => {
  const job = await submit(server.owner, server.project.id, "Watched");
  const stream = await listen(server.viewer, `/jobs/${job.id}/events`);
  expect(await stream.next()).toMatchObject({ id: job.id, state: "waiting" });
  const worker = await work(job.id);
  expect(await stream.next()).toMatchObject({ state: "running" });
  await worker.progress(0.5);
  expect(await stream.next()).toMatchObject({ progress: { fraction: 0.5, text: "At 0.5" } });
  await worker.finish();
  expect(await stream.next()).toMatchObject({ state: "done", result: { answer: 42 } });
  expect(await stream.next()).toBeNull();
});

test("the stream of all jobs begins with the recent ones and leaves out what is not one's own", async () => {
  const shared = await submit(server.owner, server.project.id, "Shared");
  const stream = await listen(server.viewer, "/events");
  let last = await stream.next();
  while (last?.id !== shared.id) last = await stream.next();
  const secret = await submit(server.annotator, null, "Someone's own prediction");
  const own = await submit(server.viewer, null, "My own prediction");
  expect(await stream.next()).toMatchObject({ id: own.id, title: "My own prediction" });
  const worker = await work(shared.id);
  expect(await stream.next()).toMatchObject({ id: shared.id, state: "running" });
  await (await work(secret.id)).finish();
  await worker.finish();
  expect(await stream.next()).toMatchObject({ id: shared.id, state: "done" });
  stream.leave();
});

test("a broken database connection is mended, and what was missed is told", async () => {
  const job = await submit(server.owner, server.project.id, "Survivor");
  const stream = await listen(server.viewer, `/jobs/${job.id}/events`);
  expect(await stream.next()).toMatchObject({ state: "waiting" });
  const admin = new pg.Client({ connectionString: server.store.databaseUrl });
  await admin.connect();
  await admin.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen cellfoundry_job%'",
  );
  await admin.end();
  const worker = await work(job.id);
  await worker.finish();
  let last = await stream.next();
  while (last !== null && last.state !== "done") last = await stream.next();
  expect(last).toMatchObject({ id: job.id, state: "done" });
});

test("streams are limited, and one that ends makes room", async () => {
  const open = await Promise.all([1, 2, 3].map(() => listen(server.owner, "/events")));
  const refused = await listen(server.owner, "/events");
  expect(refused.status).toBe(429);
  open[0]?.leave();
  let status = 429;
  for (let attempt = 0; attempt < 50 && status !== 200; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const again = await listen(server.owner, "/events");
    status = again.status;
    again.leave();
  }
  expect(status).toBe(200);
  for (const stream of open) stream.leave();
});
