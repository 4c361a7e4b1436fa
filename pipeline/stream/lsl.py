"""Stream joints over LSL, the Lab Streaming Layer, on the clock shared by all lab devices.

Such devices are EEG, EMG and force plates; LabRecorder stores their streams as XDF. The metadata follow XDF's "MoCap"
content type (https://github.com/sccn/xdf/wiki/MoCap-Meta-Data): each channel has label, marker, type and unit, and the
setup lists the markers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.errors import ConfigError, ModelError
from ..core.live import LiveResult
from ..core.skeletons import H36M17
from .address import Address
from .base import ThreadStream
from .person_filter import PersonFilter

_DEFAULT_NAME = "Hourglass"
_CHANNELS = (("X", "PositionX", "meters"), ("Y", "PositionY", "meters"), ("Z", "PositionZ", "meters"),
             ("C", "Confidence", "normalized"))  # fmt: skip
_MAX_CLOCK_ERROR_S = 0.25  # s: a larger difference from the expected clock means that the source's clock has jumped


class LslStream(ThreadStream):
    """Send 68 float channels (17 joints; x, y, z in metres, confidence) at an irregular rate.

    All channels are NaN while no person is seen.
    """

    def __init__(self, address: Address) -> None:
        if address.all_people:
            raise ConfigError("An LSL stream carries one person.", "Open one for each: lsl://Second?person=2.")
        try:
            import pylsl
        except (ImportError, RuntimeError, OSError) as error:  # no pylsl, or pylsl without its library liblsl
            first = str(error).strip().partition("\n")[0]
            raise ModelError(
                f"The Lab Streaming Layer cannot be used: {first}",
                "Run: pip install --force-reinstall pylsl. If its wheel brings no liblsl: conda-forge does.",
            ) from None
        self._filter = PersonFilter(address)
        self._clock = pylsl.local_clock
        self._clock_offset_s: float | None = None  # s, LSL's clock minus the source's clock
        self._outlet: Any = pylsl.StreamOutlet(_stream_info(pylsl, address))
        super().__init__(address)

    def _deliver(self, result: LiveResult) -> str:
        person = next(iter(self._filter(result)), None)
        sample = np.full((17, 4), np.nan, np.float32)
        if person is not None:
            sample[:, :3], sample[:, 3] = person.joints, person.scores
        self._outlet.push_sample(sample.reshape(-1), self._stamp(result))
        return ""

    def _release(self) -> None:
        self._outlet = None  # pylsl closes an outlet with its last reference

    def _stamp(self, result: LiveResult) -> float:
        """Return the capture time of the skeleton on LSL's clock, in s.

        The time follows the even steps of the source's clock, without the jitter of our processing.
        """
        late_s = (result.stats.latency_ms + result.stats.lookahead_ms) / 1000
        now_s = self._clock() - late_s
        offset_s = now_s - result.people_time_s
        if self._clock_offset_s is None or abs(offset_s - self._clock_offset_s) > _MAX_CLOCK_ERROR_S:
            self._clock_offset_s = offset_s
        return float(result.people_time_s + self._clock_offset_s)


def _stream_info(pylsl: Any, address: Address) -> Any:
    """Describe the outlet; by its `source_id` a recorder finds the stream again after a restart."""
    name = address.host or _DEFAULT_NAME
    count = len(H36M17.names) * len(_CHANNELS)
    info = pylsl.StreamInfo(name, "MoCap", count, 0.0, "float32", f"hourglass-{name}-{address.person or 1}")
    about = info.desc()
    about.append_child("acquisition").append_child_value("manufacturer", "Hourglass")
    about.append_child("coordinates").append_child_value(
        "world", "right-handed, metres, z up, floor at 0, y away from camera"
    )
    markers = about.append_child("setup").append_child("markers")
    for joint in H36M17.names:
        markers.append_child("marker").append_child_value("label", joint)
    channels = about.append_child("channels")
    for joint in H36M17.names:
        for short, kind, unit in _CHANNELS:
            channel = channels.append_child("channel")
            for key, value in (("label", f"{joint}_{short}"), ("marker", joint), ("type", kind), ("unit", unit)):
                channel.append_child_value(key, value)
    return info
