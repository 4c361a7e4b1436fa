"""Make MMPose networks with random weights, and checkpoints as OpenMMLab publishes them."""

from __future__ import annotations

import functools
from collections import OrderedDict
from pathlib import Path
from typing import Any

from pipeline.detect.mmpose.config import NetworkConfig, read_config
from pipeline.detect.mmpose.network import PoseNetwork, build

RTMPOSE = "mmpose::body_2d_keypoint/rtmpose/body8/rtmpose-t_8xb256-420e_body8-256x192.py"
HALPE = "mmpose::body_2d_keypoint/rtmpose/body8/rtmpose-t_8xb1024-700e_body8-halpe26-256x192.py"
RTMO = "mmpose::body_2d_keypoint/rtmo/body7/rtmo-t_8xb32-600e_body7-416x416.py"
HRNET = "mmpose::body_2d_keypoint/topdown_heatmap/coco/td-hm_hrnet-w32_8xb64-210e_coco-256x192.py"
HRNET_UDP = "mmpose::body_2d_keypoint/topdown_heatmap/coco/td-hm_hrnet-w32_udp-8xb64-210e_coco-256x192.py"
WHOLEBODY = "mmpose::wholebody_2d_keypoint/rtmpose/coco-wholebody/rtmpose-m_8xb64-270e_coco-wholebody-256x192.py"


@functools.cache
def config_of(name: str) -> NetworkConfig:
    return read_config(name)


@functools.cache
def random_state(name: str) -> dict[str, Any]:
    """Return random weights, the same in every run."""
    import torch

    config = config_of(name)
    with torch.random.fork_rng():
        torch.manual_seed(1)
        state = dict(build(config).state_dict())
    for layer in ("head.cls_x.weight", "head.cls_y.weight"):  # RTMPose's: peaks of a few tenths, as in trained weights
        if layer in state:
            state[layer] = state[layer] * 0.05
    return state


def random_network(name: str) -> PoseNetwork:
    return PoseNetwork(config_of(name), random_state(name), "random", "cpu", "float32")


def write_checkpoint(name: str, path: Path) -> Path:
    """Write a checkpoint with everything that mmengine's runner saves."""
    import numpy as np
    import torch
    from mmengine.logging import HistoryBuffer

    history = HistoryBuffer(log_history=[0.5, 0.25], count_history=[1, 1])
    parameter = torch.nn.Parameter(torch.zeros(3))
    optimizer = torch.optim.AdamW([parameter])
    parameter.sum().backward()
    optimizer.step()
    torch.save(
        {
            "meta": {
                "epoch": 420, "iter": 1, "cfg": "model = dict()", "seed": 21, "experiment_name": "x",
                "time": "20230504_101112", "mmengine_version": "0.7.1",
                "dataset_meta": {"dataset_name": "coco", "sigmas": np.array([0.026, 0.025], np.float32)},
            },
            "state_dict": OrderedDict(random_state(name)),
            "message_hub": {
                "log_scalars": OrderedDict({"train/loss": history}),
                "runtime_info": OrderedDict({"epoch": 420, "loss": np.float64(0.25)}),
                "resumed_keys": OrderedDict({"train/loss": True}),
            },
            "optimizer": optimizer.state_dict(),
            "param_schedulers": [{"last_step": 420, "_global_step": np.int64(3)}],
        },
        path,
    )  # fmt: skip
    return path
