"""Test the translations: complete and compiled, placeholders kept, and the window fits in every language."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QPoint, QRect
from PySide6.QtWidgets import QApplication, QDialog, QScrollArea
from pytestqt.qtbot import QtBot

from app import theme
from app.actions import SPECS, plain
from app.backend import library_texts
from app.languages import translation, update
from app.languages.translation import FOLDER, LANGUAGES, decimal, matching, shown, spoken
from app.settings import Settings
from app.views.take_rows import name_of
from app.window import Window
from pipeline.analysis.curves import QUANTITIES
from pipeline.core.export_options import OPTIONS
from pipeline.registry import entries
from tests.gui.conftest import run_to_end
from tests.helpers.fake_library import FakeLibrary

_OTHERS = [code for code in LANGUAGES if code != "en"]
_HIGHEST_PX = 600


def _messages(path: Path) -> Iterator[tuple[str, str, list[str], bool]]:
    """Yield (context, source, translations, finished) of a .ts file; several translations are plural forms."""
    for context in ElementTree.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            found = message.find("translation")
            assert found is not None
            forms = [form.text or "" for form in found.iter("numerusform")] or [found.text or ""]
            yield context.findtext("name") or "", message.findtext("source") or "", forms, "type" not in found.attrib


def _ts(code: str) -> Path:
    return FOLDER / f"hourglass_{code}.ts"


def _placeholders(text: str) -> list[str]:
    fields = [f"{{{name}:{spec}}}" for _, name, spec, _ in string.Formatter().parse(text) if name is not None]
    return sorted(fields + re.findall(r"%n", text) + re.findall(r"</?\w+>", text))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_is_translated_with_its_placeholders(code: str) -> None:
    found = list(_messages(_ts(code)))
    assert len(found) > (5 if code == "en" else 600)
    wrong = [source for _, source, forms, finished in found if not finished or not all(forms)]
    assert not wrong, wrong
    differing = [
        (source, form)
        for _, source, forms, _ in found
        for form in forms
        if _placeholders(form) != _placeholders(source)
    ]
    assert not differing, differing


@pytest.mark.parametrize("code", _OTHERS)
def test_mnemonics_are_kept(code: str) -> None:
    lost = [source for _, source, forms, _ in _messages(_ts(code)) if ("&" in source) != ("&" in forms[0])]
    assert not lost, lost


@pytest.mark.skipif(update.tool("lupdate") is None, reason="this PySide6 has no lupdate")
@pytest.mark.parametrize("code", LANGUAGES)
def test_the_files_have_the_texts_of_the_code(code: str, tmp_path: Path) -> None:
    """After a change of texts: python -m app.languages.update."""
    now = {(context, source) for context, source, _, _ in _messages(update.collect(code, tmp_path))}
    kept = {(context, source) for context, source, _, _ in _messages(_ts(code))}
    assert now == kept


@pytest.mark.skipif(update.tool("lrelease") is None, reason="this PySide6 has no lrelease")
@pytest.mark.parametrize("code", LANGUAGES)
def test_the_compiled_files_are_up_to_date(code: str, tmp_path: Path) -> None:
    update.compile_texts(_ts(code), tmp_path / "now.qm")
    assert (tmp_path / "now.qm").read_bytes() == _ts(code).with_suffix(".qm").read_bytes()


def test_the_library_s_titles_are_listed_for_translation() -> None:
    listed = {*library_texts.FORMATS, *library_texts.EXPORT_OPTIONS, *library_texts.CURVES}
    formats = {text for entry in entries("exporter") for text in (entry.title, entry.group)}
    options = {text for one in OPTIONS.values() for text in (one.title, *(title for _, title in one.choices))}
    curves = {text for one in QUANTITIES.values() for text in (one.title, *(title for _, title in one.parts))}
    assert listed == formats | options | curves


@pytest.mark.parametrize(
    ("name", "code"),
    [("de-AT", "de"), ("de", "de"), ("ja-JP", "ja"), ("zh-Hans-CN", "zh_CN"), ("zh-CN", "zh_CN"), ("zh-TW", ""),
     ("zh-Hant", ""), ("en-GB", "en"), ("fr-FR", ""), ("C", "")],
)  # fmt: skip
def test_the_system_s_language_is_recognised(name: str, code: str) -> None:
    assert matching(name) == code


def test_a_chosen_language_goes_before_the_system_s_and_an_unknown_one_is_ignored() -> None:
    assert spoken("ja") == "ja"
    assert spoken("xx") in LANGUAGES


@pytest.fixture
def speak(qapp: QApplication) -> Iterator[Callable[[str], None]]:
    """Give a function that changes the language; at the end it is English again."""
    before = QLocale()
    yield lambda code: (translation.install(qapp, code), theme.apply(qapp))[0]
    translation.install(qapp, "en")
    QLocale.setDefault(before)
    theme.apply(qapp)


@pytest.mark.parametrize(
    ("code", "one", "many"),
    [("en", "Exported 1 file.", "Exported 2 files."),
     ("de", "1 Datei wurde exportiert.", "2 Dateien wurden exportiert."),
     ("ja", "1 個のファイルをエクスポートしました。", "2 個のファイルをエクスポートしました。"),
     ("zh_CN", "已导出 1 个文件。", "已导出 2 个文件。")],
)  # fmt: skip
def test_plural_forms(speak: Callable[[str], None], code: str, one: str, many: str) -> None:
    speak(code)
    texts = [QCoreApplication.translate("FileCommands", "Exported %n file(s).", "", count) for count in (1, 2)]
    assert texts == [one, many]


def test_numbers_names_and_qt_s_own_texts_follow_the_language(speak: Callable[[str], None]) -> None:
    speak("de")
    assert decimal(1234.56, 1) == "1234,6"
    assert name_of(None, 2) == "Person 2"
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Abbrechen"
    assert library_texts.note("estimated from how people stand (deviation 3 degrees)").endswith("(Abweichung 3 Grad)")
    assert library_texts.note("a note that is new") == "a note that is new"
    speak("ja")
    assert name_of(None, 2) == "人物 2"
    speak("en")
    assert decimal(1234.56, 1) == "1234.6"


def test_the_plain_text_of_an_action_has_no_mnemonic(speak: Callable[[str], None]) -> None:
    speak("ja")
    assert not [spec.name for spec in SPECS if re.search(r"&|\(.\)|…$", plain(shown(spec.text)))]


def test_a_language_is_chosen_in_the_menu_and_kept(window: Window) -> None:
    window.language_menu.choices["ja"].trigger()
    assert Settings().view.language == "ja"
    assert "next time" in window.banner.message.text()
    assert [action.text() for action in window.language_menu.actions()][1:] == list(LANGUAGES.values())


@pytest.mark.parametrize("code", _OTHERS)
def test_the_window_fits_a_small_screen_in_every_language(
    speak: Callable[[str], None], code: str, make_window: Callable[..., Window], library: FakeLibrary, video: Path,
    qtbot: QtBot,
) -> None:  # fmt: skip
    speak(code)
    window = make_window(library)
    available = QRect(0, 0, 1366, 728)
    window.resize(1440, 900)
    window.fit(available)
    window.controller.open_path(video)
    qtbot.waitUntil(lambda: window.workspace.video.image is not None)
    run_to_end(window, qtbot)
    page = window.workspace
    window.actions_["drawer"].setChecked(True)
    for fold in (page.panel.motion, page.panel.pruning):
        fold.head.setChecked(True)
    page.panel.pruning.compare.setChecked(True)
    qtbot.wait(50)
    assert available.contains(window.geometry())
    assert page.run_button.text() != "Run"
    for part in (page.run_button, page.export_button, page.panel):
        assert part.mapTo(window, QPoint(part.width(), 0)).x() <= window.width()
    assert page.transport.mapTo(window, QPoint(0, page.transport.height())).y() <= window.height()
    scroll = page.panel.findChild(QScrollArea)
    assert scroll.widget().minimumSizeHint().width() <= scroll.viewport().width(), "no field is cut off"
    assert window.live.page.minimumSizeHint().width() <= available.width()
    for action in ("export", "live", "models", "detectors", "keys", "about"):
        window.actions_[action].trigger()
        dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible())
        qtbot.waitExposed(dialog)
        assert dialog.minimumSizeHint().height() <= _HIGHEST_PX, action
        assert dialog.minimumSizeHint().width() <= available.width(), action
        dialog.reject()
        qtbot.wait(20)
