/**
 * Surface of the engine: train a segmentation model, load one, predict with it.
 *
 * Runs wherever an `Engine` does; the server's is `#nn/engine/ort-node.ts`, imported by path so that the browser does not
 * load it.
 */
export type { AugmentPlan, PlanWords, SampleCrop as AugmentSampleCrop } from "./augment/index.ts";
export {
  imageTermReader,
  plainCrop as plainSample,
  planWords,
  sampleCrop as augmentSample,
} from "./augment/index.ts";
export type {
  ChannelContract,
  ChannelRole,
  Compartment,
  CompartmentContract,
  ImageFacts,
  InputContract,
  PixelSize,
  RangeWarning,
  TrainingRange,
} from "./contract/index.ts";
export {
  assertContract,
  cellDiameters,
  commonPixelSize,
  compareWithRange,
  compartmentOrder,
  upgradeContract,
} from "./contract/index.ts";
export type {
  DeviceClass,
  Engine,
  Session,
  SessionOptions,
  StateBinding,
  StateSession,
  Tensor,
} from "./engine/engine.ts";
export { remoteEngine, serveEngine } from "./engine/remote-engine.ts";
export type {
  CompartmentLabels,
  LabelRows,
  PostprocessingChanges,
  PredictedPlanes,
  PredictionFacts,
  PredictOptions,
  RowSegmentation,
  RowSource,
  ScaleRequest,
  Segmentation,
  SegmentationModel,
  SegmentedCompartment,
  UsedScale,
} from "./inference/index.ts";
export {
  channelsForModel,
  finite,
  labelMaps,
  loadSegmentationModel,
  luminance,
  modelPlanes,
  normalisationLimits,
  rowsOfPlanes,
  SCALE_MAX,
  SCALE_MIN,
} from "./inference/index.ts";
export type {
  AdapterKind,
  AdapterRequest,
  AxesTensor,
  DescribedModel,
  InputPlan,
  MeasuredOutput,
  ModelAdapter,
  ModelDescription,
} from "./interchange/index.ts";
export {
  adapterKinds,
  applySteps,
  contractFits,
  describeModel,
  hasAdapter,
  inputPlanOf,
  isSpdx,
  loadModel,
  planDescribedInput,
  planPlainInput,
  proposeAdapter,
  readDescription,
  stepsFrom,
} from "./interchange/index.ts";
export type { ModelFacts } from "./onnx/index.ts";
export { checkModel } from "./onnx/index.ts";
export type {
  CropRecord,
  CurvePoint,
  FineTuning,
  ItemFacts,
  ItemSource,
  LabelsByCompartment,
  LayerReview,
  SegmentationConfig,
  SegmentationOverrides,
  TrainedModel,
  TrainingItem,
  TrainingOptions,
  TrainingProgress,
} from "./training/index.ts";
export {
  assertConfig,
  chooseFineTuning,
  defaultSegmentationConfig,
  estimateSteps,
  fineTuningParts,
  foundSettings,
  itemsInMemory,
  largestDifference,
  planOfItem,
  prepareItem,
  regionPlaces,
  thinnedPlaces,
  trainSegmentation,
  trialsMax,
  withAugmentPlans,
} from "./training/index.ts";
