/** The table of commands. Each module is loaded only when its command runs, so that help and usage errors are quick. */

import type { Command } from "../command.ts";

export interface CommandEntry {
  /** One word or two. */
  readonly name: string;
  readonly summary: string;
  readonly hidden?: boolean;
  readonly load: () => Promise<Command>;
}

export const commandTable: readonly CommandEntry[] = [
  {
    name: "serve",
    summary: "Start the server, the worker and the web pages",
    load: async () => (await import("./serve.ts")).serveCommand,
  },
  {
    name: "import",
    summary: "Import images with their labels and metadata",
    load: async () => (await import("./import.ts")).importCommand,
  },
  {
    name: "sheet check",
    summary: "Check a metadata sheet: row, column and nearest valid term of each problem",
    load: async () => (await import("./sheet.ts")).sheetCheckCommand,
  },
  {
    name: "sheet template",
    summary: "Print an empty metadata sheet of a preset",
    load: async () => (await import("./sheet.ts")).sheetTemplateCommand,
  },
  {
    name: "images",
    summary: "List the images of a project",
    load: async () => (await import("./images.ts")).imagesCommand,
  },
  {
    name: "images pin",
    summary: "Pin images that are looked at before a release",
    load: async () => (await import("./images-pin.ts")).imagesPinCommand,
  },
  {
    name: "images facets",
    summary: "Count images and cells per term, status and group",
    load: async () => (await import("./images-facets.ts")).imagesFacetsCommand,
  },
  {
    name: "images stats",
    summary: "Count cells by organ and platform, or any two facets",
    load: async () => (await import("./images-stats.ts")).imagesStatsCommand,
  },
  {
    name: "images set",
    summary: "Set metadata of all images of a query",
    load: async () => (await import("./images-set.ts")).imagesSetCommand,
  },
  {
    name: "images undo",
    summary: "Take an edit of many images back",
    load: async () => (await import("./images-undo.ts")).imagesUndoCommand,
  },
  {
    name: "queries save",
    summary: "Keep a query under a name",
    load: async () => (await import("./queries.ts")).queriesSaveCommand,
  },
  {
    name: "queries list",
    summary: "List saved queries",
    load: async () => (await import("./queries.ts")).queriesListCommand,
  },
  {
    name: "terms search",
    summary: "Find terms of the ontology by name",
    load: async () => (await import("./terms.ts")).termsSearchCommand,
  },
  {
    name: "terms show",
    summary: "Show a term, what is above and below it",
    load: async () => (await import("./terms-show.ts")).termsShowCommand,
  },
  {
    name: "terms sources",
    summary: "List the vocabularies with release and licence",
    load: async () => (await import("./terms-show.ts")).termsSourcesCommand,
  },
  {
    name: "terms add",
    summary: "Add a term of the lab",
    load: async () => (await import("./terms.ts")).termsAddCommand,
  },
  {
    name: "terms install",
    summary: "Install a release of an ontology",
    load: async () => (await import("./terms.ts")).termsInstallCommand,
  },
  {
    name: "terms choose",
    summary: "Say which term a word of the metadata stands for",
    load: async () => (await import("./terms.ts")).termsChooseCommand,
  },
  {
    name: "diff",
    summary: "Tell what happened to the cells between two versions or two label files",
    load: async () => (await import("./diff.ts")).diffCommand,
  },
  {
    name: "layer log",
    summary: "List revisions and branches of an image's labels",
    load: async () => (await import("./layer.ts")).layerLogCommand,
  },
  {
    name: "layer new",
    summary: "Make another layer on an image, also one whose cells may overlap",
    load: async () => (await import("./layer-new.ts")).layerNewCommand,
  },
  {
    name: "layer branch",
    summary: "Begin, close or rename a branch of labels",
    load: async () => (await import("./layer.ts")).layerBranchCommand,
  },
  {
    name: "layer merge",
    summary: "Take the work of a branch in, cell by cell",
    load: async () => (await import("./layer.ts")).layerMergeCommand,
  },
  {
    name: "layer blame",
    summary: "Say who or which model made each cell",
    load: async () => (await import("./layer.ts")).layerBlameCommand,
  },
  {
    name: "layer types",
    summary: "Write or read what the cells of an image are, as a table",
    load: async () => (await import("./layer-types.ts")).layerTypesCommand,
  },
  {
    name: "layer spots",
    summary: "Write or read the spots of an image, as a table",
    load: async () => (await import("./layer-spots.ts")).layerSpotsCommand,
  },
  {
    name: "layer restore",
    summary: "Go back to an earlier revision of labels",
    load: async () => (await import("./layer.ts")).layerRestoreCommand,
  },
  {
    name: "check",
    summary: "Check labels, images and tracks; mend by rule or accept with a reason",
    load: async () => (await import("./check.ts")).checkCommand,
  },
  {
    name: "check labels",
    summary: "Check the cells of one label image",
    load: async () => (await import("./check-labels.ts")).checkLabelsCommand,
  },
  {
    name: "check undo",
    summary: "Take a mending back",
    load: async () => (await import("./check-undo.ts")).checkUndoCommand,
  },
  {
    name: "propose",
    summary: "Let a model version pre-label images",
    load: async () => (await import("./propose.ts")).proposeCommand,
  },
  {
    name: "dataset propose",
    summary: "Tell what the next version of a dataset would be",
    load: async () => (await import("./dataset-propose.ts")).datasetProposeCommand,
  },
  {
    name: "dataset freeze",
    summary: "Freeze accepted labels into a dataset version",
    load: async () => (await import("./dataset-freeze.ts")).datasetFreezeCommand,
  },
  {
    name: "dataset show",
    summary: "Show a dataset version, its split and its changes",
    load: async () => (await import("./dataset-show.ts")).datasetShowCommand,
  },
  {
    name: "dataset diff",
    summary: "Tell what a dataset version changed",
    load: async () => (await import("./dataset-diff.ts")).datasetDiffCommand,
  },
  {
    name: "dataset audit",
    summary: "Look for leaks in a dataset version",
    load: async () => (await import("./dataset-audit.ts")).datasetAuditCommand,
  },
  {
    name: "dataset card",
    summary: "Print the card of a dataset version",
    load: async () => (await import("./dataset-card.ts")).datasetCardCommand,
  },
  {
    name: "dataset splits",
    summary: "List folds, leave-one-out and tranches of a version",
    load: async () => (await import("./dataset-splits.ts")).datasetSplitsCommand,
  },
  {
    name: "dataset export",
    summary: "Write a dataset version as files for other programs",
    load: async () => (await import("./dataset-export.ts")).datasetExportCommand,
  },
  {
    name: "images export",
    summary: "Write the images of a query with their labels as files",
    load: async () => (await import("./images-export.ts")).imagesExportCommand,
  },
  {
    name: "train",
    summary: "Train a model version on a dataset version",
    load: async () => (await import("./train.ts")).trainCommand,
  },
  {
    name: "evaluate",
    summary: "Score a model version on a split of a dataset version",
    load: async () => (await import("./evaluate.ts")).evaluateCommand,
  },
  {
    name: "simulate tissue",
    summary: "Draw pictures of tissue with exact labels of nuclei and cells, ready to import",
    load: async () => (await import("./simulate-tissue.ts")).simulateTissueCommand,
  },
  {
    name: "simulate movie",
    summary: "Make time-lapses of cells with exact masks and lineages, ready to import",
    load: async () => (await import("./simulate-movie.ts")).simulateMovieCommand,
  },
  {
    name: "predict",
    summary: "Segment image files with a model version",
    load: async () => (await import("./predict.ts")).predictCommand,
  },
  {
    name: "track",
    summary: "Follow cells through movies: links, divisions, tracks",
    load: async () => (await import("./track.ts")).trackCommand,
  },
  {
    name: "measure",
    summary: "Measure cells: shape, neighbours, light per channel and compartment",
    load: async () => (await import("./measure.ts")).measureCommand,
  },
  {
    name: "metrics segmentation",
    summary: "Compare two label images",
    load: async () => (await import("./metrics-segmentation.ts")).metricsSegmentationCommand,
  },
  {
    name: "metrics tracking",
    summary: "Compare two trackings of a movie",
    load: async () => (await import("./metrics-tracking.ts")).metricsTrackingCommand,
  },
  {
    name: "augment preview",
    summary: "Show how training would vary images, in words and as sample crops",
    load: async () => (await import("./augment-preview.ts")).augmentPreviewCommand,
  },
  {
    name: "model list",
    summary: "List models and their versions",
    load: async () => (await import("./model-list.ts")).modelListCommand,
  },
  {
    name: "model show",
    summary: "Show the card of a model version",
    load: async () => (await import("./model-show.ts")).modelShowCommand,
  },
  {
    name: "model diff",
    summary: "Show what a model version would change in the pinned images",
    load: async () => (await import("./model-diff.ts")).modelDiffCommand,
  },
  {
    name: "model release",
    summary: "Release a model version, if it beats the released one",
    load: async () => (await import("./model-release.ts")).modelReleaseCommand,
  },
  {
    name: "model run",
    summary: "Print everything that decided the weights of a model version",
    load: async () => (await import("./model-run.ts")).modelRunCommand,
  },
  {
    name: "model reproduce",
    summary: "Train a model version again and compare the weights",
    load: async () => (await import("./model-reproduce.ts")).modelReproduceCommand,
  },
  {
    name: "model import",
    summary: "Import a model from elsewhere: a BioImage.IO package or an ONNX file",
    load: async () => (await import("./model-import.ts")).modelImportCommand,
  },
  {
    name: "model export",
    summary: "Write a model version as files with its card",
    load: async () => (await import("./model-export.ts")).modelExportCommand,
  },
  {
    name: "doctor",
    summary: "Verify the data folder",
    load: async () => (await import("./doctor.ts")).doctorCommand,
  },
  {
    name: "worker",
    summary: "Run jobs of the queue (started by `serve`)",
    hidden: true,
    load: async () => (await import("./worker.ts")).workerCommand,
  },
];

export function overview(): string {
  const shown = commandTable.filter((entry) => entry.hidden !== true);
  const width = Math.max(...shown.map((entry) => entry.name.length));
  return [
    "Usage: cellfoundry COMMAND [options]",
    "",
    "From microscope images to trusted labels, versioned training data and released models.",
    "",
    "Commands:",
    ...shown.map((entry) => `  ${entry.name.padEnd(width)}  ${entry.summary}`),
    "",
    "`cellfoundry COMMAND --help` shows the options and an example.",
    "Every command takes --home FOLDER, --project NAME and --json.",
    "Exit codes: 0 done, 1 failed, 2 used wrongly.",
    "",
    "Example:",
    "  cellfoundry import ./my-images --project plates && cellfoundry images --project plates",
  ].join("\n");
}
