"""Define colours, fonts, style sheet and icons of the window; no other file does.

A dark surface, one accent colour (sand), and a colour for each body side: left is blue, right is coral.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from string import Template

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

ASSETS = Path(__file__).resolve().parent.parent / "assets"

BACKGROUND = "#121419"
SURFACE = "#191c22"  # bars and panels
RAISED = "#22262e"  # fields, buttons
HOVER = "#2b303a"
LINE = "#2a2f38"
TEXT = "#e8eaee"  # also the colour in the icon files
MUTED = "#9aa3b2"
FAINT = "#667080"
ACCENT = "#e9b44c"
ACCENT_HOVER = "#f3c466"
ON_ACCENT = "#17130a"
DANGER = "#f0705f"
LEFT = "#4db8ff"
RIGHT = "#ff7d66"
CENTRE = "#e6e1d6"
GHOST = "#c4adff"  # the skeleton of the pruning recipe to compare with

RADIUS = 8
# DejaVu is on every Linux; its condensed version is the more legible one at interface sizes.
_FAMILIES = [
    "Inter",
    "SF Pro Text",
    "Segoe UI",
    "Ubuntu",
    "Noto Sans",
    "Cantarell",
    "DejaVu Sans Condensed",
    "DejaVu Sans",
]

_SHEET = Template("""
* { outline: none; }
QMainWindow { background: $BACKGROUND; }
QDialog { background: $SURFACE; }
QWidget { color: $TEXT; }
QLabel { background: transparent; }
QLabel[role="muted"] { color: $MUTED; }
QLabel[role="faint"] { color: $FAINT; }
QLabel[role="section"] { color: $MUTED; font-size: 11px; font-weight: 600; letter-spacing: 1px; }
QLabel[role="headline"] { font-size: 29px; font-weight: 600; }
QLabel[role="title"] { font-size: 17px; font-weight: 600; }
QLabel[role="subtitle"] { font-size: 14px; color: $MUTED; }
QLabel[role="code"] { font-family: "DejaVu Sans Mono", "Menlo", "Consolas", monospace; }

QMenuBar { background: $SURFACE; padding: 3px 6px; border: none; }
QMenuBar::item { background: transparent; padding: 5px 10px; border-radius: 6px; color: $MUTED; }
QMenuBar::item:selected { background: $HOVER; color: $TEXT; }
QMenu { background: $RAISED; border: 1px solid #363c47; border-radius: 8px; padding: 6px; }
QMenu::item { padding: 6px 26px 6px 12px; border-radius: 5px; }
QMenu::item:selected { background: #363d49; }
QMenu::item:disabled { color: $FAINT; }
QMenu::separator { height: 1px; background: #363c47; margin: 6px 8px; }
QMenu::icon { padding-left: 8px; }

#bar, #footer { background: $SURFACE; }
#bar { border-bottom: 1px solid $LINE; }
#footer { border-top: 1px solid $LINE; }
#panel { background: $SURFACE; border-left: 1px solid $LINE; }
#card { background: #0d0f13; border: 1px solid $LINE; border-radius: 10px; }
#cardHead { background: transparent; }

QPushButton { background: $RAISED; border: 1px solid #323843; border-radius: 7px; padding: 7px 14px; min-height: 18px; }
QPushButton:hover { background: $HOVER; border-color: #3d4450; }
QPushButton:pressed { background: #1d2128; }
QPushButton:disabled { color: $FAINT; background: #1c2026; border-color: $LINE; }
QPushButton:focus { border-color: $ACCENT; }
QPushButton[role="primary"] { background: $ACCENT; border-color: $ACCENT; color: $ON_ACCENT; font-weight: 600; }
QPushButton[role="primary"]:hover { background: $ACCENT_HOVER; border-color: $ACCENT_HOVER; }
QPushButton[role="primary"]:pressed { background: #d3a03d; }
QPushButton[role="primary"]:disabled { background: #4a402a; border-color: #4a402a; color: #8f8468; }
QPushButton[role="big"], QPushButton[size="big"] { padding: 11px 22px; font-size: 14px; border-radius: 9px; }
QPushButton[role="flat"] { background: transparent; border-color: transparent; }
QPushButton[role="flat"]:hover { background: $HOVER; }
QPushButton[role="fold"] { background: transparent; border: none; padding: 5px 0; text-align: right; }
QPushButton[role="fold"]:hover { color: $ACCENT; }
QPushButton[role="recent"] { background: $SURFACE; border: 1px solid $LINE; text-align: left; padding: 9px 14px; }
QPushButton[role="recent"]:hover { background: $HOVER; }

QToolButton { background: transparent; border: none; border-radius: 7px; padding: 6px; }
QToolButton:hover { background: $HOVER; }
QToolButton:pressed { background: #1d2128; }
QToolButton:checked { background: #3a3222; }
QToolButton:checked:hover { background: #463c28; }
QToolButton:disabled { color: $FAINT; }
QToolButton::menu-indicator { image: none; }
QToolButton[role="chip"] { padding: 5px 10px; background: $RAISED; color: $TEXT; }
QToolButton[role="chip"]:hover { background: $HOVER; }
QToolButton[role="text"] { padding: 5px 9px; color: $MUTED; }
QToolButton[role="text"]:hover { color: $TEXT; }
QToolButton[role="play"] { background: $RAISED; border-radius: 19px; padding: 8px; }
QToolButton[role="play"]:hover { background: #363d49; }

QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit {
  background: $RAISED; border: 1px solid #323843; border-radius: 7px; padding: 6px 10px; min-height: 18px;
  selection-background-color: $ACCENT; selection-color: $ON_ACCENT;
}
QComboBox:hover, QSpinBox:hover, QDoubleSpinBox:hover, QLineEdit:hover { border-color: #434b58; }
QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QLineEdit:focus { border-color: $ACCENT; }
QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QLineEdit:disabled {
  color: $FAINT; background: #1c2026; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url($ICONS/chevron-down.svg); width: 16px; height: 16px; }
QComboBox QAbstractItemView {
  background: $RAISED; border: 1px solid #363c47; border-radius: 7px; padding: 4px; selection-background-color: #363d49;
}
QAbstractItemView::item { padding: 5px 6px; min-height: 20px; border-radius: 5px; }
QSpinBox::up-button, QDoubleSpinBox::up-button { border: none; width: 20px; subcontrol-position: top right; }
QSpinBox::down-button, QDoubleSpinBox::down-button { border: none; width: 20px; subcontrol-position: bottom right; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url($ICONS/chevron-up.svg); width: 13px; height: 13px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url($ICONS/chevron-down.svg); width: 13px; height: 13px; }

QCheckBox, QRadioButton { spacing: 9px; padding: 3px 0; }
QCheckBox::indicator { width: 17px; height: 17px; border-radius: 5px; border: 1px solid #434b58; background: $RAISED; }
QCheckBox::indicator:hover { border-color: $ACCENT; }
QCheckBox::indicator:checked { background: $ACCENT; border-color: $ACCENT; image: url($ICONS/check-dark.svg); }
QRadioButton::indicator {
  width: 15px; height: 15px; border-radius: 8px; border: 1px solid #434b58; background: $RAISED; }
QRadioButton::indicator:hover { border-color: $ACCENT; }
QRadioButton::indicator:checked { border: 5px solid $ACCENT; width: 7px; height: 7px; background: $ON_ACCENT; }
QCheckBox:disabled, QRadioButton:disabled { color: $FAINT; }

QSlider { min-height: 20px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: #363d49; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $ACCENT; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: $TEXT; }
QSlider::handle:horizontal:hover { background: $ACCENT_HOVER; }
QSlider::handle:horizontal:disabled, QSlider::sub-page:horizontal:disabled { background: #4b5361; }

QProgressBar { background: #2b303a; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; }
QProgressBar::chunk { background: $ACCENT; border-radius: 3px; }

QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: #3a3222; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar::handle:vertical { background: #363d49; border-radius: 3px; min-height: 30px; }
QScrollBar::handle:vertical:hover { background: #465060; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none; height: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle:horizontal { background: #363d49; border-radius: 3px; min-width: 30px; }

QToolTip { background: #2b303a; color: $TEXT; border: 1px solid #3d4450; padding: 6px 9px; }
QPlainTextEdit { background: #0d0f13; border: 1px solid $LINE; border-radius: 7px; padding: 8px;
  font-family: "DejaVu Sans Mono", "Menlo", "Consolas", monospace; font-size: 12px; }
QTreeWidget { background: #0d0f13; border: 1px solid $LINE; border-radius: 7px; padding: 4px; }
QTreeWidget::item { padding: 5px 8px; border: none; border-radius: 0; }
QTreeWidget::item:selected { background: #363d49; color: $TEXT; }
QTreeWidget QLineEdit { padding: 0 4px; min-height: 0; border-radius: 4px; }
QHeaderView::section { background: transparent; color: $MUTED; border: none; border-bottom: 1px solid $LINE;
  padding: 6px 8px; }
QHeaderView { background: transparent; }
QListWidget { background: #0d0f13; border: 1px solid $LINE; border-radius: 7px; padding: 4px; }
QListWidget::item:selected { background: #363d49; color: $TEXT; }

#banner { border-radius: 9px; }
#banner[kind="error"] { background: #3a2220; border: 1px solid #6b3a34; }
#banner[kind="note"] { background: #222a33; border: 1px solid #37485a; }
#banner QLabel[role="hint"] { color: #cfc3c0; }
""")


def apply(app: QApplication) -> None:
    """Give `app` its palette, font and style sheet."""
    app.setStyle("Fusion")
    font = QFont()
    font.setFamilies(_FAMILIES)
    font.setPixelSize(13)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    app.setFont(font)
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, BACKGROUND), (roles.WindowText, TEXT), (roles.Base, RAISED), (roles.AlternateBase, SURFACE),
        (roles.Text, TEXT), (roles.Button, RAISED), (roles.ButtonText, TEXT), (roles.BrightText, DANGER),
        (roles.Highlight, ACCENT), (roles.HighlightedText, ON_ACCENT), (roles.ToolTipBase, HOVER),
        (roles.ToolTipText, TEXT), (roles.PlaceholderText, FAINT), (roles.Link, ACCENT), (roles.Accent, ACCENT),
    ):  # fmt: skip
        palette.setColor(role, QColor(colour))
    for role in (roles.Text, roles.ButtonText, roles.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(FAINT))
    app.setPalette(palette)
    values = {k: v for k, v in globals().items() if k.isupper() and isinstance(v, str)}
    app.setStyleSheet(_SHEET.substitute(values, ICONS=(ASSETS / "icons").as_posix()))
    app.setWindowIcon(QIcon(pixmap("logo", 64)))


@lru_cache(maxsize=256)
def _render(name: str, size: int, colour: str, ratio: float) -> QPixmap:
    svg = (ASSETS / "icons" / f"{name}.svg").read_bytes()
    if colour:
        svg = svg.replace(TEXT.encode(), colour.encode())
    image = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(svg)).render(painter, QRectF(image.rect()))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


def pixmap(name: str, size: int = 18, colour: str = "") -> QPixmap:
    """Render the icon file `name` at `size` logical pixels, in `colour` ("": its own)."""
    ratio = max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)
    return _render(name, size, colour, max(ratio, 2.0))


def icon(name: str, colour: str = TEXT, checked: str = ACCENT) -> QIcon:
    """Make an icon with its colours for normal, checked and disabled buttons."""
    result = QIcon()
    result.addPixmap(pixmap(name, 20, colour), QIcon.Mode.Normal, QIcon.State.Off)
    result.addPixmap(pixmap(name, 20, checked), QIcon.Mode.Normal, QIcon.State.On)
    for state in (QIcon.State.On, QIcon.State.Off):
        result.addPixmap(pixmap(name, 20, "#4b5361"), QIcon.Mode.Disabled, state)
    return result
