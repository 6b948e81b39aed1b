/** The prompt tool's network: point at a cell, get its pixels. */
export { cellOfAnswer, type PromptedCell } from "./cell-of-answer.ts";
export { maskInBox } from "./draw-example.ts";
export {
  correctCell,
  type PromptAnswer,
  type PromptGround,
  promptCell,
  type ViewPictures,
} from "./prompt-cell.ts";
export type { Prompt } from "./prompt-maps.ts";
export {
  describePromptModel,
  encodePromptModel,
  openPromptModel,
  type PromptModel,
  promptModelKind,
} from "./prompt-model.ts";
export { defaultPromptArchitecture, promptPlanes } from "./prompt-network.ts";
export { cellsOfScene, type PromptScene, type SceneCell, usualDiameter } from "./prompt-scene.ts";
export {
  boxOfView,
  cellPx,
  cutView,
  type ImageSize,
  inView,
  normaliseView,
  type PixelWindow,
  type PromptView,
  viewAround,
  viewSide,
} from "./prompt-view.ts";
export { clickOn, correctionOf, drawnBox } from "./simulate-prompt.ts";
export {
  decodePromptCheckpoint,
  defaultPromptConfig,
  encodePromptCheckpoint,
  type PromptConfig,
  type PromptState,
  startFromCheckpoint,
  trainPrompt,
} from "./train-prompt.ts";
