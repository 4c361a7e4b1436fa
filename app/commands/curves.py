"""Compute the curves of the take when they are visible, and link them to the clock."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Slot

from app.commands.playback import PlaybackCommands
from app.languages.translation import shown
from app.session.controller import Controller
from app.settings import Settings
from app.views.drawer.curve_lines import Line, Mark
from app.views.drawer.drawer import Drawer
from app.views.take_rows import name_of, take_times
from pipeline.analysis.curves import QUANTITIES, TakeCurves, gait_text
from pipeline.core.take import Take
from pipeline.rig.foot_directions import soles_of


class CurveCommands(QObject):
    """Fill the curves page; nothing is computed while it is hidden."""

    def __init__(
        self, parent: QObject, controller: Controller, settings: Settings, drawer: Drawer, play: PlaybackCommands
    ) -> None:
        super().__init__(parent)
        self._controller, self._settings, self._drawer, self._view = controller, settings, drawer, drawer.curves
        self._known: tuple[Take, TakeCurves] | None = None
        view = self._view
        view.offer(
            [(quantity.key, shown(quantity.title)) for quantity in QUANTITIES.values()],
            {one.key: [(key, shown(title)) for key, title in one.parts] for one in QUANTITIES.values()},
            settings.view.curve,
            settings.view.curve_parts.split(","),
        )
        view.chosen.connect(self._chosen)
        view.sought.connect(play.playback.seek)
        view.trim_dragged.connect(controller.session.set_trim)
        drawer.page_shown.connect(self.refresh)
        controller.session.take_changed.connect(self.refresh)
        controller.session.person_changed.connect(self.refresh)
        controller.session.trim_changed.connect(self._trim_changed)

    @Slot()
    def _chosen(self) -> None:
        view = self._settings.view
        view.curve, view.curve_parts = self._view.quantity, ",".join(self._view.parts)
        self._settings.save()
        self.refresh()

    @Slot()
    def _trim_changed(self) -> None:
        self._view.set_trim(*self._controller.session.trim)

    @Slot()
    def refresh(self) -> None:
        if not self._drawer.shows(self._view):
            return
        self._view.prepare()
        take, subject = self._controller.session.take, self._controller.session.person
        if take is None or not take.tracks3d:
            self._view.set_curves(take_times(None), [], "")
            self._view.set_walk("", [])
            return
        if self._known is None or self._known[0] is not take:
            self._known = (take, TakeCurves(take, partial(soles_of, take)))
        known, quantity = self._known[1], QUANTITIES[self._view.quantity]
        persons = [track.person for track in take.tracks3d] if self._view.everyone else [subject]
        parts, titles = self._view.parts, {part: shown(title) for part, title in quantity.parts}
        lines = [
            (
                shown(titles[curve.part]),
                Line(curve.values, curve.side, parts.index(curve.part), curve.person == subject, curve.error),
            )
            for curve in known.curves(persons, quantity.key, parts)
        ]
        self._view.set_curves(take_times(take), lines, quantity.unit)
        found = known.gait(subject) if take.complete else None
        if found is None:
            self._view.set_walk("", [])
        else:
            marks = [Mark(event.kind, event.side, event.time_s) for event in found.events]
            self._view.set_walk(
                self.tr("{name} walks: {gait}").format(name=name_of(take, subject), gait=gait_text(found)),
                marks,
            )
