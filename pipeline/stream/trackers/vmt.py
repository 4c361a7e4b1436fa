"""Send trackers to SteamVR by its driver VMT, Virtual Motion Tracker.

https://gpsnmeajp.github.io/VirtualMotionTrackerDocument/
"""

from __future__ import annotations

from collections.abc import Iterator

from pythonosc.osc_message import OscMessage

from ...core.live import LivePerson
from ..osc import message
from .base import TrackerStream
from .parts import Trackers

DEFAULT_PORT = 39570
_TRACKER, _OFF = 1, 0  # "enable" of VMT: a tracker (rather than a controller), or none
_NOW_S = 0.0  # s, time offset of the pose
_NOWHERE = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)  # position and quaternion of a tracker that is off


class VmtStream(TrackerStream):
    """Send `/VMT/Room/Unity` for each tracker.

    The values are index, enable, time offset, position and quaternion.
    """

    default_port = DEFAULT_PORT

    def _messages(self, trackers: Trackers, person: LivePerson, time_s: float) -> Iterator[OscMessage]:
        placed, _ = trackers(person, time_s)
        for number, one in placed.items():
            pose = (*one.position.tolist(), *one.rotation.tolist())
            yield message("/VMT/Room/Unity", number, _TRACKER, _NOW_S, *pose)

    def _off(self, trackers: Trackers) -> Iterator[OscMessage]:
        for number in trackers.numbers:
            yield message("/VMT/Room/Unity", number, _OFF, _NOW_S, *_NOWHERE)
