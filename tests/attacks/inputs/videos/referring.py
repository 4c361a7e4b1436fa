"""Write playlists and other files that name further files and addresses, none of which may be opened."""

from __future__ import annotations

import os
from pathlib import Path

from tests.attacks.harness.bait import bait
from tests.attacks.harness.case import Build, Case, Cases, file
from tests.attacks.harness.sound_inputs import data
from tests.attacks.inputs.read_through import read_inputs

_PLAYLIST = "#EXTM3U\n{}#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n"
_FFCONCAT = "ffconcat version 1.0\nfile '{}'\n"
_MPD = (
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S">'
    '<Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>{}</BaseURL>'
    "</Representation></AdaptationSet></Period></MPD>"
)
_SDP = (
    "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 15004 RTP/AVP 96\n"
    "a=rtpmap:96 H264/90000\n# {}\n"
)
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><image href="{}" width="64" height="64"/></svg>'
_XSPF = (
    '<playlist xmlns="http://xspf.org/ns/0/"><trackList><track><location>{}</location></track></trackList></playlist>'
)
_IMF = (
    '<?xml version="1.0"?><CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016">'
    "<Id>urn:uuid:0</Id>{}</CompositionPlaylist>"
)
_LISTS = {"m3u8": _PLAYLIST.replace("{}", "", 1), "ffconcat": _FFCONCAT, "mpd": _MPD}  # these get every target
_OTHERS = {
    "sdp": _SDP,
    "asx": '<asx version="3.0"><entry><ref href="{}"/></entry></asx>',
    "pls": "[playlist]\nFile1={}\nNumberOfEntries=1\n",
    "smil": '<smil><body><video src="{}"/></body></smil>',
    "ram": "{}\n",
    "cue": 'FILE "{}" WAVE\n  TRACK 01 AUDIO\n',
    "svg": _SVG,
    "xspf": _XSPF,
    "imf": _IMF,
    "idx": "# VobSub index file, v7\n# {}\n",
    "webvtt": "WEBVTT\n\n00:00.000 --> 00:01.000\n{}\n",
    "ass": "[Script Info]\n; {}\n",
}
_TAGS = (
    '#EXT-X-KEY:METHOD=AES-128,URI="{}"\n',
    '#EXT-X-MAP:URI="{}"\n',
    '#EXT-X-MEDIA:TYPE=VIDEO,GROUP-ID="v",NAME="x",URI="{}"\n',
)


def targets() -> dict[str, str]:
    """Return name -> what an input may try to make the program open."""
    secret, text, url = bait().file, bait().text, bait().url
    return {
        "file": str(secret),
        "file url": f"file://{secret}",
        "text": str(text),
        "http": f"{url}/secret.ts",
        "beside": "secret.ts",
        "concat": f"concat:{secret}|{text}",
        "subfile": f"subfile,,start,0,end,9,,:{secret}",
        "crypto": f"crypto:{secret}",
        "data": "data:video/mp4;base64,AAAA",
        "cache": f"cache:{url}/x",
        "device": "/dev/zero",
        "pipe": "pipe:0",
        "up": "../../../../../../" + str(secret).lstrip("/"),
    }


def cases() -> Cases:
    everywhere = targets()
    for kind, template in (_LISTS | _OTHERS).items():
        for target, where in everywhere.items():
            if kind not in _LISTS and target not in ("file", "http"):
                continue
            names = (f"v.{kind}", "v.mp4") if kind in _LISTS or kind == "sdp" else (f"v.{kind}",)
            for name in names:
                build = _naming(name, template.format(where), target == "beside")
                yield Case(f"{kind} to {target} as {name}", build, read_inputs)
    for tag in _TAGS:
        for where in (str(bait().file), f"{bait().url}/k"):
            content = _PLAYLIST.format(tag.format(where), where)
            yield Case(f"m3u8 {tag[:14]} {where[:5]}", file("v.m3u8", content), read_inputs)
    yield Case("mov with data elsewhere", _data_elsewhere(), read_inputs)
    for name, content in (("m3u8", _LISTS["m3u8"]), ("ffconcat", _FFCONCAT)):
        yield Case(f"{name} to a FIFO beside it, as v.mp4", _with_fifo(content.format("x.ts")), read_inputs)


def _naming(name: str, content: str, link_beside: bool) -> Build:
    def build(folder: Path) -> list[str]:
        if link_beside:
            (folder / "secret.ts").symlink_to(bait().file)
        (folder / name).write_text(content, encoding="utf-8")
        return [name]

    return build


def _data_elsewhere() -> Build:
    """Let the data reference of a QuickTime file name another file."""
    content = data("a.mov")
    at = content.find(b"url ")
    outside = b"alis" + bytes(4) + str(bait().file).encode()
    return file("v.mov", content[:at] + outside + content[at + len(outside) :])


def _with_fifo(content: str) -> Build:
    def build(folder: Path) -> list[str]:
        os.mkfifo(folder / "x.ts")
        (folder / "v.mp4").write_text(content, encoding="utf-8")
        return ["v.mp4"]

    return build
