"""Build labelled fields for the side panel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QLabel,
    QPushButton,
    QSlider,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from app import theme
from app.views.widgets import column, label, named, row


class NoWheel(QObject):
    """Keep the wheel from changing a field: it scrolls the panel instead."""

    def watch(self, *widgets: QWidget) -> None:
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)


class LongComboBox(QComboBox):
    """Show names longer than the box with an ellipsis; list and tooltip have the whole name."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        whole = option.currentText  # type: ignore[attr-defined]
        option.currentText = self.fontMetrics().elidedText(  # type: ignore[attr-defined]
            whole, Qt.TextElideMode.ElideRight, field.width() - 2
        )
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def showPopup(self) -> None:  # noqa: N802
        self.view().setMinimumWidth(max(self.view().sizeHintForColumn(0) + 24, self.width()))
        super().showPopup()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip(self.currentText())
        return super().event(event)


class Fold(QWidget):
    """Open and close a section by a click on its head; closed at first."""

    toggled = Signal(bool)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head = QPushButton(title)
        self.head.setProperty("role", "fold")
        self.head.setCheckable(True)
        self.head.setIconSize(QSize(14, 14))
        self.head.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the chevron stands at the right edge
        self.head.setCursor(Qt.CursorShape.PointingHandCursor)
        self.head.toggled.connect(self._toggled)
        self.body = QWidget()
        self.setLayout(column(self.head, self.body, spacing=4))
        self._toggled(False)

    @property
    def open(self) -> bool:
        return self.head.isChecked()

    @Slot(bool)
    def _toggled(self, on: bool) -> None:
        theme.set_icon(self.head, "chevron-up" if on else "chevron-down", "muted", "muted")
        self.body.setVisible(on)
        self.toggled.emit(on)


class NumberBox(QDoubleSpinBox):
    """Step from the special value ("Automatic") to a usual number, not to the end of the range.

    A click selects the whole text, so that typing replaces it; Enter gives the keys back to the window.
    """

    def __init__(self, usual: float) -> None:
        super().__init__()
        self._usual = usual
        self.lineEdit().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.FocusIn or (
            event.type() == QEvent.Type.MouseButtonPress and not self.hasFocus()
        ):
            # After the press, which would put the cursor into the text.
            QTimer.singleShot(0, self, self.selectAll)
        return super().eventFilter(watched, event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        QTimer.singleShot(0, self, self.selectAll)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not isinstance(self.window(), QDialog):
            self.clearFocus()

    def stepBy(self, steps: int) -> None:  # noqa: N802
        if self.specialValueText() and self.value() == self.minimum() and steps > 0:
            self.setValue(self._usual)
        else:
            super().stepBy(steps)


def number(
    low: float, high: float, step: float, unit: str, special: str, decimals: int, usual: float = 0.0
) -> QDoubleSpinBox:
    """Make a number field; with `special`, one step below `low` means None, or 0 if `low` is 0."""
    box = NumberBox(usual)
    box.setDecimals(decimals)
    box.setRange(low if not special or low == 0 else low - step, high)
    box.setSingleStep(step)
    box.setSuffix(unit)
    if special:
        box.setSpecialValueText(special)
    box.setKeyboardTracking(False)
    box.lineEdit().setTextMargins(8, 0, 0, 0)  # the style sheet's padding does not apply to it
    box.setStepType(QAbstractSpinBox.StepType.DefaultStepType)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return box


def section(text: str) -> QWidget:
    return label(text, "section")


def field(text: str | QLabel, box: QWidget, help_text: str) -> QWidget:
    name = label(text) if isinstance(text, str) else text
    box.setFixedWidth(138)
    holder = QWidget()
    holder.setLayout(row(name, None, box))
    for widget in (name, box, holder):
        widget.setToolTip(help_text)
    named(box, name.text(), help_text)
    return holder


def stacked(text: str, box: QWidget, help_text: str, beside: QWidget | None = None) -> QWidget:
    """Lay out a field under its name, with a small button `beside` it."""
    name = label(text, "muted")
    if isinstance(box, QComboBox):
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(10)
    holder = QWidget()
    line = row(box, spacing=6)
    line.setStretch(0, 1)
    if beside is not None:
        line.addWidget(beside)
    holder.setLayout(column(name, line, spacing=4))
    for widget in (name, box, holder):
        widget.setToolTip(help_text)
    named(_edited(box), text, help_text)
    return holder


def _edited(box: QWidget) -> QWidget:
    """Return the widget that the keys of `box` go to."""
    return box.focusProxy() or box


def percent_slider(least: int) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(least, 100)
    slider.setPageStep(5)
    return slider


def with_text(slider: QSlider, text: QWidget) -> QWidget:
    """Lay out a slider with its value beside it."""
    text.setFixedWidth(44)
    holder = QWidget()
    line = row(slider, text, spacing=6)
    line.setStretch(0, 1)
    holder.setLayout(line)
    holder.setFocusProxy(slider)
    return holder
