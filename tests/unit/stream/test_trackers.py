"""Test trackers for VRChat and VMT at a receiver of python-osc: places, turns, order of Euler angles."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_server import BlockingOSCUDPServer
from scipy.spatial.transform import Rotation

from pipeline.core.errors import ConfigError
from pipeline.rig.live_rotations import LiveSolver
from pipeline.rig.skeleton import NAMES, PARENTS
from pipeline.stream.open import open_stream
from tests.helpers.live.people import person, result, t_pose, walk
from tests.helpers.live.receivers import wait_for

HIP, LEFT_FOOT, RIGHT_FOOT = 0, 6, 3  # joints of H36M-17


def unity(points: np.ndarray) -> np.ndarray:
    return np.stack([-points[..., 0], points[..., 2], -points[..., 1]], axis=-1)


def heard(scheme: str, query: str, *people) -> list[tuple[str, tuple]]:
    """Return the messages that a server of python-osc gets for one frame."""
    got: list[tuple[str, tuple]] = []
    dispatcher = Dispatcher()
    dispatcher.set_default_handler(lambda address, *values: got.append((address, values)))
    with BlockingOSCUDPServer(("127.0.0.1", 0), dispatcher) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        stream = open_stream(f"{scheme}://127.0.0.1:{server.server_address[1]}{query}")
        try:
            stream.send(result(0, *people))
            wait_for(lambda: stream.sent == 1)
            wait_for(lambda: bool(got) or not people)
        finally:
            stream.close()
            server.shutdown()
            thread.join()
    return got


def turned(joints: np.ndarray, bone: str) -> Rotation:
    """Return a bone's rotation in Unity's axes from the rig's matrices, mirrored in x."""
    pose = LiveSolver()(joints, 0.0)
    at, whole = NAMES.index(bone), Rotation.identity()
    while at >= 0:
        whole, at = Rotation.from_quat(pose.rotations[at]) * whole, PARENTS[at]
    mirror = np.diag([-1.0, 1.0, 1.0])
    return Rotation.from_matrix(mirror @ whole.as_matrix() @ mirror)


class TestVrchat:
    def test_hip_and_feet_are_where_the_person_is(self):
        joints = walk()[30]
        got = dict(heard("vrchat", "", person(joints)))
        assert sorted(got) == sorted(
            f"/tracking/trackers/{name}/{what}" for name in ("head", "1", "3", "4") for what in ("position", "rotation")
        )
        for name, joint in (("1", HIP), ("3", LEFT_FOOT), ("4", RIGHT_FOOT)):
            assert got[f"/tracking/trackers/{name}/position"] == pytest.approx(unity(joints[joint]), abs=2e-3)

    def test_unity_turns_about_z_then_x_then_y(self):
        joints = walk()[30]
        got = dict(heard("vrchat", "?trackers=hip+chest+feet+knees+elbows", person(joints)))
        assert len(got) == 2 * 9
        for name, bone in (("1", "Hips"), ("4", "RightFoot"), ("5", "LeftLeg"), ("8", "RightForeArm")):
            x, y, z = got[f"/tracking/trackers/{name}/rotation"]
            rebuilt = Rotation.from_euler("zxy", [z, x, y], degrees=True)  # lower case: about fixed axes
            assert np.degrees((rebuilt * turned(joints, bone).inv()).magnitude()) < 0.01

    def test_a_person_who_faces_the_camera_is_not_turned(self):
        assert dict(heard("vrchat", "", person(t_pose())))["/tracking/trackers/1/rotation"] == pytest.approx(
            (0, 0, 0), abs=0.5
        )

    def test_places_are_scaled_and_another_person_is_sent(self):
        second = t_pose() + np.array([1.0, 0.5, 0.0])
        got = dict(heard("vrchat", "?person=2&scale=1.5", person(t_pose(), 1), person(second, 2)))
        assert got["/tracking/trackers/1/position"] == pytest.approx(1.5 * unity(second[HIP]), abs=2e-3)

    def test_nothing_is_sent_of_nobody(self):
        assert heard("vrchat", "") == []


class TestVmt:
    def test_each_tracker_is_enabled_and_has_position_and_quaternion(self):
        joints = walk()[30]
        got = heard("vmt", "?trackers=hip+feet", person(joints))
        assert [address for address, _ in got] == ["/VMT/Room/Unity"] * 3
        assert [values[:3] for _, values in got] == [(1, 1, 0.0), (3, 1, 0.0), (4, 1, 0.0)]
        for (_, values), joint, bone in zip(
            got, (HIP, LEFT_FOOT, RIGHT_FOOT), ("Hips", "LeftFoot", "RightFoot"), strict=True
        ):
            assert values[3:6] == pytest.approx(unity(joints[joint]), abs=2e-3)
            assert np.degrees((Rotation.from_quat(values[6:]) * turned(joints, bone).inv()).magnitude()) < 0.01

    def test_the_trackers_of_a_person_who_left_are_switched_off_but_not_in_a_gap(self):
        got: list[tuple] = []
        dispatcher = Dispatcher()
        dispatcher.map("/VMT/Room/Unity", lambda _, *values: got.append(values[:2]))
        with BlockingOSCUDPServer(("127.0.0.1", 0), dispatcher) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            stream = open_stream(f"vmt://127.0.0.1:{server.server_address[1]}?trackers=hip+feet")
            try:
                frames = [result(0, time_s=0.0), result(1, person(walk()[30]), time_s=1.0)]
                frames += [result(2, time_s=2.5), result(3, time_s=3.5)]
                for number, frame in enumerate(frames, start=1):
                    stream.send(frame)
                    wait_for(lambda number=number: stream.sent == number)
                wait_for(lambda: len(got) == 6)
            finally:
                stream.close()
                server.shutdown()
                thread.join()
        assert got == [(1, 1), (3, 1), (4, 1), (1, 0), (3, 0), (4, 0)]


@pytest.mark.parametrize("scheme", ["vrchat", "vmt"])
@pytest.mark.parametrize("query", ["?trackers=tail", "?scale=big", "?scale=0", "?scale=nan", "?people=all"])
def test_what_has_no_meaning_is_refused(scheme, query):
    with pytest.raises(ConfigError):
        open_stream(f"{scheme}://127.0.0.1{query}")


@pytest.mark.parametrize(
    "address", ["vmc://127.0.0.1?trackers=hip", "udp://127.0.0.1?scale=2", "vmt://127.0.0.1?origin=*"]
)
def test_an_option_of_another_protocol_is_refused_by_name(address):
    option = address.partition("?")[2].partition("=")[0]
    with pytest.raises(ConfigError, match=f"has no option '{option}'"):
        open_stream(address)
