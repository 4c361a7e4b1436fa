"""Check the English of docstrings, comments and documents: no riddles, and short first lines."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = ("pipeline", "app", "training", "benchmarks")
# Folders and documents that are not rewritten yet. Each rewrite takes its folder out of this list, which ends empty.
PENDING: tuple[str, ...] = ()
BANNED = (
    "whoever", "whom", "anew", "somebody", "sights", "to and fro", "is told", "as it is", "of its own",
)  # fmt: skip
FIRST_LINE = 90  # characters that the first line of a docstring may have

_BANNED = re.compile(r"\b(?:" + "|".join(phrase.replace(" ", r"[\s#]+") for phrase in BANNED) + r")\b", re.IGNORECASE)
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_in(entry: str, path: Path) -> bool:
    return name_of(path) == entry or name_of(path).startswith(f"{entry}/")


def is_pending(path: Path) -> bool:
    return any(is_in(entry, path) for entry in PENDING)


def code_files() -> list[Path]:
    return sorted(path for folder in CODE for path in (ROOT / folder).rglob("*.py"))


def documents() -> list[Path]:
    """List the Markdown files of the project, without those of environments and build folders."""
    found = (path for path in ROOT.rglob("*.md") if "site-packages" not in path.parts)
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(ROOT).parts))


def docstrings(source: str) -> Iterator[tuple[int, str, bool]]:
    """Yield (line, text, is public) of every docstring."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, _DOCUMENTED) and node.body and isinstance(node.body[0], ast.Expr):
            value = node.body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                public = isinstance(node, ast.Module) or not node.name.startswith("_")
                yield value.lineno, value.value, public


def comments(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of every comment; comments on consecutive lines are one text."""
    block: list[str] = []
    begin = end = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        if block and token.start[0] != end + 1:
            yield begin, "\n".join(block)
            block = []
        if not block:
            begin = token.start[0]
        block.append(token.string)
        end = token.start[0]
    if block:
        yield begin, "\n".join(block)


def banned_in(texts: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield (line, phrase) of every banned phrase, also of one that a line break divides."""
    for line, text in texts:
        for match in _BANNED.finditer(text):
            yield line + text.count("\n", 0, match.start()), " ".join(match.group().replace("#", " ").split())


def banned_words(path: Path) -> list[str]:
    """List the banned phrases of a file as "file:line: phrase"."""
    text = path.read_text(encoding="utf-8")
    texts = [(1, text)]
    if path.suffix == ".py":
        texts = sorted([(line, doc) for line, doc, _ in docstrings(text)] + list(comments(text)))
    return [f"{name_of(path)}:{line}: {phrase!r}" for line, phrase in banned_in(texts)]


def long_first_lines(path: Path) -> list[str]:
    """List the public docstrings whose first line is too long as "file:line: length: text"."""
    found = []
    for line, text, public in docstrings(path.read_text(encoding="utf-8")):
        first = text.strip().split("\n", 1)[0]
        if public and len(first) > FIRST_LINE:
            found.append(f"{name_of(path)}:{line}: {len(first)} characters: {first}")
    return found


def test_docstrings_and_comments_use_plain_words() -> None:
    files = [path for path in code_files() if not is_pending(path)]
    assert len(files) > 50
    found = [line for path in files for line in banned_words(path)]
    assert not found, "\n".join(["write these in plain words:", *found])


def test_documents_use_plain_words() -> None:
    files = [path for path in documents() if not is_pending(path)]
    assert ROOT / "CONTRIBUTING.md" in files
    found = [line for path in files for line in banned_words(path)]
    assert not found, "\n".join(["write these in plain words:", *found])


def test_first_docstring_lines_are_short() -> None:
    found = [line for path in code_files() if not is_pending(path) for line in long_first_lines(path)]
    assert not found, "\n".join([f"first lines of docstrings have at most {FIRST_LINE} characters:", *found])


@pytest.mark.parametrize("entry", PENDING)
def test_what_is_pending_still_needs_a_rewrite(entry: str) -> None:
    code = [path for path in code_files() if is_in(entry, path)]
    files = code + [path for path in documents() if is_in(entry, path)]
    assert any(map(banned_words, files)) or any(map(long_first_lines, code)), f"take {entry} out of PENDING"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f():\n    '''Return it.\n\n    Done as it\n    is.\n    '''\n", [(4, "as it is")]),
        ("x = 1  # made anew\n", [(1, "anew")]),
        ("# a frame\n# of its\n# own\n", [(2, "of its own")]),
        ("x = 'whom'\ny = 'insights, renewed'  # insights\n", []),
    ],
)
def test_the_check_finds_a_phrase_and_its_line(source: str, expected: list[tuple[int, str]]) -> None:
    texts = [(line, text) for line, text, _ in docstrings(source)] + list(comments(source))
    assert list(banned_in(texts)) == expected
