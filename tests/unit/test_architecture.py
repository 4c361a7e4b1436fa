"""Check the shape of the tree: small folders, no circular imports, one wheel package a folder."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path, PurePosixPath

import grimp
import pytest

ROOT = Path(__file__).parents[2]
MAX_FILES = 12  # of one folder, without __init__.py: what a reader takes in at one look


def tracked(pattern: str) -> list[PurePosixPath]:
    """List the files of the project: those that git tracks, else (a source archive) all that are there."""
    found = subprocess.run(["git", "ls-files", pattern], cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode == 0 and found.stdout:
        return [PurePosixPath(line) for line in found.stdout.splitlines() if (ROOT / line).exists()]
    tops = ("app", "pipeline", "training", "tests", "benchmarks")
    return [PurePosixPath(path.relative_to(ROOT).as_posix()) for top in tops for path in (ROOT / top).rglob(pattern)]


def circles(imports: dict[str, set[str]]) -> list[list[str]]:
    """Find groups of modules that import each other, directly or through others (Tarjan's components)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        number[module] = low[module] = len(number)
        stack.append(module)
        for other in imports[module]:
            if other not in number:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], number[other])
        if low[module] == number[module]:
            at = stack.index(module)
            group, stack[at:] = stack[at:], []
            if len(group) > 1:
                found.append(sorted(group))

    for module in imports:
        if module not in number:
            visit(module)
    return found


def test_no_folder_is_crowded() -> None:
    counts = Counter(path.parent for path in tracked("*.py") if path.name != "__init__.py")
    assert len(counts) > 50
    assert {str(folder): count for folder, count in counts.items() if count > MAX_FILES} == {}


@pytest.mark.parametrize("package", ["pipeline", "app", "training"])
def test_no_module_imports_itself_through_others(package: str) -> None:
    """Imports inside functions and for type checkers count, too."""
    graph = grimp.build_graph(package, exclude_type_checking_imports=False)
    imports = {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}
    assert sum(map(len, imports.values())) > 20
    assert circles(imports) == []


def test_a_circle_is_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [["b", "c"]]
