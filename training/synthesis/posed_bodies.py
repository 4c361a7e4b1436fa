"""Pose bodies in a detector's convention: `python -m training.synthesis.posed_bodies`.

Motion capture marks the centres of joints; a detector points at other places of the same body, above all at hips,
shoulders and head. Here the parametric bodies of `training.synthesis.people` follow the motion capture, without being
rendered, and the joints of their own COCO regressor become a motion file (`training.data.motion_file`) by the program's
rule. Training sees it through the synthetic cameras and detector errors like any other motion. Bodies and motion of the
selection people are those held out, as in rendered clips.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.core.skeletons import h36m17_from
from pipeline.system.files import atomic_write
from training.data.motion_file import RATE_HZ
from training.synthesis.people.generate import POPULATION
from training.synthesis.people.motion import KINDS, Motions, load_motions
from training.synthesis.people.persons import Person, draw_person

SOURCE = "posed"  # source name of every clip of the file: all are drawn alike
_KIND_SHARES = (0.66, 0.12, 0.12, 0.1)  # probability of each of `motion.KINDS`
_SECONDS = (4.0, 10.0)  # s, range of lengths of a take
_HELD_OUT_SHARE = 0.06  # share of the takes with held-out bodies and motion


def draw_take(training: Motions, held_out: Motions, seed: int, number: int) -> Person:
    """Draw take `number` of a seed: a body of the population in a motion, 60 Hz."""
    rng = np.random.default_rng((seed, 3, number))
    reserved = bool(rng.random() < _HELD_OUT_SHARE)
    kind = str(rng.choice(KINDS, p=_KIND_SHARES))
    frames = round(float(rng.uniform(*_SECONDS)) * RATE_HZ)
    return draw_person(rng, seed, held_out if reserved else training, reserved, POPULATION, kind, frames, RATE_HZ)


def motion_arrays(people: list[Person]) -> dict[str, Any]:
    """Build the arrays of the motion file of these people; each is one clip."""
    joints = [
        h36m17_from("coco23", person.joints.astype(np.float32), np.ones(person.joints.shape[:2], np.float32))[0]
        for person in people
    ]
    return {
        "positions": np.concatenate(joints).astype(np.float32),
        "clip_start": np.cumsum([0, *(len(values) for values in joints)]),
        "clip_name": np.array([f"body {person.body.number}, {person.motion.name}" for person in people]),
        "clip_source": np.array([SOURCE] * len(people)),
        "clip_subject": np.array([person.motion.subject for person in people]),
        "clip_action": np.array([person.motion.kind for person in people]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.synthesis.posed_bodies", description=(__doc__ or "").split("\n", maxsplit=1)[0]
    )
    parser.add_argument("--mocap", type=Path, required=True, help="motion file (training/README.md)")
    parser.add_argument("--out", type=Path, required=True, help="motion file to write (.npz)")
    parser.add_argument("--takes", type=int, default=1500, help="number of takes, each of another body (1500)")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    training, held_out = load_motions(args.mocap)
    assert training is not None
    people = []
    for number in range(args.takes):
        people.append(draw_take(training, held_out, args.seed, number))
        if number % 100 == 99 or number == args.takes - 1:
            # Written again and again, so that training can begin before the last take.
            with atomic_write(args.out) as file:
                np.savez(file, **motion_arrays(people))
            print(f"{number + 1} takes, {sum(len(p.joints) for p in people)} frames", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
