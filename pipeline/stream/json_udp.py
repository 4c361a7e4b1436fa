"""Send each live frame as JSON in one UDP datagram."""

from __future__ import annotations

from ..core.live import LiveResult
from .address import Address
from .base import ThreadStream
from .frame_json import frame_json
from .person_filter import PersonFilter
from .udp_socket import UdpSocket

DEFAULT_PORT = 9001


class UdpStream(ThreadStream):
    """Send one complete JSON document per datagram, about 800 bytes per person."""

    def __init__(self, address: Address) -> None:
        self._filter = PersonFilter(address)
        self._socket = UdpSocket(address, DEFAULT_PORT)
        super().__init__(address)

    def _deliver(self, result: LiveResult) -> str:
        return self._socket.send([frame_json(result, self._filter(result)).encode()])

    def _release(self) -> None:
        self._socket.close()
