"""Define the errors that a user can correct. Any other exception is a bug."""

from __future__ import annotations

INSTALLATION = "installation"  # `field` of errors about packages that are missing or broken
LONGEST_TEXT = 700  # characters of a message or a hint
_JOINERS = "\u200c\u200d"  # zero-width joiners inside words of some languages and inside emoji


def printable(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return text to show: control characters escaped, at most `longest` characters.

    Longer text is cut in the middle.
    """
    if len(text) > longest:
        text = f"{text[: longest * 2 // 3]} … {text[-longest // 4 :]}"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in _JOINERS else " " if c.isspace() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


class UserError(Exception):
    """Report a problem that the user can correct: its description (`message`) and `hint`.

    `field` names the setting or settings concerned, as the library calls them: fields of `RunConfig`'s parts, of
    `Overrides`, of `ExportOptions`, arguments of a function. Also possible: `INSTALLATION`, with the name of an extra
    of the package behind it ("installation:mmpose"), and actions on a model: "download:NAME", "remove:NAME". The
    command line and the window translate each to their own wording; message and hint contain no such names.
    """

    def __init__(self, message: str, hint: str = "", *, field: str | tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = printable(message)
        self.hint = printable(hint)
        self.fields = (field,) if isinstance(field, str) else field

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class SourceError(UserError):
    """Report a video, camera or 2D file that cannot be opened or read."""


class NoPersonError(UserError):
    """Report that no person, or not the requested one, was found in the video."""


class ModelError(UserError):
    """Report a model that is not installed, lacks its weights, or does not fit them."""


class ConfigError(UserError):
    """Report a setting with an invalid value."""


class TakeError(UserError):
    """Report a saved take that cannot be read."""


class OutputError(UserError):
    """Report a result that cannot be written: permission, space, missing folder, no content."""


class Cancelled(Exception):  # noqa: N818 - not an error: the user asked for it
    """Signal that the user stopped the run.

    Raised by `CancelToken.check` and handled once at the top.
    """
