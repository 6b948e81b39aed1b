/** What stands behind types of cells: terms with everything above them, and a project's marker panel. */

import { z } from "zod";
import { expectations, panelMarkersMax, panelTypesMax } from "#core/cell-types/index.ts";

/** More different types than this in one image are told in several requests. */
const termsAskedMax = 200;

export const termPlacesQuerySchema = z.object({
  /** CURIEs, separated by commas. */
  curies: z
    .string()
    .max(20_000)
    .transform((text) => [...new Set(text.split(",").filter((one) => one !== ""))])
    .pipe(z.array(z.string().max(100)).max(termsAskedMax)),
});

/** Terms that the vocabulary does not know are left out. */
export const termPlacesSchema = z.object({
  terms: z.array(
    z.object({
      curie: z.string(),
      label: z.string(),
      /** CURIEs of all terms above it. */
      ancestors: z.array(z.string()),
      /** Whether it is a type of cell; two of those exclude each other unless one lies under the other. */
      isCellType: z.boolean(),
    }),
  ),
});

const markerSchema = z.string().max(100);

export const markerPanelSchema = z.object({
  types: z
    .array(
      z.object({
        term: z.string().max(100),
        markers: z
          .array(z.object({ marker: markerSchema, expect: z.enum(expectations) }))
          .max(panelMarkersMax),
      }),
    )
    .max(panelTypesMax),
  thresholds: z.array(z.object({ marker: markerSchema, value: z.number() })).max(panelMarkersMax),
});

export type TermPlaces = z.infer<typeof termPlacesSchema>;
export type MarkerPanelWire = z.infer<typeof markerPanelSchema>;
