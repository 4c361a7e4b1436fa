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
    kind = entry.load()
    options = getattr(kind, "options", ())  # a stream that is not a `CountedStream` need not declare any
    for option in address.special:
        if option not in options:
            known = ", ".join(("person", "people", *options))
            raise ConfigError(f"{address.scheme}:// has no option '{option}'.", f"It knows: {known}.")
    stream: Stream = kind(address)
    return stream
