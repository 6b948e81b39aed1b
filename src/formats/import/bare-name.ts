/**
 * Names that two files of different kinds share.
 */
import { fileOf } from "./paths.ts";

/** File name without folder and last extension, whatever that is: what an image and its annotation file share. */
export function bareName(path: string): string {
  return fileOf(path).replace(/\.[^.]+$/, "");
}
