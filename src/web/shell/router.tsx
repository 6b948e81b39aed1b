/**
 * Addresses and the pages behind them. Each page is its own piece of script, loaded when it is opened; the editor's
 * viewer comes with the editor only.
 */

import {
  createRootRoute,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  lazyRouteComponent,
} from "@tanstack/react-router";
import { type ReactNode, Suspense } from "react";
import { readChecksSearch } from "../checks/checks-search.ts";
import { readEvaluationSearch } from "../evaluation/evaluation-search.ts";
import { readImagesSearch } from "../images/images-search.ts";
import { Loading, Page, Problem } from "../ui/index.ts";
import { readVersionsSearch } from "../versions/versions-search.ts";
import { Shell } from "./shell.tsx";

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const projectsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  component: lazyRouteComponent(() => import("../projects/projects-page.tsx"), "ProjectsPage"),
});
const imagesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/p/$projectId",
  validateSearch: readImagesSearch,
  component: lazyRouteComponent(() => import("../images/images-page.tsx"), "ImagesPage"),
});
const editorRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/p/$projectId/i/$imageId",
  // Only for links that open a branch; the editor reads and writes the rest of its address itself.
  validateSearch: (search: Record<string, unknown>): { layer?: string } & Record<string, unknown> => search,
  component: EditorRoute,
});
const versionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/p/$projectId/i/$imageId/versions",
  validateSearch: readVersionsSearch,
  component: VersionsRoute,
});
const checksRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/p/$projectId/checks",
  validateSearch: readChecksSearch,
  component: lazyRouteComponent(() => import("../checks/checks-page.tsx"), "ChecksPage"),
});
const datasetsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/p/$projectId/datasets",
  validateSearch: (search: Record<string, unknown>): { q?: string; version?: string } => ({
    ...(typeof search["q"] === "string" ? { q: search["q"] } : {}),
    ...(typeof search["version"] === "string" ? { version: search["version"] } : {}),
  }),
  component: lazyRouteComponent(() => import("../datasets/datasets-page.tsx"), "DatasetsPage"),
});
const modelsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/p/$projectId/models",
  validateSearch: (search: Record<string, unknown>): { version?: string } =>
    typeof search["version"] === "string" ? { version: search["version"] } : {},
  component: lazyRouteComponent(() => import("../models/models-page.tsx"), "ModelsPage"),
});
const evaluationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/p/$projectId/evaluations/$evaluationId",
  validateSearch: readEvaluationSearch,
  component: lazyRouteComponent(() => import("../evaluation/evaluation-page.tsx"), "EvaluationPage"),
});
const predictRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/predict",
  validateSearch: (search: Record<string, unknown>): { job?: string } =>
    typeof search["job"] === "string" ? { job: search["job"] } : {},
  component: lazyRouteComponent(() => import("../predict/predict-page.tsx"), "PredictPage"),
});
const jobsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/jobs",
  validateSearch: (search: Record<string, unknown>): { job?: string } =>
    typeof search["job"] === "string" ? { job: search["job"] } : {},
  component: lazyRouteComponent(() => import("../jobs/jobs-page.tsx"), "JobsPage"),
});
const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/settings",
  component: lazyRouteComponent(() => import("../settings/settings-page.tsx"), "SettingsPage"),
});
const vocabularyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/settings/vocabulary",
  component: lazyRouteComponent(() => import("../vocabulary/vocabulary-page.tsx"), "VocabularyPage"),
});
/** Someone who is signed in already opened an invite link: nothing to join. */
const joinRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/join",
  component: lazyRouteComponent(() => import("../projects/projects-page.tsx"), "ProjectsPage"),
});

const routeTree = rootRoute.addChildren([
  projectsRoute,
  imagesRoute,
  editorRoute,
  versionsRoute,
  checksRoute,
  datasetsRoute,
  modelsRoute,
  evaluationRoute,
  predictRoute,
  jobsRoute,
  settingsRoute,
  vocabularyRoute,
  joinRoute,
]);

export const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  defaultPendingComponent: () => <Padded>{<Loading text="Opening the page …" />}</Padded>,
  defaultErrorComponent: PageFailed,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

/** Reloads the page once by itself when a new build has replaced the file that it was about to load. */
const EditorPage = lazyRouteComponent(() => import("../editor/index.tsx"));

/** A new image is a new editor: nothing of the last one may stay. */
function EditorRoute(): ReactNode {
  const { projectId, imageId } = editorRoute.useParams();
  return (
    <Suspense fallback={<Padded>{<Loading text="Opening the image …" />}</Padded>}>
      <EditorPage key={imageId} projectId={projectId} imageId={imageId} />
    </Suspense>
  );
}

const LoadedVersions = lazyRouteComponent(() => import("../versions/versions-page.tsx"), "VersionsPage");

function VersionsRoute(): ReactNode {
  const { imageId } = versionsRoute.useParams();
  const search = versionsRoute.useSearch();
  const navigate = versionsRoute.useNavigate();
  return (
    <Suspense fallback={<Padded>{<Loading text="Opening the versions …" />}</Padded>}>
      <LoadedVersions
        imageId={imageId}
        search={search}
        onSearch={(next) => void navigate({ search: next, replace: true })}
      />
    </Suspense>
  );
}

function PageFailed({ error, reset }: ErrorComponentProps): ReactNode {
  return (
    <Padded>
      <Problem error={error} onRetry={reset} />
    </Padded>
  );
}

function NotFound(): ReactNode {
  return (
    <Page title="There is no page at this address">
      <p className="text-quiet">
        Check the link, or choose a page at the left. Images and projects keep their address for life.
      </p>
    </Page>
  );
}

function Padded({ children }: { children: ReactNode }): ReactNode {
  return <div className="p-6">{children}</div>;
}
