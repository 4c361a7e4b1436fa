"""Test the themes: contrast of both palettes, no colour outside of them, and a change while the window is open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app import theme
from app.appearance.palettes import DARK, LABEL, LIGHT, MARK, ON_LABEL, ON_MARK, OUTLINE, Palette, contrast
from app.appearance.style_sheet import style_sheet
from app.settings import Settings
from app.window import Window

APP = Path(__file__).parents[3] / "app"
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|QColor\(\s*\d|GlobalColor\.(?!transparent)")
_GROUNDS = ("background", "surface", "raised", "well", "drop", "scene")
# Colour of a text -> its grounds.
_TEXTS = {
    "text": (*_GROUNDS, "hover", "pressed", "selected", "drop_hot", "error_ground", "note_ground", "accent_tint",
             "accent_tint_hover", "disabled"),
    "muted": (*_GROUNDS, "hover", "pressed", "drop_hot"),
    "faint": _GROUNDS,
    "note_hint": ("error_ground", "note_ground"),
    "danger": ("surface", "background", "raised", "well"),
    "accent": ("surface", "background"),
    "left": ("well", "surface"), "right": ("well", "surface"), "centre": ("well", "surface"),
    "on_accent": ("accent", "accent_hover", "accent_pressed"),
}  # fmt: skip
_PARTS = {
    "control": ("surface", "raised", "well"),
    "accent": ("surface", "raised", "track", "track_range", "well", "accent_tint"),
    "lane": ("track", "track_range"), "other_lane": ("track", "well"),
    "playhead": ("track", "track_range", "surface", "well"),
    "left": ("scene",), "right": ("scene",), "centre": ("scene",), "ghost": ("scene", "surface", "well"),
    "danger": ("error_ground",), "info": ("note_ground",),
}  # fmt: skip


def _ratio(palette: Palette, colour: str, ground: str) -> float:
    return contrast(getattr(palette, colour), getattr(palette, ground))


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_text_and_graphical_parts_stand_out(palette: Palette) -> None:
    low = [
        f"{colour} on {ground}: {_ratio(palette, colour, ground):.2f}"
        for pairs, least in ((_TEXTS, 4.5), (_PARTS, 3.0))
        for colour, grounds in pairs.items()
        for ground in grounds
        if _ratio(palette, colour, ground) < least
    ]
    assert not low, low
    assert min(contrast(stage, palette.track) for stage in palette.stages) >= 3
    badge, on_badge = "#" + palette.badge[-6:], palette.on_badge
    assert contrast(on_badge, badge) >= 4.5


def test_what_is_drawn_over_a_video_stands_out_from_its_own_ground() -> None:
    assert contrast(ON_LABEL, LABEL) >= 4.5
    assert contrast(ON_MARK, MARK) >= 4.5
    assert contrast(MARK, OUTLINE) >= 3


@pytest.mark.parametrize(("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48)])
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.005)


def test_no_colour_stands_outside_the_palettes() -> None:
    found = [
        f"{path.relative_to(APP)}:{number}: {line.strip()}"
        for path in sorted(APP.rglob("*.py"))
        if path.parent.name != "appearance" and path.name != "theme.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if _COLOUR.search(line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_the_style_sheet_has_only_colours_and_files_that_exist(palette: Palette) -> None:
    sheet = style_sheet(palette, theme.ASSETS / "icons")
    assert "$" not in sheet
    files = re.findall(r"url\((.*?)\)", sheet)
    assert len(files) >= 4
    assert all(Path(file).is_file() for file in files)
    known = {str(getattr(palette, name)) for name in Palette.__dataclass_fields__}
    assert set(re.findall(r"#[0-9a-f]{6,8}\b", sheet)) <= known


@pytest.fixture
def dark_again() -> Iterator[None]:
    yield
    theme.apply(QApplication.instance())


def _shade(part: QWidget, x: int, y: int) -> str:
    return QColor(part.grab().toImage().pixel(x, y)).name()


def test_the_light_theme_is_chosen_in_the_menu_and_kept(lifted: Window, dark_again: None, qtbot: QtBot) -> None:
    lifted.actions_["drawer"].setChecked(True)
    lifted.bodies.menu.choices["stick"].trigger()
    page = lifted.workspace
    ground = _shade(page.timeline, 2, 2)
    play = page.transport.grab().toImage()
    lifted.theme_menu.choices["light"].trigger()
    qtbot.wait(50)
    assert theme.colours() is LIGHT
    assert _shade(page.timeline, 2, 2) != ground
    assert _shade(page.video, 2, 2) == LIGHT.well
    assert QColor(page.drawer.curves.plot.backgroundBrush().color()).name() == LIGHT.well
    assert LIGHT.left in page.drawer.curves.readout.text()
    assert LIGHT.faint in page.transport.time.text()
    assert page.transport.grab().toImage() != play, "the icons of the buttons are dark now"
    scene = page.scene.gl
    assert QColor(*(round(255 * part) for part in scene.opts["bgcolor"][:3])).name() == LIGHT.scene
    red, green, blue = (QColor(LIGHT.left).redF(), QColor(LIGHT.left).greenF(), QColor(LIGHT.left).blueF())
    distance = abs(scene.bodies.colours[:, :3] - [red, green, blue]).max(axis=1)
    assert distance.min() < 0.01, "bodies that are shown already get the colours, too"
    assert Settings().view.theme == "light"


def test_the_theme_follows_the_system(
    window: Window, dark_again: None, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    scheme = Qt.ColorScheme.Light
    monkeypatch.setattr(theme, "system_scheme", lambda: scheme)
    hints = QApplication.styleHints()
    hints.colorSchemeChanged.emit(scheme)
    assert theme.colours() is DARK, "the dark theme was chosen"
    window.theme_menu.choices["system"].trigger()
    assert theme.colours() is LIGHT
    scheme = Qt.ColorScheme.Dark
    hints.colorSchemeChanged.emit(scheme)
    assert theme.colours() is DARK


def test_an_unknown_theme_in_the_settings_is_the_dark_one(dark_again: None) -> None:
    theme.apply(QApplication.instance(), "light")
    theme.apply(QApplication.instance(), "purple")
    assert theme.colours() is DARK


def test_the_figure_of_the_start_page_has_the_colours_of_the_theme(window: Window, dark_again: None) -> None:
    dark = window.empty.grab().toImage()
    window.theme_menu.choices["light"].trigger()
    assert LIGHT.left.encode() in bytes(theme.figure("figure").data())
    assert window.empty.grab().toImage() != dark
