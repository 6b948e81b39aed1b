/**
 * Layouts of public data sets and of DeepCell's tools, the most particular first.
 *
 * Each recognises its own files and leaves the others' alone (public-layouts.test.ts tries every made-up set against
 * every layout).
 */
import { ctcLayout } from "../ctc/ctc-layout.ts";
import { deepcellLabelLayout } from "../deepcell-label/deepcell-label-layout.ts";
import { dynamicNuclearNetLayout } from "../dynamic-nuclear-net/dynamic-nuclear-net-layout.ts";
import { evicanLayout } from "../evican/evican-layout.ts";
import { livecellLayout } from "../livecell/livecell-layout.ts";
import { monusegLayout } from "../monuseg/monuseg-layout.ts";
import { neuripsCellsegLayout } from "../neurips-cellseg/neurips-cellseg-layout.ts";
import { nuinssegLayout } from "../nuinsseg/nuinsseg-layout.ts";
import { pannukeLayout } from "../pannuke/pannuke-layout.ts";
import { spotnetLayout } from "../spotnet/spotnet-layout.ts";
import { tissuenetLayout } from "../tissuenet/tissuenet-layout.ts";
import { trkLayout } from "../trk/trk-layout.ts";
import type { Layout } from "./layout.ts";

export const publicLayouts: readonly Layout[] = [
  ctcLayout,
  trkLayout,
  deepcellLabelLayout,
  tissuenetLayout,
  dynamicNuclearNetLayout,
  spotnetLayout,
  livecellLayout,
  evicanLayout,
  nuinssegLayout,
  pannukeLayout,
  monusegLayout,
  neuripsCellsegLayout,
];
