"""Serve RTSP (RFC 2326, over TCP) like a camera, with RTP packets made by ffmpeg."""

from __future__ import annotations

import base64
import contextlib
import socket
import subprocess
import threading
from pathlib import Path

_SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"
    "a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track1\r\n"
)


class RtspServer:
    """Loop `clip` in real time; `login` is "name:password"; `cut` disconnects all clients."""

    def __init__(self, clip: Path, login: str = "") -> None:
        self._login = base64.b64encode(login.encode()).decode() if login else ""
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        self._udp.settimeout(0.1)
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self._playing: list[socket.socket] = []
        self._stop = threading.Event()
        self.connections = 0
        command = ["ffmpeg", "-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", str(clip)]
        command += ["-c:v", "libx264", "-tune", "zerolatency", "-g", "5", "-x264-params", "repeat-headers=1"]
        command += ["-f", "rtp", f"rtp://127.0.0.1:{self._udp.getsockname()[1]}?pkt_size=1200"]
        self._ffmpeg = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._accept, self._pass_on)]
        for thread in self._threads:
            thread.start()

    def url(self, login: str = "") -> str:
        return f"rtsp://{login}127.0.0.1:{self._tcp.getsockname()[1]}/stream"

    def cut(self) -> None:
        for client in self._playing:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            client.close()
        self._playing.clear()

    def __enter__(self) -> RtspServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._ffmpeg.kill()
        self._ffmpeg.wait()
        self.cut()
        self._tcp.close()
        self._udp.close()

    def _pass_on(self) -> None:
        while not self._stop.is_set():
            try:
                packet = self._udp.recv(65536)
            except TimeoutError:
                continue
            except OSError:
                return
            for client in list(self._playing):
                with contextlib.suppress(OSError):
                    client.sendall(b"$\0" + len(packet).to_bytes(2, "big") + packet)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._tcp.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            lines: list[str] = []
            for raw in client.makefile("rb"):
                line = raw.decode("latin-1").strip()
                if line:
                    lines.append(line)
                elif lines:
                    self._answer(client, lines)
                    lines = []

    def _answer(self, client: socket.socket, lines: list[str]) -> None:
        method, url = lines[0].split()[:2]
        headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        status, more, body = "200 OK", [], ""
        if self._login and headers.get("Authorization") != f"Basic {self._login}":
            status, more = "401 Unauthorized", ['WWW-Authenticate: Basic realm="camera"']
        elif method == "OPTIONS":
            more = ["Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"]
        elif method == "DESCRIBE":
            more, body = ["Content-Type: application/sdp", f"Content-Base: {url}/"], _SDP
        elif method == "SETUP":
            more = ["Transport: RTP/AVP/TCP;unicast;interleaved=0-1"]
        answer = [f"RTSP/1.0 {status}", f"CSeq: {headers.get('CSeq', '0')}", "Session: 1", *more]
        client.sendall("\r\n".join([*answer, f"Content-Length: {len(body)}", "", body]).encode())
        if method == "PLAY" and status.startswith("200"):
            self._playing.append(client)
