"""Define every action with its name, icon, shortcut and tooltip, and the menus."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from app import theme


@dataclass(frozen=True, slots=True)
class Spec:
    """Describe one action.

    `handler` is the name of a method of the window or of its commands; with "~" in front the action is checkable and
    the handler gets its state.
    """

    name: str
    text: str
    handler: str
    keys: str = ""
    icon: str = ""
    tip: str = ""


SPECS = (
    Spec("open", "&Open…", "choose_file", "Ctrl+O", "open", "Open a video, 2D joints or a saved take"),
    Spec("open_folder", "Open a &folder…", "choose_folder", "Ctrl+Shift+O", "", "Numbered images, videos or 2D joints"),
    Spec("sample", "Open the &sample video", "open_sample", "", "sparkle", "Two people, one of them jumps"),
    Spec(
        "live",
        "Open &camera or stream…",
        "open_live",
        "Ctrl+L",
        "live",
        "A webcam or a network stream",
    ),
    Spec(
        "open_recording",
        "Open a re&cording…",
        "open_recording",
        "",
        "",
        "Also one that was interrupted",
    ),
    Spec("record", "&Record", "toggle_recording", "R", "record", "Record the live run, and lift it again afterwards"),
    Spec("stop_live", "S&top live", "stop_live", "Ctrl+.", "stop", "End the live run"),
    Spec(
        "mirror",
        "&Mirror the camera's picture",
        "~set_mirrored",
        "M",
        "mirror",
        "Only the picture: 3D stays as it is",
    ),
    Spec("save", "&Save take", "choose_save", "Ctrl+S", "save", "Save everything that was found as one .pose3d file"),
    Spec("save_as", "Save take &as…", "choose_save_as", "Ctrl+Shift+S", "", "Save to another .pose3d file"),
    Spec("export", "&Export…", "open_export", "Ctrl+E", "export", "Export to BVH, CSV and more"),
    Spec("quit", "&Quit", "close", "Ctrl+Q"),
    Spec("run", "&Run", "run", "Ctrl+R", "sparkle", "Find the people and lift them to 3D"),
    Spec("cancel", "&Cancel", "escape", "Esc", "stop", "Stop the run, or dismiss the message"),
    Spec(
        "everyone",
        "Lift &everyone",
        "~set_everyone",
        "",
        "people",
        "Lift everybody in the picture, not only one person",
    ),
    Spec("next_person", "Next &person", "next_person", "P", "person", "Follow the next person"),
    Spec(
        "compare",
        "&Compare recipes",
        "~set_compare",
        "C",
        "",
        "Lift the same 2D with a second recipe and show it as a ghost",
    ),
    Spec("models", "Li&fters…", "open_models", "", "layers", "Which lifters there are; add a checkpoint file"),
    Spec(
        "detectors", "2D &detectors…", "open_detectors", "", "layers", "Which 2D detectors there are; get their weights"
    ),
    Spec("play", "&Play", "toggle_play", "Space", "play", "Play or pause"),
    Spec("back", "One frame &back", "step_back", "Left", "step-back", "One frame back"),
    Spec("forward", "One frame &forward", "step_forward", "Right", "step-forward", "One frame forward"),
    Spec("back10", "Ten frames back", "step_back_10", "Shift+Left"),
    Spec("forward10", "Ten frames forward", "step_forward_10", "Shift+Right"),
    Spec("start", "To the &start", "to_start", "Home", "skip-start", "To the start"),
    Spec("end", "To the &end", "to_end", "End", "skip-end", "To the end"),
    Spec("slower", "&Slower", "slower", "["),
    Spec("faster", "Fas&ter", "faster", "]"),
    Spec("loop", "&Loop", "~set_loop", "L", "loop", "Start again at the end"),
    Spec("trim_in", "Start &here", "trim_in", "I", "trim-in", "Cut everything before this frame"),
    Spec("trim_out", "End h&ere", "trim_out", "O", "trim-out", "Cut everything after this frame"),
    Spec("trim_clear", "Use the &whole video", "trim_clear", "Shift+X", "", "Undo the cuts"),
    Spec("joints", "2D &joints over the video", "~set_joints", "J", "joints", "Show the detected joints"),
    Spec("others", "&Other people", "~set_others", "", "people", "Show the other people's joints too"),
    Spec("follow", "&Follow the person", "~set_follow", "F", "follow", "Keep the person in the middle"),
    Spec("floor", "F&loor", "~set_floor", "G", "", "Show the floor"),
    Spec("front", "F&ront", "view_front", "1", "cube-front", "From the front"),
    Spec("side", "&Side", "view_side", "2", "cube-side", "From the side"),
    Spec("top", "&Top", "view_top", "3", "cube-top", "From above"),
    Spec("camera", "As the &camera saw it", "view_camera", "4", "camera", "As the camera saw it"),
    Spec(
        "reset_view", "&Reset the view", "reset_view", "0", "home", "Back to the three-quarter view (or double-click)"
    ),
    Spec("frame_all", "Frame &all", "frame_all", "A", "frame-all", "Show everybody over the whole take"),
    Spec(
        "frame_person",
        "Frame the &person",
        "frame_person",
        "Shift+A",
        "frame-person",
        "Show this person over the whole take",
    ),
    Spec("drawer", "&Curves, people, findings", "~set_drawer", "D", "pulse", "Curves, people and findings"),
    Spec(
        "horizon",
        "&Horizon",
        "~set_horizon",
        "H",
        "horizon",
        "Show the horizon: drag it to set the camera's tilt and roll",
    ),
    Spec("rename_person", "Re&name this person…", "rename_person", "F2"),
    Spec("split_person", "S&plit this person here", "split_person", "", "", "Another person from this frame on"),
    Spec(
        "exchange_sides",
        "E&xchange left and right",
        "exchange_sides",
        "",
        "",
        "Correct a detector that swapped left and right: the person is lifted again",
    ),
    Spec("delete_person", "&Delete this person", "delete_person"),
    Spec("undo", "&Undo", "undo", "Ctrl+Z", "", "Undo the last change to the people"),
    Spec("panel", "Se&ttings", "~set_panel", "Ctrl+,", "sliders", "Show or hide the settings"),
    Spec("keys", "&Keyboard and mouse", "show_keys", "F1"),
    Spec("log", "Show the &log file", "show_log"),
    Spec("about", "&About Hourglass", "show_about"),
)

MENUS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "&File",
        (
            "open",
            "open_folder",
            "sample",
            "@recent",
            "-",
            "live",
            "open_recording",
            "-",
            "save",
            "save_as",
            "export",
            "-",
            "quit",
        ),
    ),
    (
        "&Run",
        (
            "run",
            "cancel",
            "-",
            "everyone",
            "-",
            "compare",
            "models",
            "detectors",
            "-",
            "trim_in",
            "trim_out",
            "trim_clear",
        ),
    ),
    ("&Live", ("live", "-", "record", "mirror", "-", "stop_live")),
    (
        "P&eople",
        ("next_person", "-", "rename_person", "@merge", "split_person", "exchange_sides", "delete_person", "-", "undo"),
    ),
    (
        "&Playback",
        ("play", "back", "forward", "back10", "forward10", "start", "end", "-", "@speed", "slower", "faster", "loop"),
    ),
    (
        "&View",
        (
            "joints",
            "others",
            "horizon",
            "-",
            "front",
            "side",
            "top",
            "camera",
            "reset_view",
            "frame_all",
            "frame_person",
            "-",
            "follow",
            "floor",
            "-",
            "drawer",
            "panel",
            "-",
            "@theme",
        ),
    ),
    ("&Help", ("keys", "log", "about")),
)


class Actions:
    """Make the actions and put them into the window's menus; `connect` connects their handlers."""

    def __init__(self, window: QMainWindow, submenus: dict[str, QMenu]) -> None:
        self._by_name: dict[str, QAction] = {}
        for spec in SPECS:
            self._by_name[spec.name] = self._make(window, spec)
        for title, names in MENUS:
            menu = window.menuBar().addMenu(title)
            menu.setToolTipsVisible(True)  # which say why an entry is grey
            for name in names:
                if name == "-":
                    menu.addSeparator()
                elif name.startswith("@"):
                    menu.addMenu(submenus[name[1:]])
                else:
                    menu.addAction(self._by_name[name])

    @staticmethod
    def _make(window: QMainWindow, spec: Spec) -> QAction:
        action = QAction(spec.text, window)
        action.setObjectName(spec.name)
        action.setCheckable(spec.handler.startswith("~"))
        if spec.keys:
            action.setShortcut(QKeySequence(spec.keys))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if spec.icon:
            theme.set_icon(action, spec.icon)
            # Icons are for buttons; menus have none.
            action.setIconVisibleInMenu(False)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        plain = spec.tip or spec.text.replace("&", "").rstrip("…")
        action.setToolTip(f"{plain}  ({keys})" if keys else plain)
        action.setData(action.toolTip())
        window.addAction(action)
        return action

    def connect(self, *receivers: QObject) -> None:
        """Connect every action to the first of `receivers` that has its handler."""
        for spec in SPECS:
            name, action = spec.handler.lstrip("~"), self._by_name[spec.name]
            receiver = next(receiver for receiver in receivers if hasattr(receiver, name))
            (action.toggled if action.isCheckable() else action.triggered).connect(getattr(receiver, name))

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def check(self, name: str, on: bool) -> None:
        """Set a checkable action without calling its handler."""
        action = self._by_name[name]
        action.blockSignals(True)
        action.setChecked(on)
        action.blockSignals(False)
        action.changed.emit()

    def allow(self, name: str, reason: str) -> None:
        """Enable an action; with a `reason` disable it, and give the reason in its tooltip."""
        action = self._by_name[name]
        tip = str(action.data())
        action.setToolTip(f"{tip}\n{reason}" if reason else tip)
        action.setStatusTip(reason)
        action.setEnabled(not reason)

    def refused(self, keys: QKeySequence) -> str:
        """Return why the action with this shortcut is unavailable; "" if there is none, or if it is available."""
        found = (a for a in self._by_name.values() if a.shortcut() == keys and not a.isEnabled())
        return next((action.statusTip() for action in found), "")
