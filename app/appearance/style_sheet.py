"""Make Qt's style sheet of the window from a palette."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from string import Template

from app.appearance.palettes import Palette

_SHEET = Template("""
* { outline: none; }
QMainWindow { background: $background; }
QDialog { background: $surface; }
QWidget { color: $text; }
QLabel { background: transparent; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="faint"] { color: $faint; }
QLabel[role="section"] { color: $muted; font-size: 11px; font-weight: 600; letter-spacing: 1px; }
QLabel[role="live"] { color: $danger; font-size: 11px; font-weight: 600; letter-spacing: 1px; }
QLabel[role="headline"] { font-size: 29px; font-weight: 600; }
QLabel[role="title"] { font-size: 17px; font-weight: 600; }
QLabel[role="subtitle"] { font-size: 14px; color: $muted; }
QLabel[role="danger"] { color: $danger; }
QLabel[role="accent"] { color: $accent; }
QLabel[role="code"] { font-family: "DejaVu Sans Mono", "Menlo", "Consolas", monospace; }

QMenuBar { background: $surface; padding: 3px 6px; border: none; }
QMenuBar::item { background: transparent; padding: 5px 10px; border-radius: 6px; color: $muted; }
QMenuBar::item:selected { background: $hover; color: $text; }
QMenu { background: $raised; border: 1px solid $edge; border-radius: 8px; padding: 6px; }
QMenu::item { padding: 6px 26px 6px 12px; border-radius: 5px; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $inactive; }
QMenu::separator { height: 1px; background: $edge; margin: 6px 8px; }
QMenu::icon { padding-left: 8px; }

#bar, #footer { background: $surface; }
#bar { border-bottom: 1px solid $line; }
#footer { border-top: 1px solid $line; }
#panel { background: $surface; border-left: 1px solid $line; }
#card { background: $well; border: 1px solid $line; border-radius: 10px; }
#cardHead { background: transparent; }
#ghostSwatch { background: $ghost; border-radius: 3px; }

QPushButton { background: $raised; border: 1px solid $edge; border-radius: 7px; padding: 7px 14px; min-height: 18px; }
QPushButton:hover { background: $hover; border-color: $edge_hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:disabled { color: $inactive; background: $disabled; border-color: $line; }
QPushButton:focus { border-color: $accent; }
QPushButton[role="primary"] { background: $accent; border-color: $accent; color: $on_accent; font-weight: 600; }
QPushButton[role="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[role="primary"]:pressed { background: $accent_pressed; }
QPushButton[role="primary"]:disabled { background: $accent_off; border-color: $accent_off; color: $on_accent_off; }
QPushButton[role="primary"]:focus { border-color: $text; }
QPushButton[role="big"], QPushButton[size="big"] { padding: 11px 22px; font-size: 14px; border-radius: 9px; }
QPushButton[role="flat"] { background: transparent; border-color: transparent; }
QPushButton[role="flat"]:hover { background: $hover; }
QPushButton[role="fold"] { background: transparent; border: none; padding: 5px 0; text-align: right; }
QPushButton[role="fold"]:hover, QPushButton[role="fold"]:focus { color: $accent; }
QPushButton[role="recent"] { background: $surface; border: 1px solid $line; text-align: left; padding: 9px 14px; }
QPushButton[role="recent"]:hover { background: $hover; }

QToolButton { background: transparent; border: none; border-radius: 7px; padding: 6px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $pressed; }
QToolButton:checked { background: $accent_tint; }
QToolButton:checked:hover { background: $accent_tint_hover; }
QToolButton:disabled { color: $inactive; }
QToolButton::menu-indicator { image: none; }
QToolButton[role="chip"] { padding: 5px 10px; background: $raised; color: $text; }
QToolButton[role="chip"]:hover { background: $hover; }
QToolButton[role="text"] { padding: 5px 9px; color: $muted; }
QToolButton[role="text"]:hover { color: $text; }
QToolButton[role="play"] { background: $raised; border-radius: 19px; padding: 8px; }
QToolButton[role="play"]:hover { background: $selected; }

QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit {
  background: $raised; border: 1px solid $edge; border-radius: 7px; padding: 6px 10px; min-height: 18px;
  selection-background-color: $accent; selection-color: $on_accent;
}
QComboBox:hover, QSpinBox:hover, QDoubleSpinBox:hover, QLineEdit:hover { border-color: $edge_hover; }
QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QLineEdit:focus { border-color: $accent; }
QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QLineEdit:disabled {
  color: $inactive; background: $disabled; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url($icons/chevron-down$chevrons.svg); width: 16px; height: 16px; }
QComboBox QAbstractItemView {
  background: $raised; border: 1px solid $edge; border-radius: 7px; padding: 4px; selection-background-color: $selected;
}
QAbstractItemView::item { padding: 5px 6px; min-height: 20px; border-radius: 5px; }
QSpinBox::up-button, QDoubleSpinBox::up-button { border: none; width: 20px; subcontrol-position: top right; }
QSpinBox::down-button, QDoubleSpinBox::down-button { border: none; width: 20px; subcontrol-position: bottom right; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url($icons/chevron-up$chevrons.svg); width: 13px; height: 13px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {
  image: url($icons/chevron-down$chevrons.svg); width: 13px; height: 13px; }

QCheckBox, QRadioButton { spacing: 9px; padding: 3px 0; }
QCheckBox:focus, QRadioButton:focus { color: $accent; }
QCheckBox::indicator { width: 17px; height: 17px; border-radius: 5px; border: 1px solid $control; background: $raised; }
QCheckBox::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url($icons/$check.svg); }
QRadioButton::indicator {
  width: 15px; height: 15px; border-radius: 8px; border: 1px solid $control; background: $raised; }
QRadioButton::indicator:hover { border-color: $accent; }
QRadioButton::indicator:checked { border: 5px solid $accent; width: 7px; height: 7px; background: $on_accent; }
QCheckBox:disabled, QRadioButton:disabled { color: $inactive; }

QSlider { min-height: 20px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $selected; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: $text; }
QSlider::handle:horizontal:hover { background: $accent_hover; }
QSlider::handle:horizontal:disabled, QSlider::sub-page:horizontal:disabled { background: $inactive; }

QProgressBar { background: $hover; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: $accent_tint; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar::handle:vertical { background: $edge_hover; border-radius: 3px; min-height: 30px; }
QScrollBar::handle:vertical:hover { background: $control; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none; height: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle:horizontal { background: $edge_hover; border-radius: 3px; min-width: 30px; }

QToolTip { background: $hover; color: $text; border: 1px solid $edge_hover; padding: 6px 9px; }
QPlainTextEdit { background: $well; border: 1px solid $line; border-radius: 7px; padding: 8px;
  font-family: "DejaVu Sans Mono", "Menlo", "Consolas", monospace; font-size: 12px; }
QTreeWidget { background: $well; border: 1px solid $line; border-radius: 7px; padding: 4px; }
QTreeWidget::item { padding: 5px 8px; border: none; border-radius: 0; }
QTreeWidget::item:selected { background: $selected; color: $text; }
QTreeWidget QLineEdit { padding: 0 4px; min-height: 0; border-radius: 4px; }
QHeaderView::section { background: transparent; color: $muted; border: none; border-bottom: 1px solid $line;
  padding: 6px 8px; }
QHeaderView { background: transparent; }
QListWidget { background: $well; border: 1px solid $line; border-radius: 7px; padding: 4px; }
QListWidget::item:selected { background: $selected; color: $text; }

#banner { border-radius: 9px; }
#banner[kind="error"] { background: $error_ground; border: 1px solid $error_line; }
#banner[kind="note"] { background: $note_ground; border: 1px solid $note_line; }
#banner QLabel[role="hint"] { color: $note_hint; }
""")


def style_sheet(palette: Palette, icons: Path) -> str:
    """Return the style sheet; `icons` is the folder of the icons that it shows."""
    return _SHEET.substitute(asdict(palette), icons=icons.as_posix())
