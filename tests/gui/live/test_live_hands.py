"""Test that hands are asked for in the live dialog, and stay asked for."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.settings import LiveSettings, RunSettings
from app.views.dialogs.live_dialog import LiveChoices, LiveDialog


def test_hands_are_looked_for_when_they_are_chosen(qtbot: QtBot) -> None:
    settings = LiveSettings()
    assert not settings.live_config(RunSettings()).detect.hands
    for chosen in (True, False):
        dialog = LiveDialog(settings, LiveChoices((), ()), (".mp4",), None)
        qtbot.addWidget(dialog)
        dialog.hands.setChecked(chosen)
        dialog.accept()
        assert settings.live_config(RunSettings()).detect.hands is chosen
