"""Send trackers to VRChat: positions and Euler angles.

https://docs.vrchat.com/docs/osc-trackers
"""

from __future__ import annotations

from collections.abc import Iterator

from pythonosc.osc_message import OscMessage

from ...core.live import LivePerson
from ..osc import message
from .base import TrackerStream
from .parts import Placed, Trackers, euler_deg

DEFAULT_PORT = 9000


class VrchatStream(TrackerStream):
    """Send `/tracking/trackers/<N>/position` and `rotation`, and those of the head.

    VRChat aligns the space of the trackers with the avatar by the head.
    """

    default_port = DEFAULT_PORT

    def _messages(self, trackers: Trackers, person: LivePerson, time_s: float) -> Iterator[OscMessage]:
        placed, head = trackers(person, time_s)
        yield from _tracker("head", head)
        for number, one in placed.items():
            yield from _tracker(str(number), one)


def _tracker(name: str, placed: Placed) -> Iterator[OscMessage]:
    yield message(f"/tracking/trackers/{name}/position", *placed.position.tolist())
    yield message(f"/tracking/trackers/{name}/rotation", *euler_deg(placed.rotation).tolist())
