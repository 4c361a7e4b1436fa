"""Serve live frames as JSON over WebSocket to any number of programs and browser pages."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import socket
import threading
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from ..core.concurrency import Closed
from ..core.errors import OutputError
from ..core.live import LiveResult
from .address import Address
from .base import CountedStream
from .client_limits import HANDSHAKE_S, LONGEST_MESSAGE, ClientList, LimitedConnection
from .frame_json import frame_json
from .person_filter import PersonFilter

DEFAULT_PORT = 9002
_CLOSE_S = 0.3  # s that a client may take for the closing handshake
# Origins of pages from this computer; programs other than browsers send no origin. Any other page that is open in the
# user's browser could also connect to this computer and would receive the user's movements. "null" is the origin of
# files, but any page can give it to a part of itself.
_LOCAL_PAGES = re.compile(r"file://|https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")

_log = logging.getLogger(__name__)
_protocol_log = logging.getLogger(__name__ + ".protocol")
_protocol_log.setLevel(logging.CRITICAL)  # bad requests, such as a port scanner's, do not concern the user


class WebSocketStream(CountedStream):
    """Implement `Stream` as a WebSocket server whose event loop runs in a separate thread.

    A slow client misses frames and does not delay the others.
    """

    options = ("origin",)

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        self._origins = _allowed_origins(address.origin)
        self._filter = PersonFilter(address)
        self._text = ""
        self._clients: set[asyncio.Event] = set()
        self._connections = ClientList()
        self._listener = _listen(address)
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="stream ws", daemon=True)
        self._thread.start()

    @property
    def client_count(self) -> int:
        return len(self._clients)

    @property
    def notice(self) -> str:
        return "" if self._clients else f"No program has connected to {self._url} yet."

    def send(self, result: LiveResult) -> None:
        try:
            self._slot.put(result)
            self._loop.call_soon_threadsafe(self._publish_newest)
        except (Closed, RuntimeError):  # RuntimeError: the loop has ended
            self._late += 1

    def close(self) -> None:
        self._slot.close()
        if self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # it ended in between
                self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(timeout=1.0)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()
            self._listener.close()

    async def _serve(self) -> None:
        server = await serve(
            self._client,
            sock=self._listener,
            origins=self._origins,
            compression=None,  # a frame has about 1 kB, for which compression is not worth its delay
            close_timeout=_CLOSE_S,
            open_timeout=HANDSHAKE_S,
            max_size=LONGEST_MESSAGE,
            logger=_protocol_log,
            create_connection=self._make_connection,  # type: ignore[arg-type]  # a function does as well as a class
        )
        await self._stop.wait()
        server.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(server.wait_closed(), _CLOSE_S)
        # Clients without a closing handshake are cut off: a close frame would wait behind the data they have not read.
        for connection in self._connections:
            connection.transport.abort()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        if rest:
            await asyncio.wait(rest, timeout=_CLOSE_S)

    def _make_connection(self, *arguments: Any, **settings: Any) -> ServerConnection:
        return LimitedConnection(*arguments, clients=self._connections, **settings)

    def _publish_newest(self) -> None:
        """Give the newest frame to every client; runs in the event loop."""
        try:
            result = self._slot.get(0)
        except Closed:
            return
        if result is None:  # an earlier call took it
            return
        people = self._filter(result)  # also without clients, because the filter follows one person over time
        if not self._clients:
            self._failed += 1
            return
        try:
            self._text = frame_json(result, people)
        except Exception:  # noqa: BLE001 - a frame that breaks the stream must not end the live run
            _log.exception("a frame could not be streamed to %s", self._url)
            self._failed += 1
            return
        self._sent += 1
        for fresh in self._clients:
            fresh.set()

    async def _client(self, connection: ServerConnection) -> None:
        assert isinstance(connection, LimitedConnection)
        fresh = asyncio.Event()
        reader = asyncio.create_task(_discard_incoming(connection, fresh))
        self._clients.add(fresh)
        try:
            while True:
                await fresh.wait()
                fresh.clear()
                if reader.done():
                    return
                if not await connection.send_or_cut_off(self._text):
                    return
        except ConnectionClosed:
            pass
        finally:
            self._clients.discard(fresh)
            reader.cancel()


async def _discard_incoming(connection: ServerConnection, wake: asyncio.Event) -> None:
    """Discard a client's messages until the connection ends, then wake its sender."""
    try:
        async for _ in connection:
            pass
    except ConnectionClosed:
        pass
    finally:
        wake.set()


def _allowed_origins(origin: str) -> list[Origin | re.Pattern[str] | None] | None:
    if origin == "*":
        return None
    return [None, _LOCAL_PAGES, *([Origin(origin)] if origin else [])]


def _listen(address: Address) -> socket.socket:
    port = address.port or DEFAULT_PORT
    try:
        family, _, _, _, where = socket.getaddrinfo(address.host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError):
        raise OutputError(
            f"There is no computer called '{address.host}'.",
            "Say 127.0.0.1 for programs on this computer, 0.0.0.0 for the whole network.",
        ) from None
    try:
        return socket.create_server(where[:2], family=family)
    except OSError as error:
        raise OutputError(
            f"{address.host}:{port} cannot be served: {error.strerror or error}.",
            "Another program may use this port: choose another one. The host has to be an address of this computer.",
        ) from None
