"""Edit token pruning, and a second recipe to compare with, in a section of the panel."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from app.backend.pruning_settings import RecipeSettings
from app.languages.translation import mark, shown, translate
from app.views.settings.fields import Fold
from app.views.settings.pruning_editor import PruningEditor
from app.views.widgets import column, label
from pipeline.model_info import LifterInfo

_WHAT = mark("Neighbouring frames say nearly the same: dropping some inside the lifter makes it faster.")
_COMPARE = mark("Lifts the same 2D a second time and shows it as a ghost. It is never saved or exported.")


class PruningPanel(Fold):
    """Hold the editor of the run's recipe (`editor`) and of the one to compare with (`other`)."""

    compare_toggled = Signal(bool)

    def __init__(self, recipe: RecipeSettings, other: RecipeSettings, parent: QWidget | None = None) -> None:
        super().__init__(translate("PruningPanel", "Token pruning"), parent)
        self.head.setToolTip(shown(_WHAT))
        self.host = label("", "faint")
        self.host.setWordWrap(True)
        what = label(shown(_WHAT), "muted")
        what.setWordWrap(True)
        self.editor = PruningEditor(recipe, with_lifter=False)
        self.compare = QCheckBox(self.tr("Compare with another recipe"))
        self.compare.setToolTip(shown(_COMPARE))
        self.other = PruningEditor(other, with_lifter=True)
        self.other.hide()
        self.body.setLayout(column(what, self.host, self.editor, 4, self.compare, self.other, spacing=7))
        self.compare.toggled.connect(self._compare_toggled)
        self.toggled.connect(self._opened)

    def set_lifters(self, lifters: Sequence[LifterInfo]) -> None:
        for editor in (self.editor, self.other):
            editor.set_lifters(lifters)
        self._show_host()

    def load(self) -> None:
        for editor in (self.editor, self.other):
            editor.load()
        self._show_host()
        self._opened(self.open)

    def lifter_changed(self) -> None:
        """Adapt to another lifter of the run."""
        self.editor.lifter_changed()
        self._show_host()

    def _show_host(self) -> None:
        info = self.editor.info
        if info is None:
            self.host.setText("")
            return
        gives = self.tr("made for the centre frame") if info.seq2frame else self.tr("a pose for every frame")
        self.host.setText(
            self.tr("{title}: {frames} frames, {depth} blocks, {gives}").format(
                title=info.host_title or info.title, frames=info.frames, depth=info.depth, gives=gives
            )
        )
        self.host.setToolTip(self.tr("Trained with {pruning}.").format(pruning=info.prune.label))

    @Slot(bool)
    def _opened(self, on: bool) -> None:
        """Request the cost only while it is visible, because computing it loads the networks' code."""
        if on:
            self.editor.ask_for_cost()
            if self.compare.isChecked():
                self.other.ask_for_cost()

    @Slot(bool)
    def _compare_toggled(self, on: bool) -> None:
        self.other.setVisible(on)
        self._opened(self.open)
        self.compare_toggled.emit(on)
