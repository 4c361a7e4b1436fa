"""Make the human bodies of the shown take in a thread: menu View, Body."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from app.commands.bodies.take_hands import TakeHands
from app.languages.translation import shown
from app.session.controller import Controller
from app.settings import Settings
from app.views.choice_menu import ChoiceMenu
from app.views.scene.human_bodies import BODIES, Motions
from app.views.scene.scene_view import SceneView
from pipeline.core.errors import UserError
from pipeline.core.take import Take, Track3D
from pipeline.human.motion import human_motion


class TakeBodies(QObject):
    """Keep the bodies of `scene` those of the session's take.

    They are made when a complete take is shown and bodies are wanted, and again for skeletons that an edit changed.
    """

    def __init__(self, parent: QWidget, controller: Controller, settings: Settings) -> None:
        super().__init__(parent)
        self._controller, self._settings = controller, settings
        self._scene: SceneView | None = None
        self._live: SceneView | None = None
        self.hands: TakeHands | None = None  # of stick figures, once there is a scene
        self.menu = ChoiceMenu(self.tr("&Body"), [(key, shown(text)) for key, text in BODIES], parent)
        self._made: Motions = {}
        self._at_work = self._again = False
        if settings.view.body not in self.menu.choices:
            settings.view.body = BODIES[0][0]
        self.menu.tick(settings.view.body)
        self.menu.chosen.connect(self.choose)

    def show_in(self, scene: SceneView, live: SceneView) -> None:
        """Show the bodies of the session's takes in `scene`, and obey the choice in `live`, too."""
        self._scene, self._live = scene, live
        self.hands = TakeHands(self, self._controller, scene)
        for view in (scene, live):
            view.set_body(self._settings.view.body)
        self._controller.session.take_changed.connect(self._update)

    @Slot(str)
    def choose(self, choice: str) -> None:
        """Show people as one of `BODIES` from now on."""
        self._settings.view.body = choice
        self._settings.save()
        for view in (self._scene, self._live):
            if view is not None:
                view.set_body(choice)
        self._update()

    @Slot()
    def _update(self) -> None:
        """Start to make what the shown take lacks."""
        take = self._controller.session.take
        if self._scene is None or self._settings.view.body == "stick":
            return
        if take is None or not take.complete or not take.tracks3d:
            return
        kept = {track.person: self._made[track.person] for track in take.tracks3d if self._is_made(track)}
        if len(kept) == len(take.tracks3d):
            self._scene.set_humans(kept)
        elif self._at_work:
            self._again = True  # what is being made may be of an older take
        else:
            self._at_work = True
            self._controller.threads.run("bodies", lambda: _make(take, kept), self._show, self._failed)

    def _is_made(self, track: Track3D) -> bool:
        made = self._made.get(track.person)
        return made is not None and made[0] is track

    def _show(self, made: Motions) -> None:
        self._at_work, self._made = False, made
        assert self._scene is not None
        self._scene.set_humans(made)
        if self._again:
            self._again = False
            self._update()

    def _failed(self, error: Exception) -> None:
        """Keep stick figures, and say why."""
        self._at_work = self._again = False
        if isinstance(error, UserError):
            self._controller.failed.emit(error)


def _make(take: Take, kept: Motions) -> Motions:
    made = dict(kept)
    for track in take.tracks3d:
        if track.person not in made:
            made[track.person] = (track, human_motion(track, take.track2d(track.person), take.scene, take.camera))
    return made
