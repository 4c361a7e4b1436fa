"""Limit what clients of the WebSocket server can take: number, data and standing time.

Clients only listen. One that sends much (messages, pings, an endless header) is cut off, and so is one that does not
read. When all places are taken, the connection that has waited longest without a handshake gives way to a new one.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any, cast

from websockets.asyncio.server import ServerConnection
from websockets.protocol import State

MOST_CLIENTS = 64
HANDSHAKE_S = 5.0  # s for the opening handshake
STALLED_S = 5.0  # s that a client may leave its data unread
LONGEST_MESSAGE = 4096  # bytes

_BURST = 1 << 16  # bytes that a client may send at once: a handshake has 1 kB
_RATE = 1 << 14  # bytes a second that it may send in the long run
_FILE_SHARE = 4  # one of so many of the files that this process may open can be a client's


class ClientList:
    """The connections of one server. Everything runs in its event loop."""

    def __init__(self) -> None:
        self._connections: dict[LimitedConnection, None] = {}  # in the order in which they came
        self._most = min(MOST_CLIENTS, max(4, _open_files() // _FILE_SHARE))

    def __iter__(self) -> Any:
        return iter(list(self._connections))

    def admit(self, connection: LimitedConnection) -> bool:
        """Add a connection, if there is a place for it or one can be made."""
        if len(self._connections) >= self._most:
            waiting = next((one for one in self._connections if one.protocol.state is State.CONNECTING), None)
            if waiting is None:
                return False
            self.leave(waiting)
            waiting.transport.abort()
        self._connections[connection] = None
        return True

    def leave(self, connection: LimitedConnection) -> None:
        self._connections.pop(connection, None)


class LimitedConnection(ServerConnection):
    """A client's connection within the limits of `clients`."""

    def __init__(self, *arguments: Any, clients: ClientList, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._clients = clients
        self._admitted = False
        self._allowance = float(_BURST)  # bytes that may come now
        self._counted_at = time.monotonic()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._admitted = self._clients.admit(self)
        if self._admitted:
            super().connection_made(transport)
        else:
            cast(asyncio.Transport, transport).abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._admitted:
            self._clients.leave(self)
            super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._admitted:
            return
        now = time.monotonic()
        self._allowance = min(_BURST, self._allowance + _RATE * (now - self._counted_at)) - len(data)
        self._counted_at = now
        if self._allowance < 0:
            self.transport.abort()
        else:
            super().data_received(data)

    def eof_received(self) -> None:
        if self._admitted:
            super().eof_received()

    async def send_or_cut_off(self, text: str) -> bool:
        """Send a frame; False for a client that does not read, which is cut off."""
        try:
            async with asyncio.timeout(STALLED_S):
                await self.send(text)
        except TimeoutError:
            self.transport.abort()
            return False
        return True


def _open_files() -> int:
    """Return how many files this process may have open."""
    with contextlib.suppress(ImportError, OSError, ValueError):  # there is no such limit on Windows
        import resource

        return min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 1 << 20)
    return 1 << 20
