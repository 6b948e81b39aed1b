/** Projects. */

import { createProjectSchema, projectListSchema, projectSchema } from "#api/index.ts";
import { createProject, listProjects } from "#store/index.ts";
import { json, route } from "../route.ts";

export const projectRoutes = [
  route({
    method: "GET",
    url: "/projects",
    summary: "All projects",
    policy: "look",
    answer: json(projectListSchema),
    handle: async ({ parts }) => ({ projects: await listProjects(parts.store) }),
  }),
  route({
    method: "POST",
    url: "/projects",
    summary: "Make a project",
    policy: "edit",
    body: createProjectSchema,
    answer: json(projectSchema),
    handle: ({ parts, agent, body }) => createProject(parts.store, agent, body.name),
  }),
  route({
    method: "GET",
    url: "/projects/:projectId",
    summary: "One project",
    policy: "look",
    on: "project",
    answer: json(projectSchema),
    handle: async ({ object }) => object,
  }),
];
