"""The wheel: its list of packages is that of the folders, and the library speaks to a person at any keyboard."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
# What only the command line may say: options, and how the program of a checkout is started. pip's options are pip's.
COMMAND_LINE = re.compile(r"(?<![\w-])--[a-z]|\./start|start\.ps1")


def test_every_folder_of_the_library_is_in_the_wheel() -> None:
    folders = {path.parent.relative_to(ROOT / "pipeline") for path in (ROOT / "pipeline").rglob("__init__.py")}
    wanted = {".".join(("hourglass", *folder.parts)) for folder in folders}
    wanted |= {"hourglass.bundled", "hourglass.figure"}
    assert sorted(PROJECT["tool"]["setuptools"]["packages"]) == sorted(wanted)


def test_every_file_beside_the_code_is_in_the_wheel() -> None:
    data = PROJECT["tool"]["setuptools"]["package-data"]
    files = [path for path in (ROOT / "pipeline").rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")]
    assert [path.name for path in files] == data["hourglass"]
    shipped = {path.name for pattern in data["hourglass.bundled"] for path in (ROOT / "weights").glob(pattern)}
    assert shipped == {path.name for path in (ROOT / "weights").iterdir() if path.is_file()}
    shipped = {path.name for pattern in data["hourglass.figure"] for path in (ROOT / "assets/human").glob(pattern)}
    assert shipped == {path.name for path in (ROOT / "assets/human").iterdir()}


def test_start_installs_every_extra() -> None:
    # `synthesis` is for training alone; the tests get it without its dependencies. `fbx` is large, and GPL.
    extras = set(PROJECT["project"]["optional-dependencies"]) - {"test", "synthesis", "fbx"}
    for script, quote in (("start", ""), ("start.ps1", '"')):
        text = (ROOT / script).read_text("utf-8")
        found = re.search(rf"^\$?extras ?= ?{quote}([\w,]+){quote}$", text, re.MULTILINE)
        assert found is not None, script
        assert set(found[1].split(",")) == extras


def texts(path: Path) -> list[tuple[int, str]]:
    """(line, text) of the string literals of a file that are no docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    documents = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body
        if isinstance(node.body[0], ast.Expr)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in documents
    ]


def spoken(text: str) -> bool:
    """Whether a text is for people: an argument of another program is one word."""
    return " " in text.strip() and "pip install" not in text


def test_the_library_names_no_options_of_the_command_line() -> None:
    files = [path for path in (ROOT / "pipeline").rglob("*.py") if "cli" not in path.relative_to(ROOT).parts]
    assert len(files) > 100
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in files
        for line, text in texts(path)
        if spoken(text) and COMMAND_LINE.search(text)
    ]
    assert not found, "\n".join(["errors carry a field, the command line says its flag (cli/wording.py):", *found])


@pytest.mark.parametrize(
    ("text", "is_found"),
    [("Say --heads.", True), ("Run ./start doctor.", True), ("x--y", False), ("-- nothing", False)],
)
def test_the_search_finds_options(text: str, is_found: bool) -> None:
    assert bool(COMMAND_LINE.search(text)) == is_found
