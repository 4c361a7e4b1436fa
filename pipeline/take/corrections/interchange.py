"""Read and write the corrections of a take as a small JSON file, for other tools.

    {"format": "hourglass-corrections", "corrections": [...]}

Each correction is as in `corrections.json_form`. A move may say where joints are (`at_px`) in place of how far they are
moved: the detector's points are then those of the take.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...core.corrections.layer import FALLOFF_S, LONGEST_FALLOFF_S, LONGEST_NAME, Correction
from ...core.errors import TakeError
from ...core.take import Take
from ...system.json_fields import JsonFields
from ...system.safe_read import DamagedFile, read_json
from .json_form import MOST_CORRECTIONS, correction_from, placed_keys, to_json
from .layer import move

FORMAT = "hourglass-corrections"


def as_file(take: Take) -> dict[str, Any]:
    """Return what a file of the take's corrections holds."""
    return {"format": FORMAT, "corrections": [to_json(one) for one in take.corrections]}


def read_file(path: Path, take: Take) -> tuple[Correction, ...]:
    """Read a file of corrections for a take.

    Raises `TakeError` for a file that cannot be read or is none, and the errors of `layer.move`.
    """
    hint = "See docs/corrections.md for what such a file holds."
    try:
        fields = JsonFields(read_json(path))
        if fields.values.get("format", FORMAT) != FORMAT:
            fields.refuse("format", FORMAT)
        if len(fields.listed("corrections")) > MOST_CORRECTIONS:
            raise DamagedFile(f"it has more than {MOST_CORRECTIONS} corrections")
        return tuple(_correction(one, take) for one in fields.objects("corrections"))
    except OSError as error:
        raise TakeError(f"Cannot read {path} ({error.strerror or error}).", "Check the path.") from error
    except DamagedFile as error:
        raise TakeError(f"{path.name} is no file of corrections: {error}.", hint) from error


def _correction(fields: JsonFields, take: Take) -> Correction:
    keys = placed_keys(fields)
    if keys is None:
        return correction_from(fields)
    falloff_s = fields.number("falloff_s", 0.0, LONGEST_FALLOFF_S, FALLOFF_S)
    person = fields.whole("person", 1, 1_000_000)
    return move(take, person, keys, falloff_s=falloff_s, name=fields.text("name", "", LONGEST_NAME))
