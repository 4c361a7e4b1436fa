"""Count how often the tests reach into private members of the program: few, so that code can change behind its doors.

A use is an attribute `x._name` where `x` is neither `self` nor `cls` and no `_name` is defined in the test's file, an
import of a `_name`, or a `_name` patched by its text (`monkeypatch.setattr(module, "_name", ...)`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
MOST = 10
PATCHERS = ("setattr", "delattr", "setitem", "object", "patch", "getattr", "hasattr")


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name != "_"


def own_names(tree: ast.Module) -> set[str]:
    """Return the names of functions, classes, variables and attributes of `self` that a file defines."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and is_self(node.value):
            names.add(node.attr)
    return names


def is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def private_uses(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, name) of every use of a private member that is not the file's."""
    tree = ast.parse(source)
    own = own_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            if node.attr not in own and not is_self(node.value):
                yield node.lineno, node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, alias.name) for alias in node.names if is_private(alias.name))
        elif isinstance(node, ast.Call) and called_name(node) in PATCHERS:
            for argument in node.args[:2]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    name = argument.value.rpartition(".")[2]
                    if is_private(name) and name not in own:
                        yield argument.lineno, name


def called_name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def test_tests_hardly_use_private_members() -> None:
    files = sorted(TESTS.rglob("*.py"))
    assert len(files) > 100
    found = [
        f"{path.relative_to(TESTS).as_posix()}:{line}: {name}"
        for path in files
        for line, name in sorted(private_uses(path.read_text(encoding="utf-8")))
    ]
    print(len(found), "uses")
    assert len(found) <= MOST, "\n".join(["give the program a public name for what these look at:", *found])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("view._image\nself._image\n", [(1, "_image")]),
        ("class Fake:\n    def __init__(self): self._image = 1\nFake()._image\n", []),
        ("from pipeline.x import _name, name\n", [(1, "_name")]),
        ("monkeypatch.setattr(module, '_name', 1)\nsetattr(view, 'name', '_text')\n", [(1, "_name")]),
        ("monkeypatch.setattr('pipeline.x._name', 1)\n", [(1, "_name")]),
        ("view.__dict__\nx['_name']\n", []),
    ],
)
def test_the_check_finds_uses_and_leaves_own_names(source: str, expected: list[tuple[int, str]]) -> None:
    assert list(private_uses(source)) == expected
