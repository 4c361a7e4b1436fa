"""Tell the user what was repaired, left out or assumed when a video was read or lifted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot

from app.actions import Actions
from app.notifications import Banner
from app.session.controller import Controller
from app.views.drawer.drawer import Drawer
from pipeline.core.camera import VideoInfo
from pipeline.core.take import Take

_SHOWN = 2  # remarks in the banner; the list has all


class Remarks(QObject):
    """List the notes of the video and of its take under Findings, and announce new ones once."""

    def __init__(
        self, parent: QObject, controller: Controller, drawer: Drawer, actions: Actions, banner: Banner
    ) -> None:
        super().__init__(parent)
        self._session, self._drawer, self._actions, self._banner = controller.session, drawer, actions, banner
        self._known: set[str] = set()  # of the shown video, announced already
        controller.session.take_changed.connect(self._list)
        controller.finished.connect(self._finished)
        controller.opening.take_loaded.connect(self._finished)

    def video_shown(self, info: VideoInfo) -> None:
        """Announce what was repaired or assumed while `info` was read."""
        self._known = set()
        self._list()
        self._announce(info.notes, info.name)

    @Slot(object)
    def _finished(self, take: Take) -> None:
        self._announce(take.notes, take.info.name)

    @Slot()
    def _list(self) -> None:
        take, info = self._session.take, self._session.info
        notes = take.notes if take is not None and take.complete else info.notes if info is not None else ()
        self._drawer.findings.set_notes(notes)

    def _announce(self, notes: Sequence[str], name: str) -> None:
        new = [note for note in notes if note not in self._known]
        self._known.update(new)
        if not new or self._banner.kind:  # an error or an offer is more important; the list has the notes
            return
        more = self.tr("; {count} more").format(count=len(new) - _SHOWN) if len(new) > _SHOWN else ""
        text = "; ".join(new[:_SHOWN]) + more
        self._banner.offer(f"{name}: {text}.", "", self.tr("Show the list"), self._show)

    def _show(self) -> None:
        self._actions["drawer"].setChecked(True)
        self._drawer.show_tab("findings")
