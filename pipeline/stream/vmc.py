"""Animate VRM avatars over VMC, the Virtual Motion Capture protocol.

Hourglass is the "Performer", the receiver the "Marionette" (https://protocol.vmc.info/marionette-spec). VMC is OSC over
UDP: humanoid bones with Unity's names, each with its local position and its rotation relative to the T-pose, in Unity's
axes (left-handed, x to the right, y up, the avatar faces +z). A person whose hands are looked for sends the 30 bones of
the fingers as well, in further bundles, and one whose face is looked for sends blend shapes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from pythonosc.osc_message import OscMessage

from ..core.arrays import Doubles
from ..core.errors import ConfigError
from ..core.face.expressions import EXPRESSIONS
from ..core.live import LivePerson, LiveResult
from ..rig.bone_names import bone_names
from ..rig.live_hands import LiveHands
from ..rig.live_rotations import LivePose, LiveSolver
from .address import Address
from .base import ThreadStream
from .osc import bundles, message
from .person_filter import PersonFilter, is_whole
from .udp_socket import UdpSocket

DEFAULT_PORT = 39539
_LOADED, _CALIBRATED, _NORMAL_MODE = 1, 3, 0
# Rig axes are Unity's with x reversed: the mirror changes the sign of x, and of rotations about y and z.
_MIRROR = np.array([-1.0, 1.0, 1.0])
_MIRROR_QUATERNION = np.array([1.0, -1.0, -1.0, 1.0])


# Names of blend shapes -> weights of `core.face.weights.SHAPES`: VRM 0's, or ARKit's for avatars with its shapes.
_FACES: dict[str, dict[str, str]] = {
    "vrm": {
        **dict(zip("AIUEO", ("aa", "ih", "ou", "ee", "oh"), strict=True)),
        "Blink_L": "eyeBlinkLeft",
        "Blink_R": "eyeBlinkRight",
    },
    "arkit": {name: name for name in EXPRESSIONS},
}


class VmcStream(ThreadStream):
    """Send one person as a humanoid whose hips carry the world position.

    The bone `root` stays at the origin, on the floor.
    """

    options = ("face",)

    def __init__(self, address: Address) -> None:
        if address.all_people:
            raise ConfigError(
                "VMC carries one person.",
                "Open a stream for each person, to separate ports: vmc://127.0.0.1:39540?person=2.",
            )
        if address.face not in ("", *_FACES):
            raise ConfigError(f"face={address.face} is not known.", f"Choose {' or '.join(_FACES)}.")
        self._names = _FACES[address.face or "vrm"]
        self._filter = PersonFilter(address)
        self._person: int | None = None
        self._solver, self._hands = LiveSolver(), LiveHands()
        self._start_s: float | None = None
        self._socket = UdpSocket(address, DEFAULT_PORT)
        super().__init__(address)

    def _deliver(self, result: LiveResult) -> str:
        person = next((person for person in self._filter(result) if is_whole(person)), None)
        if self._start_s is None:
            self._start_s = result.people_time_s
        since_s = float(result.people_time_s - self._start_s)
        messages = [
            message("/VMC/Ext/OK", _LOADED, _CALIBRATED, _NORMAL_MODE, int(person is not None)),
            message("/VMC/Ext/T", since_s),
        ]
        if person is not None:
            messages += _bones(self._pose(person, result.people_time_s))
            if person.face is not None:
                messages += _expressions(person.face, self._names)
        return self._socket.send(bundles(messages))

    def _release(self) -> None:
        self._socket.close()

    def _pose(self, person: LivePerson, time_s: float) -> LivePose:
        if person.person != self._person:
            self._person, self._solver, self._hands = person.person, LiveSolver(), LiveHands()
        pose = self._solver(person.joints, time_s)
        return pose if person.hands is None else self._hands(pose, person.hands, time_s)


def _bones(pose: LivePose) -> Iterator[OscMessage]:
    yield message("/VMC/Ext/Root/Pos", "root", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
    offsets = pose.rig.offsets.copy()
    offsets[0] = pose.root
    names = bone_names("unity", pose.rig.names)
    bones = zip(names, unity_positions(offsets), unity_rotations(pose.rotations), strict=True)
    for name, position, quaternion in bones:
        yield message("/VMC/Ext/Bone/Pos", name, *position.tolist(), *quaternion.tolist())


def _expressions(face: Mapping[str, float], names: Mapping[str, str]) -> Iterator[OscMessage]:
    """Give the weights of all blend shapes, and have them applied."""
    for name, shape in names.items():
        yield message("/VMC/Ext/Blend/Val", name, float(face[shape]))
    yield message("/VMC/Ext/Blend/Apply")


def unity_positions(points: Doubles) -> Doubles:
    """Convert positions (..., 3) in metres from rig axes to Unity's axes."""
    return np.asarray(points * _MIRROR)


def unity_rotations(quaternions: Doubles) -> Doubles:
    """Convert quaternions (..., 4), x y z w, from rig axes to Unity's axes."""
    return np.asarray(quaternions * _MIRROR_QUATERNION)
