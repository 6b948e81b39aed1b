import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import type { Job } from "#api/index.ts";
import { applyJob, type JobListData, putJob } from "./events.ts";
import { keys } from "./keys.ts";

const job = (id: string, state: Job["state"], kind: Job["kind"] = "train"): Job =>
  ({ id, state, kind, projectId: "P" }) as Job;

test("jobs are replaced in place or put in by age, newest first", () => {
  const list = [job("C", "done"), job("A", "running")];
  expect(putJob(list, job("A", "done")).map(({ id, state }) => id + state)).toEqual(["Cdone", "Adone"]);
  expect(putJob(list, job("B", "waiting")).map(({ id }) => id)).toEqual(["C", "B", "A"]);
});

test("an event reaches the list and the job itself", () => {
  const client = new QueryClient();
  client.setQueryData<JobListData>(keys.jobs, { jobs: [job("A", "waiting")] });
  applyJob(client, job("A", "running"));
  expect(client.getQueryData<Job>(keys.job("A"))?.state).toBe("running");
  expect(client.getQueryData<JobListData>(keys.jobs)?.jobs[0]?.state).toBe("running");
});

test("a late event never reopens a job that has ended", () => {
  const client = new QueryClient();
  applyJob(client, job("A", "done"));
  applyJob(client, job("A", "running"));
  expect(client.getQueryData<Job>(keys.job("A"))?.state).toBe("done");
});

test("the end of a job makes stale what it may have changed, once", () => {
  const client = new QueryClient();
  client.setQueryData(keys.models("P"), { models: [] });
  client.setQueryData(keys.models("Q"), { models: [] });
  client.setQueryData(keys.image("I"), {});
  const stale = (key: readonly unknown[]) => client.getQueryState(key)?.isInvalidated;
  applyJob(client, job("A", "running"));
  expect(stale(keys.models("P"))).toBe(false);
  applyJob(client, job("A", "done"));
  expect([stale(keys.models("P")), stale(keys.models("Q")), stale(keys.image("I"))]).toEqual([
    true,
    false,
    false,
  ]);
  client.setQueryData(keys.models("P"), { models: [] });
  applyJob(client, job("A", "done"));
  expect(stale(keys.models("P"))).toBe(false);
  applyJob(client, job("B", "done", "propose"));
  expect(stale(keys.image("I"))).toBe(true);
});
