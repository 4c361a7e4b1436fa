"""Compute the hands of the shown take in a thread."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Slot

from app.backend.library import Library
from app.session.controller import Controller
from app.views.scene.scene_hands import PersonHands
from app.views.scene.scene_view import SceneView
from pipeline.core.take import SceneEstimate, Take, Track3D

log = logging.getLogger(__name__)

# What a person's hands depend on; each is another object after an edit that changes it.
_Source = tuple[Track3D, object, SceneEstimate]


class TakeHands(QObject):
    """Keep the hands in `scene` those of the session's take.

    They are computed when a complete take is shown whose people have hands, and again for people that an edit changed.
    Until then a changed person has none in 3D; nothing waits for them.
    """

    def __init__(self, parent: QObject, controller: Controller, scene: SceneView) -> None:
        super().__init__(parent)
        self._controller, self._scene = controller, scene
        self._made: dict[int, tuple[_Source, PersonHands | None]] = {}
        self._at_work = self._again = False
        controller.session.take_changed.connect(self._update)

    @property
    def at_work(self) -> bool:
        """Return whether hands are being computed."""
        return self._at_work

    @Slot()
    def _update(self) -> None:
        """Show what is known of the take, and begin to compute the rest."""
        take = self._controller.session.take
        wanted = _sources(take) if take is not None and take.complete else {}
        kept = {person: self._made[person] for person, source in wanted.items() if self._is_made(person, source)}
        self._scene.set_hands({person: hands for person, (_, hands) in kept.items() if hands is not None})
        if len(kept) == len(wanted) or take is None:
            self._made = kept
        elif self._at_work:
            self._again = True
        else:
            self._at_work = True
            missing = {person: source for person, source in wanted.items() if person not in kept}
            library = self._controller.library
            self._controller.threads.run(
                "hands", lambda: {**kept, **_computed(library, take, missing)}, self._show, self._failed
            )

    def _is_made(self, person: int, source: _Source) -> bool:
        made = self._made.get(person)
        return made is not None and all(one is other for one, other in zip(made[0], source, strict=True))

    def _show(self, made: dict[int, tuple[_Source, PersonHands | None]]) -> None:
        self._at_work, self._made = False, made
        self._scene.set_hands({person: hands for person, (_, hands) in made.items() if hands is not None})
        if self._again:
            self._again = False
            self._update()

    def _failed(self, error: Exception) -> None:
        """Leave the hands away: the skeleton is shown without them."""
        self._at_work = self._again = False
        log.warning("no hands in 3D: %s", error)


def _sources(take: Take) -> dict[int, _Source]:
    """Return what the hands of each person with any depend on."""
    found: dict[int, _Source] = {}
    for track in take.tracks3d:
        track2d = take.track2d(track.person)
        if track2d is not None and "hands" in track2d.extras and take.scene is not None:
            found[track.person] = (track, track2d, take.scene)
    return found


def _computed(
    library: Library, take: Take, sources: dict[int, _Source]
) -> dict[int, tuple[_Source, PersonHands | None]]:
    made: dict[int, tuple[_Source, PersonHands | None]] = {}
    for person, source in sources.items():
        hands = library.hands(take, person)
        made[person] = (source, None if hands is None else PersonHands(source[0], *hands))
    return made
