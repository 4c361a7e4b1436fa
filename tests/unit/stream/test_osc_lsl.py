"""Test joint positions over OSC, and over LSL on the clock of a laboratory."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from pythonosc.osc_bundle import OscBundle

from pipeline.core.errors import ConfigError
from pipeline.core.skeletons import H36M17
from pipeline.stream.open import open_stream
from tests.helpers.live.people import person, result, t_pose, walk
from tests.helpers.live.receivers import UdpReceiver, parse_osc, sending, wait_for


class TestOsc:
    def heard(self, query: str, *people) -> dict[str, tuple]:
        with UdpReceiver() as receiver:
            stream = open_stream(f"osc://127.0.0.1:{receiver.port}{query}")
            stream.send(result(12, *people, time_s=0.5))
            wait_for(lambda: stream.sent == 1)
            messages = parse_osc(receiver.packet())
            assert messages[0][0] == "/hourglass/frame"
            while len(messages) < 1 + 17 * messages[0][1][2]:
                messages += parse_osc(receiver.packet())
            stream.close()
        return dict(messages)

    def test_the_joints_of_one_person(self):
        joints = walk()[30]
        heard = self.heard("", person(joints, 3))
        assert heard.pop("/hourglass/frame") == (12, 0.5, 1)
        assert list(heard) == [f"/hourglass/person/3/{name}" for name in H36M17.names]
        assert np.abs(np.array(list(heard.values()))[:, :3] - joints).max() < 1e-5
        assert heard["/hourglass/person/3/left_wrist"][3] == pytest.approx(0.9)

    def test_the_expression_of_a_face_that_is_looked_for(self):
        smiling = dataclasses.replace(person(walk()[30], 3), face={"mouthSmileLeft": 0.25, "aa": 1.0})
        heard = self.heard("", smiling)
        assert heard["/hourglass/person/3/face/mouthSmileLeft"] == (0.25,)
        assert heard["/hourglass/person/3/face/aa"] == (1.0,)

    def test_everybody_in_several_packets(self):
        heard = self.heard("?people=all", *(person(t_pose() + number, number) for number in range(1, 6)))
        assert heard["/hourglass/person/5/pelvis"][:3] == pytest.approx(t_pose()[0] + 5, abs=1e-5)
        assert len(heard) == 1 + 5 * 17

    def test_a_joint_that_is_not_known_is_not_sent(self):
        joints = t_pose()
        joints[13] = np.nan
        with UdpReceiver() as receiver:
            stream = open_stream(f"osc://127.0.0.1:{receiver.port}")
            stream.send(result(0, person(joints)))
            packet = receiver.packet()
            stream.close()
        addresses = [address for address, _ in parse_osc(packet)]
        assert "/hourglass/person/1/left_elbow" in addresses
        assert "/hourglass/person/1/left_wrist" not in addresses
        assert len(list(OscBundle(packet))) == len(addresses)  # the library's own parser agrees


class TestLsl:
    @pytest.fixture
    def pylsl(self):
        return pytest.importorskip("pylsl", exc_type=ImportError)

    def test_samples_labels_and_clock(self, pylsl):
        stream = open_stream("lsl://Hourglass test?person=2")
        try:
            (info,) = pylsl.resolve_byprop("name", "Hourglass test", timeout=20)
            inlet = pylsl.StreamInlet(info, recover=False)
            inlet.open_stream(timeout=20)
            with sending(lambda index: stream.send(result(index, person(walk()[index % 170], 2), time_s=index / 100))):
                samples, stamps = zip(*(inlet.pull_sample(timeout=20) for _ in range(20)), strict=True)
                described = inlet.info(timeout=20).desc()
            now = pylsl.local_clock()
        finally:
            stream.close()
        assert (info.type(), info.channel_count(), info.nominal_srate()) == ("MoCap", 68, 0.0)
        channels = []
        channel = described.child("channels").child("channel")
        while not channel.empty():
            channels.append(tuple(channel.child_value(key) for key in ("label", "marker", "type", "unit")))
            channel = channel.next_sibling()
        assert len(channels) == 68
        assert channels[0] == ("pelvis_X", "pelvis", "PositionX", "meters")
        assert channels[4 * 13 + 3] == ("left_wrist_C", "left_wrist", "Confidence", "normalized")
        markers, marker = [], described.child("setup").child("markers").child("marker")
        while not marker.empty():
            markers.append(marker.child_value("label"))
            marker = marker.next_sibling()
        assert tuple(markers) == H36M17.names
        values = np.array(samples).reshape(-1, 17, 4)
        distance = np.abs(walk()[None, :170] - values[:, None, :, :3]).max(axis=(2, 3)).min(axis=1)
        assert distance.max() < 1e-5
        # Timestamps follow the source's clock, not the times of sending, and are near to now.
        assert np.diff(stamps) * 100 == pytest.approx(np.round(np.diff(stamps) * 100), abs=1e-3)
        assert abs(now - stamps[-1]) < 5

    def test_nobody_is_nan(self, pylsl):
        stream = open_stream("lsl://Hourglass nobody")
        try:
            (info,) = pylsl.resolve_byprop("name", "Hourglass nobody", timeout=20)
            inlet = pylsl.StreamInlet(info, recover=False)
            inlet.open_stream(timeout=20)
            with sending(lambda index: stream.send(result(index))):
                sample, _ = inlet.pull_sample(timeout=20)
        finally:
            stream.close()
        assert np.isnan(sample).all()

    def test_one_person(self, pylsl):
        with pytest.raises(ConfigError, match="one person"):
            open_stream("lsl://Hourglass?people=all")
