"""Open files and network streams with FFmpeg restricted to what the user named.

Formats that name other files or addresses (playlists, lists of parts, SDP files) are not read at all: of each kind of
source only the demuxers below. A file may use no protocol but `file`, a stream only those of its scheme, and
HTTP follows no redirect. An image, and any other block of memory, has a largest size, whatever a header claims.
Sources: FFmpeg's documentation of formats (`format_whitelist`, `protocol_whitelist`), of HTTP (`max_redirects`) and of
codecs (`max_pixels`); `av_max_alloc` in libavutil/mem.h.
"""

from __future__ import annotations

import ctypes
import functools
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .memory import share_heaps

log = logging.getLogger(__name__)

LARGEST_PX = 1 << 26  # px of one image: 8192 x 8192

_LARGEST_BLOCK = 512 << 20  # bytes of one block of libav's memory: an image of 16-bit RGBA, the index of 100 hours
_IMAGES = (
    "image2,png_pipe,jpeg_pipe,bmp_pipe,webp_pipe,tiff_pipe,gif_pipe,ppm_pipe,pgm_pipe,pam_pipe,j2k_pipe,jpegxl_pipe,"
    "exr_pipe,apng,gif"
)
_RAW = "h264,hevc,av1,obu,m4v,mpegvideo,mjpeg,vc1,ivf"  # video without a container
_SOUND = "mp3,wav,aac,flac,ac3,amr,aiff,caf"  # refused with the reason: they have no frames
_FILES = f"mov,matroska,avi,mpegts,mpeg,flv,asf,ogg,mxf,dv,nut,rm,wtv,swf,yuv4mpegpipe,{_RAW},{_IMAGES},{_SOUND}"
_STREAMS = f"mpjpeg,mpegts,matroska,mov,flv,live_flv,avi,ogg,mpeg,asf,nut,jpeg_pipe,png_pipe,{_RAW}"
# scheme -> (protocols, demuxers); a protocol above another needs it, too
_WEB = ("http,https,httpproxy,tcp,tls", _STREAMS)
_RTSP = ("rtsp,rtsps,rtp,srtp,udp,tcp,tls,http,https", "rtsp,rtp,sdp,mpegts,asf")
SCHEMES: Mapping[str, tuple[str, str]] = {
    "rtsp": _RTSP, "rtsps": _RTSP,
    "http": _WEB, "https": _WEB,
    "rtmp": ("rtmp,rtmps,tcp,tls", "flv,live_flv"), "rtmps": ("rtmp,rtmps,tcp,tls", "flv,live_flv"),
    "udp": ("udp", _STREAMS), "rtp": ("rtp,udp", "rtp,sdp,mpegts"), "tcp": ("tcp", _STREAMS), "srt": ("srt", _STREAMS),
}  # fmt: skip


def open_file(path: Path, options: Mapping[str, str] | None = None) -> Any:
    """Open a media file for reading with PyAV.

    Raises `av.FFmpegError`, `OSError` or `ValueError`.

    The caller makes sure that it is a regular file. Other files are never opened: an absolute path is never mistaken
    for a protocol, and "%03d" in a name never for a series of images.
    """
    import av

    limit_memory()
    own = {"protocol_whitelist": "file", "format_whitelist": _FILES, "pattern_type": "none", **_limits()}
    return av.open(str(path.resolve()), options={**(options or {}), **own}, metadata_errors="replace")


def open_stream(url: str, scheme: str, options: Mapping[str, str], timeouts_s: tuple[float, float]) -> Any:
    """Open a network stream with PyAV; `timeouts_s` for opening and for each packet.

    Raises as `open_file` does.
    """
    import av

    limit_memory()
    protocols, demuxers = SCHEMES[scheme]
    own = {"protocol_whitelist": protocols, "format_whitelist": demuxers, "max_redirects": "0", **_limits()}
    return av.open(url, options={**options, **own}, timeout=timeouts_s)


def limit_decoder(stream: Any) -> None:
    """Make the decoder of an open stream refuse images of more than `LARGEST_PX`."""
    stream.codec_context.options = {**stream.codec_context.options, **_limits()}


def _limits() -> dict[str, str]:
    return {"max_pixels": str(LARGEST_PX)}


@functools.cache
def limit_memory() -> None:
    """Limit the size of every block that libav allocates in this process; done once.

    Without it an endless image, as a stream may send, takes all memory. The threads of decoders get shared heaps.
    """
    import av

    share_heaps()  # before the first decoder starts its threads
    try:
        # Found in the libraries that PyAV's own module is linked to.
        ctypes.CDLL(av._core.__file__).av_max_alloc(ctypes.c_size_t(_LARGEST_BLOCK))
    except (OSError, AttributeError) as error:
        log.debug("the memory of libav is not limited: %s", error)
