"""Define what the streams of virtual trackers share: one person, OSC over UDP."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from pythonosc.osc_message import OscMessage

from ...core.live import LivePerson, LiveResult
from ..address import Address
from ..base import ThreadStream
from ..osc import bundles
from ..person_filter import PersonFilter, is_whole
from ..udp_socket import UdpSocket
from .parts import Trackers, refuse_several_people

_AWAY_S = 2.0  # s without the person after which the trackers are switched off


class TrackerStream(ThreadStream):
    """Send one person's trackers.

    While nobody is seen trackers stay where they were; a protocol that can switch them off does so when the person has
    been away for longer than a detector's gap.
    """

    default_port: ClassVar[int]
    options = ("trackers", "scale")

    def __init__(self, address: Address) -> None:
        refuse_several_people(address)
        self._filter, self._trackers = PersonFilter(address), Trackers(address)
        self._seen_s: float | None = None
        self._socket = UdpSocket(address, self.default_port)
        super().__init__(address)

    @abstractmethod
    def _messages(self, trackers: Trackers, person: LivePerson, time_s: float) -> Iterator[OscMessage]:
        """Yield the messages of one frame; all joints of the person are known."""

    def _off(self, trackers: Trackers) -> Iterator[OscMessage]:
        """Yield the messages that switch the trackers off; none where the protocol has none."""
        yield from ()

    def _away(self, time_s: float) -> str:
        """Switch trackers off that were on, in every frame: a datagram may be lost."""
        if self._seen_s is None or 0 <= time_s - self._seen_s < _AWAY_S:
            return ""
        messages = list(self._off(self._trackers))
        return self._socket.send(bundles(messages)) if messages else ""

    def _deliver(self, result: LiveResult) -> str:
        person = next((person for person in self._filter(result) if is_whole(person)), None)
        if person is None:
            return self._away(result.people_time_s)
        self._seen_s = result.people_time_s
        return self._socket.send(bundles(self._messages(self._trackers, person, result.people_time_s)))

    def _release(self) -> None:
        self._socket.close()
