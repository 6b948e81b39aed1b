/** DeepCell tracking: one `.trk` per movie, focal plane and kind of outline, as deepcell-tracking loads them. */
import { writeTrk } from "../collections/trk/write-trk.ts";
import type { Exporter } from "./export-item.ts";
import { focalPlane, itemLength, linksAmong } from "./item-parts.ts";
import { layersOfItems } from "./per-layer.ts";

export const trkExporter: Exporter = {
  format: "trk",
  title: "DeepCell tracking (.trk)",
  explains: "Raw frames, tracked labels and lineage of each movie, for deepcell-tracking and Caliban.",
  drops: ["names of channels", "cell types", "depth (a movie per focal plane)", "pixel size"],
  perLayer: true,
  async *write(source) {
    for await (const { item, layer, image, folder, stem } of layersOfItems(source)) {
      const depth = itemLength(item, "z");
      for (let z = 0; z < depth; z++) {
        const objects = layer.objects.filter(({ shape }) => shape.z === z);
        const suffix =
          depth === 1 ? "" : `_z${String(z).padStart(Math.max(2, String(depth - 1).length), "0")}`;
        const movie = {
          image: focalPlane(image, z),
          objects: objects.map(({ label, shape }) => ({ label, shape: { ...shape, z: 0 } })),
          links: linksAmong(layer, objects),
        };
        yield { path: `${folder}${stem}${suffix}.trk`, bytes: writeTrk(movie), itemName: item.name };
      }
    }
  },
  loader: `import io, json, pathlib, tarfile
import numpy as np

here = pathlib.Path(__file__).resolve().parent
for path in sorted(here.glob("*/*.trk"))[:5]:
    with tarfile.open(path) as archive:
        part = lambda name: archive.extractfile(name).read()
        raw = np.load(io.BytesIO(part("raw.npy")))
        tracked = np.load(io.BytesIO(part("tracked.npy")))
        lineage = json.loads(part("lineage.json"))
    assert raw.shape[:-1] == tracked.shape[:-1]
    assert set(map(int, lineage)) == set(np.unique(tracked)) - {0}
    print(path.relative_to(here), raw.shape, raw.dtype, len(lineage), "tracks")
`,
};
