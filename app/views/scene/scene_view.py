"""Show skeletons in 3D at a time of the video, and move the viewpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from app import theme
from app.languages.translation import mark, shown
from app.views.scene.hint import Hint
from app.views.scene.human_bodies import HumanBodies, Motions
from app.views.scene.scene_halos import SceneHalos
from app.views.scene.scene_hands import PersonHands, SceneHands
from app.views.scene.viewpoints import KEPT, STILL, Viewpoints, export_view
from app.views.take_rows import row_at
from app.views.widgets import named
from pipeline.core.arrays import Floats
from pipeline.core.camera import Viewpoint
from pipeline.core.export_options import ExportView
from pipeline.core.live import LivePerson
from pipeline.core.take import Take
from pipeline.drawing.framing import HOME_DEG

if TYPE_CHECKING:
    from app.views.scene.scene_gl import SceneGL

_EYE_M = 0.92  # height of the point looked at, before a person is known
_GL_PATIENCE_MS = 2000
_GLIDE_S, _LEAP_M = 0.5, 3.0  # time constant of following in a live run; the distance beyond which the view jumps
_STRAY_M = np.array([0.9, 0.9, 0.5])  # greatest distance (x, y, z) of the followed person from the view's centre
_NO_GL = mark(
    "This computer offers no OpenGL 2.1, which the 3D view needs.\n"
    "Update the graphics driver. Everything else works, export included.",
)


class SceneView(QWidget):
    """Show the lifted persons of a take or of a live run; before there are any, a hint.

    The OpenGL widget is made by `prepare`, after the window is shown.
    """

    ready = Signal()  # the OpenGL widget exists
    following_changed = Signal(bool)  # whether the view follows the person

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(200, 160)
        self.gl: SceneGL | None = None
        self.preset_name = "home"  # the viewpoint that is shown; "" after the user moved it
        self._chosen = False  # the user chose the viewpoint
        self._new = True  # the first skeletons of a video are awaited
        self._viewpoints = Viewpoints()
        self._broken = False
        self._take: Take | None = None
        self._person = 1
        self._time_s = 0.0
        self._follow = True
        self._still = False  # the viewpoint is one at which the view does not follow
        self._floor = True
        self._gliding = False  # the view follows the person of a live run smoothly
        self._anchor = np.array([0.0, 0.0, _EYE_M])  # the point at which following centres the view
        self._ghosts: Mapping[int, Floats] = {}
        self._humans = HumanBodies()
        self._hands = SceneHands()
        self._halos = SceneHalos()
        named(self, self.tr("Skeleton"), self.tr("The lifted people in 3D; menu View has the viewpoints"))
        theme.changes.changed.connect(self._show_now)
        self._stack = QStackedLayout(self)
        self._stack.setStackingMode(QStackedLayout.StackingMode.StackAll)
        self._hint = Hint()
        self._stack.addWidget(self._hint)
        self.set_hint("")

    def prepare(self) -> None:
        """Make the OpenGL widget; importing pyqtgraph takes half a second."""
        if self.gl is not None:
            return
        from app.views.scene.scene_gl import SceneGL

        self.gl = SceneGL()
        named(self.gl, self.accessibleName(), self.accessibleDescription())
        self.gl.user_moved.connect(self._user_moved)
        self.gl.reset_wanted.connect(self.reset)
        self.gl.show_floor(self._floor)
        self._stack.addWidget(self.gl)
        self._stack.setCurrentWidget(self._hint)
        self._look()
        self._show_now()
        self.ready.emit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        QTimer.singleShot(_GL_PATIENCE_MS, self, self._check_gl)

    @Slot()
    def _check_gl(self) -> None:
        if self.gl is not None and self.isVisible() and not self.gl.isValid():
            self._broken = True
            self.gl.hide()
            self.set_hint("")

    def set_hint(self, text: str) -> None:
        self._hint.set_text(shown(_NO_GL) if self._broken else text)

    @property
    def hint(self) -> str:
        """Return the text shown in place of a skeleton; "" where there is one."""
        return self._hint.text

    # --- content

    def set_take(self, take: Take | None, person: int) -> None:
        if take is None:
            self._new = True
            self._chosen = self._chosen and self.preset_name in KEPT
        first = self._new and take is not None and bool(take.tracks3d)
        completed = take is not None and take.complete and self._take is not None and not self._take.complete
        changed_person = person != self._person
        self._take, self._person, self._gliding = take, person, False
        self._viewpoints.set_take(take)
        if first or (completed and not self._chosen):
            self._new = False
            self._begin()
        elif changed_person and take is not None and self.preset_name != "all":
            self._jump_to_person()
        self._show_now()

    def show_live(self, people: Sequence[LivePerson], subject: int, ghosts: Floats, elapsed_s: float) -> None:
        """Show the newest skeletons of a live run in place of a take, with final ones as ghosts.

        `ghosts` (P, 17, 3) world, metres; `elapsed_s`: time since the last call, for following the subject smoothly.
        """
        self._gliding = self._gliding and subject == self._person  # to another person the view jumps
        self._person = subject
        if self.gl is None:
            return
        joints = np.stack([p.joints for p in people]) if people else np.zeros((0, 17, 3), np.float32)
        provisional = any(person.provisional for person in people)
        humans = self._humans.of_live(people, subject, elapsed_s)
        figures = humans is None or self._humans.choice == "both"
        self.gl.show_bodies(joints, [person.person for person in people], subject, provisional, figures=figures)
        self.gl.show_humans(humans or ())
        self.gl.show_hands(*self._hands.of_live(people, subject))
        self.gl.show_halos(None)
        self.gl.show_ghosts(ghosts)
        pelvis = next((p.joints[0].astype(np.float64) for p in people if p.person == subject), None)
        if pelvis is None or not self.following:
            return
        delta = pelvis - self._anchor
        if self._gliding and np.linalg.norm(delta) < _LEAP_M:
            gone = delta * (1 - np.exp(-elapsed_s / np.array([_GLIDE_S, _GLIDE_S, 3 * _GLIDE_S])))
            delta = delta - np.clip(delta - gone, -_STRAY_M, _STRAY_M)
        self.gl.shift(*delta.tolist())
        self._anchor = self._anchor + delta
        self._gliding = True
        self.gl.place_floor(*self._anchor[:2].tolist())

    def set_body(self, choice: str) -> None:
        """Show people as one of `human_bodies.BODIES`."""
        self._humans.choice = choice
        self._show_now()

    def set_humans(self, motions: Motions) -> None:
        """Set the bodies of the take's people; people without one are stick figures."""
        self._humans.motions = motions
        self._show_now()

    def set_hands(self, people: Mapping[int, PersonHands]) -> None:
        """Set the hands of the take's people; people without any have none in 3D."""
        self._hands.people = people
        self._show_now()

    def show_faces(self, on: bool) -> None:
        """Give human bodies the expressions of their faces, or not."""
        self._humans.faces = on
        self._show_now()

    def show_hands(self, on: bool) -> None:
        self._hands.shown = on
        self._show_now()

    def show_halos(self, on: bool) -> None:
        """Show around every joint how far off it may be, or not."""
        self._halos.shown = on
        self._show_now()

    def set_ghosts(self, ghosts: Mapping[int, Floats]) -> None:
        """Show other skeletons over those of the take: person -> (T, 17, 3), rows as in the take."""
        self._ghosts = ghosts
        self._show_now()

    def show_time(self, time_s: float) -> None:
        self._time_s = time_s
        self._show_now()

    @property
    def row(self) -> int | None:
        """Return the shown row of the take; None where it has no skeleton (yet)."""
        if self._take is None or not self._take.tracks3d:
            return None
        return row_at(self._take.tracks3d[0].time_s, self._time_s)

    @Slot()
    def _show_now(self) -> None:
        if self.gl is None:
            return
        row = self.row
        if self._take is None or row is None:
            self.gl.show_bodies(np.zeros((0, 17, 3), np.float32), [], self._person)
            self.gl.show_ghosts(np.zeros((0, 17, 3), np.float32))
            self.gl.show_humans(())
            self.gl.show_hands(*self._hands.of((), 0, self._person))
            self.gl.show_halos(None)
            return
        tracks = self._take.tracks3d
        joints = np.stack([track.joints[row] for track in tracks])
        humans = self._humans.of(tracks, row, self._person, compared=bool(self._ghosts))
        figures = humans is None or self._humans.choice == "both" or bool(self._ghosts)
        self.gl.show_bodies(joints, [track.person for track in tracks], self._person, figures=figures)
        self.gl.show_humans(humans or ())
        self.gl.show_hands(*self._hands.of(tracks if figures else (), row, self._person))
        self.gl.show_halos(self._halos.of(tracks, self._take.scene, row, self._person))
        ghosts = [joints[row] for joints in self._ghosts.values() if row < len(joints)]
        self.gl.show_ghosts(np.stack(ghosts) if ghosts else np.zeros((0, 17, 3), np.float32))
        self._follow_person(row)

    def _follow_person(self, row: int) -> None:
        at = self._viewpoints.position(self._person, row)
        if self.gl is None or not self.following or at is None:
            return
        delta = at - self._anchor
        if np.abs(delta).max() > 1e-6:
            self.gl.shift(*delta.tolist())
            self.gl.place_floor(*at[:2].tolist())
            self._anchor = at.copy()

    def _anchor_at_person(self) -> None:
        """Look at where the person is now: without following, the anchor is where they were at first."""
        row = self.row
        at = self._viewpoints.position(self._person, row) if row is not None else None
        if at is not None:
            self._anchor = at.copy()

    def _begin(self) -> None:
        """Choose the viewpoint for new skeletons, unless the user did."""
        if not self._chosen:
            self.preset_name = self._viewpoints.first(self._person, self._view_px)
            self._set_still(self.preset_name in STILL)
        self._jump_to_person()

    def _jump_to_person(self) -> None:
        row = self.row
        at = self._viewpoints.position(self._person, row if row is not None else 0)
        if at is not None:
            self._anchor = at.copy()
        if self.gl is not None:
            self.gl.stop_travel()
            self._look()

    # --- camera

    @property
    def anchor(self) -> NDArray[np.float64]:
        """Return the point (3,), world, metres, at which following the person centres the view."""
        return self._anchor

    @property
    def following(self) -> bool:
        """Return whether the view moves with the person, which views of whole paths do not."""
        return self._follow and not self._still

    @property
    def _view_px(self) -> tuple[int, int]:
        return self.width(), self.height()

    def _viewpoint(self) -> Viewpoint:
        assert self.gl is not None
        name = self.preset_name or "follow"  # the mouse chose the direction
        now = self.gl.camera if self._chosen else Viewpoint((0.0, 0.0, 0.0), 1.0, *HOME_DEG)
        return self._viewpoints.of(name, self._person, self._anchor, self._view_px, now)

    def export_view(self) -> ExportView | None:
        """Return what is shown, for a video that shows the same; None before there is a take."""
        if self.gl is None or self._take is None:
            return None
        view = self._viewpoint() if self.preset_name else self.gl.camera
        return export_view(view, self._person, self._anchor if self.following else None, self._view_px)

    def _look(self) -> None:
        """Show the chosen viewpoint at once."""
        if self.gl is not None:
            view = self._viewpoint()
            self.gl.look(view)
            self._place_floor(view)

    def _place_floor(self, view: Viewpoint) -> None:
        if self.gl is not None:
            x, y = view.centre[:2] if self._still else self._anchor[:2].tolist()
            self.gl.place_floor(x, y)

    @Slot()
    def reset(self) -> None:
        self.preset("home")

    def preset(self, name: str) -> None:
        """Move to a viewpoint: one of `DIRECTIONS`, or "all" or one "person" over the whole take.

        "front" is the camera's direction, level; "camera" its own view.
        """
        if self.gl is None:
            return
        self.preset_name, self._chosen = name, True
        self._set_still(name in STILL)
        self._anchor_at_person()
        view = self._viewpoint()
        self.gl.travel(view)
        self._place_floor(view)

    def _set_still(self, still: bool) -> None:
        before, self._still = self.following, still
        if self.following != before:
            self.following_changed.emit(self.following)

    @Slot()
    def _user_moved(self) -> None:
        self.preset_name, self._chosen = "", True

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if self.preset_name and self.gl is not None and not self.gl.travelling:
            self._look()

    def set_follow(self, on: bool) -> None:
        """Follow the person or not; a view of whole paths goes to the person for that."""
        self._follow = on
        if on and self._still:
            self.preset("follow")
        self._show_now()

    def set_floor(self, on: bool) -> None:
        self._floor = on
        if self.gl is not None:
            self.gl.show_floor(on)
