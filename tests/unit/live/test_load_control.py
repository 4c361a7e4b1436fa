"""The pace of a live run as pure logic: what is left out when the machine is too slow, and when it comes back."""

from __future__ import annotations

import pytest

from pipeline.core.live import LiveStats
from pipeline.live.load_control import Adapter, Load, Pace, takes


class Machine:
    """Feeds an adapter 30 results a second whose latency depends on the pace."""

    def __init__(self, adapter: Adapter, latency, load: Load) -> None:
        self.adapter, self.latency, self.load, self.now = adapter, latency, load, 0.0
        self.paces: list[Pace] = [adapter.pace]

    def run(self, seconds: float) -> Pace:
        for _ in range(int(seconds * 30)):
            self.now += 1 / 30
            pace = self.adapter.update(self.now, self.latency(self.adapter.pace), self.load)
            if pace != self.paces[-1]:
                self.paces.append(pace)
        return self.adapter.pace


DETECTOR_HEAVY, LIFTER_HEAVY = Load(30, 10, 33, 30), Load(10, 40, 33, 30)


def test_within_the_budget_nothing_is_left_out():
    assert Machine(Adapter(150), lambda _: 140, DETECTOR_HEAVY).run(20) == Pace()


@pytest.mark.parametrize(("load", "relieved"), [(DETECTOR_HEAVY, Pace(1.5, 1)), (LIFTER_HEAVY, Pace(1, 1.5))])
def test_the_stage_that_takes_more_is_relieved(load, relieved):
    machine = Machine(Adapter(150), lambda pace: 200 if pace == Pace() else 130, load)
    assert machine.run(10) == relieved
    assert machine.paces == [Pace(), relieved]


def test_single_late_results_and_the_first_ones_change_nothing():
    adapter = Adapter(150)
    for number in range(300):
        adapter.update(number / 30, 900 if number < 30 or number % 20 == 0 else 50, DETECTOR_HEAVY)
        assert adapter.pace == Pace()


def test_with_room_for_a_while_it_goes_back():
    slow = [True]
    machine = Machine(Adapter(150), lambda _: 200 if slow[0] else 40, DETECTOR_HEAVY)
    machine.load = Load(20, 10, 33, 30)
    machine.run(3)
    assert machine.adapter.pace != Pace()
    slow[0] = False
    assert machine.run(1) != Pace()  # not at once
    assert machine.run(30) == Pace()


def test_a_stage_that_would_break_the_budget_is_not_tried():
    machine = Machine(Adapter(150), lambda pace: 200 if pace == Pace() else 40, Load(100, 10, 33, 16))
    assert machine.run(60) == Pace(1.5, 1)


def test_a_stage_slower_than_the_source_comes_back_if_the_budget_holds():
    """Frames are dropped then, and more are detected than with every second one left out."""
    slow = [True]
    machine = Machine(Adapter(150), lambda pace: 200 if slow[0] and pace == Pace() else 60, Load(44, 20, 33, 22))
    assert machine.run(3) == Pace(1.5, 1)
    slow[0] = False
    assert machine.run(30) == Pace()
    assert machine.run(60) == Pace()


def test_a_short_burst_of_another_program_changes_nothing():
    adapter = Adapter(150)
    for number in range(300):
        adapter.update(number / 30, 300 if 150 <= number < 155 else 50, DETECTOR_HEAVY)
        assert adapter.pace == Pace()


def test_what_failed_is_tried_less_and_less_often():
    machine = Machine(Adapter(150), lambda pace: 200 if pace == Pace() else 40, Load(20, 10, 33, 30))
    machine.run(10)
    early = len(machine.paces)
    assert early >= 3  # relieved, tried with more, relieved again
    machine.run(110)
    assert len(machine.paces) - early <= 10
    before = len(machine.paces)
    machine.run(50)
    assert len(machine.paces) - before <= 2


def test_what_held_for_long_and_then_failed_is_tried_again_soon():
    """Another program's burst is over some day; that steps failed minutes ago says nothing by then."""
    slow = [True]
    machine = Machine(Adapter(150), lambda pace: 200 if slow[0] and pace == Pace() else 40, Load(20, 10, 33, 30))
    machine.run(120)  # by now it waits for half a minute between two attempts
    slow[0] = False
    assert machine.run(40) == Pace()
    slow[0] = True
    assert machine.run(3) == Pace(1.5, 1)
    slow[0] = False
    assert machine.run(6) == Pace()


def test_rare_detections_are_not_made_rarer():
    """On a starved machine people would be lost, and searching for them costs more than following."""
    machine = Machine(Adapter(150), lambda _: 400, Load(100, 20, 33, 8))
    assert machine.run(20) == Pace()
    machine = Machine(Adapter(150), lambda _: 400, Load(40, 20, 33, 20))
    machine.run(2)
    machine.load = Load(40, 20, 33, 10)  # as there are now
    machine.run(20)
    assert machine.adapter.pace == machine.paces[1] == Pace(1.5, 1)


def test_rare_frames_are_not_skipped_while_the_rate_of_detections_is_unknown():
    """After an interruption of the source: its own rate counts then."""
    assert Machine(Adapter(150), lambda _: 400, Load(100, 60, 125, 0)).run(60) == Pace()
    assert Machine(Adapter(150), lambda pace: 400 if pace == Pace() else 100, Load(30, 10, 33, 0)).run(3) == Pace(
        1.5, 1
    )


def test_a_pace_for_a_fast_source_ends_when_the_source_becomes_slow():
    machine = Machine(Adapter(150), lambda _: 400, DETECTOR_HEAVY)
    machine.run(20)
    assert machine.adapter.pace.detect_every * machine.adapter.pace.lift_every > 2
    machine.load = Load(60, 40, 125, 2)
    assert machine.run(20) == Pace()


def test_there_is_an_end_to_leaving_out():
    pace = Machine(Adapter(150), lambda _: 400, Load(40, 30, 8, 120)).run(60)
    assert pace.detect_every <= 4
    assert pace.lift_every <= 4


@pytest.mark.parametrize(
    ("every", "taken"), [(1, "xxxxxx"), (1.5, "x.xx.x"), (2, "x.x.x."), (3, "x..x.."), (4, "x...x.")]
)
def test_which_frames_a_pace_takes(every, taken):
    assert "".join("x" if takes(number, every) else "." for number in range(6)) == taken


def test_what_is_left_out_is_said():
    assert LiveStats().left_out == []
    assert LiveStats(detect_every=1.5, lift_every=2.0).left_out == ["detects 2 of 3 frames", "lifts every 2 frames"]
