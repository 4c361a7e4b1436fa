"""Test what the command line adds to errors of the library: flags and commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import cli
from pipeline.cli import wording
from pipeline.core.errors import INSTALLATION, ConfigError, ModelError


def options() -> set[str]:
    """Return every option of every command."""
    found: set[str] = set()
    parsers = [cli.build_parser()]
    while parsers:
        for action in parsers.pop()._actions:
            found |= set(action.option_strings)
            parsers += action.choices.values() if isinstance(action.choices, dict) else []
    return found


def test_every_flag_exists() -> None:
    assert set(wording.FLAGS.values()) <= options()


def test_a_field_becomes_the_flag_that_sets_it() -> None:
    error = ConfigError("The field of view is 300 degrees.", "Choose 5 to 150 degrees.", field="fov_deg")
    assert wording.hint(error) == "Choose 5 to 150 degrees. Option: --fov."
    assert wording.hint(error, {"detector"}) == error.hint, "a command without it does not speak of it"
    both = ModelError("It is not said how many frames to keep.", field=("tokens", "at"))
    assert wording.hint(both, {"tokens", "at"}) == "Options: --tokens, --at."
    assert wording.hint(ConfigError("No.", "Do.", field="skeleton")) == "Do.", "no flag sets this one"


@pytest.mark.parametrize(
    ("field", "in_checkout", "in_package"),
    [
        ("download:rtmpose-m", "./start models download rtmpose-m", "hourglass models download rtmpose-m"),
        (INSTALLATION, "./start --reinstall", "pip install --force-reinstall hourglass-pose"),
        (f"{INSTALLATION}:mmpose", "./start --reinstall", 'pip install --no-build-isolation "hourglass-pose[mmpose]"'),
    ],
)
def test_commands_are_those_of_this_installation(
    field: str, in_checkout: str, in_package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = ModelError("It is not here.", "Get it.", field=field)
    assert in_checkout in wording.hint(error)
    monkeypatch.setattr(wording, "CHECKOUT_SCRIPT", Path("/nowhere/start"))
    assert in_package in wording.hint(error)
    assert "./start" not in wording.hint(error)


def test_an_error_on_the_command_line_names_the_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lift", "a.mp4", "-o", "x", "--fov", "300"]) == cli.USER_ERROR
    assert "Choose 5 to 150 degrees. Option: --fov." in capsys.readouterr().err
