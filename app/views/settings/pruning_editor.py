"""Edit one pruning recipe: pruner, recoverer, schedule and the share of frames to keep."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.backend.checkpoint_info import RecipeCost
from app.backend.pruning_settings import (
    AS_TRAINED,
    NOTHING,
    RecipeSettings,
    effective,
    problem,
    share_kept,
    takes_motion,
)
from app.languages.translation import mark, shown
from app.views.settings.fields import LongComboBox, NoWheel, percent_slider, stacked, with_text
from app.views.widgets import column, label
from pipeline.core.errors import UserError
from pipeline.core.pruning_schedule import PruneConfig, default_schedule, schedule_text
from pipeline.model_info import LifterInfo

_PRUNERS = (
    (AS_TRAINED, mark("As the lifter was trained")),
    (NOTHING, mark("Nothing: every frame")),
    ("TPS", mark("TPS: evenly spread frames")),
    ("TPC", mark("TPC: one of each cluster")),
    ("TPA", mark("TPA: most attended frames")),
    ("TPMo", mark("TPMo: frames of most motion")),
)
_RECOVERERS = (
    ("TRI", mark("TRI: in between, straight")),
    ("TRA", mark("TRA: learned tokens")),
    ("", mark("None: centre frame only")),
)
_PAUSE_MS = 400  # ms without a change before anything is computed: a dragged slider passes many values
_LEAST_PERCENT = 5


class PruningEditor(QWidget):
    """Edit `RecipeSettings` in place; an invalid combination is explained and not stored."""

    changed = Signal()  # a valid recipe was stored; emitted after a pause
    cost_wanted = Signal(str, object)  # lifter, PruneConfig or None; answered by `show_cost`

    def __init__(self, recipe: RecipeSettings, *, with_lifter: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipe, self._loading = recipe, False
        self._lifters: dict[str, LifterInfo] = {}
        self.lifter, self.pruner, self.recoverer = LongComboBox(), QComboBox(), QComboBox()
        self.schedule = QLineEdit()
        self.schedule.setPlaceholderText("121 @ 2, 81 @ 4")
        self.keep, self.keep_text = percent_slider(_LEAST_PERCENT), label("", "muted")
        self.motion, self.motion_text = percent_slider(0), label("", "muted")
        self.problem_text = label("", "danger")
        self.cost = label("", "muted")
        for text in (self.problem_text, self.cost):
            text.setWordWrap(True)
        for key, title in _PRUNERS:
            self.pruner.addItem(shown(title), key)
        for key, title in _RECOVERERS:
            self.recoverer.addItem(shown(title), key)
        self._pick = stacked(self.tr("Lifter"), self.lifter, self.tr("Lifts the same 2D joints."))
        self._pick.setVisible(with_lifter)
        self._keep_row = stacked(
            self.tr("Frames kept"), with_text(self.keep, self.keep_text),
            self.tr("Fewer frames through the deep blocks: faster, a little less exact."),
        )  # fmt: skip
        self._motion_row = stacked(
            self.tr("Follows the motion"), with_text(self.motion, self.motion_text),
            self.tr("How much fast movement gets more of the kept frames than standing still. 0 spreads them evenly."),
        )  # fmt: skip
        self._expert = QWidget()
        self._expert.setLayout(
            column(
                stacked(self.tr("Recovery"), self.recoverer, self.tr("How the dropped frames come back at the end.")),
                stacked(
                    self.tr("Schedule"), self.schedule,
                    self.tr("Frames @ block: how many frames stay at the input of which block, counted from 0."),
                ),
                spacing=7,
            )
        )  # fmt: skip
        choose = stacked(self.tr("Pruning"), self.pruner, self.tr("Which frames are dropped inside the lifter."))
        self.setLayout(
            column(
                self._pick, choose, self._keep_row, self._motion_row, self._expert, self.problem_text, self.cost,
                spacing=7,
            )
        )  # fmt: skip
        self.pause = QTimer(self)  # debounces `changed`
        self.pause.setSingleShot(True)
        self.pause.setInterval(_PAUSE_MS)
        self.pause.timeout.connect(self._settled)
        self._no_wheel = NoWheel(self)
        self._no_wheel.watch(self.lifter, self.pruner, self.recoverer, self.keep, self.motion)
        self.lifter.currentIndexChanged.connect(self._lifter_chosen)
        self.pruner.currentIndexChanged.connect(self._pruner_chosen)
        self.recoverer.currentIndexChanged.connect(self._edited)
        self.schedule.textEdited.connect(self._edited)
        self.keep.valueChanged.connect(self._keep_moved)
        self.motion.valueChanged.connect(self._edited)

    # --- content

    @property
    def recipe(self) -> RecipeSettings:
        return self._recipe

    def asks_for(self, lifter: str, prune: PruneConfig | None) -> bool:
        """Return whether an answer, which may come late, is for the shown recipe."""
        return (lifter, prune) == (self._recipe.lifter, self._asked()) and self._valid() is not None

    @property
    def info(self) -> LifterInfo | None:
        """Return the lifter of this recipe; None until the lifters are known."""
        return self._lifters.get(self._recipe.lifter)

    def set_lifters(self, lifters: Sequence[LifterInfo]) -> None:
        """Offer lifters; the first is the default and is stored as ""."""
        self._lifters = {("" if i == 0 else lifter.name): lifter for i, lifter in enumerate(lifters)}
        loading, self._loading = self._loading, True
        self.lifter.clear()
        for key, lifter in self._lifters.items():
            self.lifter.addItem(lifter.title, key)
        self._loading = loading
        if self._lifters and self._recipe.lifter not in self._lifters:
            self._recipe.lifter = ""  # it has been removed
        self.load()

    def load(self) -> None:
        """Show the settings."""
        self._loading = True
        self.lifter.setCurrentIndex(max(self.lifter.findData(self._recipe.lifter), 0))
        self.pruner.setCurrentIndex(max(self.pruner.findData(self._recipe.pruner), 0))
        self.recoverer.setCurrentIndex(max(self.recoverer.findData(self._recipe.recoverer), 0))
        self.schedule.setText(self._recipe.schedule)
        self.motion.setValue(round(100 * self._recipe.motion_share))
        self._loading = False
        self.pause.stop()
        self._show("" if self.info is None else problem(self._recipe, self.info))

    def show_cost(self, cost: RecipeCost | None) -> None:
        """Show how many frames are kept, and the saved computation if `cost` is known."""
        prune = self._valid()
        if self.info is None or prune is None:
            self.cost.setText("")
            return
        frames, kept = self.info.frames, round(share_kept(prune, self.info.frames) * self.info.frames)
        text = (
            self.tr("{kept} of {frames} frames").format(kept=kept, frames=frames)
            if prune.schedule
            else self.tr("All {frames} frames").format(frames=frames)
        )
        self.cost.setToolTip("")
        if cost is not None:
            text += (
                self.tr(", about {percent:.0f} % less computation").format(percent=100 * cost.saved)
                if prune.schedule
                else self.tr(", nothing saved")
            )
            self.cost.setToolTip(
                self.tr("{gflops:.3g} of {full_gflops:.3g} GFLOPs for a window of {frames} frames").format(
                    gflops=cost.gflops, full_gflops=cost.full_gflops, frames=frames
                )
            )
        self.cost.setText(text)

    def ask_for_cost(self) -> None:
        if self._valid() is not None:
            self.cost_wanted.emit(self._recipe.lifter, self._asked())

    # --- behaviour

    def _asked(self) -> PruneConfig | None:
        return None if self._recipe.pruner == AS_TRAINED else self._valid()

    def _valid(self) -> PruneConfig | None:
        """Return the pruning that this recipe gives; None if the lifter cannot do it."""
        try:
            return None if self.info is None else effective(self._recipe, self.info)
        except UserError:
            return None

    @Slot()
    def _lifter_chosen(self) -> None:
        if not self._loading:
            self._recipe.lifter = str(self.lifter.currentData())
            self.lifter_changed()

    def lifter_changed(self) -> None:
        """Adapt to another lifter: a recipe that does not fit it is replaced by its own."""
        if self.info is not None and problem(self._recipe, self.info):
            self._recipe.pruner = AS_TRAINED
            self._fill(self.info.prune)
        self._show()
        self.pause.start()

    @Slot()
    def _pruner_chosen(self) -> None:
        if self._loading or self.info is None:
            return
        chosen, before = str(self.pruner.currentData()), self._valid()
        if chosen not in (AS_TRAINED, NOTHING) and self._recipe.pruner in (AS_TRAINED, NOTHING):
            start = before if before is not None and before.schedule else self.info.prune
            self._fill(start if start.schedule else self._default())
        self._edited()

    def _default(self) -> PruneConfig:
        assert self.info is not None
        return PruneConfig("TPS", default_schedule(self.info.frames, self.info.depth), "TRI")

    def _fill(self, prune: PruneConfig) -> None:
        """Fill the fields with schedule, recovery and motion of `prune`."""
        self._loading = True
        self.motion.setValue(round(100 * prune.motion_share))
        if prune.schedule:
            self.schedule.setText(schedule_text(prune.schedule))
            self.recoverer.setCurrentIndex(self.recoverer.findData(prune.recover))
        self._recipe.schedule, self._recipe.recoverer = self.schedule.text(), str(self.recoverer.currentData())
        self._loading = False

    @Slot(int)
    def _keep_moved(self, percent: int) -> None:
        self.keep_text.setText(f"{percent} %")
        if self._loading or self.info is None:
            return
        schedule = default_schedule(self.info.frames, self.info.depth, percent / 100) if percent < 100 else ()
        prune = self._valid() or self._default()
        strategy = prune.strategy if prune.schedule else self.info.prune.strategy
        recover = prune.recover if prune.schedule else self.info.prune.recover
        self._loading = True
        self.pruner.setCurrentIndex(self.pruner.findData(strategy if schedule else NOTHING))
        self._loading = False
        self._fill(PruneConfig(strategy, schedule, recover, self.motion.value() / 100))
        self._edited(keep_slider=True)

    @Slot()
    def _edited(self, *_: object, keep_slider: bool = False) -> None:
        """Store the fields if they form a valid recipe, else explain why not."""
        if self._loading or self.info is None:
            return
        recipe = self._recipe
        before = (recipe.pruner, recipe.recoverer, recipe.schedule, recipe.motion_share)
        recipe.pruner, recipe.recoverer = str(self.pruner.currentData()), str(self.recoverer.currentData())
        recipe.schedule, recipe.motion_share = self.schedule.text().strip(), self.motion.value() / 100
        reason = problem(recipe, self.info)
        self._show(reason, keep_slider)
        if reason:
            recipe.pruner, recipe.recoverer, recipe.schedule, recipe.motion_share = before
            self.pause.stop()
        else:
            self.pause.start()

    @property
    def problem(self) -> str:
        """Return why the shown recipe is invalid; "" if it is valid."""
        return self.problem_text.text()

    @Slot()
    def _settled(self) -> None:
        if self.keep.isSliderDown() or self.motion.isSliderDown():
            self.pause.start()
            return
        self.ask_for_cost()
        self.changed.emit()

    def _show(self, reason: str = "", keep_slider: bool = False) -> None:
        """Update every field from the recipe; `keep_slider` leaves the slider that is being dragged."""
        recipe, info = self._recipe, self.info
        self._loading = True
        explicit = recipe.pruner not in (AS_TRAINED, NOTHING)
        if not reason:
            self.pruner.setCurrentIndex(max(self.pruner.findData(recipe.pruner), 0))
        prune = None if reason else self._valid()
        if prune is not None and info is not None and not keep_slider:
            self.keep.setValue(max(round(100 * share_kept(prune, info.frames)), _LEAST_PERCENT))
        self.keep_text.setText(f"{self.keep.value()} %")
        self.motion_text.setText(f"{self.motion.value()} %")
        self._expert.setVisible(explicit)
        self._motion_row.setVisible(takes_motion(str(self.pruner.currentData())))
        self.problem_text.setText(reason)
        self.problem_text.setVisible(bool(reason))
        self.cost.setVisible(not reason)
        if info is not None:
            fixed = bool(info.prune.position_names(info.seq2frame))
            self.keep.setEnabled(not fixed)
            self.keep.setToolTip(self.tr("This lifter has learned for how many frames it works.") if fixed else "")
            self._offer_recoverers(info)
        self._loading = False
        self.show_cost(None)

    def _offer_recoverers(self, info: LifterInfo) -> None:
        why = {
            "TRI": self.tr("This lifter was trained to recover with TRA.") if info.learned else "",
            "TRA": "" if info.learned else self.tr("This lifter has no learned tokens for TRA."),
            "": ""
            if info.seq2frame and not info.learned
            else self.tr("This lifter gives every frame: they must come back."),
        }
        model = self.recoverer.model()
        assert isinstance(model, QStandardItemModel)
        for i in range(self.recoverer.count()):
            item, reason = model.item(i), why[str(self.recoverer.itemData(i))]
            item.setEnabled(not reason)
            item.setToolTip(reason)
