"""Test the switch for the halos that say how far off joints may be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from app.window import Window

SLOW_MS = 30_000


def test_halos_follow_their_switch_and_the_errors_of_the_take(lifted: Window, qtbot: QtBot) -> None:
    take = lifted.controller.session.take
    track = take.tracks3d[0]
    error_m = np.full((*track.joints.shape[:2], 2), (0.02, 0.08), np.float32)
    lifted.controller.session.show(replace(take, tracks3d=(replace(track, error_m=error_m),)))
    qtbot.waitUntil(lambda: lifted.workspace.scene.gl is not None, timeout=SLOW_MS)
    gl = lifted.workspace.scene.gl
    assert gl.halos is None  # off at first

    lifted.actions_["halos"].trigger()
    spread = np.ptp(gl.halos.vertices.reshape(17, -1, 3), axis=1)
    np.testing.assert_allclose(spread.max(axis=1), 2 * 1.645 * 0.08, rtol=0.1)  # the errors are mostly in depth

    lifted.controller.session.show(replace(take, tracks3d=(replace(track, error_m=None),)))
    assert gl.halos is None  # nothing is known of this take's errors
    lifted.actions_["halos"].trigger()
    lifted.controller.session.show(replace(take, tracks3d=(replace(track, error_m=error_m),)))
    assert gl.halos is None
