"""Provide the editor of pruning recipes in a window after a run."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.views.settings.pruning_editor import PruningEditor
from app.window import Window

PAUSE_MS = 100  # ms without a change, before a recipe is run


@pytest.fixture
def editor(lifted: Window, qtbot: QtBot) -> PruningEditor:
    """Return the editor of a window after a run, with a short pause before it acts."""
    recipe = lifted.workspace.panel.pruning
    qtbot.waitUntil(lambda: recipe.editor.info is not None)
    recipe.head.setChecked(True)
    recipe.editor.pause.setInterval(PAUSE_MS)
    return recipe.editor


def choose(editor: PruningEditor, pruner: str) -> None:
    editor.pruner.setCurrentIndex(editor.pruner.findData(pruner))


def write_schedule(editor: PruningEditor, qtbot: QtBot, text: str) -> None:
    editor.schedule.selectAll()
    qtbot.keyClicks(editor.schedule, text)
