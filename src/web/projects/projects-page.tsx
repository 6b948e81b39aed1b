/** All projects as cards, and a way to begin a new one. */

import { Link, useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { type FormEvent, type ReactNode, useState } from "react";
import type { Project } from "#api/index.ts";
import { useCan, useCreateProject, useProjects } from "../client/index.ts";
import { Bone, Button, Empty, Field, Loading, Page, Problem, plural, Sheet } from "../ui/index.ts";
import { ProjectCover } from "./project-cover.tsx";

const grid = "grid grid-cols-[repeat(auto-fill,minmax(17rem,1fr))] gap-6";

export function ProjectsPage(): ReactNode {
  const projects = useProjects();
  const canCreate = useCan("annotator");
  const [creating, setCreating] = useState(false);
  const list = projects.data?.projects ?? [];
  const create = canCreate && (
    <Button look={list.length === 0 ? "primary" : "plain"} onClick={() => setCreating(true)}>
      <Plus aria-hidden="true" className="size-4" />
      New project
    </Button>
  );

  return (
    <Page
      title="Projects"
      facts={projects.isSuccess ? plural(list.length, "project") : undefined}
      actions={create}
    >
      {projects.isPending ? (
        <Loading text="Reading the projects …">
          <div aria-hidden="true" className={grid}>
            <Bone className="h-64" />
            <Bone className="h-64" />
          </div>
        </Loading>
      ) : projects.isError ? (
        <Problem error={projects.error} onRetry={() => void projects.refetch()} />
      ) : list.length === 0 ? (
        <Empty title="No projects yet" action={create}>
          A project holds images of one kind, their labels, and the models trained on them.
        </Empty>
      ) : (
        <ul className={grid}>
          {list.map((project) => (
            <li key={project.id}>
              <ProjectCard project={project} />
            </li>
          ))}
        </ul>
      )}
      <NewProject open={creating} onClose={() => setCreating(false)} />
    </Page>
  );
}

function ProjectCard({ project }: { project: Project }): ReactNode {
  return (
    <Link
      to="/p/$projectId"
      params={{ projectId: project.id }}
      className="group block overflow-hidden rounded-lg border border-line bg-panel hover:border-edge"
    >
      <ProjectCover imageIds={project.coverImageIds} />
      <div className="p-4">
        <h2 className="truncate font-semibold group-hover:text-accent">{project.name}</h2>
        <p className="mt-1 text-sm text-quiet">
          {project.imageCount === 0
            ? "No images yet"
            : `${plural(project.imageCount, "image")} · ${project.acceptedCount} accepted · ${plural(project.cellCount, "cell")}`}
        </p>
      </div>
    </Link>
  );
}

function NewProject({ open, onClose }: { open: boolean; onClose: () => void }): ReactNode {
  const [name, setName] = useState("");
  const create = useCreateProject();
  const navigate = useNavigate();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return;
    create.mutate(name.trim(), {
      onSuccess: (project) => {
        onClose();
        setName("");
        void navigate({ to: "/p/$projectId", params: { projectId: project.id } });
      },
    });
  };
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title="New project"
      description="Images of one kind, their labels, and the models trained on them."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form="new-project" busy={create.isPending}>
            Create project
          </Button>
        </>
      }
    >
      <form id="new-project" onSubmit={submit}>
        <Field label="Name" hint="For example the tissue and the stain: Lung, DAPI.">
          {(ids) => (
            <input
              {...ids}
              className="control w-full"
              required
              maxLength={200}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Sheet>
  );
}
