"""Check that error bars are learned without changing the lifter, and that they are calibrated."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from pipeline.lift.networks.frame_transformer import FrameTransformer
from training.fit import error_head
from training.fit.checkpoint import fit_to_model
from training.fit.recipe import TrainRecipe, TrainStage
from training.synthesis.batches import Batch
from training.synthesis.detector_errors import load_model
from training.synthesis.mixture import Mixture
from training.synthesis.rendered_tracks import load_tracks

SAMPLE = Path(__file__).parents[2] / "data" / "people"
RECIPE = TrainRecipe(
    (TrainStage("nine", 9, 16, 1e-3, steps=1, stride=3),), host="frametransformer",
    sizes={"channels": 16, "encoder_depth": 1, "depth": 1, "decoder_depth": 1, "heads": 2, "along_rays": True},
    normalisation="person_ray", rendered_share=1.0,
)  # fmt: skip


def lifter() -> tuple[FrameTransformer, dict[str, torch.Tensor]]:
    """Return a small lifter with untrained error bars, and its weights without them."""
    torch.manual_seed(0)
    plain = RECIPE.model(RECIPE.stages[0])
    assert isinstance(plain, FrameTransformer)
    plain.initialise()
    torch.nn.init.normal_(plain.head.weight, std=0.05)
    made = error_head.with_error_bars(RECIPE).model(RECIPE.stages[0])
    assert isinstance(made, FrameTransformer)
    made.load_state_dict(fit_to_model(plain.state_dict(), made))
    return made, plain.state_dict()


def mixture() -> Mixture:
    tracks = load_tracks(SAMPLE, "held_out")
    return Mixture(None, [load_model()], rendered=tracks, rendered_share=1.0)  # type: ignore[arg-type]


def test_only_the_layer_of_error_bars_learns() -> None:
    made, before = lifter()
    curve = error_head.train_head(made, mixture(), RECIPE, steps=201, lr=5e-3)
    assert curve[-1] < curve[0] - 0.1
    for name, value in before.items():
        torch.testing.assert_close(made.state_dict()[name], value, rtol=0, atol=0)
    assert made.spread.weight.detach().abs().max() > 0


def test_calibrated_bands_hold_nine_of_ten_errors() -> None:
    made, _ = lifter()
    rng = np.random.default_rng(0)
    source = mixture().batch((1, 2), 24, 9, 3, "person_ray", 0.0)
    with torch.no_grad():
        predicted = made(torch.from_numpy(source.x)).numpy()
    spread = np.array([0.01, 0.01, 0.05])
    torch.nn.init.zeros_(made.spread.weight)
    torch.nn.init.zeros_(made.spread.bias)
    batch = Batch(source.x, (predicted - predicted[:, :, :1] + rng.normal(0, 1, predicted.shape) * spread).astype("f4"))
    batch.y[:, :, 0] = 0
    factors = error_head.calibrate(made, batch)
    assert (factors > 0).all()
    measured = error_head.coverage(made, batch)
    for axis, true in (("image", 0.01), ("depth", 0.05)):
        assert abs(measured[axis]["inside"] - 0.9) < 0.01
        # All bars are alike here, so they are that wide.
        assert 0.9 < measured[axis]["half_width_mm"] / (1645 * true) < 1.1
        assert abs(measured[axis]["width_ratio"] - 1) < 0.05  # nothing to know: not sharper than one number


def test_halves_share_no_clip() -> None:
    first, second = error_head.halves(load_tracks(SAMPLE, "held_out"))
    assert first
    assert second
    assert not {track.clip for track in first} & {track.clip for track in second}
