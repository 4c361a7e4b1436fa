"""Lay out the page of an open video: header, video beside 3D, settings, timeline, transport."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QSplitter, QWidget

from app.actions import Actions
from app.run_settings import CompareSettings, RunSettings
from app.views.compare_bar import CompareBar
from app.views.drawer.drawer import Drawer
from app.views.lanes.person_lanes import PersonLanes
from app.views.run_panel import RunPanel
from app.views.scene.absence import Absence
from app.views.scene.scene_view import SceneView
from app.views.settings.settings_panel import SettingsPanel
from app.views.timeline import Timeline
from app.views.token_strip import TokenStrip
from app.views.transport import Transport
from app.views.video.video_view import VideoView
from app.views.widgets import Card, ElidedName, column, icon_button, icon_label, label, row, tool
from pipeline.core.camera import VideoInfo


class Workspace(QWidget):
    """Arrange the views and give the actions their buttons; no behaviour."""

    def __init__(
        self, actions: Actions, run: RunSettings, other: CompareSettings,
        speeds: Sequence[float],
    ) -> None:  # fmt: skip
        super().__init__()
        self.video, self.scene = VideoView(), SceneView()
        self.absence = Absence(self.scene)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # a click outside a field gives the keys back to the window
        self.timeline, self.strip, self.transport = Timeline(), TokenStrip(), Transport(speeds)
        self.lanes = PersonLanes()
        self.panel = SettingsPanel(run, other, actions["models"], actions["detectors"])
        self.run_panel = RunPanel()
        self.compare_bar = CompareBar()
        self.name, self.facts = ElidedName("title"), label("", "faint")
        self.why = ElidedName("faint")  # what Run or Export waits for
        self.run_button = _action_button(actions["run"], self.tr("Run"), "on_accent")
        self.run_button.setProperty("role", "primary")
        self.run_button.setMinimumWidth(96)
        self.export_button = _action_button(actions["export"], self.tr("Export"))
        self.cards = QSplitter(Qt.Orientation.Horizontal)
        self.cards.setHandleWidth(10)
        self.cards.setChildrenCollapsible(False)
        self.video_card, self.scene_card = self._video_card(actions), self._scene_card(actions)
        self.cards.addWidget(self.video_card)
        self.cards.addWidget(self.scene_card)
        self.cards.setSizes([640, 470])
        self.transport.set_actions(
            [actions[name] for name in ("start", "back", "play", "forward", "end")],
            actions["play"],
            [actions[name] for name in ("drawer", "trim_in", "trim_out", "loop")],
        )
        footer = QWidget()
        footer.setObjectName("footer")
        footer.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        footer.setLayout(column(self.timeline, self.lanes, self.strip, self.transport, spacing=2, margins=(0, 6, 0, 0)))
        self.drawer = Drawer()
        self.drawer.hide()
        self.halves = QSplitter(Qt.Orientation.Vertical)
        self.halves.setHandleWidth(10)
        self.halves.setChildrenCollapsible(False)
        self.halves.addWidget(self.cards)
        self.halves.addWidget(self.drawer)
        self.halves.setStretchFactor(0, 1)
        stage = QWidget()
        stage.setLayout(column(self.halves, margins=(12, 12, 12, 12)))
        left = column(self.run_panel, stage, footer, spacing=0)
        left.setStretch(1, 1)
        middle = row(spacing=0)
        middle.addLayout(left, 1)
        middle.addWidget(self.panel)
        whole = column(self._header(actions), middle, spacing=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def _header(self, actions: Actions) -> QWidget:
        head = QWidget()
        head.setObjectName("bar")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head.setFixedHeight(56)
        logo = icon_label("logo", 28, "text")
        open_button = _action_button(actions["open"], self.tr("Open"))
        settings = tool(actions["panel"], 19)
        head.setLayout(
            row(
                logo, 2, self.name, 4, self.facts, None, self.why, 4, open_button, self.export_button, self.run_button,
                2, settings,
                margins=(16, 0, 12, 0),
            )
        )  # fmt: skip
        return head

    def _video_card(self, actions: Actions) -> Card:
        card = Card(self.tr("Video"), "film")
        for name in ("correct", "horizon", "joints", "others"):
            card.add_tool(actions[name])
        card.set_content(self.video)
        return card

    def _scene_card(self, actions: Actions) -> Card:
        card = Card(self.tr("Skeleton"), "cube")
        for name in ("front", "side", "top", "camera", "reset_view", "frame_all", "frame_person"):
            card.add_tool(actions[name], rare=name in ("side", "top", "camera", "frame_person"))
        card.add_gap()
        card.add_tool(actions["follow"])
        card.set_content(column(self.scene, self.compare_bar, spacing=0))
        return card

    def set_duration(self, duration_s: float) -> None:
        for axis in (self.timeline, self.lanes, self.strip, self.drawer.curves):
            axis.set_duration(duration_s)

    def show_drawer(self, on: bool) -> None:
        """Show or hide the drawer; at first it gets a third of the height."""
        first = on and self.halves.sizes()[1] == 0
        self.drawer.setVisible(on)
        if first and self.halves.height() > 0:
            self.halves.setSizes([2 * self.halves.height() // 3, self.halves.height() // 3])

    def show_info(self, info: VideoInfo) -> None:
        self.name.set_whole(info.name)
        self.name.setToolTip(info.path or info.name)
        facts = self.tr("{width_px} × {height_px}  ·  {fps_hz:.4g} fps  ·  {duration_s:.1f} s").format(
            width_px=info.width_px, height_px=info.height_px, fps_hz=info.fps_hz, duration_s=info.duration_s
        )
        self.facts.setText(facts + (self.tr("  ·  variable rate") if info.variable_rate else ""))


def _action_button(action: QAction, text: str, role: str = "text") -> QPushButton:
    """Make a push button that triggers an action and follows its enabled state."""
    button = icon_button({"run": "sparkle"}.get(action.objectName(), action.objectName()), text, role)
    button.setIconSize(QSize(17, 17))
    button.setToolTip(action.toolTip())
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    action.changed.connect(lambda: button.setToolTip(action.toolTip()))  # which says why it is disabled
    return button
