"""From a URL to an open stream."""

from __future__ import annotations

from .. import registry
from ..core.errors import ConfigError
from .address import parse
from .base import Stream


def open_stream(url: str) -> Stream:
    """Open `url`; a receiver need not be there yet. The caller closes it.

    Raises `ConfigError` for a URL that says something impossible, `ModelError` if a package is missing, `OutputError`
    if the host is unknown or the port is taken. Looking up a host by name can take seconds.
    """
    address = parse(url)
    rows = registry.entries("stream")
    entry = next((row for row in rows if row.name == address.scheme), None)
    if entry is None:
        known = ", ".join(f"{row.name}://" for row in rows)
        raise ConfigError(f"Nothing streams to '{address.scheme}://'.", f"Known: {known}.")
    stream: Stream = entry.load()(address)
    return stream
