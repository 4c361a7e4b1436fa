"""Update the translations: collect the texts of the window, compile what is translated.

    python -m app.languages.update

Needs lupdate and lrelease, which PySide6 has. New texts are "unfinished" in the .ts files until Qt Linguist (pyside6-
linguist) or an editor has their translation; then run it again. The .qm files are kept in the repository, so that the
program has them without these tools.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import PySide6

from app.languages.translation import FOLDER, LANGUAGES

APP = FOLDER.parent
_TOOLS = Path(PySide6.__file__).parent
_PLURALS = "en"  # the language of the code, whose file has the plural forms only


def tool(name: str) -> Path | None:
    """Return the path of lupdate or lrelease; None where this PySide6 has none."""
    found = (_TOOLS / part for part in (name, f"{name}.exe", f"Qt/libexec/{name}"))
    return next((path for path in found if path.is_file()), None)


def collect(code: str, folder: Path = FOLDER) -> Path:
    """Write the texts of the window to a language's .ts file in `folder`, and return its path.

    Translations that it has stay.
    """
    target = folder / f"hourglass_{code}.ts"
    sources = sorted(str(path) for path in APP.rglob("*.py") if path.parent != FOLDER)
    options = [
        "-tr-function-alias",
        "QT_TR_NOOP+=mark",
        "-locations",
        "none",
        "-no-obsolete",
        "-no-ui-lines",
        "-silent",
    ]
    plurals = ["-pluralonly"] if code == _PLURALS else []
    _run(
        "lupdate", *options, *plurals, "-source-language", "en", "-target-language", code, *sources, "-ts", str(target)
    )
    return target


def compile_texts(source: Path, target: Path) -> None:
    """Compile a .ts file to the .qm file that the program reads."""
    made = target.with_suffix(".qm.new")
    _run("lrelease", "-silent", "-nounfinished", str(source), "-qm", str(made))
    made.replace(target)  # a running window has the old file mapped, which must not change under it


def _run(name: str, *arguments: str) -> None:
    path = tool(name)
    if path is None:
        raise SystemExit(f"{name} is missing: it is part of PySide6-Essentials.")
    subprocess.run([str(path), *arguments], check=True)


def main() -> int:
    for code in LANGUAGES:
        source = collect(code)
        compile_texts(source, source.with_suffix(".qm"))
        left = source.read_text(encoding="utf-8").count('type="unfinished"')
        sys.stdout.write(f"{LANGUAGES[code]}: {left} texts are not translated yet\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
