"""The peer of test/bench/postprocessing.ts: scikit-image and SciPy on the maps that it is given.

Waits for lines on standard input: `load FOLDER HEIGHT WIDTH` reads mask.u8 and makes what the steps need; `run` does
the steps once and answers their seconds as JSON; `save` writes what they gave. Needs python3-skimage.
"""
import json
import sys
import time

import numpy as np
from scipy import ndimage as ndi
from skimage.measure import label, regionprops_table
from skimage.morphology import h_maxima, reconstruction, remove_small_objects
from skimage.segmentation import find_boundaries, watershed

folder, mask, out = "", None, {}


def timed(name, seconds, work):
    start, cpu = time.perf_counter(), time.process_time()
    out[name] = work()
    seconds[name] = time.perf_counter() - start
    seconds[name + " cpu"] = time.process_time() - cpu


def run():
    seconds = {}
    timed("distance", seconds, lambda: ndi.distance_transform_edt(mask))
    timed("seeds", seconds, lambda: ndi.label(out["distance"] > 7)[0])
    timed("watershed", seconds, lambda: watershed(-out["distance"], out["seeds"], mask=mask))
    return seconds


def extra():
    seconds = {}
    labels, distance = out["watershed"], out["distance"]
    small = distance.astype(np.float32)
    timed("components8", seconds, lambda: label(mask, connectivity=2))
    timed("watershed8", seconds, lambda: watershed(-small, out["seeds"], mask=mask, connectivity=2))
    # Peaks by reconstruction, as h_maxima does it, without its extra rounding of float images.
    timed("hmaxima", seconds, lambda: small - reconstruction(small - np.float32(0.5), small) >= 0.5)
    timed("holes", seconds, lambda: ndi.binary_fill_holes(mask))
    timed("small", seconds, lambda: remove_small_objects(labels, 64))
    timed("properties", seconds, lambda: regionprops_table(labels, properties=("label", "area", "bbox", "centroid", "perimeter")))
    timed("outlines", seconds, lambda: find_boundaries(labels, mode="inner"))
    return seconds


for line in sys.stdin:
    words = line.split()
    if words[0] == "load":
        folder, shape = words[1], (int(words[2]), int(words[3]))
        mask = np.fromfile(folder + "/mask.u8", np.uint8).reshape(shape).astype(bool)
        answer = {}
    elif words[0] == "run":
        answer = run()
    elif words[0] == "extra":
        answer = extra()
    else:
        out["distance"].astype(np.float32).tofile(folder + "/distance.f32")
        for name in ("seeds", "watershed", "components8", "watershed8", "small"):
            out[name].astype(np.int32).tofile(folder + "/" + name + ".i32")
        for name in ("hmaxima", "holes", "outlines"):
            out[name].astype(np.uint8).tofile(folder + "/" + name + ".u8")
        # No two heights are equal here, so no rule for ties is at work.
        elevation = np.fromfile(folder + "/elevation.f32", np.float32).reshape(mask.shape)
        watershed(elevation, out["seeds"], mask=mask).astype(np.int32).tofile(folder + "/unequal.i32")
        area = out["properties"]["area"]
        answer = {"areaSum": int(area.sum()), "objects": len(area)}
    print(json.dumps(answer), flush=True)
