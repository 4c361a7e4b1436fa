"""List hostile HTTP servers: garbage, slowness, lies about lengths, redirects, playlists, damaged pictures."""

from __future__ import annotations

import functools
import gzip
import random
import socket
import time

from tests.attacks.harness.bait import bait
from tests.attacks.harness.places import SEED
from tests.attacks.harness.sound_inputs import data

from .http_server import MJPEG_HEADER, Talk, endless, mjpeg, ok, part, redirect, reply, slow

SIZES = ((320, 240), (16, 16), (1920, 1080), (15, 15), (640, 480), (2000, 40), (40, 2000), (4000, 3000))
_PICTURE_HEAD = b"--b\r\nContent-Type: image/jpeg\r\n"


@functools.cache
def jpeg(width: int, height: int, quality: int = 30) -> bytes:
    import cv2
    import numpy as np

    rng = np.random.default_rng(width)
    small = rng.integers(0, 255, (max(1, height // 40), max(1, width // 40), 3), np.uint8)
    image = cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)
    return cv2.imencode(".jpg", image, [1, quality])[1].tobytes()


def huge() -> bytes:
    return jpeg(16000, 12000, 5)


def after(talk: Talk, seconds: float) -> Talk:
    """Keep the connection open for some seconds after `talk`."""

    def both(connection: socket.socket, asked: bytes) -> None:
        talk(connection, asked)
        time.sleep(seconds)

    return both


def scripts() -> dict[str, Talk]:
    return _streams() | _heads() | _lengths() | _answers() | _redirects() | _pictures() | _playlists()


def _streams() -> dict[str, Talk]:
    rng = random.Random(SEED)
    small, sound = jpeg(320, 240), data("a.ts")
    ts, html = ok("video/mp2t"), ok("text/html") + b"<html>login</html>"
    return {
        "sound ts": after(reply(ts + sound), 5),
        "sound mjpeg": mjpeg(lambda i: small),
        "garbage": endless(b"", rng.randbytes(4096), 0.001),
        "garbage body": endless(ok(), rng.randbytes(65536), 0.001),
        "zeros": endless(ok(), bytes(65536), 0.001),
        "nothing said": lambda connection, asked: time.sleep(60),
        "slow header": slow(ok() * 20),
        "slow body": slow(sound, ts),
        "empty": reply(b""),
        "html": reply(html),
        "icy": endless(ok("video/mp2t", "icy-metaint: 1\r\n"), b"a\xff" + b"x" * 4080),
    }


def _heads() -> dict[str, Talk]:
    begin = b"HTTP/1.1 200 OK\r\n"
    cookies = b"".join(b"Set-Cookie: c%d=%s\r\n" % (i, b"x" * 500) for i in range(200))
    return {
        "endless headers": endless(begin, b"X-A: " + b"a" * 1000 + b"\r\n"),
        "one endless header": endless(begin + b"X-A: ", b"a" * 4096),
        "endless status": endless(b"HTTP/1.1 ", b"2" * 4096),
        "endless 100": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        "endless cookies": endless(begin, cookies),
    }


def _lengths() -> dict[str, Talk]:
    chunked = ok("video/mp2t", "Transfer-Encoding: chunked\r\n")
    bomb = gzip.compress(bytes(200 << 20), 9)
    sound = data("a.ts")
    return {
        "length 1e18": after(reply(ok("video/mp4", "Content-Length: 1000000000000000000\r\n") + b"x" * 100), 30),
        "length -1": reply(ok("video/mp4", "Content-Length: -1\r\n") + sound),
        "length 0": reply(ok("video/mp4", "Content-Length: 0\r\n")),
        "chunk of 2**63": reply(chunked + b"7fffffffffffffff\r\nabc"),
        "chunk -1": reply(chunked + b"-1\r\nabc"),
        "chunk line endless": endless(chunked, b"0" * 4096),
        "gzip bomb": reply(ok("video/mp2t", "Content-Encoding: gzip\r\n") + bomb),
    }


def _answers() -> dict[str, Talk]:
    digest = b'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="a", nonce="b"\r\nContent-Length: 0\r\n\r\n'
    basic = b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="' + b"x" * 10_000 + b'"\r\nContent-Length: 0\r\n\r\n'
    return {
        "401": reply(basic),
        "401 for ever": endless(b"", digest, 0.01),
        "404": reply(b"HTTP/1.1 404 No\r\n\r\n"),
        "503": reply(b"HTTP/1.1 503 No\r\nRetry-After: 0\r\n\r\n"),
    }


def _redirects() -> dict[str, Talk]:
    secret, url, port = bait().file, bait().url, bait().port
    places = {
        "itself": "/again", "a file": f"file://{secret}", "a path": str(secret), "concat": f"concat:{secret}",
        "data": "data:video/mp4;base64,AAAA", "crypto": f"crypto:{secret}", "another address": f"{url}/internal",
        "rtsp": "rtsp://127.0.0.1:1/", "gopher": "gopher://127.0.0.1:1/", "tcp": f"tcp://127.0.0.1:{port}",
    }  # fmt: skip
    return {f"redirect to {name}": redirect(place) for name, place in places.items()}


def _pictures() -> dict[str, Talk]:
    rng = random.Random(SEED)
    small, begin = jpeg(320, 240), MJPEG_HEADER
    three = begin + part(jpeg(320, 240)) * 3
    endless_picture = rng.randbytes(65536).replace(b"\xff", b"\0")

    def first_five(then: bytes) -> Talk:
        return mjpeg(lambda i: small if i < 5 else then)

    return {
        "garbage as jpeg": endless(begin, part(rng.randbytes(5000)), 0.01),
        "slow jpeg": slow(part(small), begin),
        "three pictures, then slow": slow(part(small), three),
        "sizes change": mjpeg(lambda i: jpeg(*SIZES[i % len(SIZES)])),
        "size leaps up": mjpeg(lambda i: small if i < 20 else huge(), 20),
        "huge picture": mjpeg(lambda i: huge(), 5),
        "pictures cut off": first_five(small[: len(small) // 2]),
        "pictures of 0 bytes": first_five(b""),
        "one endless picture": endless(three + _PICTURE_HEAD + b"\r\n\xff\xd8", endless_picture),
        "length of a picture 2**31": endless(
            begin + _PICTURE_HEAD + b"Content-Length: 2147483647\r\n\r\n\xff\xd8", bytes(65536)
        ),
        "as many pictures as possible": mjpeg(lambda i: small, 0),
        "breaks off in a picture": reply(begin + part(small)[:-100]),
        "ends again and again": reply(three),
    }


def _playlists() -> dict[str, Talk]:
    secret, url = bait().file, bait().url
    mpd = (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT10S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" '
        f'bandwidth="1" width="64" height="64"><BaseURL>file://{secret}</BaseURL></Representation></AdaptationSet>'
        "</Period></MPD>"
    )
    sdp = f"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nm=video 0 RTP/AVP 96\r\na=control:file://{secret}\r\n"
    key = f'#EXT-X-KEY:METHOD=AES-128,URI="file://{secret}"'
    return {
        "playlist to a file": _playlist("#EXTINF:1,", f"file://{secret}"),
        "playlist to a path": _playlist("#EXTINF:1,", str(secret)),
        "playlist with a key file": _playlist(key, "#EXTINF:1,", "a.ts"),
        "playlist to another address": _playlist("#EXTINF:1,", f"{url}/internal.ts"),
        "playlist of itself": _playlist("#EXT-X-STREAM-INF:BANDWIDTH=1", "again.m3u8"),
        "playlist of a million": _playlist(*["#EXTINF:1,\nx.ts"] * 300_000),
        "playlist for ever": _growing_playlist,
        "playlist without segments": _playlist(end=False),
        "dash to a file": _document("application/dash+xml", mpd),
        "ffconcat": reply(ok("text/plain") + f"ffconcat version 1.0\nfile 'file:{secret}'\n".encode()),
        "sdp over http": _document("application/sdp", sdp),
    }


def _document(kind: str, text: str) -> Talk:
    return reply(ok(kind, f"Content-Length: {len(text)}\r\n") + text.encode())


def _playlist(*lines: str, end: bool = True) -> Talk:
    text = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n" + "\n".join(lines) + ("\n#EXT-X-ENDLIST\n" if end else "\n")
    return _document("application/vnd.apple.mpegurl", text)


def _growing_playlist(connection: socket.socket, asked: bytes) -> None:
    """List ten more segments at each request, none of which exists."""
    if b"m3u8" not in asked:
        connection.sendall(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
        return
    first = int(time.monotonic() * 10)
    text = f"#EXTM3U\n#EXT-X-TARGETDURATION:0\n#EXT-X-MEDIA-SEQUENCE:{first}\n"
    text += "".join(f"#EXTINF:0.001,\n{first + i}.ts\n" for i in range(10))
    _document("application/vnd.apple.mpegurl", text)(connection, asked)
