"""Re-lift when the pruning recipe changes, and compare with a second recipe."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.actions import Actions
from app.backend.checkpoint_info import RecipeCost
from app.backend.pruning_settings import describe
from app.commands.lifters import LifterCommands
from app.session.comparison import Stage
from app.session.controller import Controller
from app.views.take_rows import take_times
from app.views.workspace import Workspace
from pipeline.core.pruning_schedule import PruneConfig


class PruningCommands(QObject):
    """Connect the pruning panel with the controller, its comparison and the costs."""

    def __init__(
        self, parent: QObject, controller: Controller, workspace: Workspace, models: LifterCommands, actions: Actions
    ) -> None:
        super().__init__(parent)
        self._controller, self._workspace, self._models, self._actions = controller, workspace, models, actions
        panel = workspace.panel
        panel.pruning_changed.connect(controller.relift)
        panel.other_changed.connect(controller.comparer.refresh)
        panel.pruning.compare_toggled.connect(self.set_compare)
        panel.pruning.editor.cost_wanted.connect(self._run_cost)
        panel.pruning.other.cost_wanted.connect(self._other_cost)
        models.cost_known.connect(self._cost_known)
        models.lifters_changed.connect(panel.set_lifters)
        controller.comparer.changed.connect(self._compared)
        controller.session.person_changed.connect(self._compared)

    @Slot(bool)
    def set_compare(self, on: bool) -> None:
        """Switch the comparison in the menu and in the panel."""
        panel = self._workspace.panel.pruning
        panel.compare.setChecked(on)
        if on:
            panel.head.setChecked(True)
        self._actions.check("compare", on)
        self._controller.comparer.set_enabled(on)

    # --- cost

    @Slot(str, object)
    def _run_cost(self, lifter: str, prune: PruneConfig | None) -> None:
        self._models.ask_cost("run", lifter, prune)

    @Slot(str, object)
    def _other_cost(self, lifter: str, prune: PruneConfig | None) -> None:
        self._models.ask_cost("other", lifter, prune)

    @Slot(str, object, object)
    def _cost_known(self, lifter: str, prune: PruneConfig | None, cost: RecipeCost) -> None:
        for editor in (self._workspace.panel.pruning.editor, self._workspace.panel.pruning.other):
            if editor.asks_for(lifter, prune):
                editor.show_cost(cost)

    # --- comparing

    @Slot()
    def _compared(self) -> None:
        comparer, bar, scene = self._controller.comparer, self._workspace.compare_bar, self._workspace.scene
        scene.set_ghosts({person: ghost.joints for person, ghost in comparer.ghosts.items()})
        if comparer.stage is Stage.OFF:
            bar.hide()
            return
        title = self._title()
        ghost = comparer.ghosts.get(self._controller.session.person)
        if ghost is not None:
            bar.show_difference(title, take_times(self._controller.session.take), ghost.difference_mm)
        else:
            messages = {
                Stage.WAITING: self.tr("appears after a run"),
                Stage.LIFTING: self.tr("lifting…"),
                Stage.FAILED: self.tr("not lifted"),
            }
            bar.show_message(title, messages.get(comparer.stage, "not lifted"))

    def _title(self) -> str:
        """Describe the ghost's recipe; a lifter is only named if it differs."""
        recipe = self._workspace.panel.pruning
        info = recipe.other.info
        if info is None:
            return self.tr("Ghost")
        what = describe(recipe.other.recipe, info)
        return (
            self.tr("Ghost: {what}").format(what=what)
            if info is recipe.editor.info
            else self.tr("Ghost: {title}, {what}").format(title=info.title, what=what)
        )
