"""Choose what the views show and from where: menu View."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from app import theme
from app.actions import Actions
from app.settings import Settings
from app.views.scene.scene_view import SceneView
from app.views.video.video_view import VideoView
from app.views.workspace import Workspace
from pipeline.core.face.extras import FACE
from pipeline.drawing.details import HANDS


class ViewCommands(QObject):
    """Switch parts of the views and store the choice in the settings."""

    def __init__(self, parent: QObject, settings: Settings, workspace: Workspace) -> None:
        super().__init__(parent)
        self._settings, self._workspace = settings, workspace
        self._videos, self._scenes = [workspace.video], [workspace.scene]

    def also(self, video: VideoView, scene: SceneView) -> None:
        """Apply the switches to the views of another page, too; viewpoints go to the shown page."""
        self._videos.append(video)
        self._scenes.append(scene)

    @property
    def _scene(self) -> SceneView:
        """Return the 3D view that is shown."""
        return next((scene for scene in self._scenes if scene.isVisible()), self._workspace.scene)

    def restore(self, actions: Actions) -> None:
        """Restore all switches from the settings."""
        view = self._settings.view
        # Viewpoints that rest switch the action off, not the setting: a view of one person follows again.
        self._workspace.scene.following_changed.connect(lambda on: actions.check("follow", on))
        for name, on, show in (
            ("joints", view.show_joints, self.set_joints), ("others", view.show_others, self.set_others),
            ("hands", view.show_hands, self.set_hands), ("face", view.show_face, self.set_face),
            ("halos", view.show_halos, self.set_halos),
            ("follow", view.follow, self.set_follow), ("floor", view.show_floor, self.set_floor),
            ("panel", view.show_panel, self.set_panel), ("drawer", view.show_drawer, self.set_drawer),
        ):  # fmt: skip
            actions.check(name, on)
            show(on)

    def restore_layout(self, window: QWidget) -> None:
        """Restore the sizes of the window and its parts."""
        geometry = self._settings.layout("window")
        if geometry is not None:
            window.restoreGeometry(geometry)
        for name, splitter in self._splitters():
            sizes = self._settings.layout(name)
            if sizes is not None:
                splitter.restoreState(sizes)

    def keep_layout(self, window: QWidget) -> None:
        self._settings.set_layout("window", window.saveGeometry())
        for name, splitter in self._splitters():
            self._settings.set_layout(name, splitter.saveState())

    def _splitters(self) -> tuple[tuple[str, QSplitter], ...]:
        return ("cards", self._workspace.cards), ("halves", self._workspace.halves)

    @Slot(bool)
    def set_joints(self, on: bool) -> None:
        self._settings.view.show_joints = on
        for video in self._videos:
            video.show_joints = on
            video.update()

    @Slot(bool)
    def set_others(self, on: bool) -> None:
        self._settings.view.show_others = on
        for video in self._videos:
            video.show_others = on
            video.update()

    @Slot(bool)
    def set_hands(self, on: bool) -> None:
        self._settings.view.show_hands = on
        for video in self._videos:
            video.show_detail(HANDS, on)
        for scene in self._scenes:
            scene.show_hands(on)

    @Slot(bool)
    def set_face(self, on: bool) -> None:
        self._settings.view.show_face = on
        for video in self._videos:
            video.show_detail(FACE, on)
        for scene in self._scenes:
            scene.show_faces(on)

    @Slot(bool)
    def set_halos(self, on: bool) -> None:
        self._settings.view.show_halos = on
        for scene in self._scenes:
            scene.show_halos(on)

    @Slot(bool)
    def set_follow(self, on: bool) -> None:
        self._settings.view.follow = on
        for scene in self._scenes:
            scene.set_follow(on)

    @Slot(bool)
    def set_floor(self, on: bool) -> None:
        self._settings.view.show_floor = on
        for scene in self._scenes:
            scene.set_floor(on)

    @Slot(bool)
    def set_drawer(self, on: bool) -> None:
        self._settings.view.show_drawer = on
        self._workspace.show_drawer(on)

    @Slot(bool)
    def set_panel(self, on: bool) -> None:
        self._settings.view.show_panel = on
        self._workspace.panel.setVisible(on)

    @Slot(str)
    def set_theme(self, choice: str) -> None:
        """Show everything in one of theme.CHOICES from now on."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._settings.view.theme = choice
        self._settings.save()
        theme.apply(app, choice)

    @Slot()
    def view_front(self) -> None:
        self._scene.preset("front")

    @Slot()
    def view_side(self) -> None:
        self._scene.preset("side")

    @Slot()
    def view_top(self) -> None:
        self._scene.preset("top")

    @Slot()
    def view_camera(self) -> None:
        self._scene.preset("camera")

    @Slot()
    def frame_all(self) -> None:
        self._workspace.scene.preset("all")

    @Slot()
    def frame_person(self) -> None:
        self._workspace.scene.preset("person")

    @Slot()
    def reset_view(self) -> None:
        self._scene.reset()
