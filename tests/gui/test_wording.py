"""Errors of the library in the words of the window: the controls that they are about."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QLabel

from app.backend import wording
from app.views.dialogs.live_dialog import LiveChoices, LiveDialog
from app.window import Window
from pipeline.core.errors import INSTALLATION, ConfigError, ModelError


def test_every_control_that_is_named_is_there(window: Window) -> None:
    dialog = LiveDialog(window.settings.live, LiveChoices((), ()), (), window)
    shown = {widget.text() for kind in (QLabel, QAbstractButton) for widget in window.findChildren(kind)}
    missing = set(wording.CONTROLS.values()) - shown
    assert not missing
    dialog.deleteLater()


def test_an_error_names_the_control_and_no_option(window: Window) -> None:
    window.show_error(ConfigError("The height is 17 cm.", "Choose 40 to 260 cm.", field="height_cm"))
    assert window.banner.message.text() == "The height is 17 cm."
    assert window.banner.hint.text() == "Choose 40 to 260 cm. In the window: Height."
    window.show_error(ModelError("MMPose cannot be imported.", field=INSTALLATION))
    assert window.banner.hint.text() == "In a terminal, ./start --reinstall puts all packages back."
    window.show_error(ModelError("The schedule does not fit.", "Correct it.", field=("tokens", "at")))
    assert window.banner.hint.text() == "Correct it. In the window: Token pruning."
    assert wording.text(ConfigError("No.", "Do.", field="skeleton")) == "No. Do."
