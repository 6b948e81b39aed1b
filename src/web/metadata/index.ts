/** The metadata form, made from the schema: for one image, for an import. The box for terms is a file of its own. */

export { MetadataForm } from "./metadata-form.tsx";
