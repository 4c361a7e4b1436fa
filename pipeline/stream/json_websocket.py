"""JSON over WebSocket: we are the server, any number of programs and browser pages connect and get every frame."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import socket
import threading
import weakref
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from ..core.concurrency import Closed
from ..core.errors import OutputError
from ..core.live import LiveResult
from .address import Address
from .base import CountedStream
from .frame_json import frame_json
from .person_filter import Chosen

USUAL_PORT = 9002
_CLOSE_S = 0.3  # how long a client may take to say goodbye
# Pages from this computer, and programs that are no browser. Any other page that happens to be open in the user's
# browser could connect to this computer too, and would see them move.
_OWN_PAGES = re.compile(r"null|file://|https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")

_log = logging.getLogger(__name__)
_protocol_log = logging.getLogger(__name__ + ".protocol")
_protocol_log.setLevel(logging.CRITICAL)  # whatever a port scanner sends is no news for our user


class WebSocketStream(CountedStream):
    """A `Stream` with an event loop in a thread of its own. A client that is slow misses frames; others do not wait."""

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        self._origins = _allowed(address.origin)
        self._chosen = Chosen(address)
        self._text = ""
        self._clients: set[asyncio.Event] = set()
        self._connections: weakref.WeakSet[ServerConnection] = weakref.WeakSet()
        self._listener = _listen(address)
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="stream ws", daemon=True)
        self._thread.start()

    @property
    def notice(self) -> str:
        return "" if self._clients else f"No program has connected to {self._url} yet."

    def send(self, result: LiveResult) -> None:
        try:
            self._slot.put(result)
            self._loop.call_soon_threadsafe(self._pick)
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
            compression=None,  # a kilobyte a frame: not worth the delay
            close_timeout=_CLOSE_S,
            max_size=2**16,
            logger=_protocol_log,
            create_connection=self._connected,  # type: ignore[arg-type]  # a function does as well as a class
        )
        await self._stop.wait()
        server.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(server.wait_closed(), _CLOSE_S)
        # Those who said no goodbye: a close frame would wait behind what they have not read.
        for connection in list(self._connections):
            transport = getattr(connection, "transport", None)  # not yet, if it has only just come in
            if transport is not None:
                transport.abort()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        if rest:
            await asyncio.wait(rest, timeout=_CLOSE_S)

    def _connected(self, *arguments: Any, **settings: Any) -> ServerConnection:
        """Also those that have not said what they want."""
        connection = ServerConnection(*arguments, **settings)
        self._connections.add(connection)
        return connection

    def _pick(self) -> None:
        """In the loop: the newest frame to whoever is connected."""
        try:
            result = self._slot.get(0)
        except Closed:
            return
        if result is None:  # a call before this one took it
            return
        people = self._chosen(result)  # also without clients: it keeps track of who is there
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
        fresh = asyncio.Event()
        reader = asyncio.create_task(_ignore_what_it_says(connection, fresh))
        self._clients.add(fresh)
        try:
            while True:
                await fresh.wait()
                fresh.clear()
                if reader.done():
                    return
                await connection.send(self._text)
        except ConnectionClosed:
            pass
        finally:
            self._clients.discard(fresh)
            reader.cancel()


async def _ignore_what_it_says(connection: ServerConnection, wake: asyncio.Event) -> None:
    """Ends when the connection does, and wakes its sender."""
    try:
        async for _ in connection:
            pass
    except ConnectionClosed:
        pass
    finally:
        wake.set()


def _allowed(origin: str) -> list[Origin | re.Pattern[str] | None] | None:
    if origin == "*":
        return None
    return [None, _OWN_PAGES, *([Origin(origin)] if origin else [])]


def _listen(address: Address) -> socket.socket:
    port = address.port or USUAL_PORT
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
