"""Collect what a lane shows of a person: where they are seen, and the findings about them."""

from __future__ import annotations

from dataclasses import dataclass

from app.views.drawer.findings_list import finding_text
from app.views.take_rows import frame_step_s, name_of, take_times
from app.views.timeline import spans
from pipeline.core.take import Take


@dataclass(frozen=True, slots=True)
class Mark:
    """Hold a finding: its span in seconds, and the text that describes it."""

    start_s: float
    end_s: float
    repaired: bool
    text: str


@dataclass(frozen=True, slots=True)
class Lane:
    """Hold what is known of one person; spans are (start, end) in seconds."""

    person: int
    name: str
    spans: tuple[tuple[float, float], ...]
    lifted: bool  # to 3D
    marks: tuple[Mark, ...]

    def mark_at(self, time_s: float, tolerance_s: float) -> Mark | None:
        """Return the mark at a time, else the nearest one within the tolerance."""
        near = [mark for mark in self.marks if mark.start_s - tolerance_s <= time_s <= mark.end_s + tolerance_s]
        return min(near, key=lambda mark: abs(time_s - (mark.start_s + mark.end_s) / 2), default=None)


def lanes_of(take: Take | None) -> list[Lane]:
    """Return a lane for every person of the take, in the order of their numbers."""
    if take is None:
        return []
    times = take_times(take)
    step = frame_step_s(times)
    findings = take.scene.findings if take.scene is not None and take.complete else ()
    lanes = []
    for track in sorted(take.tracks2d, key=lambda track: track.person):
        marks = []
        for finding in findings:
            if finding.person == track.person and finding.first < len(times):
                first, last = times[[finding.first, min(finding.last, len(times) - 1)]].tolist()
                marks.append(Mark(first, last + step, finding.repaired, finding_text(finding, take)))
        lifted = take.track3d(track.person) is not None
        lanes.append(
            Lane(track.person, name_of(take, track.person), tuple(spans(times, track.seen)), lifted, tuple(marks))
        )
    return lanes
