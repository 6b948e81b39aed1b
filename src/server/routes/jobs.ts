/** Jobs: list, look, cancel, and listen to what becomes of them. */

import { type Job, jobListQuerySchema, jobListSchema, jobSchema } from "#api/index.ts";
import { FoundryError } from "#core/errors.ts";
import { getJob, listJobs } from "#store/index.ts";
import { gatherNews } from "../news-feed.ts";
import { maySeeJob, type SignedIn } from "../objects.ts";
import type { ServerParts } from "../parts.ts";
import type { Actor } from "../policy.ts";
import { events, json, route } from "../route.ts";
import type { ServerEvent } from "../send-events.ts";

/** Jobs told at the start of `/events`; a page shows the running ones and the last few. */
const recentJobsMax = 50;

const final: ReadonlySet<Job["state"]> = new Set(["done", "failed", "canceled"]);

export const jobRoutes = [
  route({
    method: "GET",
    url: "/jobs",
    summary: "Jobs, newest first",
    policy: "look",
    query: jobListQuerySchema,
    answer: json(jobListSchema),
    async handle({ parts, actor, query }) {
      const jobs = await listJobs(parts.store, query);
      return { jobs: jobs.filter((job) => maySeeJob(job, signedIn(actor))) };
    },
  }),
  route({
    method: "GET",
    url: "/jobs/:jobId",
    summary: "One job with its progress, items, result or error",
    policy: "look",
    on: "job",
    answer: json(jobSchema),
    handle: async ({ object }) => object,
  }),
  route({
    method: "POST",
    url: "/jobs/:jobId/cancel",
    summary: "Ask a job to stop; viewers may stop only their own",
    policy: "predict",
    on: "job",
    answer: json(jobSchema),
    async handle({ parts, member, agent, object }) {
      if (member.role === "viewer" && object.agent.id !== agent.id) {
        throw new FoundryError("policy.denied", {
          message: "Viewers may stop only the jobs that they started.",
          hint: "Ask an annotator or an owner of the lab.",
        });
      }
      return parts.queue.cancel(agent, object.id);
    },
  }),
  route({
    method: "GET",
    url: "/jobs/:jobId/events",
    summary: "Server-sent events `job`: the state now, each change, the end",
    policy: "look",
    on: "job",
    answer: events,
    handle:
      async ({ parts, object }) =>
      (signal) =>
        oneJob(parts, object.id, signal),
  }),
  route({
    method: "GET",
    url: "/events",
    summary: "Server-sent events `job` of all jobs that one may see",
    policy: "look",
    answer: events,
    handle:
      async ({ parts, actor }) =>
      (signal) =>
        allJobs(parts, signedIn(actor), signal),
  }),
];

function signedIn(actor: Actor): SignedIn {
  if (actor.kind === "anonymous") throw new Error("internal: jobs are not for anonymous callers");
  return actor;
}

/** The job now, then at each change until its end. */
async function* oneJob(parts: ServerParts, jobId: string, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  let told = "";
  for await (const news of gatherNews(parts.feed, signal)) {
    if (told !== "" && !news.has(jobId) && !news.has(null)) continue;
    const job = jobSchema.parse(await getJob(parts.store, jobId));
    const text = JSON.stringify(job);
    if (text !== told) yield { event: "job", data: job };
    told = text;
    if (final.has(job.state)) return;
  }
}

/** The recent jobs, then each job that changes. */
async function* allJobs(parts: ServerParts, who: SignedIn, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  let begun = false;
  for await (const news of gatherNews(parts.feed, signal)) {
    const jobs =
      !begun || news.has(null)
        ? (await listJobs(parts.store, { limit: recentJobsMax })).reverse()
        : await Promise.all([...news].map((id) => getJob(parts.store, id as string).catch(() => null)));
    begun = true;
    for (const job of jobs) {
      if (job !== null && maySeeJob(job, who)) yield { event: "job", data: jobSchema.parse(job) };
    }
  }
}
