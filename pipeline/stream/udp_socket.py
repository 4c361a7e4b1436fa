"""Send packets to one receiver over UDP, whether or not it is running."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Sequence
from typing import Any

from ..core.errors import OutputError
from .address import Address

LIMIT_BYTES = 1400  # bytes that fit into one Ethernet packet; larger packets are fragmented and lost more often
_WAIT_S = 0.2  # s to wait for room in the system's send buffer


class UdpSocket:
    """Send UDP packets from one thread; reconnect after network errors.

    The constructor raises `OutputError` if the host is unknown or cannot be reached.
    """

    def __init__(self, address: Address, default_port: int) -> None:
        port = address.port or default_port
        self._where = f"{address.host}:{port}"
        try:
            found = socket.getaddrinfo(address.host, port, type=socket.SOCK_DGRAM)
        except (OSError, UnicodeError):
            raise OutputError(
                f"There is no computer called '{address.host}'.",
                "Check the name, or give its address, such as 192.168.1.20; this computer is 127.0.0.1.",
            ) from None
        self._family: int = found[0][0]
        self._address: Any = found[0][4]
        self._socket: socket.socket | None = None
        try:
            self._socket = self._connect()
        except OSError as error:
            hint = "Check the network connection and the address."
            raise OutputError(f"{self._where} cannot be reached: {error.strerror}.", hint) from None

    def send(self, packets: Sequence[bytes]) -> str:
        """Send all packets; return "" or a message for the user why they cannot arrive.

        The socket is connected, so that the system reports when no program listens.
        """
        notice = ""
        for packet in packets:
            try:
                self._send_packet(packet)
            except ConnectionError:
                # The error answers an earlier packet; this one was not sent.
                notice = f"Nothing listens at {self._where}."
                with contextlib.suppress(ConnectionError):
                    self._send_packet(packet)
            except OSError as error:
                self.close()  # the network may have changed: the next packet gets a new socket
                notice = f"{self._where} cannot be reached: {error.strerror or error}."
        return notice

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send_packet(self, packet: bytes) -> None:
        if self._socket is None:
            self._socket = self._connect()
        self._socket.send(packet)

    def _connect(self) -> socket.socket:
        fresh = socket.socket(self._family, socket.SOCK_DGRAM)
        try:
            fresh.settimeout(_WAIT_S)
            fresh.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            fresh.connect(self._address)
        except OSError:
            fresh.close()
            raise
        return fresh
