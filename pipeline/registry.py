"""List all selectable components as name -> "module:Class"; heavy imports wait for `load`."""

from __future__ import annotations

import importlib
import importlib.util
import shutil
from dataclasses import dataclass
from typing import Any, Literal

from .core.errors import INSTALLATION, ConfigError, ModelError

_AGAIN = "Install the packages of the program again."

Kind = Literal["detector", "source", "live_source", "host", "exporter", "stream"]


@dataclass(frozen=True, slots=True)
class Entry:
    """Describe one component: its name, its target, and the modules that it needs."""

    kind: Kind
    name: str
    target: str  # "module:Class"
    title: str
    needs: tuple[str, ...] = ()
    hint: str = ""
    field: str = ""  # what the error concerns if the component cannot be used, as in `UserError`
    group: str = ""  # exporters: heading of the group in the dialog
    options: tuple[str, ...] = ()  # exporters: fields of `ExportOptions` that change the file
    programs: tuple[str, ...] = ()  # executables that must be on the PATH
    module: str = ""  # a Python module that does the job of these programs
    example: str = ""  # streams: example URL

    def missing(self) -> str:
        """Return "" if the component can be used here, else the reason; imports nothing."""
        absent = [name for name in self.needs if importlib.util.find_spec(name) is None]
        if absent:
            return f"needs {', '.join(absent)}"
        absent = [name for name in self.programs if shutil.which(name) is None]
        if absent and not (self.module and importlib.util.find_spec(self.module)):
            instead = f" or the package {self.module}" if self.module else ""
            return f"needs the program {', '.join(absent)}{instead}"
        return ""

    def load(self) -> Any:
        """Import and return the class. Raises `ModelError` with a hint if it cannot be used here."""
        reason = self.missing()
        if reason:
            raise ModelError(f"{self.title} cannot be used: {reason}.", self.hint, field=self.field or ())
        module, _, name = self.target.partition(":")
        return getattr(importlib.import_module(module, __package__), name)


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "detector", "mediapipe", ".detect.mediapipe.detector:MediaPipeDetector", "MediaPipe BlazePose full (embedded)",
        ("mediapipe",), "Install MediaPipe again.", INSTALLATION,
    ),
    Entry(
        "detector", "mmpose", ".detect.mmpose.create:create", "MMPose, with your config and checkpoint",
        ("torch", "mmpose", "mmdet", "mmcv", "mmengine"), "MMPose is an extra of the package.",
        f"{INSTALLATION}:mmpose",
    ),
    Entry("source", "video", ".sources.file.video:VideoSource", "Video file", ("av",)),
    Entry("source", "images", ".sources.images.sequence:ImageSequenceSource", "Numbered images", ("cv2",)),
    Entry("source", "webp", ".sources.images.webp:AnimatedWebpSource", "Animated WebP"),
    Entry("source", "joints2d", ".sources.joints2d.source:Joints2DSource", "2D joints found elsewhere"),
    Entry(
        "live_source", "camera", ".sources.live.camera:CameraSource", "Camera", ("cv2",), "Install OpenCV again.",
        INSTALLATION,
    ),
    Entry("live_source", "stream", ".sources.live.network_stream:StreamSource", "Network stream", ("av",)),
    Entry("host", "mixste", ".lift.networks.mixste:MixSTE", "MixSTE (CVPR 2022)", ("torch",)),
    Entry("host", "mhformer", ".lift.networks.mhformer:MHFormer", "MHFormer (CVPR 2022)", ("torch",)),
    Entry("host", "motionbert", ".lift.networks.motionbert:MotionBERT", "MotionBERT (ICCV 2023)", ("torch",)),
    Entry(
        "host", "motionagformer", ".lift.networks.motionagformer:MotionAGFormer", "MotionAGFormer (WACV 2024)",
        ("torch",),
    ),
    Entry(
        "host", "frametransformer", ".lift.networks.frame_transformer:FrameTransformer", "Frame transformer (ours)",
        ("torch",),
    ),
    Entry(
        "exporter", "bvh", ".export.animation.bvh:BvhExporter", "BVH motion (Blender, Unity, Unreal, Maya)",
        group="Animation", options=("preset", "unit", "root_motion", "t_pose"),
    ),
    Entry(
        "exporter", "glb", ".export.animation.gltf:GltfExporter", "glTF with a human body (.glb)",
        group="Animation", options=("preset", "root_motion"),
    ),
    Entry(
        "exporter", "fbx", ".export.animation.fbx:FbxExporter", "FBX with a human body (Unity, Unreal; by Blender)",
        hint="Blender's own package does it: pip install bpy==5.0.1 (0.4 GB, GPL). Or install Blender so that the "
        "command `blender` is found, or choose glTF.",
        group="Animation", options=("preset", "root_motion"), programs=("blender",), module="bpy",
    ),
    Entry(
        "exporter", "usd", ".export.animation.usd:UsdExporter", "USD with a human body (.usdc)", ("pxr",),
        "Install usd-core into the program's environment: pip install usd-core.",
        group="Animation", options=("preset", "root_motion"),
    ),
    Entry(
        "exporter", "csv", ".export.data.tables:CsvExporter", "CSV, one row a frame, person and joint",
        group="Tables",
    ),
    Entry("exporter", "csv_wide", ".export.data.tables:WideCsvExporter", "CSV, one row a frame", group="Tables"),
    Entry("exporter", "dlc", ".export.data.deeplabcut:DlcExporter", "CSV as DeepLabCut writes it", group="Tables"),
    Entry("exporter", "json", ".export.data.json_npz:JsonExporter", "JSON", group="Data"),
    Entry("exporter", "npz", ".export.data.json_npz:NpzExporter", "NumPy arrays (.npz)", group="Data"),
    Entry(
        "exporter", "openpose", ".export.data.openpose:OpenPoseExporter", "OpenPose JSON of the 2D joints (zipped)",
        group="Data",
    ),
    Entry(
        "exporter", "mot", ".export.biomechanics.mot:MotExporter", "MOT joint angles (OpenSim)", group="Biomechanics",
    ),
    Entry(
        "exporter", "angles", ".export.biomechanics.mot:AnglesExporter", "CSV of the joint angles",
        group="Biomechanics",
    ),
    Entry(
        "exporter", "overlay", ".export.video.overlay:OverlayExporter", "Video with the joints over it (.mp4)", ("av",),
        group="Video",
    ),
    Entry(
        "exporter", "side_by_side", ".export.video.overlay:SideBySideExporter", "Video beside the skeleton (.mp4)",
        ("av",), group="Video",
    ),
    Entry(
        "exporter", "trc", ".export.biomechanics.trc:TrcExporter", "TRC markers (OpenSim, Pose2Sim)",
        group="Biomechanics",
    ),
    Entry(
        "exporter", "c3d", ".export.biomechanics.c3d:C3dExporter", "C3D markers (Mokka, Visual3D, MATLAB)", ("ezc3d",),
        _AGAIN, INSTALLATION, group="Biomechanics",
    ),
    Entry(
        "stream", "vmc", ".stream.vmc:VmcStream", "VMC: VRM avatars (VSeeFace, Unity, Unreal, Blender)",
        ("pythonosc",), _AGAIN, INSTALLATION, example="vmc://127.0.0.1:39539",
    ),
    Entry(
        "stream", "osc", ".stream.osc:OscStream", "OSC: joint positions (TouchDesigner, Max, Pure Data)",
        ("pythonosc",), _AGAIN, INSTALLATION, example="osc://127.0.0.1:9000",
    ),
    Entry(
        "stream", "vrchat", ".stream.trackers.vrchat:VrchatStream", "VRChat: trackers over OSC",
        ("pythonosc",), _AGAIN, INSTALLATION, example="vrchat://127.0.0.1:9000",
    ),
    Entry(
        "stream", "vmt", ".stream.trackers.vmt:VmtStream", "VMT: trackers in SteamVR",
        ("pythonosc",), _AGAIN, INSTALLATION, example="vmt://127.0.0.1:39570",
    ),
    Entry(
        "stream", "udp", ".stream.json_udp:UdpStream", "JSON over UDP", example="udp://127.0.0.1:9001",
    ),
    Entry(
        "stream", "ws", ".stream.json_websocket:WebSocketStream", "JSON over WebSocket (browsers connect to it)",
        ("websockets",), _AGAIN, INSTALLATION, example="ws://127.0.0.1:9002",
    ),
    Entry(
        "stream", "lsl", ".stream.lsl:LslStream", "LSL: laboratory recordings (LabRecorder)", ("pylsl",),
        "The Lab Streaming Layer is an extra of the package: pip install pylsl.", f"{INSTALLATION}:lsl",
        example="lsl://Hourglass",
    ),
)  # fmt: skip


def entries(kind: Kind) -> tuple[Entry, ...]:
    return tuple(entry for entry in ENTRIES if entry.kind == kind)


def find(kind: Kind, name: str) -> Entry:
    """Return the entry of that name. Raises `ConfigError` with the known names."""
    for entry in entries(kind):
        if entry.name == name:
            return entry
    known = ", ".join(entry.name for entry in entries(kind))
    field = {"exporter": "formats", "detector": "detector"}.get(kind, ())
    raise ConfigError(f"There is no {kind} called '{name}'.", f"Known: {known}.", field=field)
