/** Parts that every screen is built from. */

export { Button, type ButtonLook, buttonClass, IconButton } from "./button.tsx";
export { Choice, type ChoiceItem } from "./choice.tsx";
export { classNames } from "./class-names.ts";
export { CopyBlock, CopyButton, Digest } from "./copy.tsx";
export { download } from "./download.ts";
export { Facts } from "./facts.tsx";
export { Field } from "./field.tsx";
export * from "./format.ts";
export { Page, Section } from "./page.tsx";
export { ProgressBar } from "./progress-bar.tsx";
export { Sheet } from "./sheet.tsx";
export { Bone, Empty, Loading, Problem, ProblemText } from "./states.tsx";
export { StatusDial, StatusMark } from "./status-mark.tsx";
export { ToastArea, tell, tellProblem, tellWithAction } from "./toasts.tsx";
