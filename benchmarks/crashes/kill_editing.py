"""Kill editing sessions at random moments, and check how old the take is that was kept.

    xvfb-run -a -s "-screen 0 1600x1000x24" python benchmarks/crashes/kill_editing.py [--kills 10] [--seed 0]

A child process opens a take in the real window, renames a person three times a second and prints the time of each edit.
It is killed (SIGKILL; TerminateProcess on Windows) 3 to 12 s after the first edit; then the unsaved take is looked for
as the program does when it starts.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

_TAKE = ROOT / "tests" / "data" / "take_0619064.pose3d"
_EDIT_S = 0.33


def kill_once(config: Path, after_s: float) -> float:
    """Edit in a child process, kill it, and return how old the kept edit was then, in s.

    It is killed `after_s` after the first edit. `config` is the folder of the program's settings, in which the kept
    take is left.
    """
    command = [sys.executable, __file__, "--child"]
    environment = {**os.environ, "HOURGLASS_CONFIG": str(config)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment) as child:
        assert child.stdout is not None
        first = child.stdout.readline()
        if not first:
            raise RuntimeError("the session did not begin")
        killer = threading.Timer(after_s, child.kill)
        killer.start()
        lines = [first, *child.stdout]
        killer.join()
    return float(lines[-1]) - _kept_at(config)


def _kept_at(config: Path) -> float:
    """Return the time of the last edit in the kept take."""
    from app.session.recovery.store import RecoveryStore
    from pipeline.take.file import load_take

    (unsaved,) = RecoveryStore(config / "recovery").left_by_crashes()
    take = load_take(unsaved.take)
    unsaved.lock.unlock()
    return float(take.name_of(take.tracks2d[0].person))


def _edit() -> None:
    """Rename a person of a take until this (child) process is killed."""
    from PySide6.QtCore import QCoreApplication, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from app.backend.library import Library
    from app.settings import Settings, config_folder
    from app.window import Window

    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    application = QApplication([])
    window = Window(Library(), Settings(), config_folder() / "log")
    window.show()
    path = config_folder() / "session.pose3d"
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(_TAKE, path)
    window.controller.open_path(path)

    def rename() -> None:
        take = window.controller.session.take
        if take is not None and take.complete:
            now = f"{time.time():.3f}"
            window.people.editor.rename(take.tracks2d[0].person, now)
            print(now, flush=True)

    timer = QTimer(window)
    timer.timeout.connect(rename)
    timer.start(round(1000 * _EDIT_S))
    application.exec()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        _edit()
        return
    moments = random.Random(arguments.seed)
    ages = []
    for number in range(1, arguments.kills + 1):
        after_s = moments.uniform(3.0, 12.0)
        with tempfile.TemporaryDirectory() as config:
            ages.append(kill_once(Path(config), after_s))
        print(f"{number:3} killed after {after_s:.2f} s: {ages[-1]:.2f} s lost", flush=True)
    print(f"{len(ages)} of {len(ages)} takes were kept; at most {max(ages):.2f} s lost")


if __name__ == "__main__":
    main()
