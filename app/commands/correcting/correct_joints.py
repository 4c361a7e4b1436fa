"""Correct 2D joints of the followed person over the video."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from app.session.controller import Controller
from app.session.people_editor import PeopleEditor
from app.session.playback_clock import PlaybackClock
from app.views.take_rows import row_at
from app.views.workspace import Workspace
from pipeline.core.skeletons import SKELETONS
from pipeline.core.take import Take
from pipeline.take.corrections import gestures
from pipeline.take.corrections.doubtful import Doubt, doubtful
from pipeline.take.corrections.layer import with_corrections
from pipeline.take.edit import Edited


class CorrectJoints(QObject):
    """Turn gestures on `Handles` into corrections of the take, which Undo takes back."""

    def __init__(
        self, parent: QObject, controller: Controller, editor: PeopleEditor, workspace: Workspace, clock: PlaybackClock,
        action: QAction,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._session, self._editor, self._clock = controller.session, editor, clock
        self._updates = controller.updates
        self._frame = 0  # whose joints are shown
        self._handles = workspace.video.handles
        self._doubts_of: Take | None = None
        self._doubts: tuple[Doubt, ...] = ()
        self._handles.put.connect(self._put)
        self._handles.hide_wanted.connect(self._hide)
        self._handles.back_wanted.connect(self._back)
        self._handles.leave_wanted.connect(lambda: action.setChecked(False))
        for signal in (self._session.take_changed, self._session.person_changed, controller.state_changed, clock.moved):
            signal.connect(self.refresh)

    @Slot(bool)
    def set_correct(self, on: bool) -> None:
        self._handles.active = on
        self.refresh()
        self._handles.changed.emit()

    @Slot()
    def refresh(self) -> None:
        """Show the joints of the person at the playhead.

        They can be moved unless a run is going on. Nothing is done outside the mode.
        """
        take = self._session.take
        if not self._handles.active or take is None:
            return
        track = take.track2d(self._session.person)
        row = row_at(track.time_s, self._clock.time_s) if track is not None else None
        if track is None or row is None:
            self._handles.show_joints((), np.zeros((0, 2), np.float32), 16, frozenset())
            return
        self._handles.ready = self._updates.editable is not None
        self._frame = int(track.frame_index[row])
        names = SKELETONS[track.skeleton].names
        self._handles.show_joints(names, track.joints_image[row], take.info.width_px, self._ringed_at(take, row))

    @Slot()
    def next_doubtful(self) -> None:
        self._go_to_doubtful(forward=True)

    @Slot()
    def previous_doubtful(self) -> None:
        self._go_to_doubtful(forward=False)

    def _go_to_doubtful(self, *, forward: bool) -> None:
        """Seek the nearest worst frame of a doubtful stretch of the person, around the end of the take if need be."""
        take = self._session.take
        row = None if take is None else row_at(take.time_s, self._clock.time_s)
        if take is None or row is None:
            return
        rows = sorted({one.row for one in self._mine(take)})
        if rows:
            beyond = [one for one in rows if one > row] if forward else [one for one in rows[::-1] if one < row]
            self._clock.seek(float(take.time_s[beyond[0] if beyond else rows[0 if forward else -1]]))

    def _mine(self, take: Take) -> list[Doubt]:
        """Return the doubtful stretches of the person; those of all people are found once for a take."""
        if self._doubts_of is not take:
            self._doubts_of, self._doubts = take, doubtful(take)
        return [one for one in self._doubts if one.person == self._session.person]

    def _ringed_at(self, take: Take, row: int) -> frozenset[str]:
        """Return the doubtful joints of the person."""
        here = (one for one in self._mine(take) if one.first <= row <= one.last)
        return frozenset(joint for one in here for joint in one.joints)

    @Slot(str, float, float)
    def _put(self, joint: str, x: float, y: float) -> None:
        self._change(lambda take, who, frame: gestures.put(take, who, joint, frame, (x, y))[0])

    @Slot(str)
    def _hide(self, joint: str) -> None:
        def change(take: Take, who: int, frame: int) -> gestures.Corrections:
            undo = gestures.is_hidden(take, who, joint, frame)
            return (gestures.shown if undo else gestures.hidden)(take, who, joint, frame)

        self._change(change)

    @Slot(str)
    def _back(self, joint: str) -> None:
        self._change(lambda take, who, frame: gestures.given_back(take, who, joint, frame))

    def _change(self, change: Callable[[Take, int, int], gestures.Corrections]) -> None:
        person, frame = self._session.person, self._frame

        def edited(take: Take) -> Edited:
            layered = with_corrections(take, change(take, person, frame))
            return Edited(layered.take, tuple(layered.touched))

        self._editor.correct(person, edited)
