"""Locate both hands of every person in a frame, and follow them from frame to frame.

The side of a hand is that of the arm whose square it was found in. The network's own guess of the side only decides
which of two hands is dropped when both arms found the same one.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from queue import SimpleQueue

import numpy as np

from ....core.arrays import Floats, Image
from ....core.config import Runtime
from ....core.hands.points import MIDDLE_BASE, MIN_HAND_PX, SIDES, WRIST, Hands
from ....core.poses import Pose2D
from ....core.skeletons import SKELETONS
from ...crops import Square, faded
from .look_ahead import halfway, may_rest, moved_evenly
from .networks import LANDMARKS_PX, RECROP_PX, HandNetworks, HandPoints, hand_networks
from .regions import agrees, arm_square, hand_size_px, recrop_square, tracked_square

_MIN_PRESENCE = 0.5  # probability of a hand from which its points count: MediaPipe's own threshold
_MIN_WRIST_SCORE = 0.1  # smallest score of elbow and wrist at which a hand is searched: MediaPipe's own threshold
_VISIBLE = 0.5  # score of a wrist from which the hand is searched a second time, in the arm's own square
_ROUGH_SHRINK = 1.35  # rough square / square of the landmark network
_MIN_SQUARE_PX = 1.2 * MIN_HAND_PX  # px, smallest square that is searched
# Distance between the wrists of arm and hand, relative to the square of the arm: a hand farther away belongs elsewhere.
_MAX_WRIST_DISTANCE = 0.45
# hand lengths: a hand whose wrist is this far from the arm's, and farther than its knuckles, is upside down
_TURNED_SIZES = 0.25
_OTHERS_SIZES = 0.3  # hand lengths from the arm's wrist beyond which a hand nearer to the other wrist is the other one
_NO_HAND = 0.05  # probability of a hand in the recrop network's square, below which the arm's own is not tried
# Frames in which a hand was not found -> it is searched in every second, then in every third frame.
_SELDOM = ((6, 3), (3, 2))
_SAME_ARM = 0.5  # sides of an arm's square that its wrist moves between two frames, at most
_SAME_HAND = 0.35  # mean distance between the points of two hands, in palm lengths, below which they are one hand
_MAX_THREADS = 4
_OPPOSITE = {"left": "right", "right": "left"}


@dataclass(frozen=True, slots=True)
class _Arm:
    """Describe where a hand is searched."""

    person: int
    side: int  # 0 left, 1 right
    wrist: Floats  # (2,) px
    other_wrist: Floats  # (2,) px, of the other arm
    square: Square
    visible: bool  # the body's detector is sure of the wrist


@dataclass(frozen=True, slots=True)
class _Hand:
    """Hold a hand that was found."""

    person: int
    side: int
    joints: Floats  # (21, 2) px
    relative: Floats  # (21, 3) m, camera axes
    presence: float
    plausible: float  # how well the hand fits its arm, only for comparisons; larger is better
    square: Square  # where the next frame's points are searched
    past: tuple[Floats, ...] = ()  # joints in the two frames before, the newest first

    def after(self, before: _Hand) -> _Hand:
        """Return this hand as that of the frame after `before`."""
        return replace(self, past=(before.joints, *before.past)[:2])


@dataclass(frozen=True, slots=True)
class _Miss:
    """Count the frames in a row in which the hand of an arm was not found."""

    arm: _Arm
    frames: int


@dataclass(frozen=True, slots=True)
class _Look:
    """Hold what was found at an arm: the hand in this frame, and in the next one if that was looked at already."""

    arm: _Arm
    hand: _Hand | None
    next_hand: _Hand | None = None
    frames_missed: int = 0


class HandLocator:
    """Locate hands by the arms of a `Pose2D`, in several threads. Use from one thread at a time."""

    def __init__(self, max_people: int, runtime: Runtime = "auto") -> None:
        """Load the networks. Raises `ModelError` if they are missing or do not run."""
        threads = max(1, min(_MAX_THREADS, 2 * max_people, os.cpu_count() or 1))
        self._networks, self.runtime = hand_networks(threads, runtime)  # "": MediaPipe
        self._idle: SimpleQueue[HandNetworks] = SimpleQueue()
        for network in self._networks:
            self._idle.put(network)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="hands")
        self.reset()

    def reset(self) -> None:
        """Forget the hands of the last frame."""
        self._last: list[_Hand] = []
        self._ahead: list[_Hand] = []  # hands that were already located in the next frame
        self._missed: list[_Miss] = []

    def resume(self, hands: Hands) -> None:
        """Continue as if `hands` had been located in the last frame."""
        self.reset()
        for person, side in np.argwhere(hands.observed):
            joints = hands.joints_image[person, side]
            square = tracked_square(joints)
            if square is not None:
                relative = hands.relative[person, side]
                self._last.append(_Hand(int(person), int(side), joints, relative, 1.0, 1.0, square))

    def locate(self, bgr: Image, pose: Pose2D, next_bgr: Image | None = None) -> Hands:
        """Return the hands of the people of a frame, in their order.

        With `next_bgr`, the frame that follows soon, hands that move little and evenly are located in that one and
        interpolated in this one, which halves their cost: see `halfway`.
        """
        looks = list(self._threads.map(lambda arm: self._look(bgr, arm, next_bgr), _arms(pose)))
        self._last = _without_doubles([look.hand for look in looks if look.hand is not None])
        kept = {(hand.person, hand.side) for hand in self._last}
        ahead = [look.next_hand for look in looks]
        self._ahead = [hand for hand in ahead if hand is not None and (hand.person, hand.side) in kept]
        self._missed = [_Miss(look.arm, look.frames_missed) for look in looks if look.frames_missed]
        hands = Hands.unseen(len(pose.scores))
        size_px = (bgr.shape[1], bgr.shape[0])
        for hand in self._last:
            at = hand.person, hand.side
            hands.joints_image[at], hands.relative[at] = hand.joints, hand.relative
            hands.scores[at] = faded(hand.joints, np.full(len(hand.joints), hand.presence, np.float32), size_px)
        return hands

    def close(self) -> None:
        self._threads.shutdown()
        for network in self._networks:
            network.close()

    def _look(self, bgr: Image, arm: _Arm, next_bgr: Image | None) -> _Look:
        """Look for the hand of an arm."""
        last, missed = _nearest(self._last, arm), _misses(self._missed, arm)
        if last is None and missed % next((every for many, every in _SELDOM if missed >= many), 1):
            return _Look(arm, None, frames_missed=missed + 1)
        networks = self._idle.get()
        try:
            awaited, there = _nearest(self._ahead, arm), None
            if awaited is None and next_bgr is not None and last is not None and may_rest(last.joints, last.past):
                there = _hand(arm, last.square, networks.points(last.square.cut(next_bgr, LANDMARKS_PX)))
                if there is not None and moved_evenly(last.joints, there.joints, last.past):
                    between = _between(last, there)
                    return _Look(arm, between, there)
            hand = self._locate(networks, bgr, arm, awaited)
        finally:
            self._idle.put(networks)
        if hand is None:
            return _Look(arm, None, frames_missed=missed + 1)
        return _Look(arm, hand if last is None else hand.after(last), there)  # the next frame need not look again

    def _locate(self, networks: HandNetworks, bgr: Image, arm: _Arm, awaited: _Hand | None) -> _Hand | None:
        """Locate the hand in this frame; `awaited` is the one that was already located in it, None if none was."""
        recrop = recrop_square(arm.square, networks.recrop(arm.square.cut(bgr, RECROP_PX)))
        squares = [] if recrop is None else [recrop]
        if recrop is not None:
            if awaited is not None and agrees(awaited.square, awaited.joints, recrop) and _belongs(arm, awaited.joints):
                return replace(awaited, person=arm.person)
            last = [hand for hand in self._last if hand.side == arm.side]
            near = [hand.square for hand in last if agrees(hand.square, hand.joints, recrop)]
            squares = sorted(near, key=lambda s: np.hypot(s.x - recrop.x, s.y - recrop.y))[:1] + squares
        if arm.visible:
            squares.append(replace(arm.square, side=arm.square.side / _ROUGH_SHRINK))
        for square in squares:
            if not _MIN_SQUARE_PX <= square.side <= 4 * max(bgr.shape):
                continue
            seen = networks.points(square.cut(bgr, LANDMARKS_PX))
            hand = _hand(arm, square, seen)
            if hand is not None or (square is recrop and seen.presence < _NO_HAND):
                return hand
        return None


def _hand(arm: _Arm, square: Square, seen: HandPoints) -> _Hand | None:
    """Return the hand that the network saw in a square, or None if it is none, too small or elsewhere."""
    joints = square.image_from_crop(seen.joints)
    following = tracked_square(joints)
    if seen.presence < _MIN_PRESENCE or following is None or hand_size_px(joints) < MIN_HAND_PX:
        return None
    if not _belongs(arm, joints):
        return None
    away = float(np.linalg.norm(joints[WRIST] - arm.wrist)) / arm.square.side
    (ux, uy) = square.up
    turn = np.array([[-uy, ux], [-ux, -uy]])  # rows: the crop's x and y axis in the image
    relative = np.column_stack([seen.world[:, :2] @ turn, seen.world[:, 2]]).astype(np.float32)
    fits = seen.right if arm.side == 1 else 1 - seen.right
    return _Hand(arm.person, arm.side, joints, relative, seen.presence, fits - away, following)


def _belongs(arm: _Arm, joints: Floats) -> bool:
    """Return whether a hand of image points (21, 2) is at the end of the arm, and not upside down there."""
    from_arm = np.linalg.norm(joints - arm.wrist, axis=-1)
    turned = from_arm[WRIST] > from_arm[MIDDLE_BASE] and from_arm[WRIST] > _TURNED_SIZES * hand_size_px(joints)
    nearer = float(np.linalg.norm(joints[WRIST] - arm.other_wrist)) < from_arm[WRIST]
    others = nearer and from_arm[WRIST] > _OTHERS_SIZES * hand_size_px(joints)
    return not (from_arm[WRIST] > _MAX_WRIST_DISTANCE * arm.square.side or turned or others)


def _nearest(hands: Sequence[_Hand], arm: _Arm) -> _Hand | None:
    """Return the hand that is at the end of an arm, the nearest of several; None if there is none."""
    mine = [hand for hand in hands if hand.side == arm.side and _belongs(arm, hand.joints)]
    return min(mine, key=lambda hand: float(np.linalg.norm(hand.joints[WRIST] - arm.wrist)), default=None)


def _misses(misses: Sequence[_Miss], arm: _Arm) -> int:
    """Return in how many frames until now the hand of an arm was not found."""
    near = [
        miss.frames
        for miss in misses
        if miss.arm.side == arm.side and np.linalg.norm(miss.arm.wrist - arm.wrist) < _SAME_ARM * arm.square.side
    ]
    return min(near, default=0)


def _between(before: _Hand, after: _Hand) -> _Hand:
    """Return the hand halfway between two frames."""
    joints = halfway(before.joints, after.joints)
    return replace(
        after,
        joints=joints,
        relative=halfway(before.relative, after.relative),
        presence=min(before.presence, after.presence),
        square=tracked_square(joints) or after.square,
    ).after(before)


def _arms(pose: Pose2D) -> list[_Arm]:
    """Return the arms with a visible wrist."""
    at = SKELETONS[pose.skeleton].index
    fingers = "left_index" in SKELETONS[pose.skeleton].names
    arms = []
    for person, (joints, scores) in enumerate(zip(pose.joints_image, pose.scores, strict=True)):
        for side, name in enumerate(SIDES):
            elbow, wrist, other = at(f"{name}_elbow"), at(f"{name}_wrist"), at(f"{_OPPOSITE[name]}_wrist")
            knuckles = (joints[at(f"{name}_index")], joints[at(f"{name}_pinky")]) if fingers else None
            if min(scores[elbow], scores[wrist]) < _MIN_WRIST_SCORE:
                continue
            square = arm_square(joints[elbow], joints[wrist], knuckles)
            if square is not None and square.side >= _MIN_SQUARE_PX:
                visible = bool(scores[wrist] >= _VISIBLE)
                arms.append(_Arm(person, side, joints[wrist], joints[other], square, visible))
    return arms


def _without_doubles(hands: Sequence[_Hand]) -> list[_Hand]:
    """Drop the less plausible one of two arms' hands that are one hand in the image."""
    kept: list[_Hand] = []
    for hand in sorted(hands, key=lambda hand: (-hand.plausible, hand.person, hand.side)):
        if not any(_is_same(hand, other) for other in kept):
            kept.append(hand)
    return kept


def _is_same(hand: _Hand, other: _Hand) -> bool:
    palm = float(np.linalg.norm(other.joints[MIDDLE_BASE] - other.joints[WRIST]))
    size = max(palm, hand_size_px(other.joints) / 2)
    return float(np.linalg.norm(hand.joints - other.joints, axis=-1).mean()) < _SAME_HAND * size
