"""Errors that a user can do something about. Everything else that is raised is a bug."""

from __future__ import annotations

INSTALLATION = "installation"  # the `field` of errors about packages that are missing or broken
LONGEST_TEXT = 700  # characters of a message or a hint
_JOINERS = "\u200c\u200d"  # in the middle of words of some languages, and of emoji


def printable(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return text for people: control characters escaped, cut in the middle if it is longer than `longest`."""
    if len(text) > longest:
        text = f"{text[: longest * 2 // 3]} … {text[-longest // 4 :]}"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in _JOINERS else " " if c.isspace() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


class UserError(Exception):
    """Something the user can put right: what is wrong (`message`), what to do (`hint`).

    `field` names the setting that it is about, or several, as the library calls them: fields of `RunConfig`'s parts, of
    `Overrides`, of `ExportOptions`, arguments of a function. Also possible: `INSTALLATION`, with the name of an extra
    of the package behind it ("installation:mmpose"), and what could be done with a model: "download:NAME",
    "remove:NAME". A command line or a window says of each what it is called there; message and hint never do.
    """

    def __init__(self, message: str, hint: str = "", *, field: str | tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = printable(message)
        self.hint = printable(hint)
        self.fields = (field,) if isinstance(field, str) else field

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class SourceError(UserError):
    """A video, camera or 2D file cannot be opened or read."""


class NoPersonError(UserError):
    """Nobody, or not the person that was asked for, was found in the picture."""


class ModelError(UserError):
    """A model is not installed, its weights are missing, or they do not fit."""


class ConfigError(UserError):
    """A setting has a value that it cannot have."""


class TakeError(UserError):
    """A saved take cannot be read."""


class OutputError(UserError):
    """A result cannot be written: no permission, no space, no such folder, nothing to write."""


class Cancelled(Exception):  # noqa: N818 - not an error: the user asked for it
    """The user stopped the run. Raised by `CancelToken.check`, handled once at the top."""
