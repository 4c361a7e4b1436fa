"""Test JSON over UDP and WebSocket with receivers that are absent, slow, fail and come back."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import socket
import threading
import time

import numpy as np
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from pipeline.core.errors import OutputError
from pipeline.core.hands.points import HAND_POINTS
from pipeline.core.skeletons import H36M17
from pipeline.stream.base import Stream
from pipeline.stream.frame_json import frame_json
from pipeline.stream.open import open_stream
from pipeline.stream.udp_socket import UdpSocket
from tests.helpers.live.people import person, result, t_pose, walk
from tests.helpers.live.receivers import UdpReceiver, free_port, sending, wait_for


def joints_of(document: dict, index: int = 0) -> np.ndarray:
    """Return the joints (17, 3) of a JSON person; null becomes NaN."""
    joints = document["people"][index]["joints"]
    assert list(joints) == list(H36M17.names)
    return np.array([[np.nan if value is None else value for value in joints[name][:3]] for name in H36M17.names])


class TestUdp:
    def test_a_datagram_is_a_document_with_the_joints_in_the_world(self):
        with UdpReceiver() as receiver:
            stream = open_stream(f"udp://127.0.0.1:{receiver.port}")
            for index in (0, 50):
                stream.send(result(index, person(walk()[index]), time_s=index / 50))
                document = receiver.document()
                assert (document["format"], document["version"]) == ("hourglass-live", 1)
                assert (document["frame"], document["time_s"], document["people_time_s"]) == (index, *[index / 50] * 2)
                assert document["people"][0]["person"] == 1
                assert document["people"][0]["joints"]["nose"][3] == pytest.approx(0.9)
                assert np.abs(joints_of(document) - walk()[index]).max() < 1e-4
            stream.close()
            assert (stream.sent, stream.dropped) == (2, 0)

    def test_everybody(self):
        with UdpReceiver() as receiver:
            stream = open_stream(f"udp://127.0.0.1:{receiver.port}?people=all")
            stream.send(result(0, person(t_pose() + 1, 2), person(t_pose(), 1)))
            document = receiver.document()
            stream.close()
        assert [one["person"] for one in document["people"]] == [1, 2]
        assert joints_of(document, 1) == pytest.approx(t_pose() + 1, abs=1e-4)

    def test_what_is_not_known_is_null(self):
        joints = t_pose()
        joints[13] = np.nan
        with UdpReceiver() as receiver:
            stream = open_stream(f"udp://127.0.0.1:{receiver.port}")
            stream.send(result(0, person(joints)))
            packet = receiver.packet()
            stream.close()
        assert b"NaN" not in packet
        assert np.isnan(joints_of(json.loads(packet))[13]).all()
        assert len(packet) < 1400

    def test_absent_then_there_then_dead_then_back(self):
        port = free_port()
        stream = open_stream(f"udp://127.0.0.1:{port}")
        with sending(lambda index: stream.send(result(index, person(t_pose())))):
            for _ in range(2):
                wait_for(lambda: stream.notice == f"Nothing listens at 127.0.0.1:{port}.")
                with UdpReceiver(port) as receiver:
                    first = receiver.document()["frame"]
                    wait_for(lambda: stream.notice == "")
                    assert receiver.document()["frame"] > first
        stream.close()
        assert stream.sent > 0
        assert stream.dropped > 0

    def test_the_caller_never_waits_for_a_stream_that_is_stuck(self, monkeypatch):
        stream = open_stream(f"udp://127.0.0.1:{free_port()}")
        send = UdpSocket.send
        monkeypatch.setattr(UdpSocket, "send", lambda self, packets: time.sleep(0.2) or send(self, packets))
        frames = [result(index, person(t_pose())) for index in range(20)] * 50
        start = time.monotonic()
        for frame in frames:
            stream.send(frame)
        assert time.monotonic() - start < 1.0  # one after the other they would take 200 seconds
        stream.close()
        assert stream.dropped >= 990
        assert stream.sent + stream.dropped == 1000


class TestWebSocket:
    @pytest.fixture
    def stream(self):
        opened = open_stream(f"ws://127.0.0.1:{free_port()}")
        yield opened
        opened.close()

    def wait_for_clients(self, stream: Stream, count: int) -> None:
        wait_for(lambda: stream.client_count == count)

    def test_every_client_gets_every_frame(self, stream):
        assert "No program has connected" in stream.notice
        with connect(stream.url) as one, connect(stream.url) as two:
            self.wait_for_clients(stream, 2)
            assert stream.notice == ""
            for index in range(5):
                stream.send(result(index, person(walk()[index])))
                for client in (one, two):
                    document = json.loads(client.recv(timeout=10))
                    assert document["frame"] == index
                    assert np.abs(joints_of(document) - walk()[index]).max() < 1e-4
        assert (stream.sent, stream.dropped) == (5, 0)
        self.wait_for_clients(stream, 0)

    def test_a_client_that_never_reads_costs_the_others_nothing(self, stream):
        joints = t_pose()
        crowd = [person(joints, number) for number in range(1, 60)]  # large messages fill the buffers sooner
        stream.close()
        stream = open_stream(f"{stream.url}?people=all")
        lazy = socket.create_connection(("127.0.0.1", int(stream.url.split(":")[2].split("?")[0])))
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.sendall(
            b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        with lazy, connect(stream.url) as eager:
            self.wait_for_clients(stream, 2)
            for index in range(100):
                stream.send(result(index, *crowd))
                assert f'"frame":{index},' in eager.recv(timeout=10)
            assert stream.sent == 100
            start = time.monotonic()
            stream.close()  # the slow client closes without a handshake
            assert time.monotonic() - start < 1.0
            assert "stream ws" not in {thread.name for thread in threading.enumerate()}

    def test_a_client_that_dies_is_forgotten_and_may_come_back(self, stream):
        for _ in range(2):
            client = connect(stream.url).__enter__()
            self.wait_for_clients(stream, 1)
            client.socket.close()  # without a closing handshake
            with sending(lambda index: stream.send(result(index, person(t_pose())))):
                self.wait_for_clients(stream, 0)
        with connect(stream.url) as client:
            self.wait_for_clients(stream, 1)
            stream.send(result(7, person(t_pose())))
            assert json.loads(client.recv(timeout=10))["frame"] == 7

    def test_a_frame_that_breaks_is_dropped_and_the_next_one_arrives(self, stream):
        with connect(stream.url) as client:
            self.wait_for_clients(stream, 1)
            stream.send(result(0, person(t_pose()[:5])))
            wait_for(lambda: stream.dropped == 1)
            stream.send(result(1, person(t_pose())))
            assert json.loads(client.recv(timeout=10))["frame"] == 1

    def test_what_clients_say_is_ignored(self, stream):
        with connect(stream.url) as client:
            self.wait_for_clients(stream, 1)
            for _ in range(100):
                client.send("hello")
            stream.send(result(3, person(t_pose())))
            assert json.loads(client.recv(timeout=10))["frame"] == 3

    @pytest.mark.parametrize(
        ("origin", "allowed"),
        [("http://localhost:3000", True), ("null", False), ("https://127.0.0.1", True), ("https://evil.example", False),
         ("https://localhost.evil.example", False)],
    )  # fmt: skip
    def test_only_pages_of_this_computer_may_look(self, stream, origin, allowed):
        if allowed:
            with connect(stream.url, origin=origin) as page:
                self.wait_for_clients(stream, 1)
                stream.send(result(4, person(t_pose())))
                assert json.loads(page.recv(timeout=10))["frame"] == 4
        else:
            with pytest.raises(InvalidStatus, match="403"):
                connect(stream.url, origin=origin)

    @pytest.mark.parametrize(
        ("option", "origin"),
        [("https://studio.example", "https://studio.example"), ("*", "https://studio.example"), ("null", "null")],
    )
    def test_unless_the_address_names_them(self, option, origin):
        stream = open_stream(f"ws://127.0.0.1:{free_port()}?origin={option}")
        with connect(stream.url.partition("?")[0], origin=origin) as page:
            self.wait_for_clients(stream, 1)
            stream.send(result(4, person(t_pose())))
            assert json.loads(page.recv(timeout=10))["frame"] == 4
        stream.close()

    def test_a_port_that_is_taken_is_told(self, stream):
        with pytest.raises(OutputError, match="cannot be served") as caught:
            open_stream(stream.url)
        assert "another" in caught.value.hint

    def test_an_address_that_is_not_ours_is_told(self):
        with pytest.raises(OutputError, match=r"192\.0\.2\.1:9002 cannot be served"):
            open_stream("ws://192.0.2.1")

    def test_somebody_who_connects_and_says_nothing_does_not_delay_the_end(self, stream):
        port = int(stream.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as silent, connect(stream.url):
            start = time.monotonic()
            stream.close()
            assert time.monotonic() - start < 1.0
            assert "stream ws" not in {thread.name for thread in threading.enumerate()}
            silent.settimeout(5)
            with contextlib.suppress(ConnectionError):
                silent.recv(1000)  # and it notices the end: no TimeoutError

    def test_garbage_instead_of_a_handshake_harms_nobody(self, stream):
        port = int(stream.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as rude:
            rude.sendall(bytes(range(256)) * 10)
        with connect(stream.url) as client:
            self.wait_for_clients(stream, 1)
            stream.send(result(1, person(t_pose())))
            assert json.loads(client.recv(timeout=10))["frame"] == 1


def test_the_expression_of_a_face_is_sent_where_it_is_looked_for():
    plain = json.loads(frame_json(result(0, person(walk()[0])), [person(walk()[0])]))
    assert "face" not in plain["people"][0]
    smiling = dataclasses.replace(person(walk()[0]), face={"mouthSmileLeft": 0.257, "aa": 1.0})
    sent = json.loads(frame_json(result(0, smiling), [smiling]))
    assert sent["people"][0]["face"] == {"mouthSmileLeft": 0.26, "aa": 1.0}


def test_hands_are_sent_where_they_are_looked_for():
    hands = np.arange(2 * 21 * 3, dtype=np.float32).reshape(2, 21, 3) / 100
    hands[1] = np.nan
    shown = dataclasses.replace(person(t_pose()), hands=hands)
    with UdpReceiver() as receiver:
        stream = open_stream(f"udp://127.0.0.1:{receiver.port}")
        stream.send(result(0, shown))
        document = receiver.document()
        stream.close()
    sent = document["people"][0]["hands"]
    assert list(sent["left"]) == list(HAND_POINTS)
    assert np.abs(np.array(list(sent["left"].values())) - hands[0]).max() < 6e-4  # sent in whole millimetres
    assert sent["right"] is None


@pytest.mark.parametrize(("people", "largest"), [(1, 2800), (4, 11_000)])
def test_people_with_both_hands_fit_into_a_datagram(people, largest):
    hands = np.random.default_rng(0).uniform(-3, 3, (2, 21, 3)).astype(np.float32)
    shown = [dataclasses.replace(person(t_pose() - 2.3456, number), hands=hands) for number in range(1, people + 1)]
    with UdpReceiver() as receiver:
        stream = open_stream(f"udp://127.0.0.1:{receiver.port}?people=all")
        stream.send(result(0, *shown))
        packet = receiver.packet()
        stream.close()
    print(people, len(packet))
    assert len(json.loads(packet)["people"]) == people
    assert len(packet) < largest
