"""What is shown and from where: the View menu."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.settings import Settings
from app.views.workspace import Workspace


class ViewCommands(QObject):
    """Switches of the views, remembered in the settings."""

    def __init__(self, parent: QObject, settings: Settings, workspace: Workspace) -> None:
        super().__init__(parent)
        self._settings, self._workspace = settings, workspace

    @Slot(bool)
    def set_joints(self, on: bool) -> None:
        self._workspace.video.show_joints = self._settings.view.show_joints = on
        self._workspace.video.update()

    @Slot(bool)
    def set_others(self, on: bool) -> None:
        self._workspace.video.show_others = self._settings.view.show_others = on
        self._workspace.video.update()

    @Slot(bool)
    def set_follow(self, on: bool) -> None:
        self._settings.view.follow = on
        self._workspace.scene.set_follow(on)

    @Slot(bool)
    def set_floor(self, on: bool) -> None:
        self._settings.view.show_floor = on
        self._workspace.scene.set_floor(on)

    @Slot(bool)
    def set_panel(self, on: bool) -> None:
        self._settings.view.show_panel = on
        self._workspace.panel.setVisible(on)

    @Slot()
    def view_front(self) -> None:
        self._workspace.scene.preset("front")

    @Slot()
    def view_side(self) -> None:
        self._workspace.scene.preset("side")

    @Slot()
    def view_top(self) -> None:
        self._workspace.scene.preset("top")

    @Slot()
    def view_camera(self) -> None:
        self._workspace.scene.preset("camera")

    @Slot()
    def reset_view(self) -> None:
        self._workspace.scene.reset()
