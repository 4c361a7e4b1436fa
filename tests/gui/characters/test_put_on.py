"""Test that a take is put on a character from the window: chosen in the menu or dropped, with its bones put right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.backend.library import Library
from app.window import Window
from pipeline.characters.character import open_character
from pipeline.characters.mapping_file import mapping_path, write_mapping
from pipeline.take.file import save_take
from tests.helpers.characters import figure, write_glb
from tests.helpers.motion import clip, facing_camera, scene


@pytest.fixture
def opened_take(make_window: Callable[..., Window], tmp_path: Path, qtbot: QtBot) -> Window:
    window = make_window(Library())
    window.controller.open_path(save_take(scene(facing_camera(clip("jump"))).take(), tmp_path / "jump.pose3d"))
    qtbot.waitUntil(lambda: window.controller.session.kept is not None, timeout=10_000)
    return window


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    return folder


def choose(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))


def written(window: Window, path: Path, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: path.name in window.banner.message.text() and path.exists(), timeout=20_000)


def test_a_character_of_the_menu_is_written_with_the_motion(
    opened_take: Window, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    choose(monkeypatch, write_glb(tmp_path / "hero.glb", figure("mixamo")))
    opened_take.actions_["put_on_character"].trigger()
    written(opened_take, out / "clip_hero.glb", qtbot)
    assert "Limbs within" in opened_take.banner.hint.text()
    animations = open_character(out / "clip_hero.glb").file.list_of("animations")
    assert [one["name"] for one in animations] == ["idle", "clip_hero"]


def test_a_dropped_character_is_for_the_shown_take(
    opened_take: Window, out: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    opened_take.files.open_path(write_glb(tmp_path / "hero.glb", figure("cmu")))
    written(opened_take, out / "clip_hero.glb", qtbot)
    assert opened_take.controller.session.info.name == "clip.mp4", "the take stays"


def test_bones_that_are_not_recognised_are_asked_for(
    opened_take: Window, out: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    path = write_glb(tmp_path / "hero.glb", figure("mixamo"))
    write_mapping(mapping_path(path), {"leftLowerLeg": ""})
    opened_take.files.open_path(path)
    qtbot.waitUntil(lambda: opened_take.files.characters.mapping is not None, timeout=20_000)
    dialog = opened_take.files.characters.mapping
    assert dialog is not None
    assert dialog.isVisible()
    dialog.reject()
    qtbot.waitUntil(lambda: opened_take.files.characters.mapping is None)
    assert not list(out.iterdir())


def test_what_is_no_character_is_said(opened_take: Window, out: Path, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "hero.glb"
    path.write_bytes(b"no character")
    opened_take.files.open_path(path)
    qtbot.waitUntil(lambda: opened_take.banner.kind == "error")
    assert not list(out.iterdir())


def test_without_a_folder_nothing_is_written(
    opened_take: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    opened_take.files.open_path(write_glb(tmp_path / "hero.glb", figure("mixamo")))
    qtbot.waitUntil(lambda: len(opened_take.controller.threads) == 0, timeout=20_000)
    assert not list(tmp_path.glob("*clip_hero*"))


def test_before_a_take_there_is_nothing_to_put_on(window: Window) -> None:
    assert not window.actions_["put_on_character"].isEnabled()
