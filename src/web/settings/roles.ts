/** The three roles in words. */

import type { Role } from "#api/index.ts";
import type { ChoiceItem } from "../ui/index.ts";

export const roleItems: readonly (ChoiceItem & { value: Role })[] = [
  { value: "viewer", label: "viewer", note: "sees everything, predicts" },
  { value: "annotator", label: "annotator", note: "also imports, corrects, freezes, trains" },
  { value: "owner", label: "owner", note: "also releases models and lets people in" },
];

export function isRole(text: string): text is Role {
  return roleItems.some((item) => item.value === text);
}
