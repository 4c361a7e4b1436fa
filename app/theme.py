"""Apply the theme: palette, font and style sheet of the application, and its icons.

Widgets ask `colours` for the palette when they paint. What is drawn once, like an image or a curve's pen, is drawn
again when `changes.changed` is emitted. Icons that `set_icon` gave to buttons and actions, and those of `set_picture`,
are replaced by the theme.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QLocale, QObject, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from app.appearance.palettes import DARK, LIGHT, Palette
from app.appearance.style_sheet import style_sheet

ASSETS = Path(__file__).resolve().parent.parent / "assets"
DARK_THEME, LIGHT_THEME, SYSTEM = CHOICES = ("dark", "light", "system")

# Colours in the files of icons and figures, and the colours of the palette in their place.
_DRAWN = {
    "#e9b44c": "accent", "#3a414d": "drop_edge", "#4a5260": "control", "#8d97a6": "faint", "#0c0e12": "shadow",
    "#e6e1d6": "centre", "#4db8ff": "left", "#ff7d66": "right", "#14171c": "drop",
}  # fmt: skip
_STROKE = "#e8eaee"  # colour of the lines in icons, in whose place comes the colour that is asked for
_ICON, _SIZE = "theme icon", "theme icon size"  # properties of widgets and actions with an icon
# DejaVu is on every Linux; its condensed version is the more legible one at interface sizes.
_FAMILIES = (
    "Inter",
    "SF Pro Text",
    "Segoe UI",
    "Ubuntu",
    "Noto Sans",
    "Cantarell",
    "DejaVu Sans Condensed",
    "DejaVu Sans",
)
# First in these languages: else the system may take bold glyphs, or those of another language for the same character.
_EAST_ASIAN = {
    QLocale.Language.Japanese: ("Noto Sans CJK JP", "Yu Gothic UI", "Meiryo", "Hiragino Sans"),
    QLocale.Language.Chinese: ("Noto Sans CJK SC", "Microsoft YaHei UI", "PingFang SC", "WenQuanYi Micro Hei"),
}


class Changes(QObject):
    """Tell that the palette is another one, and follow the system where the user chose that."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.palette = DARK
        self.choice = DARK_THEME
        self.follows = False  # connected to the system's colour scheme

    @Slot()
    def system_changed(self) -> None:
        app = QApplication.instance()
        if self.choice == SYSTEM and isinstance(app, QApplication):
            apply(app, SYSTEM)


changes = Changes()


def colours() -> Palette:
    """Return the palette of the applied theme."""
    return changes.palette


def apply(app: QApplication, choice: str = DARK_THEME, *, sheet: bool = True) -> None:
    """Give `app` palette, font and style sheet of one of CHOICES; an unknown one is "dark".

    `sheet` False leaves the style sheet to `apply_sheet`.
    """
    before, changes.choice = changes.palette, choice
    changes.palette = palette = _chosen(choice)
    app.setStyle("Fusion")
    font = QFont()
    font.setFamilies([*_EAST_ASIAN.get(QLocale().language(), ()), *_FAMILIES])
    font.setPixelSize(13)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    app.setFont(font)
    app.setPalette(_qt_palette(palette))
    if sheet:
        apply_sheet(app)
    app.setWindowIcon(QIcon(pixmap("logo", 64)))
    if not changes.follows:
        changes.follows = True
        app.styleHints().colorSchemeChanged.connect(changes.system_changed)
    if palette is not before:
        _renew_icons()
        changes.changed.emit()


def apply_sheet(app: QApplication) -> None:
    """Give `app` the style sheet of the applied theme.

    Qt matches a widget with the style sheet again at each layer of parents that it gets while a window is built; one
    that is built before the sheet is set is matched once.
    """
    app.setStyleSheet(style_sheet(colours(), ASSETS / "icons"))


def _chosen(choice: str) -> Palette:
    light = choice == LIGHT_THEME
    if choice == SYSTEM:
        light = system_scheme() is Qt.ColorScheme.Light
    return LIGHT if light else DARK


def system_scheme() -> Qt.ColorScheme:
    """Return whether the desktop is dark or light; unknown on a desktop that does not say."""
    return QGuiApplication.styleHints().colorScheme()


def faded(colour: str, alpha: int) -> QColor:
    """Return a colour with an alpha of 0 to 255."""
    result = QColor(colour)
    result.setAlpha(alpha)
    return result


def _qt_palette(p: Palette) -> QPalette:
    """Return the colours of widgets that the style sheet says nothing about, of Qt's own dialogs for example."""
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, p.background), (roles.WindowText, p.text), (roles.Base, p.raised),
        (roles.AlternateBase, p.surface), (roles.Text, p.text), (roles.Button, p.raised), (roles.ButtonText, p.text),
        (roles.BrightText, p.danger), (roles.Highlight, p.accent), (roles.HighlightedText, p.on_accent),
        (roles.ToolTipBase, p.hover), (roles.ToolTipText, p.text), (roles.PlaceholderText, p.faint),
        (roles.Link, p.accent), (roles.Accent, p.accent),
    ):  # fmt: skip
        palette.setColor(role, QColor(colour))
    for role in (roles.Text, roles.ButtonText, roles.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(p.inactive))
    return palette


# --- icons


def figure(name: str) -> QByteArray:
    """Return the drawing assets/`name`.svg in the colours of the palette."""
    return _coloured((ASSETS / f"{name}.svg").read_bytes(), colours())


def _coloured(svg: bytes, palette: Palette) -> QByteArray:
    found = re.sub(rb"#[0-9a-f]{6}", lambda at: _replaced(at[0].decode(), palette).encode(), svg)
    return QByteArray(found)


def _replaced(colour: str, palette: Palette) -> str:
    return str(getattr(palette, _DRAWN[colour])) if colour in _DRAWN else colour


@lru_cache(maxsize=256)
def _render(name: str, size: int, colour: str, palette: Palette, ratio: float) -> QPixmap:
    svg = (ASSETS / "icons" / f"{name}.svg").read_bytes().replace(_STROKE.encode(), colour.encode())
    image = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(_coloured(svg, palette)).render(painter, QRectF(image.rect()))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


def pixmap(name: str, size: int = 18, role: str = "text") -> QPixmap:
    """Render the icon file `name` at `size` logical pixels in the palette's colour `role`."""
    ratio = max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)
    return _render(name, size, getattr(colours(), role), colours(), max(ratio, 2.0))


def icon(name: str, role: str = "text", checked: str = "accent") -> QIcon:
    """Make an icon for normal, checked and disabled buttons; colours are names of the palette."""
    result = QIcon()
    result.addPixmap(pixmap(name, 20, role), QIcon.Mode.Normal, QIcon.State.Off)
    result.addPixmap(pixmap(name, 20, checked), QIcon.Mode.Normal, QIcon.State.On)
    for state in (QIcon.State.On, QIcon.State.Off):
        result.addPixmap(pixmap(name, 20, "inactive"), QIcon.Mode.Disabled, state)
    return result


def set_icon(target: QAbstractButton | QAction, name: str, role: str = "text", checked: str = "accent") -> None:
    """Give a button or an action an icon that follows the theme."""
    target.setProperty(_ICON, [name, role, checked])
    target.setIcon(icon(name, role, checked))


def set_picture(target: QLabel, name: str, size: int, role: str = "text") -> None:
    """Show an icon in a label; it follows the theme."""
    target.setProperty(_ICON, [name, role])
    target.setProperty(_SIZE, size)
    target.setPixmap(pixmap(name, size, role))


def _renew_icons() -> None:
    for widget in QApplication.topLevelWidgets():
        for target in (widget, *widget.findChildren(QWidget), *widget.findChildren(QAction)):
            shown = target.property(_ICON)
            if shown is None:
                continue
            if isinstance(target, QLabel):
                set_picture(target, shown[0], target.property(_SIZE), shown[1])
            elif isinstance(target, QAbstractButton | QAction):
                set_icon(target, *shown)
