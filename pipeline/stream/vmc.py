"""VMC, the Virtual Motion Capture protocol: moves VRM avatars. We are the "Performer", the receiver the "Marionette".

https://protocol.vmc.info/marionette-spec: OSC over UDP, humanoid bones as Unity names them, each with its local
position and rotation against the T-pose in Unity's axes: left-handed, x to the right, y up, the avatar faces +z.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from pythonosc.osc_message import OscMessage

from ..core.arrays import Doubles
from ..core.errors import ConfigError
from ..core.live import LivePerson, LiveResult
from ..rig.bone_names import bone_names
from ..rig.live_rotations import LivePose, LiveSolver
from .address import Address
from .base import ThreadStream
from .osc import bundles, message
from .person_filter import Chosen, is_whole
from .udp_socket import Datagrams

USUAL_PORT = 39539
_BONES = bone_names("unity")
_LOADED, _CALIBRATED, _NORMAL_MODE = 1, 3, 0
# Rig axes are Unity's with x the other way round: the mirror turns the sign of x, and of turns about y and z.
_MIRROR = np.array([-1.0, 1.0, 1.0])
_MIRROR_TURN = np.array([1.0, -1.0, -1.0, 1.0])


class VmcStream(ThreadStream):
    """One person as a humanoid. The hips carry the place in the world; `root` stays at its origin, on the floor."""

    def __init__(self, address: Address) -> None:
        if address.everybody:
            raise ConfigError(
                "VMC carries one person.",
                "Open a stream for each, to a port of its own: vmc://127.0.0.1:39540?person=2.",
            )
        self._chosen = Chosen(address)
        self._person: int | None = None
        self._solver = LiveSolver()
        self._start_s: float | None = None
        self._datagrams = Datagrams(address, USUAL_PORT)
        super().__init__(address)

    def _deliver(self, result: LiveResult) -> str:
        person = next((person for person in self._chosen(result) if is_whole(person)), None)
        if self._start_s is None:
            self._start_s = result.people_time_s
        since_s = float(result.people_time_s - self._start_s)
        messages = [
            message("/VMC/Ext/OK", _LOADED, _CALIBRATED, _NORMAL_MODE, int(person is not None)),
            message("/VMC/Ext/T", since_s),
        ]
        if person is not None:
            messages += _bones(self._pose(person, result.people_time_s))
        return self._datagrams.send(bundles(messages))

    def _release(self) -> None:
        self._datagrams.close()

    def _pose(self, person: LivePerson, time_s: float) -> LivePose:
        if person.person != self._person:
            self._person, self._solver = person.person, LiveSolver()
        return self._solver(person.joints, time_s)


def _bones(pose: LivePose) -> Iterator[OscMessage]:
    yield message("/VMC/Ext/Root/Pos", "root", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
    places = pose.rig.offsets.copy()
    places[0] = pose.root
    for name, place, turn in zip(_BONES, unity_places(places), unity_turns(pose.rotations), strict=True):
        yield message("/VMC/Ext/Bone/Pos", name, *place.tolist(), *turn.tolist())


def unity_places(points: Doubles) -> Doubles:
    """(..., 3) rig axes -> Unity's."""
    return np.asarray(points * _MIRROR)


def unity_turns(quaternions: Doubles) -> Doubles:
    """(..., 4) x y z w in rig axes -> in Unity's."""
    return np.asarray(quaternions * _MIRROR_TURN)
