"""Test the countdown and starting by raised hands, on synthetic poses and on real motion."""

from __future__ import annotations

import numpy as np
import pytest

from app.live.record_triggers import Countdown, HandsUp, hands_up
from tests.helpers.live.results import raised, result, standing
from tests.helpers.motion import clip, facing_camera, scene

ONES = np.ones(17, np.float32)


def test_countdown_shows_whole_seconds_and_is_due_once() -> None:
    countdown = Countdown(3)
    assert not countdown.due(99)
    countdown.start(10.0)
    assert [countdown.shown(10 + t) for t in (0, 0.01, 0.99, 1.01, 2.5, 2.99)] == [3, 3, 3, 2, 1, 1]
    assert not countdown.due(12.99)
    assert countdown.due(13.0)
    assert not countdown.due(13.1)
    assert not countdown.running
    countdown.start(20)
    countdown.cancel()
    assert (countdown.shown(21), countdown.due(30)) == (0, False)
    instant = Countdown(0)
    instant.start(5)
    assert instant.due(5)


def run(trigger: HandsUp, up: list[bool], rate_hz: float = 30.0, start_s: float = 0.0) -> list[int]:
    """Return the frames at which the trigger fires."""
    fired = []
    for i, high in enumerate(up):
        body = raised(standing()) if high else standing()
        if trigger.update(result(i, start_s + i / rate_hz, [body])):
            fired.append(i)
    return fired


@pytest.mark.parametrize("rate_hz", [10.0, 30.0, 60.0])
def test_fires_after_two_seconds_once_and_again_after_the_hands_came_down(rate_hz: float) -> None:
    seconds = int(rate_hz)
    up = [False] * seconds + [True] * (4 * seconds) + [False] * seconds + [True] * (3 * seconds)
    assert run(HandsUp(), up, rate_hz, start_s=7.0) == [3 * seconds, 8 * seconds]


def test_short_raises_do_not_fire_and_short_losses_do_not_matter() -> None:
    assert run(HandsUp(), ([True] * 50 + [False] * 15) * 4) == []
    assert run(HandsUp(), [True] * 30 + [False] * 6 + [True] * 40) == [60]
    trigger = HandsUp()
    assert run(trigger, [True] * 31) == []
    assert trigger.progress(30 / 30) == pytest.approx(0.5)


def test_each_person_counts_alone() -> None:
    trigger = HandsUp()
    fired = []
    for i in range(100):  # two people alternate: neither holds for two seconds
        bodies = [standing(100), standing(400)]
        bodies[i // 40 % 2] = raised(bodies[i // 40 % 2])
        fired.append(trigger.update(result(i, i / 30, bodies)))
    assert not any(fired)
    trigger = HandsUp()
    # the order of the people in a frame changes, their identities do not
    for i in range(61):
        people = [(7, raised(standing(100))), (3, standing(400))][:: 1 if i % 2 else -1]
        now = trigger.update(result(i, i / 30, [body for _, body in people], identities=[n for n, _ in people]))
    assert now


@pytest.mark.parametrize("arms", ["left", "right"])
def test_one_hand_is_not_enough(arms: str) -> None:
    assert not hands_up(raised(standing(), arms), ONES)
    assert hands_up(raised(standing()), ONES)


def test_unseen_unsure_lying_and_upside_down_are_not_hands_up() -> None:
    body = raised(standing())
    unseen = body.copy()
    unseen[13] = np.nan
    assert not hands_up(unseen, ONES)
    unsure = ONES.copy()
    unsure[16] = 0.2
    assert not hands_up(body, unsure)
    hidden = body.copy()
    hidden[[0, 1, 2, 3, 4, 5, 6, 7]] = np.nan  # at a desk: hips and legs are outside the image
    assert hands_up(hidden, ONES)
    middle = body.mean(axis=0)
    assert not hands_up(2 * middle - standing(), ONES), "a handstand"
    assert not hands_up((body - middle)[:, ::-1] + middle, ONES), "lying"
    tilted = np.radians(20)
    turn = np.array([[np.cos(tilted), -np.sin(tilted)], [np.sin(tilted), np.cos(tilted)]])
    assert hands_up((body - middle) @ turn + middle, ONES), "a camera that is not quite level"


@pytest.mark.parametrize("name", ["walk", "jump"])
def test_real_motion_without_it_never_fires_and_with_it_does(name: str) -> None:
    """Mocap before a simulated camera; the jump's arms are up for less than two seconds."""
    image = scene(facing_camera(clip(name))).person.joints_image_h36m
    times = np.arange(len(image)) / 60
    trigger = HandsUp()
    assert not any(
        trigger.update(result(i, t, [joints])) for i, (t, joints) in enumerate(zip(times, image, strict=True))
    )
    still = np.array([raised(joints) for joints in image])
    trigger = HandsUp(hold_s=0.5)
    fired = [i for i, t in enumerate(times) if trigger.update(result(i, t, [still[i]]))]
    assert fired == [30]
