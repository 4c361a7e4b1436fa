"""Decide which actions apply at the moment, and say why the others do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMenu

from app.actions import Actions
from app.languages.translation import mark, shown
from app.live.commands import LiveCommands
from app.notifications import Banner
from app.session.controller import Controller
from app.session.people_editor import PeopleEditor
from app.views.workspace import Workspace

NOTHING_OPEN = mark("Open a video first.")
LIVE = mark("Stop the live run first.")
NOT_LIVE = mark("Only during a live run.")
RUNNING = mark("Wait for the end of the run, or cancel it.")
NOT_LIFTED = mark("Press Run first: there is no skeleton yet.")
NO_VIDEO = mark("The video is not where it was, and a run needs it.")
ALONE = mark("There is only one person.")
NO_EDIT = mark("No change to the people can be undone.")
NOT_UNDONE = mark("Nothing was undone.")
NOTHING_TO_CANCEL = mark("Nothing is running.")

_NAVIGATION = (
    "play", "back", "forward", "back10", "forward10", "start", "end", "slower", "faster", "loop",
    "everyone", "compare", "horizon", "drawer", "panel", "frame_all", "frame_person",
)  # fmt: skip
# The live page has these views, too.
_VIEWS = (
    "joints",
    "others",
    "hands",
    "face",
    "halos",
    "follow",
    "floor",
    "front",
    "side",
    "top",
    "camera",
    "reset_view",
)
_TRIM = ("trim_in", "trim_out", "trim_clear")
_RESULT = ("save", "save_as", "export", "put_on_character")
_PEOPLE = ("correct", "next_doubtful", "previous_doubtful", "rename_person", "split_person", "exchange_sides")
_SEVERAL = ("next_person", "delete_person", "merge")


@dataclass(frozen=True, slots=True)
class Situation:
    """Hold what the window shows and does, as far as actions depend on it."""

    opened: bool = False  # a video or a take
    video: bool = False  # its file is there
    live: bool = False  # a live run is shown
    recordable: bool = False  # the live run has frames
    running: bool = False  # a run over a video or over known 2D joints
    relifting: bool = False  # a run over known 2D joints only, which Undo may end
    lifted: bool = False  # there is a complete take
    people: int = 0  # in the complete take
    undo: bool = False  # an edit can be undone
    redo: bool = False  # an edit that was undone can be made again
    message: bool = False  # the banner or a countdown is shown, which Escape ends


def reasons(now: Situation) -> Mapping[str, str]:
    """Return action -> why it is unavailable in a situation; "" if it is available."""
    page = LIVE if now.live else "" if now.opened else NOTHING_OPEN
    idle = page or (RUNNING if now.running else "")
    result = idle or ("" if now.lifted else NOT_LIFTED)
    several = result or ("" if now.people > 1 else ALONE)
    found = {
        "run": idle or ("" if now.video else NO_VIDEO),
        "cancel": "" if now.running or now.message else NOTHING_TO_CANCEL,
        "undo": (page if now.relifting else idle) or ("" if now.undo else NO_EDIT),
        "redo": (page if now.relifting else idle) or ("" if now.redo else NOT_UNDONE),
        "record": "" if now.recordable else NOT_LIVE,
        "stop_live": "" if now.live else NOT_LIVE,
        "mirror": "" if now.live else NOT_LIVE,
        "speed": page,
    }
    for names, reason in (
        (_NAVIGATION, page), (_VIEWS, "" if now.live else page), (_TRIM, idle), (_RESULT, result), (_PEOPLE, result),
        (_SEVERAL, several),
    ):  # fmt: skip
        found |= dict.fromkeys(names, reason)
    return found


class Availability(QObject):
    """Enable the actions that apply, and say in tooltips and in the header why others do not."""

    def __init__(
        self, parent: QObject, controller: Controller, editor: PeopleEditor, live: LiveCommands, banner: Banner,
        workspace: Workspace, actions: Actions, submenus: Mapping[str, QMenu],
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._controller, self._editor, self._live, self._banner = controller, editor, live, banner
        self._workspace, self._actions, self._submenus = workspace, actions, submenus
        session = controller.session
        for changed in (
            controller.state_changed, session.video_changed, session.take_changed, editor.changed, banner.shown_changed,
            live.active_changed, live.session.state_changed, live.recording.changed,
        ):  # fmt: skip
            changed.connect(self.refresh)
        self.refresh()

    @property
    def situation(self) -> Situation:
        """Return the present situation."""
        session, live = self._controller.session, self._live
        kept = None if session.busy else session.kept
        return Situation(
            opened=session.info is not None,
            video=session.path is not None,
            live=live.active,
            recordable=live.session.running,
            running=session.busy,
            relifting=session.busy and session.relifting,
            lifted=kept is not None and bool(kept.tracks3d),
            people=len(kept.tracks2d) if kept is not None else 0,
            undo=bool(self._editor.undo_text),
            redo=bool(self._editor.redo_text),
            message=bool(self._banner.kind) or bool(live.recording.counting),
        )

    @Slot()
    def refresh(self) -> None:
        """Bring all actions up to date."""
        found = reasons(self.situation)
        for name, reason in found.items():
            if name in self._submenus:
                self._submenus[name].setEnabled(not reason)
                self._submenus[name].menuAction().setToolTip(shown(reason))
            else:
                self._actions.allow(name, shown(reason))
        self._workspace.video.pickable = not found["export"]
        why = (reason for reason in (found["run"], found["export"]) if reason in (NO_VIDEO, NOT_LIFTED))
        self._workspace.why.set_whole(shown(next(why, "")))
