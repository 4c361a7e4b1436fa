"""OSC (Open Sound Control 1.0): the positions of all joints as plain messages, for TouchDesigner, Max, Pure Data ..."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from ..core.live import LivePerson, LiveResult
from ..core.skeletons import H36M17
from .address import Address
from .base import ThreadStream
from .person_filter import Chosen
from .udp_socket import LIMIT_BYTES, Datagrams

USUAL_PORT = 9000
_BUNDLE_BYTES, _ELEMENT_BYTES = 16, 4  # header of a bundle, size before each message


class OscStream(ThreadStream):
    """`/hourglass/frame` and, for each joint that is known, `/hourglass/person/<N>/<joint>`; see docs/streaming.md."""

    def __init__(self, address: Address) -> None:
        self._chosen = Chosen(address)
        self._datagrams = Datagrams(address, USUAL_PORT)
        super().__init__(address)

    def _deliver(self, result: LiveResult) -> str:
        people = self._chosen(result)
        # 32 bits tell milliseconds for four hours; few receivers know doubles.
        messages = [message("/hourglass/frame", result.frame.index, float(result.people_time_s), len(people))]
        for person in people:
            messages += _joints(person)
        return self._datagrams.send(bundles(messages))

    def _release(self) -> None:
        self._datagrams.close()


def message(address: str, *values: float | int | str) -> OscMessage:
    """Types by value: int -> i, float -> f (32 bits), str -> s."""
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value)
    return builder.build()


def bundles(messages: Iterable[OscMessage]) -> list[bytes]:
    """The messages in as few bundles as fit into packets of `LIMIT_BYTES`, in order."""
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
