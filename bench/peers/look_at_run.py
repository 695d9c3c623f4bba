#!/usr/bin/env python3
"""Loss and relevances of the networks of a symscan run, by the arithmetic that peers are looked at with (common.evaluate).

    look_at_run.py RUN/models.safetensors DRAWS

SYMSCAN_PEERS_DATA and SYMSCAN_PEERS_PROBLEM as for peers; all networks must have the same shape. Prints one line of JSON.
"""
import json
import struct
import sys

import numpy as np

import common


def read_layers(path):
    """As a peer's weights(): [(weight [R, out, in], bias [R, out])]."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()

    def tensor(name):
        begin, end = header[f"model0.{name}"]["data_offsets"]
        return np.frombuffer(data[begin:end], "<f4").reshape(header[f"model0.{name}"]["shape"])

    def layer(name):
        return tensor(f"{name}.weight"), tensor(f"{name}.bias")

    latent = tuple(np.concatenate(pair, axis=1) for pair in zip(layer("mu"), layer("logvar")))
    return [layer("encoder.0"), layer("encoder.1"), latent, layer("decoder.0"), layer("decoder.1"), layer("output")]


losses, _, _, relevances = common.evaluate(read_layers(sys.argv[1]), int(sys.argv[2]))
print(json.dumps({"losses": losses, "relevances": relevances}))
