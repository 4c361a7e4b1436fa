"""Errors that a user can do something about. Everything else that is raised is a bug."""

from __future__ import annotations

INSTALLATION = "installation"  # the `field` of errors about packages that are missing or broken


class UserError(Exception):
    """Something the user can put right: `message` says what is wrong, `hint` what to do about it.

    `field` names the setting that it is about, or several, as the library calls them: fields of `RunConfig`'s parts, of
    `Overrides`, of `ExportOptions`, arguments of a function, or `INSTALLATION`. A command line or a window says of each
    what it is called there; message and hint never do.
    """

    def __init__(self, message: str, hint: str = "", *, field: str | tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
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
