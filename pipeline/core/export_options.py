"""Define export options, and the import settings of the programs that read the files.

Imports nothing heavy, because the window's dialogs and the command line are built from it; the exporters themselves are
in `export`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from .camera import UNKNOWN_RATE_HZ, Viewpoint
from .errors import ConfigError

Preset = Literal["blender", "unity", "unreal", "unreal5", "mixamo", "rigify"]
Unit = Literal["cm", "m"]
Value = str | bool


@dataclass(frozen=True, slots=True)
class Option:
    """Describe one selectable field of `ExportOptions`: its title and its values."""

    name: str
    title: str
    choices: tuple[tuple[Value, str], ...]  # (value, title); the first one is the default

    @property
    def default(self) -> Value:
        return self.choices[0][0]

    @property
    def is_switch(self) -> bool:
        return isinstance(self.default, bool)

    def parse(self, text: str) -> Value:
        """Return the value that `text` names on a command line or in a settings file.

        Raises `ConfigError`.
        """
        wanted = text.strip().lower()
        if self.is_switch:
            wanted = {"yes": "True", "true": "True", "on": "True", "1": "True"}.get(wanted, wanted)
            wanted = {"no": "False", "false": "False", "off": "False", "0": "False"}.get(wanted, wanted)
        for value, _ in self.choices:
            if str(value) == wanted:
                return value
        known = "yes, no" if self.is_switch else ", ".join(str(value) for value, _ in self.choices)
        raise ConfigError(f"The option {self.name} cannot be '{text}'.", f"It can be: {known}.", field=self.name)


OPTIONS: dict[str, Option] = {
    option.name: option
    for option in (
        Option(
            "preset",
            "Bone names for",
            (
                ("blender", "Blender (Hips, LeftArm)"),
                ("unity", "Unity, VRM (LeftUpperArm)"),
                ("unreal", "Unreal (upperarm_l)"),
                ("unreal5", "Unreal 5, MetaHuman (root, spine_05, ik bones)"),
                ("mixamo", "Mixamo (mixamorig:LeftArm)"),
                ("rigify", "Rigify's metarig (upper_arm.L)"),
            ),
        ),
        Option("unit", "BVH unit", (("cm", "Centimetres"), ("m", "Metres"))),
        Option("root_motion", "Travel of the body", ((True, "as filmed"), (False, "on the spot"))),
        Option("t_pose", "T-pose as first frame (BVH)", ((False, "no"), (True, "yes"))),
        Option("report", "Report with checks", ((False, "no"), (True, "yes"))),
    )
}


@dataclass(frozen=True, slots=True)
class ExportView:
    """Describe how the 3D view of a window shows the people, for a video that does the same."""

    person: int  # shown in full colour, while others fade
    viewpoint: Viewpoint  # a view that `follows` has its centre relative to the person's smoothed path
    follows: bool
    aspect: float  # ratio of width to height


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Configure an export. Each format reads the fields that its row in the registry names.

    `persons` None: every lifted person. Raises `ConfigError` for a value that an option does not have.
    """

    persons: tuple[int, ...] | None = None
    preset: Preset = "blender"  # bone names of BVH, glTF and FBX
    unit: Unit = "cm"  # length unit of BVH
    # False: the character stays in place; its height still changes, which keeps steps and jumps
    root_motion: bool = True
    t_pose: bool = False  # BVH: one additional T-pose frame before all others
    report: bool = False  # True: write `<stem>_report.json` beside the files
    view: ExportView | None = None  # of the side-by-side video; None: people in full colour, framed by rule

    def __post_init__(self) -> None:
        for name, option in OPTIONS.items():
            value = getattr(self, name)
            if value not in [known for known, _ in option.choices]:
                option.parse(str(value))

    def changed(self, texts: Mapping[str, str]) -> ExportOptions:
        """Return the options with changes given as text: {"preset": "unity", "t_pose": "yes"}.

        Raises `ConfigError`.
        """
        values: dict[str, Value] = {}
        for name, text in texts.items():
            if name not in OPTIONS:
                raise ConfigError(f"There is no export option '{name}'.", f"Known: {', '.join(OPTIONS)}.", field=name)
            values[name] = OPTIONS[name].parse(text)
        return dataclasses.replace(self, **values)  # type: ignore[arg-type]


_BVH = {
    "blender": "In Blender: File › Import › Motion Capture (.bvh) with scale {scale}, and tick “Update Scene FPS”.",
    "unity": "Unity reads no BVH by itself: import it into Blender with scale {scale} (tick “Update Scene FPS”) and "
    "export FBX, or use a VRM tool that reads BVH. In Unity: Rig › Animation Type “Humanoid”.",
    "unreal": "Unreal reads no BVH by itself: import it into Blender with scale {scale} (tick “Update Scene FPS”), "
    "export FBX, and retarget onto the Mannequin: the bone names are its own.",
    "unreal5": "Unreal reads no BVH by itself: export FBX instead. Through Blender: import the BVH with scale {scale} "
    "(tick “Update Scene FPS”) and export FBX. Bones, root and ik bones are named as in UE5's Mannequin and MetaHuman.",
    "rigify": "In Blender: File › Import › Motion Capture (.bvh) with scale {scale}, and tick “Update Scene FPS”. "
    "Bones are named as in Rigify's human metarig.",
    "mixamo": "For rigs from Mixamo. In Blender: File › Import › Motion Capture (.bvh) with scale {scale}, and tick "
    "“Update Scene FPS”.",
}
_TABLE = "Metres, Z up; empty cells where the person was not seen. The .csv.json beside it explains the columns."
_HINTS = {
    "glb": "In Blender: set the scene to {rate:.0f} frames a second first, then File › Import › glTF 2.0. Metres, the "
    "T-pose is the rest pose. Web viewers and Godot read it as it is.",
    "usd": "For Omniverse, Houdini and Blender 4: metres, Y up, time codes are frames of the video.",
    "fbx": "In Unity: Rig › Animation Type “Humanoid”. In Unreal: import it as a skeletal mesh with its animation. "
    "Scale 1 in both.",
    "trc": "In OpenSim: File › Preview Experimental Data, or as marker data of Inverse Kinematics. Metres, Y up.",
    "mot": "In OpenSim: load a model with Rajagopal's coordinate names, then File › Load Motion. Degrees and metres.",
    "c3d": "Mokka, Visual3D, MATLAB and ezc3d read it as it is. Millimetres, Z up.",
    "csv": _TABLE,
    "csv_wide": _TABLE,
    "dlc": "pandas: read_csv(file, header=[0, 1, 2], index_col=0), with several people header=[0, 1, 2, 3]. Pixels.",
    "json": "Metres, Z up, null where the person was not seen.",
    "npz": "numpy.load(file): joints_world in metres, Z up, NaN where the person was not seen.",
    "openpose": "Unzip it: one file a frame as OpenPose writes them (BODY_25, pixels, 0 where a joint was not seen).",
    "angles": "Degrees; knee and elbow 0 = straight; empty where the person was not seen.",
    "overlay": "H.264 in .mp4 with the video's true rate and its own sound.",
    "side_by_side": "H.264 in .mp4 with the video's true rate and its own sound. The 3D is seen as in the window.",
}


def import_hint(name: str, options: ExportOptions, rate_hz: float = UNKNOWN_RATE_HZ) -> str:
    """Return how to import the file of exporter `name` in its target program; "" without advice."""
    if name == "bvh":
        return _BVH[options.preset].format(scale={"cm": "0.01", "m": "1"}[options.unit])
    return _HINTS.get(name, "").format(rate=rate_hz)
