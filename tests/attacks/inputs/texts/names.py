"""Give people names that are code, paths or control characters elsewhere, and export them to all formats."""

from __future__ import annotations

from tests.attacks.harness.case import Case, Cases, made
from tests.attacks.harness.sound_inputs import data
from tests.attacks.inputs.takes.pack import FORMATS

NAMES = (
    "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1", "../../PWNED", "/etc/passwd", "a/b", "a\\b", "C:\\x",
    "CON",
    ".", "..", "$(touch PWNED)", "`touch PWNED`", "; touch PWNED", "'; DROP TABLE x", '"quoted"',
    "<script>alert(1)</script>", "<img src=x>", "]]>", "&amp;", '{"a":1}', "a\nb", "a\r\nEnd Site", "a\0b",
    "\x1b[31mred",
    "\u202eevil", "\u2028", "nan", "inf", "%s%n%d", "{0}", "ﷺ" * 60, "🤸" * 60, "é" * 60, "", " ", "x" * 10_000,
    "Person 2", "person2", "=1+1", "\ud800", "--delete", "-o",
)  # fmt: skip


def rename_and_export(argv: list[str]) -> int:
    from pipeline.cli import main

    code = main(["edit", "t.pose3d", "-o", "out/e.pose3d", "--rename", f"1={argv[0]}"])
    return code or main(["export", "out/e.pose3d", "-o", "out", "--formats", FORMATS, "--report"])


def cases() -> Cases:
    for number, name in enumerate(NAMES):
        build = made(lambda folder: (folder / "t.pose3d").write_bytes(data("take.pose3d")), name)
        yield Case(f"person called {name[:30]!r} {number}", build, rename_and_export)
