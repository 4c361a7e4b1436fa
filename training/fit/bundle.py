"""Register trained weights as a lifter: `python -m training.fit.bundle`.

The weights are stored in float16 if that changes MPJPE by less than 0.1 mm on a batch of held-out subjects, else in
float32. The manifest entry is filled from the recipe: architecture, sizes, pruning schedule, input normalisation. It is
added to the user's own lifters, as `models add` does; with `--project` to `weights/` of the project.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from pipeline import weights
from pipeline.core.errors import ConfigError
from pipeline.lift.checkpoints.load import load_strictly, read_state_dict
from pipeline.system.files import atomic_write
from pipeline.weights.catalogue import MANIFEST, PROJECT_FOLDER
from pipeline.weights.entries import WeightEntry
from training.data.motion_file import UNIT_STATURE_M, load_clips, selection_split
from training.fit.recipe import TrainRecipe, load_recipe
from training.fit.train import predict
from training.metrics import mpjpe
from training.synthesis.batches import make_batch
from training.synthesis.detector_errors import load_model, simulate_depth
from training.synthesis.rendered_tracks import with_depth

RATE_HZ = (24.0, 75.0)  # Hz, range of frame rates that training draws
FLOAT16_LIMIT_MM = 0.1  # mm MPJPE; a larger change by float16 keeps the weights in float32
_BATCH = 8  # windows on which the cost of float16 is measured


def float16_cost_mm(recipe: TrainRecipe, state: dict[str, Tensor], data: Path) -> float:
    """Measure how much float16 weights change MPJPE on held-out subjects, mm."""
    stage = recipe.result
    _, held_out = selection_split(load_clips(data))
    batch = make_batch(held_out, load_model(), (3, 1), _BATCH, stage.frames, rule=recipe.normalisation)
    if recipe.depth_share is not None:
        depth = simulate_depth(batch.y[..., 2], np.random.default_rng(3))
        batch = with_depth(batch, depth.astype(np.float32))
    predicted = []
    for values in (state, {name: value.half().float() for name, value in state.items()}):
        model = recipe.model(stage)
        load_strictly(model, values, "the weights")
        predicted.append(predict(model, batch.x))
    full, half = (float(mpjpe(joints, batch.y.astype(np.float64)).mean()) for joints in predicted)
    return 1000 * abs(half - full)


def entry_of(recipe: TrainRecipe, name: str, content: bytes, parameters: int, texts: dict[str, Any]) -> WeightEntry:
    """Build the manifest entry of weights trained by `recipe`.

    `texts` overrides fields such as title and licence.
    """
    stage = recipe.result
    deep = {} if recipe.depth_share is None else {"depth_channel": True}
    prune = {"strategy": "TPS", "schedule": [list(pair) for pair in stage.schedule], "recover": "TRI"}
    values: dict[str, Any] = {
        "name": name,
        "title": name,
        "file": f"{name}.safetensors",
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "host": recipe.host,
        "sizes": {**recipe.sizes, "frames": stage.frames, "in_channels": len(recipe.channels), **deep},
        "parameters": parameters,
        "prune": prune if stage.schedule else {},
        "frames": stage.frames,
        "rate_hz": RATE_HZ,
        "channels": recipe.channels,
        "joint_rule": "hourglass",
        "normalisation": recipe.normalisation,
        "output": "camera axes (x right, y down, z away), root-relative, metres at unit stature",
        "root": "subtract",
        "unit_stature_m": UNIT_STATURE_M,
        "training_data": ("not stated",),
    }
    return WeightEntry.from_json(values | texts)


def add_to_project(entry: WeightEntry, content: bytes, folder: Path = PROJECT_FOLDER) -> None:
    """Write the weights and list their entry first in the project's manifest.

    An entry of the same name is replaced.
    """
    with atomic_write(folder / entry.file) as file:
        file.write(content)
    listed = json.loads((folder / MANIFEST).read_text("utf-8"))
    others = [data for data in listed["entries"] if data["name"] != entry.name]
    if entry.default:
        others = [{key: value for key, value in data.items() if key != "default"} for data in others]
    new = {key: value for key, value in entry.to_json().items() if value not in (False, "", (), [])}
    text = json.dumps({**listed, "entries": [new, *others]}, indent=2)
    with atomic_write(folder / MANIFEST) as file:
        file.write((text + "\n").encode())


def main(arguments: list[str] | None = None) -> None:
    from safetensors.torch import save

    parser = argparse.ArgumentParser(
        prog="python -m training.fit.bundle", description="Register trained weights as a lifter of the program."
    )
    parser.add_argument("--weights", type=Path, required=True, help="weights written by training (.safetensors)")
    parser.add_argument("--recipe", type=Path, required=True, help="recipe that the weights were trained with")
    parser.add_argument(
        "--data", type=Path, required=True, help="training motion: float16 is evaluated on its held-out subjects"
    )
    parser.add_argument("--name", required=True, help="name of the lifter")
    parser.add_argument(
        "--texts", type=Path, help="JSON with title, licence, training_data, acknowledgement, limits, default"
    )
    parser.add_argument("--project", action="store_true", help="add to weights/ of the project, not to the user's own")
    args = parser.parse_args(arguments)
    recipe, state = load_recipe(args.recipe), read_state_dict(args.weights)
    cost_mm = float16_cost_mm(recipe, state, args.data)
    if cost_mm < FLOAT16_LIMIT_MM:
        state = {name: value.half() for name, value in state.items()}
    content = save({name: value.contiguous() for name, value in state.items()})
    try:
        texts = json.loads(args.texts.read_text("utf-8")) if args.texts else {}
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{args.texts} cannot be read ({error}).", "It is a JSON object of manifest fields."
        ) from error
    entry = entry_of(recipe, args.name, content, sum(value.numel() for value in state.values()), texts)
    if args.project:
        add_to_project(entry, content)
    else:
        weights.register(entry, content)
    kind = "float16" if cost_mm < FLOAT16_LIMIT_MM else "float32"
    print(json.dumps({"name": entry.name, "bytes": entry.bytes, "stored": kind, "float16_costs_mm": round(cost_mm, 4)}))


if __name__ == "__main__":
    main()
