"""Show the plot of curves with the choice of quantity above it and gait numbers below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app import theme
from app.languages.translation import decimal, mark, shown
from app.views.drawer.curve_lines import Line, Mark, colour_of
from app.views.take_rows import row_at
from app.views.widgets import Elided, column, label, named, row
from pipeline.core.arrays import Doubles

if TYPE_CHECKING:
    from app.views.drawer.curve_plot import CurvePlot

_STYLES = ("", mark("dashes"), mark("dots"), mark("dash-dot"))
_SIDES = {"left": mark("L"), "right": mark("R")}  # short names of the sides of the body


class CurvesPage(QWidget):
    """Choose curves by `quantity`, `parts` and `everyone`; `chosen` reports a change."""

    chosen = Signal()
    sought = Signal(float)
    trim_dragged = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot: CurvePlot | None = None
        self._duration_s, self._time_s = 0.0, 0.0
        self._trim: tuple[float | None, float | None] = (None, None)
        self._times: Doubles = np.zeros(0)
        self._shown: Sequence[tuple[str, Line]] = ()
        self._unit = ""
        self._parts: Mapping[str, Sequence[tuple[str, str]]] = {}
        self.what = QComboBox()
        self.what.setToolTip(self.tr("What the curves show"))
        named(self.what, self.tr("Quantity"), self.what.toolTip())
        self.choice = QToolButton()
        self.choice.setProperty("role", "chip")
        self.choice.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.choice.setToolTip(self.tr("Which joints; several can be shown at once"))
        named(self.choice, self.tr("Joints"), self.choice.toolTip())
        self.menu = QMenu(self)
        self.choice.setMenu(self.menu)
        self.everybody = QCheckBox(self.tr("Everyone"))
        self.everybody.setToolTip(self.tr("The other people's curves too, faintly"))
        self.readout = label("", "muted")
        self.readout.setToolTip(
            self.tr("Shaded, and after ±: nine of ten true values are at most this far away, relative to the pelvis")
        )
        self.readout.setTextFormat(Qt.TextFormat.RichText)
        self.readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # never widens the window
        self.walk = Elided()
        self.walk.setProperty("role", "muted")
        self.walk.hide()
        head = row(self.what, self.choice, self.everybody, 8, self.readout, spacing=8, margins=(12, 0, 12, 4))
        head.setStretch(4, 1)
        self._room = QVBoxLayout()
        whole = column(head, self._room, self.walk, spacing=2, margins=(0, 0, 0, 6))
        whole.setStretch(1, 1)
        self.walk.setContentsMargins(14, 0, 14, 0)
        self.setLayout(whole)
        theme.changes.changed.connect(self._read)
        self.what.currentIndexChanged.connect(self._quantity_chosen)
        self.menu.triggered.connect(self._part_chosen)
        self.everybody.toggled.connect(self.chosen)

    def prepare(self) -> None:
        """Make the plot; imports pyqtgraph."""
        if self.plot is not None:
            return
        from app.views.drawer.curve_plot import CurvePlot

        self.plot = CurvePlot()
        self.plot.setMinimumHeight(90)
        named(
            self.plot,
            self.tr("Curves"),
            self.tr("A click shows the frame; the values of this frame are in the line above"),
        )
        self.plot.sought.connect(self.sought)
        self.plot.trim_dragged.connect(self.trim_dragged)
        self._room.addWidget(self.plot)
        self.plot.set_duration(self._duration_s)
        self.plot.set_trim(*self._trim)
        self.plot.set_time(self._time_s)

    # --- choices

    def offer(
        self, quantities: Sequence[tuple[str, str]], parts: Mapping[str, Sequence[tuple[str, str]]],
        quantity: str, chosen: Sequence[str],
    ) -> None:  # fmt: skip
        """Offer quantities (key, title) and the parts of each; select `quantity` and `chosen`."""
        self._parts = parts
        self.what.blockSignals(True)
        for key, title in quantities:
            self.what.addItem(title, key)
        self.what.setCurrentIndex(max(self.what.findData(quantity), 0))
        self.what.blockSignals(False)
        self._fill(chosen)

    @property
    def shown(self) -> Sequence[tuple[str, Line]]:
        """Return the shown curves with their titles."""
        return self._shown

    @property
    def quantity(self) -> str:
        return str(self.what.currentData())

    @property
    def parts(self) -> list[str]:
        return [str(action.data()) for action in self.menu.actions() if action.isChecked()]

    @property
    def everyone(self) -> bool:
        return self.everybody.isChecked()

    def _fill(self, chosen: Sequence[str]) -> None:
        self.menu.clear()
        for key, title in self._parts[self.quantity]:
            action = self.menu.addAction(title)
            action.setCheckable(True)
            action.setData(key)
            action.setChecked(key in chosen)
        if not self.parts:
            self.menu.actions()[0].setChecked(True)
        self._name_choice()

    def _name_choice(self) -> None:
        titles = [action.text() for action in self.menu.actions() if action.isChecked()]
        more = f" + {len(titles) - 1}" if len(titles) > 1 else ""
        self.choice.setText(f"{titles[0]}{more}  ▾")

    @Slot()
    def _quantity_chosen(self) -> None:
        self._fill(self.parts)
        self.chosen.emit()

    @Slot(object)
    def _part_chosen(self, action: object) -> None:
        if not self.parts:
            action.setChecked(True)  # type: ignore[attr-defined]  # at least one part stays chosen
        self._name_choice()
        self.chosen.emit()

    # --- content

    def set_duration(self, duration_s: float) -> None:
        self._duration_s = duration_s
        if self.plot is not None:
            self.plot.set_duration(duration_s)

    def set_trim(self, start_s: float | None, end_s: float | None) -> None:
        self._trim = (start_s, end_s)
        if self.plot is not None:
            self.plot.set_trim(start_s, end_s)

    def set_time(self, time_s: float) -> None:
        self._time_s = time_s
        if self.plot is not None and self.isVisible():
            self.plot.set_time(time_s)
            self._read()

    def set_curves(self, times: Doubles, lines: Sequence[tuple[str, Line]], unit: str) -> None:
        """Show (title, curve) pairs with values at `times` (T,) in s."""
        self._times, self._shown, self._unit = times, lines, unit
        if self.plot is not None:
            self.plot.set_lines(times, [line for _, line in lines])
            self.plot.set_time(self._time_s)
        self._read()

    def set_walk(self, text: str, marks: Sequence[Mark]) -> None:
        """Show gait numbers ("" if the person does not walk) and mark the gait events."""
        self.walk.setVisible(bool(text))
        self.walk.set_whole(
            self.tr("{text}  ·  long ticks: heel strikes, short ones: toe offs").format(text=text) if text else ""
        )
        if self.plot is not None:
            self.plot.set_marks(marks)

    @Slot()
    def _read(self) -> None:
        """Show the values at the playhead in the colours of their curves, which is the legend too."""
        at = row_at(self._times, self._time_s)
        digits = 0 if self._unit == "°" else 2
        several = len({line.style for _, line in self._shown}) > 1
        parts: dict[str, list[str]] = {}
        for title, line in self._shown:
            if line.subject:
                value = float(line.values[at]) if at is not None else float("nan")
                error = float("nan") if line.error is None or at is None else float(line.error[at])
                off = f" ± {decimal(error, digits)}" if np.isfinite(error) else ""
                text = f"{decimal(value, digits)}{off} {self._unit}".replace(" °", "°") if np.isfinite(value) else "–"
                style = shown(_STYLES[line.style % len(_STYLES)]) if several else ""
                name = f"{title} ({style})" if style else title
                side = f"{shown(_SIDES[line.side])} " if line.side else ""
                parts.setdefault(name, []).append(f'<span style="color:{colour_of(line.side)}">{side}{text}</span>')
        words = [f"{name} &nbsp;{' &nbsp;'.join(values)}" for name, values in parts.items()]
        self.readout.setText(" &nbsp;&nbsp;&nbsp; ".join(words))
