/** Import: files from a person's disk to images of a project, with every open question asked. */

export { ImportSheet } from "./import-sheet.tsx";
