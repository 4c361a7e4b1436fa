"""Implement `lift`: lift videos, folders of videos or 2D joints to takes and exports."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import time
from collections.abc import Sequence
from typing import Any

from .. import api, weights
from ..core.concurrency import CancelToken
from ..core.config import LiftConfig, RunConfig, SceneConfig
from ..core.errors import Cancelled, ConfigError, UserError
from ..core.export_options import ExportOptions
from ..core.pruning_schedule import PruneConfig
from ..export.export_take import expand
from ..export.hand_joints import observed_text
from ..export.tracks import selected
from ..export.written_frames import count_frames
from ..sources.inputs import Input
from ..system.files import printable
from ..system.memory import peak_memory_mb
from ..take.file import SUFFIX
from .export import add_options, options_from
from .inputs import add_arguments as add_inputs
from .inputs import chosen_inputs, result_stems
from .interrupt import interruptible
from .jobs.processes import run_processes
from .options import detector as detector_options
from .options import height, motion
from .options import pruning as recipe
from .output import BUG, DONE, USER_ERROR, Report

DEFAULT_FORMATS = "bvh,csv"


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("lift", help="video (or 2D joints) to 3D: a take, BVH, CSV")
    add_inputs(parser)
    parser.add_argument("--formats", default=DEFAULT_FORMATS, help=f"comma-separated, default {DEFAULT_FORMATS}")
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--person", type=int, metavar="N", help="lift this person (1 = the most present, the default)")
    who.add_argument("--all", action="store_true", help="lift everyone")
    parser.add_argument("--fov", type=float, metavar="DEG", help="horizontal field of view of the camera")
    parser.add_argument(
        "--pitch", type=float, metavar="DEG", help="camera pitch; positive: it looks down (default: estimated)"
    )
    parser.add_argument("--roll", type=float, metavar="DEG", help="camera roll; positive: clockwise")
    parser.add_argument(
        "--camera-motion",
        choices=("measure", "ignore"),
        default=SceneConfig().camera_motion,
        help="what is done about a camera that turns on its tripod (default: measure, and correct the paths)",
    )
    height.add_argument(parser)
    parser.add_argument("--start", type=float, metavar="S", help="start of the range in seconds")
    parser.add_argument("--end", type=float, metavar="S", help="end of the range in seconds")
    parser.add_argument(
        "--recorded-fps",
        type=float,
        metavar="HZ",
        help="frames a second that the camera recorded, of a video in slow motion (default: as the file says); "
        "all times, also --start and --end, are those of the motion",
    )
    detector_options.add_arguments(parser)
    parser.add_argument("--lifter", default="", help="lifter (see `models`)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps")
    detector_options.add_precision(parser)
    motion.add_arguments(parser)
    recipe.add_arguments(parser)
    add_options(parser)
    parser.add_argument("--no-cache", action="store_true", help="neither read nor write the cache of 2D detections")
    parser.add_argument(
        "--jobs",
        type=int,
        default=1,
        metavar="N",
        help="lift N videos at once, each in a process of its own (default: 1)",
    )
    parser.add_argument("--only", default="", help=argparse.SUPPRESS)  # of a process of --jobs: its input,
    parser.add_argument("--stem", default="", help=argparse.SUPPRESS)  # and the stem of its results
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
    parser.set_defaults(run=run)


def config_from(arguments: argparse.Namespace) -> RunConfig:
    """Return the configuration of the run from the arguments. Raises `ConfigError`."""
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
            camera_motion=arguments.camera_motion,
            **height.with_heights(arguments.height, SceneConfig()),
            limbs_cm=motion.limbs_from(arguments),
        ),
        start_s=arguments.start,
        end_s=arguments.end,
        persons=persons,
        use_cache=not arguments.no_cache,
        recorded_fps=arguments.recorded_fps,
    )


def run(arguments: argparse.Namespace, report: Report) -> int:
    config = config_from(arguments)
    formats = [name.strip() for name in arguments.formats.split(",") if name.strip()]
    expand(formats)
    options = options_from(arguments)
    if arguments.jobs < 1:
        raise ConfigError(f"{arguments.jobs} processes cannot work.", "Choose 1 or more.", field="jobs")
    inputs, wrong = chosen_inputs(arguments, report)
    alone = len(inputs) + wrong == 1 and not arguments.only
    codes = [USER_ERROR] * wrong
    cancel = CancelToken()

    def failed(one: Input, error: Exception) -> None:
        """Report an input that failed; the remaining inputs are still processed."""
        if alone:
            raise error
        report.failed(error, str(one.path))
        codes.append(USER_ERROR if isinstance(error, UserError) else BUG)

    if arguments.only:
        named = [(one, arguments.stem) for one in inputs if str(one.path) == arguments.only]
    else:
        named = result_stems(inputs, arguments.output, formats, failed)
    if arguments.jobs > 1 and len(named) > 1 and not arguments.only:
        with interruptible(cancel):
            each = [(one.path, stem) for one, stem in named]
            codes += run_processes(each, arguments.argv, arguments.jobs, cancel, report)
        return BUG if BUG in codes else max(codes, default=DONE)
    with api.Models() as models, interruptible(cancel):
        for one, stem in named:
            try:
                _lift_one(one, stem, arguments, formats, options, config, cancel, models, report)
            except Cancelled:
                raise
            except Exception as error:  # noqa: BLE001 - one input's bug must not stop the others
                failed(one, error)
    return BUG if BUG in codes else max(codes, default=DONE)


def _lift_one(
    one: Input,
    stem: str,
    arguments: argparse.Namespace,
    formats: Sequence[str],
    options: ExportOptions,
    config: RunConfig,
    cancel: CancelToken,
    models: api.Models,
    report: Report,
) -> None:
    begun = time.monotonic()
    name, folder = printable(one.path.name), arguments.output
    with contextlib.closing(one.open(arguments.fps, arguments.size)) as source:
        take = api.lift(
            source,
            config=config,
            progress=lambda progress: report.progress(name, progress),
            cancel=cancel,
            models=models,
        )
    # Files are written after the run only: a cancelled or failed run leaves the folder unchanged.
    take_path = take.save(folder / f"{stem}{SUFFIX}")
    exports = []
    if formats:
        exports = take.export(
            folder,
            formats,
            stem=stem,
            options=options,
            progress=lambda progress: report.progress(f"{name} {progress.message}", progress),
            cancel=cancel,
        )
    frames, lost = count_frames(selected(take, options), exports) if exports else ({}, [])
    remarks = [*take.notes, *lost]
    walks = {person.number: person.gait for person in take.people}
    hands = {person.number: person.hands for person in take.people}
    trusts = {person.number: person.trust for person in take.people}
    result = {
        "status": "done",
        "input": str(one.path),
        "take": str(take_path),
        "exports": [str(p) for p in exports],
        "frames": take.frame_count,
        "rate_hz": take.info.fps_hz,
        "slow_motion": take.info.slow_motion,
        "counts": {
            **{key: take.provenance["run"][key] for key in ("decoded", "damaged", "detected", "from_cache", "persons")},
            "exported": frames,
        },
        "notes": remarks,
        "persons": [track.person for track in take.tracks3d],
        "gait": {number: walk and walk.to_json() for number, walk in walks.items()},
        "trust": {number: trust and dataclasses.asdict(trust) for number, trust in trusts.items()},
        "hands": {number: own and own.observed_frames for number, own in hands.items()},
        "seconds": round(time.monotonic() - begun, 3),
        "lifter": take.provenance["lifter"],
        **{key: take.provenance["run"][key] for key in ("detect_seconds", "lift_seconds", "device")},
        "peak_memory_mb": round(peak_memory_mb(), 1),
    }
    report.record(result)
    people = len(take.tracks2d)
    report.line(
        f"{name}: {take.frame_count} frames, {people} {'person' if people == 1 else 'people'} seen, "
        f"{len(take.tracks3d)} lifted in {result['seconds']:.1f} s on {result['device']}"
    )
    for remark in remarks:
        report.line(f"  {remark}")
    if take.scene and "speed" in take.scene.notes:
        report.line("  If it is slow motion, lift it again with --recorded-fps and the rate of the camera.")
    lifter = take.provenance["lifter"]
    cost = f" ({lifter['gflops_per_window']:.2f} GFLOPs a window)" if lifter["gflops_per_window"] else ""
    report.line(f"  {lifter['name']}: {PruneConfig.from_json(lifter['prune']).label}{cost}")
    for person, trust in trusts.items():
        if trust is not None:
            within = f"likely within {trust.limit_mm / 10:.0f} cm in {100 * trust.share:.0f} % of the frames"
            report.line(f"  person {person}: joints {within}, typically {trust.typical_mm / 10:.0f} cm off")
    if config.detect.hands:
        for person, own in hands.items():
            report.line(f"  person {person}: {observed_text(own, take.frame_count)}")
    for person, walk in result["gait"].items():
        if walk is not None:
            pace = f", {walk['speed_m_s']:.2f} m/s" if walk["speed_m_s"] is not None else ""
            report.line(f"  person {person} walks: {walk['steps']} steps, {walk['cadence_per_min']:.0f} a minute{pace}")
    if take.scene:
        said = ("speed", "camera", "turn", "lens")  # in sentences of their own, above
        notes = [f"{key} {value}" for key, value in take.scene.notes.items() if key not in said]
        report.line(f"  estimates: {', '.join(notes)}")
    for written in (take_path, *exports):
        report.line(f"  {written}")
