"""LSL, the Lab Streaming Layer: joints on the clock that EEG, EMG and force plates share (LabRecorder, XDF).

Metadata as XDF's "MoCap" content type wants it (https://github.com/sccn/xdf/wiki/MoCap-Meta-Data): each channel with
label, marker, type and unit, and the markers of the setup.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.errors import ConfigError, ModelError
from ..core.live import LiveResult
from ..core.skeletons import H36M17
from .address import Address
from .base import ThreadStream
from .person_filter import Chosen

_USUAL_NAME = "Hourglass"
_CHANNELS = (("X", "PositionX", "meters"), ("Y", "PositionY", "meters"), ("Z", "PositionZ", "meters"),
             ("C", "Confidence", "normalized"))  # fmt: skip
_ASTRAY_S = 0.25  # this far from the clock we were not late: the source's clock has jumped


class LslStream(ThreadStream):
    """An outlet of 68 float channels (17 joints, x y z confidence), irregular rate; NaN where nobody is seen."""

    def __init__(self, address: Address) -> None:
        if address.everybody:
            raise ConfigError("An LSL stream carries one person.", "Open one for each: lsl://Second?person=2.")
        try:
            import pylsl
        except (ImportError, RuntimeError, OSError) as error:  # the package without its library
            first = str(error).strip().partition("\n")[0]
            raise ModelError(
                f"The Lab Streaming Layer cannot be used: {first}",
                "Run: pip install --force-reinstall pylsl. If its wheel brings no liblsl: conda-forge does.",
            ) from None
        self._chosen = Chosen(address)
        self._clock = pylsl.local_clock
        self._ahead_s: float | None = None  # LSL's clock minus that of the source
        self._outlet: Any = pylsl.StreamOutlet(_info(pylsl, address))
        super().__init__(address)

    def _deliver(self, result: LiveResult) -> str:
        person = next(iter(self._chosen(result)), None)
        sample = np.full((17, 4), np.nan, np.float32)
        if person is not None:
            sample[:, :3], sample[:, 3] = person.joints, person.scores
        self._outlet.push_sample(sample.reshape(-1), self._stamp(result))
        return ""

    def _release(self) -> None:
        self._outlet = None  # closes with its last reference

    def _stamp(self, result: LiveResult) -> float:
        """When the person stood so, on LSL's clock: evenly like the source's clock, not as jittery as our work."""
        late_s = (result.stats.latency_ms + result.stats.lookahead_ms) / 1000
        now_s = self._clock() - late_s
        if self._ahead_s is None or abs(now_s - result.people_time_s - self._ahead_s) > _ASTRAY_S:
            self._ahead_s = now_s - result.people_time_s
        return float(result.people_time_s + self._ahead_s)


def _info(pylsl: Any, address: Address) -> Any:
    """The outlet's description. `source_id`: a recorder finds the stream again when the program was started anew."""
    name = address.host or _USUAL_NAME
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
