"""Test the curves: right values, linked to the clock, computed only when visible."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.views.drawer.curve_lines import Line, Mark
from app.views.drawer.curve_plot import CurvePlot, visible_points
from app.window import Window
from pipeline.analysis.curves import QUANTITIES, TakeCurves, gait_text
from pipeline.analysis.joint_angles import ANGLES, joint_angles
from pipeline.core.take import Take
from tests.helpers.fakes import COUNT, FPS, make_take
from tests.helpers.motion import clip, facing_camera, scene

# --- what they show


@pytest.fixture(scope="module")
def walk() -> Take:
    return scene(facing_camera(clip("walk"))).take()


def test_every_angle_can_be_shown_once(walk: Take) -> None:
    parts = [key for key, _ in QUANTITIES["angle"].parts]
    curves = TakeCurves(walk).curves([1], "angle", parts)
    assert sorted(f"{c.side}_{c.part}" if c.side else c.part for c in curves) == sorted(ANGLES)
    knee = next(c for c in curves if (c.side, c.part) == ("left", "knee_flexion"))
    expected = joint_angles(walk.tracks3d[0].joints.astype(np.float64))["left_knee_flexion"]
    np.testing.assert_array_equal(knee.values, expected)


def test_speed_and_places_are_those_of_the_joint(walk: Take) -> None:
    known = TakeCurves(walk)
    (speed,) = known.curves([1], "speed", ["pelvis"])
    joints = walk.tracks3d[0].joints.astype(np.float64)
    way = np.linalg.norm(np.diff(joints[:, 0], axis=0), axis=1)
    assert np.nansum(speed.values) / 60 == pytest.approx(way.sum(), rel=0.02)
    right, left = known.curves([1], "height", ["ankle"])
    assert (right.side, left.side) == ("right", "left")
    np.testing.assert_array_equal(right.values, joints[:, 3, 2])
    (away,) = known.curves([1], "away", ["head_top"])
    np.testing.assert_array_equal(away.values, joints[:, 10, 1])


def test_positions_say_how_far_off_they_may_be(walk: Take) -> None:
    track = walk.tracks3d[0]
    error = np.tile(np.float32([0.01, 0.05]), (len(track.joints), 17, 1))
    turned = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])  # a level camera: depth is the world's y
    scene_ = dataclasses.replace(walk.scene, rotation=np.array(turned, np.float64))
    known = TakeCurves(dataclasses.replace(walk, tracks3d=(dataclasses.replace(track, error_m=error),), scene=scene_))
    for quantity, sigma in (("across", 0.01), ("height", 0.01), ("away", 0.05)):
        for curve in known.curves([1], quantity, ["wrist"]):
            np.testing.assert_allclose(curve.error, 1.645 * sigma, rtol=1e-5)
    (pelvis,) = known.curves([1], "height", ["pelvis"])
    assert pelvis.error is None, "errors are relative to the pelvis"
    assert all(curve.error is None for curve in known.curves([1], "speed", ["wrist"]))
    unknown = dataclasses.replace(walk, tracks3d=(dataclasses.replace(track, error_m=None),))
    assert all(curve.error is None for curve in TakeCurves(unknown).curves([1], "height", ["wrist"]))


def test_gaps_stay_gaps_in_every_quantity(walk: Take) -> None:
    joints = walk.tracks3d[0].joints.copy()
    joints[40:60] = np.nan
    take = dataclasses.replace(walk, tracks3d=(dataclasses.replace(walk.tracks3d[0], joints=joints),))
    known = TakeCurves(take)
    for quantity in QUANTITIES.values():
        for curve in known.curves([1], quantity.key, [key for key, _ in quantity.parts]):
            unknown = np.isnan(curve.values)
            assert unknown[40:60].all(), (quantity.key, curve.part)
            assert not unknown[:40].all()


def test_turning_round_and_round_makes_no_leap() -> None:
    turning = facing_camera(clip("walk"))
    angle = np.linspace(0, 4 * np.pi, len(turning))
    c, s = np.cos(angle), np.sin(angle)
    z = np.zeros_like(c)
    rotation = np.stack([np.stack([c, s, z], -1), np.stack([-s, c, z], -1), np.stack([z, z, z + 1], -1)], -2)
    take = make_take(scene(turning).info, count=len(turning))
    joints = ((turning - turning[:, :1] * [1, 1, 0]) @ rotation).astype(np.float32)
    take = dataclasses.replace(take, tracks3d=(dataclasses.replace(take.tracks3d[0], joints=joints),))
    (curve,) = TakeCurves(take).curves([1], "angle", ["trunk_rotation"])
    assert np.abs(np.diff(curve.values)).max() < 30
    assert np.ptp(curve.values) > 650


def test_gait_of_the_one_who_walks(walk: Take) -> None:
    known = TakeCurves(walk)
    found = known.gait(1)
    assert "109 steps/min" in gait_text(found)
    assert "1.31 m" in gait_text(found)
    assert known.gait(7) is None


# --- the plot


@pytest.fixture
def plot(qtbot: QtBot) -> CurvePlot:
    made = CurvePlot()
    qtbot.addWidget(made)
    made.resize(800, 300)
    made.show()
    qtbot.waitExposed(made)
    made.set_duration(10.0)
    return made


def test_an_hour_is_drawn_by_a_few_points_and_its_gap_stays(plot: CurvePlot, qtbot: QtBot) -> None:
    times = np.arange(108_000) / 30
    values = np.sin(times) * 40
    values[30_000:60_000] = np.nan
    values[90_000] = 500.0  # a spike of one frame
    plot.set_duration(3600.0)
    plot.set_lines(
        times, [Line(values, "left", 0), Line(values + 5, "right", 1), Line(np.full_like(times, np.nan), "", 0)]
    )
    qtbot.wait(30)
    x, y = next(item for line, item in plot.lines if line.values is values).getData()
    assert len(x) < 4000
    inside = (x > 1010) & (x < 1990)
    assert inside.any()
    assert not np.isfinite(y[inside]).any()
    assert np.nanmax(y) == 500, "the spike is seen from afar"
    assert np.nanmin(y) == pytest.approx(-40, abs=0.1)
    plot.setXRange(5, 8, padding=0)
    qtbot.wait(30)
    x, y = next(item for line, item in plot.lines if line.values is values).getData()
    assert x[0] <= 5 <= x[1]
    assert x[-2] <= 8 <= x[-1] + 1e-9
    np.testing.assert_array_equal(y, values[np.searchsorted(times, x)])


def test_moving_along_an_hour_does_not_flicker() -> None:
    times = np.arange(108_000) / 30
    values = np.random.default_rng(0).normal(size=len(times))
    x, y = visible_points(times, values, 100, 1900, 500)
    moved_x, moved_y = visible_points(times, values, 137, 1937, 500)
    _, here, there = np.intersect1d(x[::2], moved_x[::2], return_indices=True)
    assert len(here) > 0.9 * len(x) / 2
    np.testing.assert_array_equal(y.reshape(-1, 2)[here], moved_y.reshape(-1, 2)[there])


def test_click_seeks_drag_of_the_cursor_seeks_and_the_edges_trim(plot: CurvePlot, qtbot: QtBot) -> None:
    plot.set_lines(np.linspace(0, 10, 301), [Line(np.sin(np.linspace(0, 10, 301)), "left", 0)])
    qtbot.wait(20)
    sought: list[float] = []
    trims: list[tuple[float | None, float | None]] = []
    plot.sought.connect(sought.append)
    plot.trim_dragged.connect(lambda start, end: trims.append((start, end)))
    middle = round(plot.plot_rect().center().y())
    columns = range(plot.width())
    times = [plot.time_at(QPointF(x, middle)) for x in columns]
    at = QPoint(round(np.interp(4.0, times, columns)), middle)
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert sought == pytest.approx([4.0], abs=0.03)
    plot.set_time(4.0)
    assert len(sought) == 1, "what the program shows is no request"
    plot.playhead.setValue(7.0)
    plot.playhead.sigDragged.emit(plot.playhead)
    assert sought[-1] == 7.0
    plot.set_trim(None, None)
    plot.set_trim(2.0, 8.0)
    assert trims == []
    plot.trim_region.lines[0].setValue(3.0)
    assert trims[-1] == (3.0, 8.0)
    plot.trim_region.lines[1].setValue(10.0)
    assert trims[-1] == (3.0, None)


def test_marks_stand_on_the_lower_edge_in_the_colour_of_their_side(plot: CurvePlot, qtbot: QtBot) -> None:
    plot.set_lines(np.linspace(0, 10, 301), [Line(np.linspace(20, 60, 301), "left", 0)])
    plot.set_marks([Mark("heel_strike", "left", 2.0), Mark("heel_strike", "left", 4.0), Mark("toe_off", "right", 3.0)])
    qtbot.wait(30)
    x, y = plot.ticks["heel_strike", "left"].getData()
    assert x.tolist() == [2, 2, 4, 4]
    low, high = plot.getViewBox().viewRange()[1]
    assert y[0] == pytest.approx(low)
    assert low < y[1] < low + 0.2 * (high - low)
    assert plot.ticks["toe_off", "right"].getData()[0].tolist() == [3, 3]
    assert len(plot.ticks["toe_off", "left"].getData()[0]) == 0
    plot.set_marks([Mark("heel_strike", "left", second / 100) for second in range(1000)])
    assert len(plot.ticks["heel_strike", "left"].getData()[0]) == 0, "a band says nothing"
    plot.setXRange(2.0, 2.5, padding=0)
    assert len(plot.ticks["heel_strike", "left"].getData()[0]) == 2 * 51


def test_what_is_uncertain_is_shaded_but_where_nothing_is_known(plot: CurvePlot, qtbot: QtBot) -> None:
    times = np.linspace(0, 10, 301)
    error = np.where((times > 4) & (times < 6), np.nan, 5.0)
    plot.set_lines(times, [Line(np.full(301, 40.0), "left", 0, error=error), Line(np.full(301, 60.0), "right", 0)])
    plot.setYRange(0, 100, padding=0)
    qtbot.wait(30)

    def colour_at(time_s: float, value: float) -> tuple[int, ...]:
        point = plot.mapFromScene(plot.getViewBox().mapViewToScene(QPointF(time_s, value)))
        return plot.grab().toImage().pixelColor(point).getRgb()[:3]

    empty = colour_at(2.03, 50.7)
    assert colour_at(2.03, 43.7) != empty, "inside the band"
    assert colour_at(2.03, 37.3) != empty
    assert colour_at(5.03, 43.7) == empty, "nothing is known here"
    assert colour_at(2.03, 63.7) == empty, "a curve without errors has no band"


# --- in the window


def test_hidden_until_asked_for_and_remembered(lifted: Window, qtbot: QtBot) -> None:
    drawer = lifted.workspace.drawer
    assert not drawer.isVisible()
    assert drawer.curves.plot is None, "nothing is loaded for what is not seen"
    qtbot.keyClick(lifted, Qt.Key.Key_D)
    assert drawer.isVisible()
    assert drawer.curves.plot is not None
    assert Settings().view.show_drawer is False, "written with the next change or at the end"
    lifted.settings.save()
    assert Settings().view.show_drawer is True
    qtbot.keyClick(lifted, Qt.Key.Key_D)
    assert not drawer.isVisible()


def test_the_cursor_follows_the_clock_and_the_clock_the_cursor(lifted: Window, qtbot: QtBot) -> None:
    lifted.actions_["drawer"].setChecked(True)
    curves = lifted.workspace.drawer.curves
    lifted.playback.seek(10 / FPS)
    assert curves.plot.playhead.value() == pytest.approx(10 / FPS)
    assert "Knee flexion" in curves.readout.text()
    assert "L 0°" in curves.readout.text()
    qtbot.waitUntil(lambda: lifted.workspace.video.time_s == pytest.approx(10 / FPS))
    curves.plot.sought.emit(1.0)
    assert lifted.playback.time_s == 1.0
    assert lifted.workspace.timeline.time_s == 1.0
    qtbot.waitUntil(lambda: lifted.workspace.video.time_s == pytest.approx(1.0))
    lifted.controller.session.set_trim(0.5, None)
    assert curves.plot.trim_region.getRegion() == pytest.approx((0.5, COUNT / FPS))
    curves.plot.trim_dragged.emit(0.5, 1.5)
    assert lifted.controller.session.trim == (0.5, 1.5)


def test_choices_change_the_curves_and_stay(lifted: Window, qtbot: QtBot) -> None:
    lifted.actions_["drawer"].setChecked(True)
    curves = lifted.workspace.drawer.curves
    assert [(title, line.side) for title, line in curves.shown] == [
        ("Knee flexion", "right"), ("Knee flexion", "left"),
    ]  # fmt: skip
    next(a for a in curves.menu.actions() if a.data() == "hip_flexion").trigger()
    assert len(curves.shown) == 4
    assert {line.style for title, line in curves.shown if title.startswith("Knee")} == {1}
    curves.what.setCurrentIndex(curves.what.findData("speed"))
    assert [title for title, _ in curves.shown] == ["Wrist", "Wrist"]
    only = next(a for a in curves.menu.actions() if a.data() == "wrist")
    only.trigger()
    assert only.isChecked(), "something is always shown"
    kept = Settings().view
    assert (kept.curve, kept.curve_parts) == ("speed", "wrist")
    lifted.controller.select_everyone()
    qtbot.waitUntil(lambda: not lifted.controller.busy and len(lifted.controller.session.take.tracks3d) == 2)
    assert len(curves.shown) == 2
    curves.everybody.click()
    assert sorted(line.subject for _, line in curves.shown) == [False, False, True, True]


def test_without_a_skeleton_there_are_no_curves(opened: Window, qtbot: QtBot) -> None:
    opened.actions_["drawer"].setChecked(True)
    curves = opened.workspace.drawer.curves
    assert curves.shown == []
    assert curves.readout.text() == ""
    assert not curves.walk.isVisible()
    qtbot.mouseClick(curves.plot.viewport(), Qt.MouseButton.LeftButton, pos=curves.plot.plot_rect().center().toPoint())
    assert opened.playback.time_s == pytest.approx(COUNT / FPS / 2, abs=0.1)
