"""JSON over UDP: one datagram a frame."""

from __future__ import annotations

from ..core.live import LiveResult
from .address import Address
from .base import ThreadStream
from .frame_json import frame_json
from .person_filter import Chosen
from .udp_socket import Datagrams

USUAL_PORT = 9001


class UdpStream(ThreadStream):
    """Each datagram is a whole JSON document; about 800 bytes a person."""

    def __init__(self, address: Address) -> None:
        self._chosen = Chosen(address)
        self._datagrams = Datagrams(address, USUAL_PORT)
        super().__init__(address)

    def _deliver(self, result: LiveResult) -> str:
        return self._datagrams.send([frame_json(result, self._chosen(result)).encode()])

    def _release(self) -> None:
        self._datagrams.close()
