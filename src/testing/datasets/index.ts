/** Public surface of `testing/datasets`: small data sets true to the published layouts, traps included. */

import { makeCtc, makeDeepcellLabel, makeTrks } from "./archives.ts";
import { makeEvican, makeLivecell, makeNeuripsCellSeg } from "./cell-culture.ts";
import { makeDynamicNuclearNet, makeTissueNet } from "./deepcell-npz.ts";
import { makeNuInsSeg, makePanNuke } from "./histology.ts";
import { makeMoNuSeg } from "./monuseg.ts";
import type { MadeDataset } from "./truth.ts";

export type { MadeDataset, TrueImage, TrueLayer } from "./truth.ts";

/** Format name -> a small data set of it; the same seed gives the same bytes. */
export const madeDatasets: Readonly<Record<string, (seed: number | string) => MadeDataset>> = {
  ctc: (seed) => makeCtc({ seed }),
  trk: (seed) => makeTrks({ seed }),
  "deepcell-label": (seed) => makeDeepcellLabel({ seed }),
  tissuenet: (seed) => makeTissueNet({ version: "1.1", split: "test", count: 5, seed }),
  "dynamic-nuclear-net": (seed) => makeDynamicNuclearNet({ count: 4, seed }),
  livecell: (seed) => makeLivecell({ seed }),
  evican: (seed) => makeEvican({ seed }),
  nuinsseg: (seed) => makeNuInsSeg({ seed }),
  pannuke: (seed) => makePanNuke({ count: 4, seed }),
  monuseg: (seed) => makeMoNuSeg({ seed }),
  "neurips-cellseg": (seed) => makeNeuripsCellSeg({ seed }),
};
