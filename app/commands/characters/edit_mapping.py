"""Let the user say which joints of a character are which bones; keep the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PySide6.QtWidgets import QWidget

from app.views.characters.figure_view import FigureView
from app.views.characters.mapping_dialog import MappingDialog
from pipeline.characters.character import Character, CharacterSkeleton
from pipeline.characters.mapping import changes, problems
from pipeline.characters.mapping_file import mapping_path, write_mapping
from pipeline.core.errors import OutputError

_SURE = 0.9  # certainty below which a bone was only guessed


def edit_mapping(skeleton: CharacterSkeleton, parent: QWidget, done: Callable[[Character], None]) -> MappingDialog:
    """Show the dialog for a character; return it.

    The skeleton is `character.skeleton`, or what `read_skeleton` gives if required bones were not found
    (`MissingBonesError`). Once the user saves, the mapping is in `NAME.mapping.json` beside the character, and `done`
    gets the character with it; its file is not read again.
    """
    tree, known = skeleton.tree, skeleton.mapping
    recognised = skeleton.remapped({}).mapping
    unsure = [bone for bone in known.nodes if known.certainty(bone) < _SURE]
    first_of: dict[str, int] = {}
    for node, name in enumerate(tree.names):
        first_of.setdefault(name, node)  # a later node of the same name cannot be named in the file
    names = [name if tree.is_bone[node] and first_of[name] == node else "" for node, name in enumerate(tree.names)]
    figure = FigureView(skeleton.facing_places(), tree.parents, np.asarray(tree.is_bone), tree.names)
    dialog = MappingDialog(
        skeleton.path.name, figure, names, known.nodes, recognised.nodes, unsure,
        lambda nodes: problems(tree, nodes), parent,
    )  # fmt: skip

    def save(nodes: Mapping[str, int]) -> None:
        said = changes(tree, skeleton.from_file, nodes)
        try:
            write_mapping(mapping_path(skeleton.path), said)
        except OutputError as error:
            dialog.show_error(error)
            return
        dialog.accept()
        done(skeleton.remapped(said).complete())

    dialog.saved.connect(save)
    dialog.open()
    return dialog
