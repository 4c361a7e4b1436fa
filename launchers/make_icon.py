"""Draw the program's icon, the logo on a dark tile, as .svg, .png, .ico or .icns.

    python launchers/make_icon.py OUT.icns

The .svg needs no packages, the others Qt.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

LOGO = Path(__file__).resolve().parents[1] / "assets" / "icons" / "logo.svg"
SIZE_PX = {".png": 512, ".ico": 256, ".icns": 1024}
_TILE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" fill="none" stroke-linecap="round" '
    'stroke-linejoin="round">\n<rect width="48" height="48" rx="10" fill="#191c22"/>\n'
    '<g transform="translate(24 24) scale(.8) translate(-24 -24)">{}</g>\n</svg>\n'
)


def icon_svg() -> str:
    """Return the icon as the text of an SVG file."""
    inside = re.search(r"<svg[^>]*>(.*)</svg>", LOGO.read_text("utf-8"), re.DOTALL)
    if inside is None:
        raise ValueError(f"{LOGO} is not an SVG file")
    return _TILE.format(inside[1])


def write_icon(path: Path) -> None:
    """Write the icon in the format of the suffix of `path`. Raises `ValueError` for another one."""
    if path.suffix == ".svg":
        path.write_text(icon_svg(), "utf-8")
        return
    if path.suffix not in SIZE_PX:
        raise ValueError(f"an icon can be .svg, {', '.join(SIZE_PX)}, not '{path.suffix}'")
    from PySide6.QtCore import QByteArray, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(SIZE_PX[path.suffix], SIZE_PX[path.suffix], QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(icon_svg().encode())).render(painter)
    painter.end()
    if not image.save(str(path)):
        raise ValueError(f"Qt cannot write {path}")


if __name__ == "__main__":
    write_icon(Path(sys.argv[1]))
