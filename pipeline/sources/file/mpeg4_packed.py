"""Find the display order of MPEG-4 video whose B-frames are packed (XviD and DivX in .avi).

Such an encoder writes a reference frame and the B-frame before it into one packet, and later an empty packet to keep
the count right. The decoder delivers one frame a packet in the right order, but the time stamps that libav makes up for
the packets are in another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_PACKED = re.compile(rb"DivX\d+(?:b|Build)\d+p")  # user data of encoders that pack
_FRAME_START = b"\0\0\1\xb6"  # ISO/IEC 14496-2, 6.2.5: video object plane
_EMPTY_BYTES = 20  # a packet this small holds no frame: it stands for one that was packed before
_B_FRAME = 2  # vop_coding_type, 6.3.5


def is_packed(extradata: bytes | None, first_packet: bytes) -> bool:
    """Return whether the stream says that its B-frames are packed."""
    return bool(_PACKED.search((extradata or b"") + first_packet))


def is_reference(packet: bytes) -> bool:
    """Return whether the packet begins with a frame that others may refer to (I, P or S)."""
    at = packet.find(_FRAME_START)
    if at < 0 or at + 4 >= len(packet) or len(packet) < _EMPTY_BYTES:
        return False
    return packet[at + 4] >> 6 != _B_FRAME


def display_order(references: Sequence[bool]) -> list[int]:
    """Return the numbers of packets in display order.

    A reference frame is shown after all B-frames that lie between it and the next reference frame.
    """
    order: list[int] = []
    waiting: int | None = None
    for number, reference in enumerate(references):
        if not reference:
            order.append(number)
            continue
        if waiting is not None:
            order.append(waiting)
        waiting = number
    return order if waiting is None else [*order, waiting]
