"""The comparison for import-dsb2018.ts: the same masks merged by numpy, written by tifffile, one process.

    python3 merge-masks.py STAGE1_TRAIN OUT

First mask by name keeps a shared pixel; pixels are read with Pillow, because numpy and tifffile read no PNG. Prints
seconds, images and objects as JSON. Start of the interpreter and imports are not counted.
"""

import json
import os
import sys
import time

import numpy as np
import tifffile
from PIL import Image

root, out = sys.argv[1:3]
os.makedirs(out, exist_ok=True)
begin = time.perf_counter()
objects = 0
names = sorted(os.listdir(root))
for name in names:
    image = np.asarray(Image.open(f"{root}/{name}/images/{name}.png"))
    if image.ndim == 3:
        grey = (image[..., 0] == image[..., 1]).all() and (image[..., 0] == image[..., 2]).all()
        image = image[..., 0] if grey else np.moveaxis(image[..., :3], -1, 0)
    labels = np.zeros(image.shape[-2:], np.uint16)
    for k, mask in enumerate(sorted(os.listdir(f"{root}/{name}/masks")), 1):
        pixels = np.asarray(Image.open(f"{root}/{name}/masks/{mask}"))
        labels[(pixels > 0) & (labels == 0)] = k
        objects += 1
    tifffile.imwrite(f"{out}/{name}.tif", image)
    tifffile.imwrite(f"{out}/{name}_labels.tif", labels, compression="zlib")
print(json.dumps({"seconds": time.perf_counter() - begin, "images": len(names), "objects": objects}))
