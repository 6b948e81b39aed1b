"""The PyTorch side of training-step.ts: the default U-Net, its loss and Adam, one training step at a time.

Reads lines "measure" from standard input and answers each with one JSON line {"ms", "cpuMs"} (wall and processor time of
one step, means over STEPS), so that the caller can take turns within one run.

Usage: python3 torch_training_step.py BATCH SIDE THREADS STEPS     (Debian: python3-torch)
"""
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

BATCH, SIDE, THREADS, STEPS = (int(word) for word in sys.argv[1:5])
WIDTHS = (16, 32, 64, 128)
GAIN = 1.7128585504496627


class StandardisedConv(nn.Conv2d):
    """Convolution whose weights have mean 0 and a variance set by the fan-in."""

    def forward(self, x):
        centred = self.weight - self.weight.mean((1, 2, 3), keepdim=True)
        variance = centred.square().mean((1, 2, 3), keepdim=True)
        ready = centred * GAIN / torch.sqrt(variance * self.weight[0].numel() + 1e-4)
        return F.conv2d(x, ready, self.bias, padding=self.padding)


def layer(inputs, outputs, kernel):
    return nn.Sequential(StandardisedConv(inputs, outputs, kernel, padding=kernel // 2), nn.ReLU())


class Unet(nn.Module):
    def __init__(self):
        super().__init__()
        before = (1, *WIDTHS[:-1])
        self.encoder = nn.ModuleList(
            nn.Sequential(layer(c, w, 3), layer(w, w, 3)) for c, w in zip(before, WIDTHS)
        )
        down = list(zip(WIDTHS[:0:-1], WIDTHS[-2::-1]))
        self.narrow = nn.ModuleList(layer(c, w, 1) for c, w in down)
        self.decoder = nn.ModuleList(layer(w, w, 3) for _, w in down)
        self.head = nn.Conv2d(WIDTHS[0], 2, 1)

    def forward(self, x):
        skips = []
        for level, block in enumerate(self.encoder):
            if level > 0:
                skips.append(x)
                x = F.avg_pool2d(x, 2)
            x = block(x)
        for narrow, block in zip(self.narrow, self.decoder):
            x = block(F.interpolate(narrow(x), scale_factor=2) + skips.pop())
        return self.head(x)


torch.set_num_threads(THREADS)
torch.manual_seed(1)
net = Unet()
optimiser = torch.optim.Adam(net.parameters(), 1e-3)
image = torch.rand(BATCH, 1, SIDE, SIDE)
targets = (torch.rand(BATCH, 2, SIDE, SIDE) > 0.5).float()


def step():
    optimiser.zero_grad()
    F.binary_cross_entropy_with_logits(net(image), targets).backward()
    optimiser.step()


for _ in range(2):
    step()
print(json.dumps({"torch": torch.__version__, "parameters": sum(p.numel() for p in net.parameters())}), flush=True)
for line in sys.stdin:
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(STEPS):
        step()
    ms = (time.perf_counter() - wall) / STEPS * 1000
    print(json.dumps({"ms": ms, "cpuMs": (time.process_time() - cpu) / STEPS * 1000}), flush=True)
