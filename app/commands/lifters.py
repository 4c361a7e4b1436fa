"""List lifters for the window, carry out their dialog's requests, compute costs of recipes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from app.backend.checkpoint_info import FoundCheckpoint, RecipeCost
from app.backend.library import Library
from app.commands.catalogue import CatalogueCommands
from app.threads.thread_set import ThreadSet
from app.views.dialogs.lifters_dialog import LiftersDialog
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.model_info import LifterInfo


class LifterCommands(CatalogueCommands):
    """Call the library in threads; `dialog` is the lifters dialog while it is open."""

    lifters_changed = Signal(object)  # sequence of LifterInfo
    cost_known = Signal(str, object, object)  # lifter, PruneConfig or None, RecipeCost

    def __init__(self, window: QWidget, library: Library, threads: ThreadSet) -> None:
        super().__init__(window, library, threads)
        self.dialog: LiftersDialog | None = None
        self._costs: dict[tuple[str, PruneConfig | None], RecipeCost] = {}
        self._counting = False
        self._next: dict[str, tuple[str, PruneConfig | None]] = {}  # newest request of each sender

    def load(self) -> None:
        self.lifters_changed.emit(self._library.lifters())

    # --- cost

    @Slot(str, object)
    def ask_cost(self, asker: str, lifter: str, prune: PruneConfig | None) -> None:
        """Compute a recipe's cost; `cost_known` reports it, at once if it is cached.

        A newer request of the same sender replaces an older one.
        """
        known = self._costs.get((lifter, prune))
        if known is not None:
            self._next.pop(asker, None)
            self.cost_known.emit(lifter, prune, known)
            return
        self._next[asker] = (lifter, prune)
        if not self._counting:
            self._count()

    def _count(self) -> None:
        if not self._next:
            return
        asker = next(iter(self._next))
        lifter, prune = self._next.pop(asker)
        self._counting = True

        def work() -> tuple[str, PruneConfig | None, RecipeCost]:
            return lifter, prune, self._library.cost(lifter, prune)

        self._threads.run("cost", work, self._counted, self._not_counted)

    def _counted(self, result: tuple[str, PruneConfig | None, RecipeCost]) -> None:
        lifter, prune, cost = result
        self._counting = False
        self._costs[lifter, prune] = cost
        self.cost_known.emit(lifter, prune, cost)
        self._count()

    def _not_counted(self, error: Exception) -> None:
        """Leave the cost unknown; a run with this recipe explains what is wrong."""
        self._counting = False
        self._count()

    # --- dialog

    @Slot()
    def open_models(self) -> None:
        self.open_dialog()

    def open_dialog(self, path: Path | None = None) -> None:
        """Open the lifters dialog; with `path` it shows that checkpoint file."""
        if self.dialog is None:
            dialog = LiftersDialog(self._window)
            dialog.recognise_wanted.connect(self._recognise)
            dialog.adopt_wanted.connect(self._adopt)
            dialog.remove_wanted.connect(self._remove)
            self._watch(dialog)
            self.dialog = dialog
            dialog.set_lifters(self._library.lifters())
            dialog.open()
            if path is None:
                self._check()
        if path is not None:
            self.dialog.open_file(path)

    def _check(self) -> None:
        self._threads.run("check", lambda: self._library.lifters(check=True), self._checked, self._failed)

    def _checked(self, lifters: Sequence[LifterInfo]) -> None:
        if self.dialog is not None:
            self.dialog.set_lifters(lifters, self._select)
        self._select = ""

    @Slot(object, object)
    def _recognise(self, path: Path, corrections: Mapping[str, str]) -> None:
        self._busy(self.tr("Looking at {name}…").format(name=path.name))
        self._threads.run(
            "recognise", lambda: self._library.recognise(path, corrections), self._recognised, self._failed
        )

    def _recognised(self, found: FoundCheckpoint) -> None:
        if self.dialog is not None:
            self.dialog.show_found(found)

    @Slot(object, str, object)
    def _adopt(self, path: Path, name: str, corrections: Mapping[str, str]) -> None:
        self._busy(self.tr("Adding {name}…").format(name=name))
        self._threads.run(
            "adopt", lambda: self._library.add_lifter(path, name, corrections), self._changed, self._failed
        )

    @Slot(str)
    def _remove(self, name: str) -> None:
        self._busy(self.tr("Removing {name}…").format(name=name))
        self._threads.run("remove", lambda: self._library.remove(name), self._changed, self._failed)

    def _changed(self, name: str | None) -> None:
        self._costs.clear()
        if self.dialog is not None:
            self.dialog.show_list()
        super()._changed(name)
