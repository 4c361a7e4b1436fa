"""Call single networks: a lifter from 2D to 3D, a detector from an image to 2D joints."""

from __future__ import annotations

from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..core.arrays import Floats, Image
from ..core.camera import UNKNOWN_RATE_HZ, Camera, Frame
from ..core.config import AUTO_DETECTOR, RunConfig
from ..core.poses import EXTRAS, Extras, PersonTrack, Pose2D
from ..core.skeletons import H36M17
from .runs import check_h36m17
from .settings import DetectorNetworkSettings, LifterNetworkSettings, changed

if TYPE_CHECKING:
    from typing import Unpack

    from ..detect.base import Detector
    from ..lift.base import WindowLifter


class Lifter:
    """Call a lifter network on one person's 2D joints. Use from one thread.

    As a context manager it frees the network in the end. `network` is the `WindowLifter` behind it, for direct
    calls.
    """

    def __init__(self, network: WindowLifter) -> None:
        self.network = network

    def __call__(
        self,
        joints_image: ArrayLike,
        scores: ArrayLike,
        *,
        depth: ArrayLike | None = None,
        fov_deg: float | None = None,
        size: tuple[int, int] = (1920, 1080),
        fps: float = UNKNOWN_RATE_HZ,
        skeleton: str = H36M17.key,
    ) -> Floats:
        """Lift one person's 2D joints.

        Args:
            joints_image: (T, J, 2) pixels, NaN where a joint was not seen.
            scores: (T, J) confidences in [0, 1].
            depth: (T, J) the detector's own depth of the joints, as in `lift_joints`; only some lifters use it.
            fov_deg: Horizontal field of view of the camera. Default: 60 degrees over the longer side.
            size: Width and height of the image in pixels.
            fps: Frames a second.
            skeleton: Order of the joints: h36m17, coco17, coco23, halpe26 or blazepose33.

        Returns:
            (T, 17, 3) H36M-17 joints in camera axes (x right, y down, z away), pelvis at zero, in metres for a body of
            the lifter's unit stature; NaN where the person was not seen.

        Raises:
            ConfigError: The joints are not in the order of `skeleton`.
            ValueError: Arrays of other shapes.
        """
        from ..lift.windows import TrackLift

        joints, sure = np.asarray(joints_image, np.float32), np.nan_to_num(np.asarray(scores, np.float32))
        time_s = np.arange(len(joints)) / fps
        seen = np.isfinite(joints).all(axis=-1) & (sure > 0)
        joints, sure = np.where(seen[..., None], joints, np.nan), np.where(seen, sure, 0)
        extras: Extras = {} if depth is None else {"depth": np.asarray(depth).astype(EXTRAS["depth"].dtype)}
        if skeleton == H36M17.key:  # unchanged: lifters are trained with the joints of motion capture
            check_h36m17(joints)
            track = PersonTrack.of_h36m17(1, time_s, joints, sure, extras)
        else:
            track = PersonTrack.of(1, np.arange(len(joints)), time_s, joints, sure, skeleton, extras)
        assumed = Camera.assumed(size, fps)
        lifting = TrackLift(self.network, assumed if fov_deg is None else replace(assumed, fov_deg=fov_deg))
        lifting.push(track)
        lifting.finish()
        return lifting.result()

    def close(self) -> None:
        """Free the network."""
        self.network.close()

    def __enter__(self) -> Lifter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class ImageDetector:
    """Call a 2D detector on images. Use from one thread.

    As a context manager it frees the network in the end. `network` is the `Detector` behind it.
    """

    def __init__(self, network: Detector) -> None:
        self.network = network
        self._index = 0

    def __call__(self, image_bgr: Image, time_s: float | None = None) -> Pose2D:
        """Find people and their joints.

        Args:
            image_bgr: (H, W, 3) uint8, blue first, as OpenCV reads images.
            time_s: Time of a frame of a video, rising: people are followed from frame to frame. None: an image that
                stands alone.

        Returns:
            Everyone in it: `boxes_image` (P, 4), `joints_image` (P, J, 2), `scores` (P, J) and the name of the
            `skeleton`. Without people P is 0.
        """
        if time_s is None:
            self.network.reset()
            self._index = 0
        frame = Frame(self._index, time_s or 0.0, np.ascontiguousarray(image_bgr))
        self._index += 1
        return self.network.detect(frame)

    def close(self) -> None:
        """Free the network."""
        self.network.close()

    def __enter__(self) -> ImageDetector:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def load_lifter(name: str = "", **settings: Unpack[LifterNetworkSettings]) -> Lifter:
    """Load a lifter: a network that turns windows of 2D joints into 3D joints.

    Args:
        name: Its name, see `lifters`. Default: the program's.
        **settings: Fields of `LiftConfig`: prune ("tps", "none", a `PruneConfig`), flip, device, precision.

    Returns:
        A function of one person's 2D joints.

    Raises:
        TypeError: There is no such setting.
        ConfigError: There is no such lifter.
        ModelError: Its weights are missing or damaged, or it cannot prune so.

    Example:
        >>> lifter = hg.load_lifter("h2ot_fast_v2")
        >>> lifter(joints2d, scores, fov_deg=60).shape == (len(joints2d), 17, 3)
        True
    """
    from ..lift.host_lifter import create_lifter

    config = changed(RunConfig(), {"lifter": name, **settings}, "load_lifter()")
    return Lifter(create_lifter(config.lift))


def load_detector(name: str = AUTO_DETECTOR, **settings: Unpack[DetectorNetworkSettings]) -> ImageDetector:
    """Load a 2D detector: a network that finds people and their joints in an image.

    Nothing is downloaded.

    Args:
        name: Its name, see `detectors`. Default: BlazePose heavy if its weights are here, else full.
        **settings: Fields of `DetectConfig`: max_people, hands, face, device, precision, runtime, config_path,
                checkpoint_path.

    Returns:
        A function of an image.

    Raises:
        TypeError: There is no such setting.
        ConfigError: There is no such detector.
        ModelError: It is not installed, or its weights are not here (`download` gets them).

    Example:
        >>> detector = hg.load_detector("mediapipe")
        >>> people = detector(image)
        >>> people.skeleton, people.joints_image.shape[1:]
        ('blazepose33', (33, 2))
    """
    from ..detect.create import create_detector

    config = changed(RunConfig(), {"detector": name, **settings}, "load_detector()")
    return ImageDetector(create_detector(config.detect))
