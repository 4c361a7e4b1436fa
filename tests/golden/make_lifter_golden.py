"""Regenerate data/lifter_output.npz, the default lifter's output for the stored clip.

Run it after replacing the weights: python -m tests.golden.make_lifter_golden
"""

from __future__ import annotations

import numpy as np

from pipeline import weights
from pipeline.core.camera import Camera
from pipeline.core.config import LiftConfig
from pipeline.lift.host_lifter import create_lifter
from tests.golden.mocap import DATA, SIZE_PX, mocap_clip


def main() -> None:
    entry = weights.find()
    joints, _ = mocap_clip()
    lifter = create_lifter(LiftConfig(device="cpu", precision="float32"))
    window = joints[None, : lifter.frames]
    out = lifter.lift_windows(window, np.full(window.shape[:-1], 0.9, np.float32), Camera.assumed(SIZE_PX))
    np.savez_compressed(
        DATA / "lifter_output.npz", joints=out[0, ::9].astype(np.float32), sha256=np.array(entry.sha256)
    )


if __name__ == "__main__":
    main()
