"""Stream joint positions over OSC (Open Sound Control 1.0) to TouchDesigner, Max, Pure Data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from ..core.hands.points import HAND_POINTS, SIDES
from ..core.live import LivePerson, LiveResult
from ..core.skeletons import H36M17
from .address import Address
from .base import ThreadStream
from .person_filter import PersonFilter
from .udp_socket import LIMIT_BYTES, UdpSocket

DEFAULT_PORT = 9000
_BUNDLE_BYTES, _ELEMENT_BYTES = 16, 4  # bytes of a bundle's header, and of the size before each message


class OscStream(ThreadStream):
    """Send `/hourglass/frame` and, for each known joint, `/hourglass/person/<N>/<joint>`.

    docs/streaming.md describes the messages.
    """

    def __init__(self, address: Address) -> None:
        self._filter = PersonFilter(address)
        self._socket = UdpSocket(address, DEFAULT_PORT)
        super().__init__(address)

    def _deliver(self, result: LiveResult) -> str:
        people = self._filter(result)
        # A 32-bit float resolves milliseconds for four hours; few receivers support doubles.
        messages = [message("/hourglass/frame", result.frame.index, float(result.people_time_s), len(people))]
        for person in people:
            messages += _joints(person)
        return self._socket.send(bundles(messages))

    def _release(self) -> None:
        self._socket.close()


def message(address: str, *values: float | int | str) -> OscMessage:
    """Build an OSC message; types follow the values: int -> i, float -> f (32 bits), str -> s."""
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value)
    return builder.build()


def bundles(messages: Iterable[OscMessage]) -> list[bytes]:
    """Pack messages in order into as few bundles of at most `LIMIT_BYTES` as possible."""
    packets: list[bytes] = []
    builder, size = OscBundleBuilder(IMMEDIATELY), _BUNDLE_BYTES
    for one in messages:
        more = _ELEMENT_BYTES + one.size
        if size + more > LIMIT_BYTES and size > _BUNDLE_BYTES:
            packets.append(builder.build().dgram)
            builder, size = OscBundleBuilder(IMMEDIATELY), _BUNDLE_BYTES
        builder.add_content(one)
        size += more
    if size > _BUNDLE_BYTES:
        packets.append(builder.build().dgram)
    return packets


def _joints(person: LivePerson) -> Iterator[OscMessage]:
    for name, joint, score in zip(H36M17.names, person.joints.tolist(), person.scores.tolist(), strict=True):
        if all(map(math.isfinite, joint)):
            yield message(f"/hourglass/person/{person.person}/{name}", *joint, score)
    for name, weight in ({} if person.face is None else person.face).items():
        yield message(f"/hourglass/person/{person.person}/face/{name}", float(weight))
    for side, points in zip(SIDES, [] if person.hands is None else person.hands.tolist(), strict=False):
        for name, point in zip(HAND_POINTS, points, strict=True):
            if all(map(math.isfinite, point)):
                yield message(f"/hourglass/person/{person.person}/{side}_hand/{name}", *point)
