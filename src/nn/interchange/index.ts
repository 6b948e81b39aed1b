/** Models from and for other programs: adapters for their answers, the BioImage.IO model description. */
export { contractFits, loadModel } from "./adapted-model.ts";
export { type DescribedModel, describeModel, inputPlanOf, isSpdx } from "./describe-model.ts";
export { type AdapterKind, adapterKinds, hasAdapter, type ModelAdapter } from "./model-adapter.ts";
export type { ModelDescription } from "./model-description.ts";
export {
  type AdapterRequest,
  type InputPlan,
  planDescribedInput,
  planPlainInput,
  stepsFrom,
} from "./plan-input.ts";
export { type AxesTensor, applySteps } from "./processing-steps.ts";
export { type MeasuredOutput, type ProposedAdapter, proposeAdapter } from "./propose-adapter.ts";
export { readDescription } from "./read-description.ts";
