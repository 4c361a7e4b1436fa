"""`models`: what is installed, and what each part can be chosen from."""

from __future__ import annotations

import argparse
from typing import Any

from pipeline import registry, weights
from pipeline.cli.report import Report
from pipeline.errors import ModelError


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("models", help="detectors, lifters and formats, and whether they can be used here")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, report: Report) -> int:
    for kind, title in (("detector", "2D detectors"), ("host", "Video pose transformers"), ("exporter", "Formats")):
        report.line(title)
        for entry in registry.entries(kind):  # type: ignore[arg-type]
            reason = entry.missing()
            report.line(f"  {entry.name:<18} {entry.title}" + (f"  [{reason}. {entry.hint}]" if reason else ""))
            report.record(
                {"kind": kind, "name": entry.name, "title": entry.title, "ready": not reason, "reason": reason}
            )
    report.line("Lifters (weights)")
    for weight in weights.manifest():
        try:
            weights.locate(weight)
            reason = ""
        except ModelError as error:
            reason = str(error)
        default = " (default)" if weight.default else ""
        report.line(f"  {weight.name:<18} {weight.title}{default}" + (f"  [{reason}]" if reason else ""))
        row = {"kind": "lifter", "name": weight.name, "title": weight.title, "default": weight.default}
        report.record({**row, "ready": not reason, "reason": reason})
    return 0
