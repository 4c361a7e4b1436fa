"""`lift`: videos, folders of videos or 2D joints in, takes and exports out."""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import api, weights
from ..core.concurrency import CancelToken
from ..core.config import LiftConfig, RunConfig, SceneConfig
from ..core.errors import ConfigError, UserError
from ..core.export_options import ExportOptions
from ..core.pruning_schedule import PruneConfig
from ..export.export_take import expand
from ..system.files import make_folder
from ..system.memory import peak_memory_mb
from ..take.file import SUFFIX
from .export import add_options, options_from
from .interrupt import interruptible
from .options import detector as detector_options
from .options import motion
from .options import pruning as recipe
from .output import Report

DEFAULT_FORMATS = "bvh,csv"


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("lift", help="video (or 2D joints) to 3D: a take, BVH, CSV")
    parser.add_argument("inputs", nargs="*", metavar="VIDEO", help="video files, folders of videos, or .npz 2D joints")
    parser.add_argument("--sample", action="store_true", help="use the sample video")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="DIR", help="folder for the results")
    parser.add_argument("--formats", default=DEFAULT_FORMATS, help=f"comma-separated, default {DEFAULT_FORMATS}")
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--person", type=int, metavar="N", help="lift this person (1 = the most present, the default)")
    who.add_argument("--all", action="store_true", help="lift everyone")
    parser.add_argument("--fov", type=float, metavar="DEG", help="horizontal field of view of the camera")
    parser.add_argument(
        "--pitch", type=float, metavar="DEG", help="camera pitch; positive: it looks down (default: estimated)"
    )
    parser.add_argument("--roll", type=float, metavar="DEG", help="camera roll; positive: clockwise")
    parser.add_argument("--height", type=float, metavar="CM", help="height of the person")
    parser.add_argument("--start", type=float, metavar="S", help="start of the range in seconds")
    parser.add_argument("--end", type=float, metavar="S", help="end of the range in seconds")
    detector_options.add_arguments(parser)
    parser.add_argument("--lifter", default="", help="lifter (see `models`)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps")
    detector_options.add_precision(parser)
    motion.add_arguments(parser)
    recipe.add_arguments(parser)
    add_options(parser)
    parser.add_argument("--no-cache", action="store_true", help="neither read nor write the cache of 2D detections")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
    parser.set_defaults(run=run)


def config_from(arguments: argparse.Namespace) -> RunConfig:
    """The run that the arguments ask for. Raises `ConfigError`."""
    own = PruneConfig.from_json(weights.find(arguments.lifter).prune)
    persons: Any = "all" if arguments.all else None if arguments.person is None else (arguments.person,)
    return RunConfig(
        detect=detector_options.detect_config(arguments),
        lift=LiftConfig(
            lifter=arguments.lifter,
            prune=recipe.prune_from(arguments, own),
            device=arguments.device,
            precision=arguments.precision,
        ),
        post=motion.post_from(arguments),
        scene=SceneConfig(
            fov_deg=arguments.fov,
            pitch_deg=arguments.pitch,
            roll_deg=arguments.roll,
            height_cm=arguments.height,
            limbs_cm=motion.limbs_from(arguments),
        ),
        start_s=arguments.start,
        end_s=arguments.end,
        persons=persons,
        use_cache=not arguments.no_cache,
    )


def unique_stems(inputs: Sequence[Path]) -> list[str]:
    """One output stem an input; a name that comes twice gets _2, _3 so that nothing is overwritten."""
    stems: list[str] = []
    for path in inputs:
        stem, number = path.stem, 2
        while stem in stems:
            stem, number = f"{path.stem}_{number}", number + 1
        stems.append(stem)
    return stems


def run(arguments: argparse.Namespace, report: Report) -> int:
    from ..sources.open import find_inputs

    config = config_from(arguments)
    formats = [name.strip() for name in arguments.formats.split(",") if name.strip()]
    expand(formats)
    options = options_from(arguments)
    if not arguments.inputs and not arguments.sample:
        raise ConfigError("There is no video to lift.", "Name a video file or a folder, or use --sample.")
    make_folder(arguments.output)
    inputs = [api.sample_video()] if arguments.sample else []
    if arguments.inputs:
        inputs += find_inputs([Path(name) for name in arguments.inputs])
    cancel = CancelToken()
    failed = False
    with api.Models() as models, interruptible(cancel):
        for path, stem in zip(inputs, unique_stems(inputs), strict=True):
            try:
                _lift_one(path, stem, arguments.output, formats, options, config, cancel, models, report)
            except UserError as error:
                if len(inputs) == 1:
                    raise
                report.user_error(error, str(path))  # the other files still have their turn
                failed = True
    return 2 if failed else 0


def _lift_one(
    path: Path,
    stem: str,
    folder: Path,
    formats: Sequence[str],
    options: ExportOptions,
    config: RunConfig,
    cancel: CancelToken,
    models: api.Models,
    report: Report,
) -> None:
    begun = time.monotonic()
    take = api.lift(
        path,
        config=config,
        progress=lambda progress: report.progress(path.name, progress),
        cancel=cancel,
        models=models,
    )
    # Nothing is written before the run is through: a cancelled or failed run leaves the folder as it was.
    take_path = take.save(folder / f"{stem}{SUFFIX}")
    exports = []
    if formats:
        exports = take.export(
            folder,
            formats,
            stem=stem,
            options=options,
            progress=lambda progress: report.progress(f"{path.name} {progress.message}", progress),
            cancel=cancel,
        )
    walks = {person.number: person.gait for person in take.people}
    result = {
        "status": "done",
        "input": str(path),
        "take": str(take_path),
        "exports": [str(p) for p in exports],
        "frames": take.frame_count,
        "persons": [track.person for track in take.tracks3d],
        "gait": {number: walk and walk.to_json() for number, walk in walks.items()},
        "seconds": round(time.monotonic() - begun, 3),
        "lifter": take.provenance["lifter"],
        **{key: take.provenance["run"][key] for key in ("detect_seconds", "lift_seconds", "device")},
        "peak_memory_mb": round(peak_memory_mb(), 1),
    }
    report.record(result)
    people = len(take.tracks2d)
    report.line(
        f"{path.name}: {take.frame_count} frames, {people} {'person' if people == 1 else 'people'} seen, "
        f"{len(take.tracks3d)} lifted in {result['seconds']:.1f} s on {result['device']}"
    )
    lifter = take.provenance["lifter"]
    cost = f" ({lifter['gflops_per_window']:.2f} GFLOPs a window)" if lifter["gflops_per_window"] else ""
    report.line(f"  {lifter['name']}: {PruneConfig.from_json(lifter['prune']).label}{cost}")
    for person, walk in result["gait"].items():
        if walk is not None:
            pace = f", {walk['speed_m_s']:.2f} m/s" if walk["speed_m_s"] is not None else ""
            report.line(f"  person {person} walks: {walk['steps']} steps, {walk['cadence_per_min']:.0f} a minute{pace}")
    if take.scene:
        notes = ", ".join(f"{key} {value}" for key, value in dataclasses.asdict(take.scene)["notes"].items())
        report.line(f"  estimates: {notes}")
    for written in (take_path, *exports):
        report.line(f"  {written}")
