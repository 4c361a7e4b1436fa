"""Keep the horizon over the video and the camera's tilt and roll in the panel equal."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.notifications import Banner
from app.session.controller import Controller
from app.settings import Settings
from app.views.workspace import Workspace
from pipeline.core.camera import Camera
from pipeline.core.config import SceneConfig
from pipeline.core.take import Take


class HorizonCommands(QObject):
    """Set both angles by a drag; a double click returns both to the estimate."""

    def __init__(
        self, parent: QObject, controller: Controller, settings: Settings, workspace: Workspace, banner: Banner
    ) -> None:
        super().__init__(parent)
        self._controller, self._settings, self._panel = controller, settings, workspace.panel
        self._video, self._horizon = workspace.video, workspace.video.horizon
        self._horizon.dragged.connect(self._set)
        self._horizon.reset_wanted.connect(self._reset)
        workspace.drawer.findings.roll_wanted.connect(self.set_roll)
        self._banner = banner
        controller.finished.connect(self._finished)
        self._panel.changed.connect(self.refresh)
        for signal in (controller.session.take_changed, controller.session.video_changed, controller.settings_adopted):
            signal.connect(self.refresh)

    @Slot(bool)
    def set_horizon(self, on: bool) -> None:
        self._horizon.visible = on
        self.refresh()

    @Slot(int)
    def set_roll(self, roll_deg: int) -> None:
        """Set the camera's roll alone; of over 45 degrees it turns the video."""
        self._change(self._settings.run.pitch_deg, float(roll_deg))

    @Slot(object)
    def _finished(self, take: Take) -> None:
        """Offer to turn the video if its camera seems to be upside down or on its side."""
        findings = take.scene.findings if take.scene is not None else ()
        rolled = next((finding for finding in findings if finding.kind == "camera_roll"), None)
        if rolled is not None:
            turn = self.tr("Turn the video (roll {other}°)").format(other=rolled.other)
            self._banner.offer(rolled.note, "", turn, lambda: self.set_roll(rolled.other))

    @property
    def _turned_deg(self) -> int:
        """How far the images are turned: the horizon is drawn in them, the settings are those of the camera."""
        info = self._controller.session.info
        return 0 if info is None else info.turned_deg

    @Slot(float, float)
    def _set(self, pitch_deg: float, roll_deg: float) -> None:
        self._change(pitch_deg, (roll_deg + self._turned_deg + 180) % 360 - 180)

    @Slot()
    def _reset(self) -> None:
        self._change(None, None)

    def _change(self, pitch_deg: float | None, roll_deg: float | None) -> None:
        run = self._settings.run
        run.pitch_deg, run.roll_deg = pitch_deg, roll_deg
        self._panel.show_optional()
        self._panel.changed.emit()

    @Slot()
    def refresh(self) -> None:
        """Show the set tilt, else the estimated one, else a level camera."""
        info, take, run = self._controller.session.info, self._controller.session.take, self._settings.run
        if info is None or not self._horizon.visible:
            self._video.update()
            return
        scene = take.scene if take is not None else None
        camera = Camera.of(info, SceneConfig(fov_deg=run.fov_deg or (scene.fov_deg if scene is not None else None)))
        pitch, roll = run.pitch_deg, SceneConfig(roll_deg=run.roll_deg).in_turned(info.turned_deg).roll_deg
        note = self.tr("set; double click for the estimate") if pitch is not None else self.tr("drag it to where it is")
        if pitch is None and scene is not None:
            pitch, roll = scene.pitch_deg, scene.roll_deg if roll is None else roll
            sigma = f" ± {scene.tilt_sigma_deg:.0f}°" if scene.tilt_sigma_deg is not None else ""
            note = self.tr("estimated{sigma}; drag to correct it").format(sigma=sigma)
        self._horizon.show_tilt(pitch or 0.0, roll or 0.0, camera, note, run.pitch_deg is not None)
