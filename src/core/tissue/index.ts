/** Public surface of `core/tissue`: simulated tissue with exact labels. */

export {
  type SimulatedTissue,
  simulateTissue,
  type TissueMetadata,
  type TissueRole,
} from "./simulate-tissue.ts";
export { smoothNoise } from "./smooth-noise.ts";
export {
  drawTissueParams,
  type TissueParams,
  type TissuePlatform,
  tissuePlatforms,
} from "./tissue-params.ts";
