"""Define every action with its name, icon, shortcut and tooltip, and the menus."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from app import theme
from app.languages.translation import mark, shown


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
    Spec("open", mark("&Open…"), "choose_file", "Ctrl+O", "open", mark("Open a video, 2D joints or a saved take")),
    Spec(
        "open_folder",
        mark("Open a &folder…"),
        "choose_folder",
        "Ctrl+Shift+O",
        "",
        mark("Numbered images, videos or 2D joints"),
    ),
    Spec("sample", mark("Open the &sample video"), "open_sample", "", "sparkle", mark("Two people, one of them jumps")),
    Spec(
        "live",
        mark("Open &camera or stream…"),
        "open_live",
        "Ctrl+L",
        "live",
        mark("A webcam or a network stream"),
    ),
    Spec(
        "open_recording",
        mark("Open a re&cording…"),
        "open_recording",
        "",
        "",
        mark("Also one that was interrupted"),
    ),
    Spec(
        "record",
        mark("&Record"),
        "toggle_recording",
        "R",
        "record",
        mark("Record the live run, and lift it again afterwards"),
    ),
    Spec("stop_live", mark("S&top live"), "stop_live", "Ctrl+.", "stop", mark("End the live run")),
    Spec(
        "mirror",
        mark("&Mirror the camera's picture"),
        "~set_mirrored",
        "M",
        "mirror",
        mark("Only the picture: 3D stays as it is"),
    ),
    Spec(
        "save",
        mark("&Save take"),
        "choose_save",
        "Ctrl+S",
        "save",
        mark("Save everything that was found as one .pose3d file"),
    ),
    Spec("save_as", mark("Save take &as…"), "choose_save_as", "Ctrl+Shift+S", "", mark("Save to another .pose3d file")),
    Spec(
        "put_on_character",
        mark("Put on a &character…"),
        "put_on_character",
        "",
        "",
        mark("Move your own VRM, glTF, FBX or BVH by this take"),
    ),
    Spec("export", mark("&Export…"), "open_export", "Ctrl+E", "export", mark("Export to BVH, CSV and more")),
    Spec("quit", mark("&Quit"), "close", "Ctrl+Q"),
    Spec("run", mark("&Run"), "run", "Ctrl+R", "sparkle", mark("Find the people and lift them to 3D")),
    Spec("cancel", mark("&Cancel"), "escape", "Esc", "stop", mark("Stop the run, or dismiss the message")),
    Spec(
        "everyone",
        mark("Lift &everyone"),
        "~set_everyone",
        "",
        "people",
        mark("Lift everybody in the picture, not only one person"),
    ),
    Spec("next_person", mark("Next &person"), "next_person", "P", "person", mark("Follow the next person")),
    Spec(
        "compare",
        mark("&Compare recipes"),
        "~set_compare",
        "C",
        "",
        mark("Lift the same 2D with a second recipe and show it as a ghost"),
    ),
    Spec(
        "models", mark("Li&fters…"), "open_models", "", "layers", mark("Which lifters there are; add a checkpoint file")
    ),
    Spec(
        "detectors",
        mark("2D &detectors…"),
        "open_detectors",
        "",
        "layers",
        mark("Which 2D detectors there are; get their weights"),
    ),
    Spec("play", mark("&Play"), "toggle_play", "Space", "play", mark("Play or pause")),
    Spec("back", mark("One frame &back"), "step_back", "Left", "step-back", mark("One frame back")),
    Spec("forward", mark("One frame &forward"), "step_forward", "Right", "step-forward", mark("One frame forward")),
    Spec("back10", mark("Ten frames back"), "step_back_10", "Shift+Left"),
    Spec("forward10", mark("Ten frames forward"), "step_forward_10", "Shift+Right"),
    Spec("start", mark("To the &start"), "to_start", "Home", "skip-start", mark("To the start")),
    Spec("end", mark("To the &end"), "to_end", "End", "skip-end", mark("To the end")),
    Spec("slower", mark("&Slower"), "slower", "["),
    Spec("faster", mark("Fas&ter"), "faster", "]"),
    Spec("loop", mark("&Loop"), "~set_loop", "L", "loop", mark("Start again at the end")),
    Spec("trim_in", mark("Start &here"), "trim_in", "I", "trim-in", mark("Cut everything before this frame")),
    Spec("trim_out", mark("End h&ere"), "trim_out", "O", "trim-out", mark("Cut everything after this frame")),
    Spec("trim_clear", mark("Use the &whole video"), "trim_clear", "Shift+X", "", mark("Undo the cuts")),
    Spec("joints", mark("2D &joints over the video"), "~set_joints", "J", "joints", mark("Show the detected joints")),
    Spec("others", mark("&Other people"), "~set_others", "", "people", mark("Show the other people's joints too")),
    Spec("hands", mark("Ha&nds"), "~set_hands", "", "", mark("Show hands over the video and in 3D")),
    Spec("face", mark("Fa&ce"), "~set_face", "", "", mark("Show faces over the video and their expressions in 3D")),
    Spec(
        "halos",
        mark("&Error halos"),
        "~set_halos",
        "",
        "",
        mark("Show around every joint how far off it may be: nine of ten true joints lie in their halo"),
    ),
    Spec("follow", mark("&Follow the person"), "~set_follow", "F", "follow", mark("Keep the person in the middle")),
    Spec("floor", mark("F&loor"), "~set_floor", "G", "", mark("Show the floor")),
    Spec("front", mark("F&ront"), "view_front", "1", "cube-front", mark("From the front")),
    Spec("side", mark("&Side"), "view_side", "2", "cube-side", mark("From the side")),
    Spec("top", mark("&Top"), "view_top", "3", "cube-top", mark("From above")),
    Spec("camera", mark("As the &camera saw it"), "view_camera", "4", "camera", mark("As the camera saw it")),
    Spec(
        "reset_view",
        mark("&Reset the view"),
        "reset_view",
        "0",
        "home",
        mark("Back to the three-quarter view (or double-click)"),
    ),
    Spec("frame_all", mark("Frame &all"), "frame_all", "A", "frame-all", mark("Show everybody over the whole take")),
    Spec(
        "frame_person",
        mark("Frame the &person"),
        "frame_person",
        "Shift+A",
        "frame-person",
        mark("Show this person over the whole take"),
    ),
    Spec("drawer", mark("&Curves, people, findings"), "~set_drawer", "D", "pulse", mark("Curves, people and findings")),
    Spec(
        "horizon",
        mark("&Horizon"),
        "~set_horizon",
        "H",
        "horizon",
        mark("Show the horizon: drag it to set the camera's tilt and roll"),
    ),
    Spec(
        "correct",
        mark("&Correct joints"),
        "~set_correct",
        "E",
        "correct",
        mark("Drag the person's 2D joints to where they are"),
    ),
    Spec(
        "next_doubtful",
        mark("Ne&xt doubtful place"),
        "next_doubtful",
        "N",
        "",
        mark("Go to the next place where the person's joints may be wrong"),
    ),
    Spec(
        "previous_doubtful",
        mark("Pre&vious doubtful place"),
        "previous_doubtful",
        "Shift+N",
        "",
        mark("Go back to the place before where the person's joints may be wrong"),
    ),
    Spec("rename_person", mark("Re&name this person…"), "rename_person", "F2"),
    Spec(
        "split_person",
        mark("S&plit this person here"),
        "split_person",
        "",
        "",
        mark("Another person from this frame on"),
    ),
    Spec(
        "exchange_sides",
        mark("E&xchange left and right"),
        "exchange_sides",
        "",
        "",
        mark("Correct a detector that swapped left and right: the person is lifted again"),
    ),
    Spec("delete_person", mark("&Delete this person"), "delete_person"),
    Spec("undo", mark("&Undo"), "undo", "Ctrl+Z", "", mark("Undo the last change to the people")),
    Spec("redo", mark("&Redo"), "redo", "Ctrl+Shift+Z", "", mark("Make the change again that was undone last")),
    Spec("panel", mark("Se&ttings"), "~set_panel", "Ctrl+,", "sliders", mark("Show or hide the settings")),
    Spec("keys", mark("&Keyboard and mouse"), "show_keys", "F1"),
    Spec("log", mark("Show the &log file"), "show_log"),
    Spec("about", mark("&About Hourglass"), "show_about"),
)

MENUS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        mark("&File"),
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
            "put_on_character",
            "-",
            "quit",
        ),
    ),
    (
        mark("&Run"),
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
    (mark("&Live"), ("live", "-", "record", "mirror", "-", "stop_live")),
    (
        mark("P&eople"),
        (
            "next_person",
            "-",
            "correct",
            "next_doubtful",
            "previous_doubtful",
            "-",
            "rename_person",
            "@merge",
            "split_person",
            "exchange_sides",
            "delete_person",
            "-",
            "undo",
            "redo",
        ),
    ),
    (
        mark("&Playback"),
        ("play", "back", "forward", "back10", "forward10", "start", "end", "-", "@speed", "slower", "faster", "loop"),
    ),
    (
        mark("&View"),
        (
            "joints",
            "others",
            "hands",
            "face",
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
            "@body",
            "halos",
            "-",
            "drawer",
            "panel",
            "-",
            "@theme",
            "@language",
        ),
    ),
    (mark("&Help"), ("keys", "log", "about")),
)


def plain(text: str) -> str:
    """Return the text of an action without dots and mnemonic, "(&O)" in Japanese and Chinese."""
    return re.sub(r"\(&.\)", "", text).replace("&", "").rstrip("…")


class Actions:
    """Make the actions and put them into the window's menus; `connect` connects their handlers."""

    def __init__(self, window: QMainWindow, submenus: dict[str, QMenu]) -> None:
        self._by_name: dict[str, QAction] = {}
        for spec in SPECS:
            self._by_name[spec.name] = self._make(window, spec)
        for title, names in MENUS:
            menu = window.menuBar().addMenu(shown(title))
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
        action = QAction(shown(spec.text), window)
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
        tip = shown(spec.tip) or plain(action.text())
        action.setToolTip(f"{tip}  ({keys})" if keys else tip)
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
        """Return why the action with this shortcut is unavailable; "" if nothing is wrong."""
        found = (a for a in self._by_name.values() if a.shortcut() == keys and not a.isEnabled())
        return next((action.statusTip() for action in found), "")
