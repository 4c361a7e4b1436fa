"""Put the people of a take on characters and write the files."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import numpy as np

from ..characters.blender.fbx_places import fbx_places
from ..characters.blender.install import NO_BLENDER
from ..characters.blender.run import CONVERT, BlenderFailed, find_blender, run_script
from ..characters.character import Character
from ..core.errors import ConfigError, OutputError
from ..core.export_options import ExportOptions
from ..core.take import Take
from ..export.base import UNWATCHED, Watch
from ..export.tracks import SelectedPerson, selected
from ..rig.skeleton import rig_from_world
from ..system.files import atomic_path, atomic_write, make_folder
from ..system.safe_read import DamagedFile
from .compare import Agreement, compare
from .read_back import read_animation
from .solve import CharacterMotion, retarget, scaled_heights
from .source import SourceMotion, source_motion
from .write_bvh import places_in_file, write_bvh
from .write_gltf import unit_m, write_character, write_vrma

Format = Literal["character", "vrma", "bvh", "fbx"]
FORMATS: tuple[Format, ...] = ("character", "vrma", "bvh", "fbx")
_HINT = "Export the character again from the program that made it."
_START_LIMIT_S, _FRAME_LIMIT_S = 120.0, 0.1  # s, time limit: for Blender's start, and per frame


@dataclass(frozen=True, slots=True)
class Retargeted:
    """Hold what was written for one person."""

    person: int
    character: Character
    files: tuple[Path, ...]
    agreement: Agreement | None  # None: not asked for, or the file cannot be read back


def retarget_take(
    take: Take,
    characters: Mapping[int, Character],
    folder: Path,
    stem: str,
    formats: Sequence[str] = (),
    *,
    in_place: bool = False,
    lock_feet: bool = True,
    report: bool = False,
    watch: Watch = UNWATCHED,
) -> list[Retargeted]:
    """Write the motion of persons on their characters; `characters`: person -> character.

    `formats`: "character" (the same .glb, .gltf or .vrm with an animation added; of an .fbx an FBX; of a .bvh a BVH),
    "vrma", "bvh", "fbx" (by Blender); none: "character". Files are `<stem>_<character>...` in `folder`; with several
    people `_person<N>` is appended. With `report`, the file is read back and `<stem>_characters.json` is written.

    Raises `ConfigError` for a format, `OutputError` if there is nothing to write or a file cannot be written.
    """
    wanted = tuple(dict.fromkeys(formats)) or ("character",)
    for name in wanted:
        if name not in FORMATS:
            raise ConfigError(
                f"'{name}' is not a format for characters.", f"Known: {', '.join(FORMATS)}.", field="formats"
            )
    selection = selected(take, ExportOptions(persons=tuple(characters)))
    make_folder(folder)
    originals = {character.path.resolve() for character in characters.values()}
    done = []
    for person in selection.people:
        character = characters[person.person]
        source = source_motion(person, in_place)
        motion = retarget(source, character, lock_feet)
        name = f"{stem}_{character.name}" + (f"_person{person.person}" if len(selection.people) > 1 else "")
        files: list[Path] = []
        for index, kind in enumerate(wanted):
            watch.step(kind, index, len(wanted))
            path = _path(cast(Format, kind), character, folder, name)
            if path.resolve() in originals:
                raise OutputError(f"{path} is one of the characters.", "Choose another folder.", field="output")
            try:
                _write(path, motion, person, character, name, watch)
            except DamagedFile as error:
                raise OutputError(f"{character.path.name} cannot be written with a motion: {error}.", _HINT) from error
            files.append(path)
        agreement = _checked(person, source, motion, character, files, name, watch) if report else None
        done.append(Retargeted(person.person, character, tuple(dict.fromkeys(files)), agreement))
    if report:
        _write_report(done, take, folder / f"{stem}_characters.json")
    return done


def _path(kind: Format, character: Character, folder: Path, name: str) -> Path:
    suffix = f".{kind}"
    if kind == "character":
        suffix = character.path.suffix.lower()
    return folder / f"{name}{suffix}"


def _write(
    path: Path, motion: CharacterMotion, person: SelectedPerson, character: Character, name: str, watch: Watch
) -> None:
    face = None
    if person.face_motion is not None:
        face = {shape: weights[person.seen] for shape, weights in person.face_motion.items()}
    match path.suffix:
        case ".vrma":
            write_vrma(motion, character, path, name, face)
        case ".bvh":
            write_bvh(motion, character, path, person.even_times)
        case ".fbx":
            _write_fbx(motion, character, path, name, watch)
        case _:
            write_character(motion, character, path, name, face)


def _write_fbx(motion: CharacterMotion, character: Character, path: Path, name: str, watch: Watch) -> None:
    if character.file is None:
        raise OutputError("A BVH has no body that an FBX could hold.", "Choose the format bvh.", field="formats")
    if find_blender() is None:
        raise OutputError("Blender was not found, and FBX is written by it.", f"{NO_BLENDER} Or choose another format.")
    import tempfile

    with atomic_path(path) as target, tempfile.TemporaryDirectory(prefix="hourglass-") as between:
        source = Path(between) / "character.glb"
        write_character(motion, character, source, name)
        made = Path(between) / "character.fbx"
        limit_s = _START_LIMIT_S + _FRAME_LIMIT_S * len(motion.times_s)
        arguments = ["fbx", repr(motion.rate_hz), name, str(source), str(made)]
        try:
            run_script(CONVERT, arguments, limit_s, lambda: watch.step("fbx", 0, 0))
        except BlenderFailed as error:
            raise OutputError(f"Blender could not write the FBX ({error}).", "Choose another format.") from error
        Path(target).write_bytes(made.read_bytes())


def _checked(
    person: SelectedPerson, source: SourceMotion, motion: CharacterMotion, character: Character, files: list[Path],
    name: str, watch: Watch,
) -> Agreement | None:  # fmt: skip
    """Read a written file with the character's own skeleton back and compare it with the take.

    None for a VRMA alone, and for a BVH whose frames are not those of the take (a variable rate).
    """
    bones = character.mapping.nodes
    by_suffix = {file.suffix: file for file in files}
    path = next((by_suffix[suffix] for suffix in (".glb", ".gltf", ".vrm") if suffix in by_suffix), None)
    fbx, bvh = by_suffix.get(".fbx"), by_suffix.get(".bvh")
    if path is not None:
        _, read = read_animation(path, bones, name)
    elif bvh is not None and not person.is_resampled:
        read = places_in_file(character, bvh, np.flatnonzero(person.seen))
    elif fbx is not None:
        times = motion.times_s - min(0.0, float(motion.times_s[0]))
        names = {bone: character.tree.names[node] for bone, node in bones.items()}
        read = fbx_places(fbx, names, times, motion.rate_hz, lambda: watch.step("report", 0, 0))
    else:
        return None
    joints = rig_from_world(person.joints_world[person.seen])
    heights = scaled_heights(source.ankles[..., 1], source, character.rest)
    return compare(joints, motion, character, read, unit_m(character), heights)


def _write_report(done: Sequence[Retargeted], take: Take, path: Path) -> None:
    entries = []
    for one in done:
        mapping = one.character.mapping
        tree = one.character.tree
        entries.append(
            {
                "person": one.person,
                "character": one.character.path.name,
                "kind": one.character.kind,
                "files": [file.name for file in one.files],
                "bones": {
                    bone: {"node": tree.names[node], "by": mapping.rules[bone], "certainty": mapping.certainty(bone)}
                    for bone, node in mapping.nodes.items()
                },
                "agreement": None if one.agreement is None else dataclasses.asdict(one.agreement),
            }
        )
    data = {"format": "hourglass-characters", "version": 1, "take": take.info.name, "characters": entries}
    with atomic_write(path, "w") as file:
        file.write(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
