"""Parse the URL of a stream.

Examples: `vmc://127.0.0.1:39539?person=2`, `ws://0.0.0.0:9002?people=all`, `lsl://Camera 1`.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from ..core.errors import ConfigError

_SPECIAL = ("origin", "trackers", "scale", "face")  # options that only some schemes know, see `Address.special`
_KEYS = ("person", "people", *_SPECIAL)


@dataclass(frozen=True, slots=True)
class Address:
    """Hold the parts of a stream's URL; each protocol uses those that it needs."""

    url: str
    scheme: str
    host: str  # for `lsl` the name of the stream
    port: int | None  # None: the default port of the protocol
    person: int | None = None  # None: `PersonFilter` chooses one person and follows them
    all_people: bool = False
    origin: str = ""  # for `ws`: a web page that may connect besides those of this computer; "*" = any page
    trackers: str = ""  # for `vrchat` and `vmt`: words such as "hip feet"; "": the usual ones
    scale: str = ""  # for `vrchat` and `vmt`: factor of all positions; "": 1
    face: str = ""  # for `vmc`: names of the expressions, "vrm" (also "") or "arkit"

    @property
    def special(self) -> tuple[str, ...]:
        """Return the options in the URL that only some streams know (their `options`)."""
        return tuple(key for key in _SPECIAL if getattr(self, key))


def parse(url: str) -> Address:
    """Parse a stream's URL of any scheme; raise `ConfigError` if it is malformed."""
    scheme, separator, _ = url.strip().partition("://")
    if not separator or not scheme:
        raise _address_error(url, "it does not begin with a protocol")
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise _address_error(url, str(error).lower()) from None
    if parts.path not in ("", "/") or parts.fragment:
        raise _address_error(url, f"'{parts.path}{'#' * bool(parts.fragment)}{parts.fragment}' has no meaning in it")
    if scheme.lower() == "lsl":  # a stream's name in place of a host may hold capitals, spaces and colons
        host, port = unquote(parts.netloc), None
    else:
        host = parts.hostname or ""
        if not host:
            raise _address_error(url, "the host is missing")
        if port == 0:
            raise _address_error(url, "0 is no port")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = [key for key in options if key not in _KEYS]
    if unknown:
        raise _address_error(url, f"there is no option '{unknown[0]}'", f"Known: {', '.join(_KEYS)}.")
    if options.get("people", "all") != "all":
        raise _address_error(url, f"people={options['people']}", "Say people=all, or person=2.")
    if "people" in options and "person" in options:
        raise _address_error(url, "person and people exclude each other", "Say people=all, or person=2.")
    return Address(
        url.strip(),
        scheme.lower(),
        host,
        port,
        _person(url, options["person"]) if "person" in options else None,
        "people" in options,
        options.get("origin", ""),
        options.get("trackers", ""),
        options.get("scale", ""),
        options.get("face", ""),
    )


def _person(url: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise _address_error(url, f"person={text}", "Persons are numbered from 1.")
    return int(text)


def _address_error(url: str, why: str, hint: str = "Such as vmc://127.0.0.1:39539.") -> ConfigError:
    return ConfigError(f"'{url}' is no address to stream to: {why}.", hint)
