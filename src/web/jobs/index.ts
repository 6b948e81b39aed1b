/** Parts of jobs that other screens show as well. */

export { JobItems } from "./job-items.tsx";
export { JobProgress } from "./job-progress.tsx";
