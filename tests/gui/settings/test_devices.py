"""Test that only processors which are here can be chosen."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from app.window import Window
from tests.helpers.fake_library import FakeLibrary


def offered(window: Window) -> dict[str, bool]:
    box = window.workspace.panel.device
    return {str(box.itemData(i)): box.model().item(i).isEnabled() for i in range(box.count())}


def test_gpus_that_are_not_here_cannot_be_chosen(window: Window, qtbot: QtBot) -> None:
    qtbot.wait(300)  # looked for after the window is shown
    assert offered(window) == {"auto": True, "cpu": True, "cuda": False, "mps": False}
    assert "none that can be used" in window.workspace.panel.device.model().item(2).toolTip()


def test_a_gpu_that_is_here_can(make_window: Callable[..., Window], library: FakeLibrary, qtbot: QtBot) -> None:
    library.gpus = ("cuda",)
    window = make_window(library)
    qtbot.waitUntil(lambda: offered(window) == {"auto": True, "cpu": True, "cuda": True, "mps": False})


def test_a_gpu_that_is_gone_is_automatic_again(window: Window) -> None:
    panel = window.workspace.panel
    panel.set_devices(("cuda",))
    panel.device.setCurrentIndex(2)
    assert window.settings.run.device == "cuda"
    panel.set_devices(())
    assert window.settings.run.device == "auto"
    assert panel.device.currentData() == "auto"
