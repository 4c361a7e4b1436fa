"""What a stream's URL says: `vmc://127.0.0.1:39539?person=2`, `ws://0.0.0.0:9002?people=all`, `lsl://Camera 1`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from ..core.errors import ConfigError

_KEYS = ("person", "people", "origin")


@dataclass(frozen=True, slots=True)
class Address:
    """A URL, taken apart. Which parts a protocol uses is its own affair."""

    url: str
    scheme: str
    host: str  # of `lsl`: the stream's name
    port: int | None  # None: the protocol's usual one
    person: int | None = None  # None: whoever is followed
    everybody: bool = False
    origin: str = ""  # of `ws`: a web page that may connect besides those of this computer; "*" = any


def parse(url: str) -> Address:
    """Raises `ConfigError` for anything that is no such URL. Does not know which schemes there are."""
    scheme, separator, _ = url.strip().partition("://")
    if not separator or not scheme:
        raise _wrong(url, "it does not begin with a protocol")
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise _wrong(url, str(error).lower()) from None
    if parts.path not in ("", "/") or parts.fragment:
        raise _wrong(url, f"'{parts.path}{'#' * bool(parts.fragment)}{parts.fragment}' means nothing here")
    if scheme.lower() == "lsl":  # a name and no host: capitals, spaces and colons are its own
        host, port = unquote(parts.netloc), None
    else:
        host = parts.hostname or ""
        if not host:
            raise _wrong(url, "the host is missing")
        if port == 0:
            raise _wrong(url, "0 is no port")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = [key for key in options if key not in _KEYS]
    if unknown:
        raise _wrong(url, f"there is no option '{unknown[0]}'", f"Known: {', '.join(_KEYS)}.")
    if options.get("people", "all") != "all":
        raise _wrong(url, f"people={options['people']}", "Say people=all, or person=2.")
    if "people" in options and "person" in options:
        raise _wrong(url, "person and people exclude each other", "Say people=all, or person=2.")
    return Address(
        url.strip(),
        scheme.lower(),
        host,
        port,
        _person(url, options["person"]) if "person" in options else None,
        "people" in options,
        options.get("origin", ""),
    )


def _person(url: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise _wrong(url, f"person={text}", "Persons are numbered from 1.")
    return int(text)


def _wrong(url: str, why: str, hint: str = "Such as vmc://127.0.0.1:39539.") -> ConfigError:
    return ConfigError(f"'{url}' is no address to stream to: {why}.", hint)
