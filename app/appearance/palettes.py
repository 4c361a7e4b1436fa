"""Define the colours of the dark and the light theme.

Text has a contrast of at least 4.5 : 1 on the grounds that it stands on, and graphical parts of 3 : 1 (WCAG 2.2,
success criteria 1.4.3 and 1.4.11). What is drawn over a video has the same colours in both themes, with a dark outline,
because the video is its ground.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.drawing import colours


@dataclass(frozen=True, slots=True)
class Palette:
    """Hold the colours of a theme as #rrggbb or #aarrggbb."""

    dark: bool
    # Grounds
    background: str  # of the window
    surface: str  # bars, panels and dialogs
    raised: str  # fields, buttons, menus
    hover: str
    pressed: str
    disabled: str  # fields and buttons
    selected: str  # row of a list, entry of a menu
    well: str  # lists, curves, behind a video
    scene: str  # behind the 3D view
    drop: str  # zone for files on the start page
    drop_hot: str  # the same with a file over it
    # Lines around grounds
    line: str
    edge: str  # of buttons and fields
    edge_hover: str
    control: str  # of check boxes and radio buttons, and handles that were not moved
    drop_edge: str
    shadow: str  # of the figure on the start page
    # Text
    text: str
    muted: str
    faint: str
    inactive: str  # disabled text and icons, for which WCAG asks no contrast
    # Accent: sand
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    accent_off: str  # disabled primary button
    on_accent_off: str
    accent_tint: str  # ground of checked tool buttons
    accent_tint_hover: str
    # Messages
    danger: str
    info: str
    error_ground: str
    error_line: str
    note_ground: str
    note_line: str
    note_hint: str
    # Skeletons and curves: sides of the body, and the ghost of the recipe to compare with
    left: str
    right: str
    centre: str
    ghost: str
    suit: str  # of human bodies in the 3D view
    # Timeline and strip
    track: str
    track_range: str  # within the trimmed range
    lane: str  # where the person is seen
    other_lane: str  # of another person
    tick: str
    playhead: str
    stages: tuple[str, str, str, str]  # kept frames, from the first stage to the last
    shade: str  # over what is cut off
    # 3D
    distance: str  # into which other people's bodies fade
    grid: str
    floor: str
    badge: str  # behind the number of another person
    on_badge: str
    # Files of the style sheet
    chevrons: str  # suffix of chevron-up and chevron-down
    check: str  # icon in a ticked box


DARK = Palette(
    dark=True,
    background="#121419", surface="#191c22", raised="#22262e", hover="#2b303a", pressed="#1d2128", disabled="#1c2026",
    selected="#363d49", well="#0d0f13", scene=colours.BACKGROUND, drop="#15181d", drop_hot="#1f1c16",
    line="#2a2f38", edge="#323843", edge_hover="#434b58", control="#6f7a8b", drop_edge="#39404c", shadow="#0c0e12",
    text="#e8eaee", muted="#a7afbc", faint="#8b95a5", inactive="#5b6473",
    accent="#e9b44c", accent_hover="#f3c466", accent_pressed="#d3a03d", on_accent="#17130a", accent_off="#4a402a",
    on_accent_off="#8f8468", accent_tint="#3a3222", accent_tint_hover="#463c28",
    danger="#f0705f", info="#4db8ff", error_ground="#3a2220", error_line="#6b3a34", note_ground="#222a33",
    note_line="#37485a", note_hint="#cfc3c0",
    left=colours.LEFT, right=colours.RIGHT, centre=colours.CENTRE, ghost="#c4adff", suit=colours.SUIT,
    track="#1d2128", track_range="#2c323c", lane="#9c7d3f", other_lane="#6f7a8b", tick="#3d4450", playhead="#ffffff",
    stages=("#8b7038", "#c2933f", "#e9b44c", "#f3c466"), shade="#aa121419",
    distance=colours.FAR, grid=colours.GRID, floor=colours.FLOOR, badge="#e6343a46", on_badge="#e8eaee",
    chevrons="", check="check-dark",
)  # fmt: skip

LIGHT = Palette(
    dark=False,
    background="#eceef1", surface="#f8f9fa", raised="#ffffff", hover="#e6e9ed", pressed="#d9dde3", disabled="#eff1f3",
    selected="#dde3ea", well="#ffffff", scene="#e4e7eb", drop="#f4f5f7", drop_hot="#fbf3e2",
    line="#d5dae0", edge="#c2c9d2", edge_hover="#98a2af", control="#7b8592", drop_edge="#a9b2bd", shadow="#d5dae0",
    text="#1b1f26", muted="#4a5361", faint="#5a6473", inactive="#a2aab5",
    accent="#8f5e00", accent_hover="#7a5000", accent_pressed="#684400", on_accent="#ffffff", accent_off="#dccfb4",
    on_accent_off="#8d7f60", accent_tint="#f3e4c4", accent_tint_hover="#ecd7ab",
    danger="#b3261e", info="#0b66b0", error_ground="#fbe5e2", error_line="#e3a8a1", note_ground="#e4eef8",
    note_line="#a9c6e2", note_hint="#4d4644",
    left="#0b66b0", right="#bf3a22", centre="#5c5549", ghost="#7048c6", suit="#8fa3c2",
    track="#dfe3e8", track_range="#cdd4dc", lane="#7f5a10", other_lane="#69727f", tick="#9aa4b1", playhead="#1b1f26",
    stages=("#9a7634", "#946a1c", "#7f5600", "#5f4000"), shade="#b4eceef1",
    distance="#b9c0ca", grid="#6d7889", floor="#aab3bf", badge="#e6c9d0d8", on_badge="#1b1f26",
    chevrons="-dark", check="check-light",
)  # fmt: skip

# Over a video
OUTLINE = "#0a0c10"
LABEL = "#121419"  # ground of labels and numbers
ON_LABEL = "#e8eaee"
MARK = "#e9b44c"  # horizon, number of the followed person, countdown
ON_MARK = "#17130a"
VIDEO_LEFT, VIDEO_RIGHT, VIDEO_CENTRE = colours.LEFT, colours.RIGHT, colours.CENTRE


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two opaque colours (WCAG 2.2, relative luminance)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
