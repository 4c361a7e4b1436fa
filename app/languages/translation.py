"""Translate the window's texts: load the language of the settings, else that of the system.

Texts are English in the code. Methods of a QObject use `self.tr`, other functions `translate` with the module as
context; constants are marked by `mark` and translated by `shown`. English has a file, too: its
plural forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

FOLDER = Path(__file__).resolve().parent
# Code -> the language's own name for itself. Another language is a line here and a .ts file (see update.py).
LANGUAGES: Mapping[str, str] = {"en": "English", "de": "Deutsch", "ja": "日本語", "zh_CN": "简体中文"}
SYSTEM = ""  # the setting of a user who chose no language

_installed: list[QTranslator] = []
translate = QCoreApplication.translate


def mark(text: str) -> str:
    """Mark a constant for lupdate, to be translated by `shown`; return it unchanged."""
    return text


def shown(text: str) -> str:
    """Translate a text that `mark` marked."""
    return translate("", text) if text else ""


def spoken(setting: str) -> str:
    """Return the code of the language to show: that of `setting`, else the system's."""
    if setting in LANGUAGES:
        return setting
    for name in QLocale.system().uiLanguages():
        code = matching(name)
        if code:
            return code
    return "en"


def matching(name: str) -> str:
    """Return the code of a language that a system calls `name`, "de-AT" say; "" for none."""
    locale = QLocale(name)
    if locale.language() == QLocale.Language.Chinese:
        return "zh_CN" if locale.script() == QLocale.Script.SimplifiedHanScript else ""
    code = name.replace("-", "_").partition("_")[0].lower()
    return code if code in LANGUAGES else ""


def install(app: QCoreApplication, setting: str = SYSTEM) -> str:
    """Show texts and numbers in another language from now on; return its code."""
    code = spoken(setting)
    while _installed:  # kept here, because findChildren takes 9 ms at the start
        app.removeTranslator(_installed.pop())
    qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    files = [(f"qtbase_{code}", qt)] if code != "en" else []
    for name, folder in [*files, (f"hourglass_{code}", str(FOLDER))]:
        translator = QTranslator(app)
        if translator.load(name, folder):
            app.installTranslator(translator)
            _installed.append(translator)
    QLocale.setDefault(QLocale.system() if setting not in LANGUAGES else QLocale(code))
    return code


def decimal(value: float, digits: int) -> str:
    """Format a number with `digits` decimals as the language writes it."""
    locale = QLocale()
    locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    return locale.toString(float(value), "f", digits)
