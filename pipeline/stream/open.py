"""Open an output stream by its URL."""

from __future__ import annotations

from .. import registry
from ..core.errors import ConfigError
from .address import parse
from .base import Stream


def open_stream(url: str) -> Stream:
    """Open the stream `url`, with or without a receiver; the caller closes it.

    Raises `ConfigError` for an invalid URL, `ModelError` if a package is missing, `OutputError` if the host is unknown
    or the port is in use. Looking up a host by name can take seconds.
    """
    address = parse(url)
    rows = registry.entries("stream")
    entry = next((row for row in rows if row.name == address.scheme), None)
    if entry is None:
        known = ", ".join(f"{row.name}://" for row in rows)
        raise ConfigError(f"Nothing streams to '{address.scheme}://'.", f"Known: {known}.")
    stream: Stream = entry.load()(address)
    return stream
