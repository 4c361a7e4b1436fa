"""Give every command hostile arguments. Nothing is lifted: the inputs are too small, or the command refuses before."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.harness.case import Build, Case, Cases, made
from tests.attacks.harness.sound_inputs import data
from tests.attacks.inputs.takes.pack import FORMATS

NUMBERS = (
    "nan", "inf", "-inf", "-1", "0", "1e308", "1e999", "99999999999999999999", "-0", "0x10", "１", "1,5", "", " ", "x",
    "$(id)", "1;id", "--", "\u202e1", "1" * 5000,
)  # fmt: skip
TEXTS = (
    "", " ", "../../x", "/etc/passwd", "a\nb", "\x1b[2J", "$(touch PWNED)", "x" * 5000, "名前", "-", "--",
    "=", ",", ",,,",
    "nan", "%s", "\udcff",
)  # fmt: skip
_NOWHERE = "http://127.0.0.1:9/x"
_LIFT, _EDIT = ("lift", "nowhere.mp4", "-o", "out"), ("edit", "t.pose3d", "-o", "out/e")
_EXPORT, _LIVE = ("export", "t.pose3d", "-o", "out"), ("live", "--source", _NOWHERE)
# Arguments before the option, options, values.
OPTIONS: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (_LIFT, ("fov", "pitch", "roll", "height", "start", "end", "person", "smooth", "fill-gap", "picture"), NUMBERS),
    (_LIFT, ("fps", "recorded-fps"), NUMBERS),
    (
        _LIFT,
        ("formats", "lifter", "device", "detector", "prune", "tokens", "at", "recover", "motion", "limb", "preset",
         "unit",
         "option", "size"),
        TEXTS,
    ),
    (_EDIT, ("fov", "pitch", "roll", "height", "smooth", "picture"), NUMBERS),
    (_EXPORT, ("formats", "person", "option", "preset", "video"), TEXTS),
    (
        _LIVE,
        ("seconds", "rate", "size", "max-people", "lookahead", "latency-budget", "fov", "pitch", "roll", "height"),
        NUMBERS,
    ),
    (_LIVE, ("stream", "lifter", "detector", "device"), TEXTS),
    (("live",), ("source",), TEXTS),
)  # fmt: skip
EDITS = ("split", "merge", "rename", "delete", "exchange-sides")
TEMPLATES = ("VALUE", "1@VALUE", "1+VALUE", "1=VALUE", "VALUE@1", "VALUE=1")
STREAMS = (
    "vmc://", "vmc://127.0.0.1:99999", "vmc://127.0.0.1:-1", "vmc://[::1", "vmc://[zz]:1", "ws://256.1.1.1:1",
    "ws://127.0.0.1:0", "ws://127.0.0.1:1", "udp://nowhere.invalid:1", "udp://255.255.255.255:9", "http://x",
    "osc://127.0.0.1:9000/../x", "ws://127.0.0.1:9002?person=0", "ws://127.0.0.1:9002?person=999999999999999999999",
    "ws://127.0.0.1:9002?people=all&person=1", "ws://127.0.0.1:9002?origin=*", "ws://127.0.0.1:9002?evil=1",
    "ws://127.0.0.1:9002#x", "ws://user:pass@127.0.0.1:9002", "lsl://", "lsl://" + "x" * 10_000,
    "vmc://" + "a" * 300 + ":1",
    "vmc://a..b:1", "vmc://\u202e:1", "ws://127.0.0.1:9002?person=²",
)  # fmt: skip
SOURCES = (
    "rtsp://", "http://", "http://:80", "http://[::1", "http://127.0.0.1:99999/", "file:///etc/passwd",
    "concat:///etc/passwd", "http://127.0.0.1:9/" + "a" * 100_000, "http://127.0.0.1:9/\r\nX: y",
    "http://user:secret@127.0.0.1:9/?key=secret", "rtsp://user:secret@127.0.0.1:9/", "HTTP://127.0.0.1:9", "udp://",
    "tcp://127.0.0.1:9", "srt://127.0.0.1:9", "pipe://0", "lavfi://testsrc", "crypto+file:///etc/passwd", "http+unix://x",
    "://", "http:/127.0.0.1", "-1", "99", "/dev/null", "/dev/video99", "../x", "0x0", "1e3", "\udcff",
)  # fmt: skip
LINES: tuple[tuple[str, ...], ...] = (
    (), ("--",), ("-h",), ("--version",), ("lift",), ("lift", "-o"), ("lift", "-o", "out"), ("lift", "", "-o", "out"),
    ("lift", "--", "-o", "out"), ("lift", "-o", "/dev/null", "v.png"), ("lift", "-o", "/dev/full", "v.png"),
    ("lift", "-o", "/proc/x", "v.png"), ("lift", "-o", "v.png", "v.png"), ("lift", "-o", "v.png/x", "v.png"),
    ("lift", "-o", "x" * 300, "v.png"), ("lift", "-o", "a/" * 2500, "v.png"), ("lift", "-o", "", "v.png"),
    ("lift", "-o", "out", *["nowhere.mp4"] * 3000),
    ("lift", "-o", "out", "v.png", "v.png", "--sample", "--person", "1", "--all"), ("evil",), ("models", "evil"),
    ("models", "download", "../../x"), ("models", "remove", "../../x"), ("models", "remove", ""),
    ("models", "remove", "h2ot_fast_v2"), ("models", "remove", "mediapipe"),
    ("models", "add", "v.png", "--name", "../../x"), ("models", "add", "v.png", "--name", "x" * 300),
    ("models", "add", "t.pose3d"), ("models", "run", "nobody", "--input", "v.png", "--output", "v.png"),
    ("models", "run", "h2ot_fast_v2", "--input", "v.png", "--output", "y.npz"),
    ("models", "run", "h2ot_fast_v2", "--input", "/dev/zero", "--output", "y.npz"),
    ("models", "run", "h2ot_fast_v2", "--input", "t.pose3d", "--output", "/y.npz"),
    ("export", "t.pose3d", "-o", "t.pose3d"), ("export", "/dev/null"), ("export", "/dev/stdin"), ("export", "."),
    ("edit", "."), ("edit", "t.pose3d", "-o", "."), ("edit", "t.pose3d", "-o", "/dev/null"),
    ("edit", "t.pose3d", "-o", "/proc/x/y"), ("edit", "t.pose3d", "-o", "out/" + "x" * 250),
    ("edit", "t.pose3d", "-o", ""), ("live", "--source", "v.png", "--loop", "--seconds", "nan"),
    ("live", "--source", ".", "--seconds", "1"), ("live", "--source", "v.png", "--record", "/proc/x"),
    ("live", "--source", "v.png", "--record", "v.png"), ("bench", "--host", "evil"), ("bench", "--repeats", "0"),
    ("bench", "--batch", "999999999", "--lifter", "evil"), ("bench", "--input", "v.png"),
    ("bench", "--threads", "999999999999"), ("bench", "--threads", "-1"), ("doctor", "x"),
)  # fmt: skip
TAKE_NAMES = (
    "=cmd|' C calc'!A0", "$(touch PWNED)", "a\nb", "nan", "-x", "..", "x" * 240, "%d%s", "名前",
    "\x1b[31m", "a:b", "con",
    "\udcff", "a\tb", "_person2", ".hidden",
)  # fmt: skip


def with_inputs(*arguments: str) -> Build:
    def build(folder: Path) -> None:
        (folder / "t.pose3d").write_bytes(data("take.pose3d"))
        (folder / "v.png").write_bytes(data("a.png"))

    return made(build, *arguments)


def cases() -> Cases:
    lines: dict[str, tuple[str, ...]] = {}
    for before, options, values in OPTIONS:
        for option in options:
            for number, value in enumerate(values):
                name = f"{before[0]} --{option} {value[:20]!r} {number}"
                lines[name] = (*before, f"--{option}", value)
                lines[f"{name}, joined"] = (*before, f"--{option}={value}")
    for option in EDITS:
        for template in TEMPLATES:
            for number, value in enumerate((*NUMBERS[:12], "²", "٣", "1" * 400)):
                name = f"edit --{option} {template} {value[:12]!r} {number}"
                lines[name] = (*_EDIT, f"--{option}={template.replace('VALUE', value)}")
    for number, url in enumerate(STREAMS):
        lines[f"live stream {url[:40]!r} {number}"] = (*_LIVE, "--stream", url)
    for number, url in enumerate(SOURCES):
        lines[f"live source {url[:40]!r} {number}"] = ("live", "--source", url)
    for number, line in enumerate(LINES):
        lines[f"line {' '.join(line)[:60]!r} {number}"] = line
    for name, line in lines.items():
        yield Case(name, with_inputs(*line), time_s=30.0)
    for name in TAKE_NAMES:

        def build(folder: Path, name: str = name) -> list[str]:
            (folder / f"{name}.pose3d").write_bytes(data("take.pose3d"))
            return ["export", f"./{name}.pose3d", "-o", "out", "--formats", FORMATS, "--report"]

        yield Case(f"take called {name[:30]!r}", build)
