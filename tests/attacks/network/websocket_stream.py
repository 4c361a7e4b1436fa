"""Run a WebSocket stream in a forked child that sends 30 frames a second, and measure it from outside."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import time
from pathlib import Path

import psutil

from tests.attacks.harness.child import fork, make_home, set_surroundings, wait
from tests.attacks.harness.places import work_folder
from tests.helpers.live.receivers import wait_for

RATE_HZ = 30.0
CLOSE_S = 2.0


def serve(url: str, folder: Path, handles: int | None) -> int:
    """Send frames with two people until SIGINT; write how many were sent and how long closing took."""
    import numpy as np

    from pipeline.core.camera import Frame
    from pipeline.core.live import LivePerson, LiveResult, LiveStats
    from pipeline.core.poses import Pose2D
    from pipeline.stream.open import open_stream

    set_surroundings(folder, {})
    if handles is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (handles, handles))
    stream = open_stream(url)
    (folder / "open").touch()
    image, joints = np.zeros((16, 16, 3), np.uint8), np.ones((17, 3), np.float32)
    scores, points = np.ones(17, np.float32), np.zeros((17, 2), np.float32)
    number, longest_s, begun = 0, 0.0, time.monotonic()
    try:
        while True:
            people = tuple(LivePerson(person, joints * number, scores, points) for person in (1, 2))
            frame, at = Frame(number, number / RATE_HZ, image), time.monotonic()
            stream.send(LiveResult(frame, Pose2D.nobody("h36m17"), (), people, number / RATE_HZ, False, LiveStats()))
            longest_s = max(longest_s, time.monotonic() - at)
            number += 1
            time.sleep(max(0.0, begun + number / RATE_HZ - time.monotonic()))
    except KeyboardInterrupt:
        at = time.monotonic()
        stream.close()
        found = {"close_s": time.monotonic() - at, "longest_s": longest_s, "sent": stream.sent, "frames": number}
        (folder / "found.json").write_text(json.dumps(found))
    return 0


class Stream:
    """Hold a running stream."""

    def __init__(self, name: str, url: str, handles: int | None = None) -> None:
        self.folder = work_folder(f"ws/{''.join(c if c.isalnum() else '_' for c in name)}")
        make_home(self.folder)
        self.process = fork(lambda: serve(url, self.folder, handles), self.folder)
        wait_for((self.folder / "open").exists, 60)
        self.watched = psutil.Process(self.process.pid)

    @property
    def memory_mb(self) -> float:
        return self.watched.memory_info().rss / 2**20

    def listening(self) -> list[str]:
        return [c.laddr.ip for c in self.watched.connections("tcp") if c.status == psutil.CONN_LISTEN]

    def close(self) -> list[str]:
        """End the stream; return what was wrong with it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGINT)
        ended = wait(self.process, self.folder, 30)
        said = (self.folder / ".stderr").read_text("utf-8", "replace")
        faults = [f"ended with {ended.code}"] if ended.code else []
        if "Traceback" in said:
            faults.append(f"traceback: {said.strip().splitlines()[-1][:150]}")
        if (self.folder / "found.json").exists():
            found = json.loads((self.folder / "found.json").read_text())
            if found["close_s"] > CLOSE_S:
                faults.append(f"closing took {found['close_s']:.1f} s")
        return faults
