"""Draw which frames each pruning stage of the lifter kept (H2OT), under the timeline."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app import theme
from app.views.take_rows import frame_step_s, take_times
from app.views.timeline import MARGIN, time_at, x_at
from pipeline.core.arrays import Doubles
from pipeline.core.take import Take, TokenStages

_ROW, _GAP, _BOTTOM = 7, 3, 3
_GAP_FROM_PX = 4.0  # pixels a frame from which on frames are drawn as ticks with gaps between


class TokenStrip(QWidget):
    """Draw one thin row per stage on the timeline's axis; a click seeks. Hidden without stages."""

    sought = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stages: TokenStages | None = None
        self._times: Doubles = np.zeros(0)
        self._duration_s = self._time_s = 0.0
        self._trim: tuple[float | None, float | None] = (None, None)
        self.setAccessibleName(self.tr("Frames kept by each stage of the lifter"))
        self._rows: QPixmap | None = None  # cached: painting them for every playhead position would be slow
        theme.changes.changed.connect(self._repaint)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    @property
    def time_s(self) -> float:
        return self._time_s

    @property
    def rows(self) -> QPixmap | None:
        """Return the cached rows in device pixels, without playhead and cuts; None if outdated."""
        return self._rows

    def x_at(self, time_s: float) -> float:
        return x_at(time_s, self.width(), self._duration_s)

    # --- content

    def set_take(self, take: Take | None, person: int) -> None:
        listed = take.token_stages if take is not None else ()
        stages = next((one for one in listed if one.person == person), listed[0] if listed else None)
        self._stages = stages if stages is not None and stages.blocks else None
        self._times = take_times(take)
        if self._stages is not None:
            self.setFixedHeight(len(self._stages.blocks) * (_ROW + _GAP) + _BOTTOM)
        self.setVisible(self._stages is not None)
        self._repaint()

    def set_duration(self, duration_s: float) -> None:
        self._duration_s = duration_s
        self._repaint()

    def set_trim(self, start_s: float | None, end_s: float | None) -> None:
        self._trim = (start_s, end_s)
        self.update()

    def set_time(self, time_s: float) -> None:
        if self._stages is not None:
            self._time_s = time_s
            self.update()

    @Slot()
    def _repaint(self) -> None:
        self._rows = None
        self.update()

    # --- mouse

    def stage_at(self, y: float) -> int | None:
        """Return the stage, counted from 0, whose row lies at `y`, or None."""
        stage = int(y // (_ROW + _GAP))
        return stage if self._stages is not None and 0 <= stage < len(self._stages.blocks) else None

    def text_of(self, stage: int) -> str:
        assert self._stages is not None
        kept = self._stages.kept[stage]
        return self.tr("Stage {stage} (block {block}): kept {kept} of {total} frames").format(
            stage=stage + 1, block=self._stages.blocks[stage], kept=int(kept.sum()), total=len(kept)
        )

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            stage = self.stage_at(event.pos().y())
            if stage is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.text_of(stage), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:
            self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.sought.emit(time_at(event.position().x(), self.width(), self._duration_s))

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if self._stages is None or self._duration_s <= 0:
            return
        ratio = self.devicePixelRatioF()
        size = (self.size().toSizeF() * ratio).toSize()
        if self._rows is None or self._rows.size() != size:
            self._rows = self._paint_rows(size.width(), size.height(), ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._rows)
        start, end = (None if t is None else self.x_at(t) for t in self._trim)
        for low, high in ((MARGIN, start), (end, self.width() - MARGIN)):
            if low is not None and high is not None:
                painter.fillRect(QRectF(low, 0, high - low, self.height()), QColor(theme.colours().shade))
        x = self.x_at(min(self._time_s, self._duration_s))
        painter.setPen(QPen(QColor(theme.colours().playhead), 1.2))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height() - _BOTTOM))

    def _paint_rows(self, width: int, height: int, ratio: float) -> QPixmap:
        """Paint all rows in device pixels; each is an image one pixel high that is stretched."""
        assert self._stages is not None
        picture = QPixmap(width, height)
        picture.fill(Qt.GlobalColor.transparent)
        picture.setDevicePixelRatio(ratio)
        painter = QPainter(picture)
        span = (MARGIN, self.width() - 2 * MARGIN)
        pixels = max(round(span[1] * ratio), 1)
        shades = theme.colours().stages  # later ones stand out more, because they keep fewer frames
        for stage in range(len(self._stages.blocks)):
            share = shares(self._times, self._stages.kept[stage], self._duration_s, pixels)
            shade = QColor(shades[min(stage + max(2 - len(self._stages.blocks), 0), len(shades) - 1)])
            painter.drawImage(QRectF(span[0], stage * (_ROW + _GAP), span[1], _ROW), _row_image(share, shade))
        painter.end()
        return picture


def shares(times: Doubles, kept: NDArray[np.bool_], duration_s: float, pixels: int) -> NDArray[np.float64]:
    """Return (pixels,) shares in [0, 1] of kept frames in each pixel of an axis of `duration_s`.

    With several frames per pixel it is their mean; with several pixels per frame, each frame is a separate tick.
    Frame i lasts from times[i] to times[i + 1].
    """
    if len(times) == 0 or duration_s <= 0:
        return np.zeros(pixels)
    step = frame_step_s(times)
    edges = np.append(times, times[-1] + step) / duration_s * pixels  # (T + 1,) starts of the frames, in pixels
    if step / duration_s * pixels >= _GAP_FROM_PX:
        frame = (
            np.searchsorted(edges, np.arange(pixels + 1) + 0.5, side="right") - 1
        )  # the frame at each pixel's middle
        last = frame[1:] != frame[:-1]  # the pixel before another frame is the gap
        frame = frame[:-1]
        inside = (frame >= 0) & (frame < len(kept)) & ~last
        return np.where(inside, np.append(kept, False)[np.clip(frame, 0, len(kept))], 0.0)
    # Shares are differences of the integral of `kept` at the pixels' edges.
    area = np.concatenate([[0.0], np.cumsum(np.diff(edges) * kept)])
    return np.clip(np.diff(np.interp(np.arange(pixels + 1), edges, area)), 0, 1)


def _row_image(share: NDArray[np.float64], shade: QColor) -> QImage:
    """Blend (pixels,) shares from the empty colour to `shade`; small shares above 0 stay visible."""
    weight = np.where(share > 0, 0.15 + 0.85 * share, 0.0)[:, None]
    empty = QColor(theme.colours().track)
    low = np.array([empty.blue(), empty.green(), empty.red(), 255], float)
    high = np.array([shade.blue(), shade.green(), shade.red(), 255], float)
    line = np.ascontiguousarray(np.rint(low + (high - low) * weight).astype(np.uint8))
    return QImage(line.data, len(line), 1, line.strides[0] * len(line), QImage.Format.Format_RGB32).copy()
