"""Recognise humanoid bones by names: tables of known systems, then words and sides."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from .humanoid import REQUIRED, SIDES, finger_bones
from .names import FINGER_WORDS, HELPER_WORDS, PARTS, TABLES
from .skeleton import NodeTree

_MAY_LACK = 2  # required bones that may be missing or renamed in a rig of a known system
_SIDES = {"left": "left", "l": "left", "right": "right", "r": "right"}
_NUMBERED = re.compile(r"_\d+$")  # what Sketchfab appends to every name
_NUMBERED_SHARE = 0.8
_TRUNK = ("hips", "spine", "chest", "upperChest")


def from_tables(tree: NodeTree) -> tuple[str, dict[str, int]]:
    """Return the table that fits most bones, and the node of each; "" and none if no table fits.

    Capitals, dots, underscores and a prefix that all bones share ("mixamorig:", "DEF-") do not matter.
    """
    names = _without_numbers(list(tree.names))
    best: tuple[tuple[int, int], str, dict[str, int]] = ((0, 0), "", {})
    keys = [_key(name) for name in names]
    first: dict[str, int] = {}
    for node in tree.order:
        if tree.is_bone[node]:
            first.setdefault(keys[node], node)
    for table, bones in TABLES.items():
        hips = _key(next(name for name, bone in bones.items() if bone == "hips"))
        for prefix in _prefixes(first, hips):
            found = {bone: first[key] for name, bone in bones.items() if (key := prefix + _key(name)) in first}
            score = (sum(bone in found for bone in REQUIRED), len(found))
            if score[0] >= len(REQUIRED) - _MAY_LACK and score > best[0]:
                best = (score, table, found)
    return best[1], best[2]


def from_words(tree: NodeTree) -> dict[str, int]:
    """Return bones by the words in their names: side and part of the body ("L_ForeArm_jnt")."""
    found: dict[str, tuple[int, int, int]] = {}  # bone -> (quality, -depth, node)
    fingers: dict[tuple[str, int], list[int]] = {}
    trunk: list[int] = []
    names = _without_numbers(list(tree.names))
    words = [_words(name) for name in names]
    common = _common_words([words[node] for node in range(len(names)) if tree.is_bone[node]])
    for node in tree.order:
        if not tree.is_bone[node]:
            continue
        own = [word for word in words[node] if word not in common]
        if any(word in HELPER_WORDS for word in own):
            continue
        side = next((_SIDES[word] for word in own if word in _SIDES), "")
        rest = [word for word in own if word not in _SIDES]
        finger = next((n for n, known in enumerate(FINGER_WORDS) if any(word in known for word in rest)), None)
        if finger is not None and side and "toe" not in rest:
            if "metacarpal" not in rest or finger == 0:
                fingers.setdefault((side, finger), []).append(node)
            continue
        part, quality = _part(rest, bool(side))
        if part in _TRUNK:
            trunk.append(node)
        elif part:
            bone = f"{side}{part}" if part[0].isupper() else part
            candidate = (quality, -len(tree.ancestors(node)), node)
            if bone not in found or candidate > found[bone]:
                found[bone] = candidate
    out = {bone: node for bone, (_, _, node) in found.items()}
    out |= _trunk_bones(tree, trunk, out.get("head"))
    for side in SIDES:
        out |= _leg_below_leg(tree, out, side, lambda node: _part(_sideless(words[node], common), True)[0])
    for (side, finger), nodes in fingers.items():
        chain = sorted(nodes, key=lambda node: len(tree.ancestors(node)))[:3]
        out |= dict(zip(finger_bones(side, finger), chain, strict=False))
    return out


def _leg_below_leg(tree: NodeTree, found: dict[str, int], side: str, part: Callable[[int], str]) -> dict[str, int]:
    """Return upper and lower leg of a "Leg" above a "Knee"; below a "Thigh", a "Leg" is the lower one."""
    upper, lower = f"{side}UpperLeg", f"{side}LowerLeg"
    if upper in found or lower not in found:
        return {}
    below = [node for node in tree.below(found[lower]) if part(node) == "LowerLeg"]
    return {upper: found[lower], lower: below[0]} if below else {}


def _trunk_bones(tree: NodeTree, nodes: list[int], head: int | None) -> dict[str, int]:
    """Return hips and spine from nodes with such words, from the hips up.

    Their order counts and not the words: a "waist" or "abdomen" may be the hips or the first bone of the spine.
    """
    if head is not None:
        nodes = [node for node in tree.ancestors(head)[::-1] if node in nodes]
    if len(nodes) > len(_TRUNK):
        nodes = [nodes[0], nodes[1], nodes[1 + len(nodes[1:]) // 2], nodes[-1]]
    return dict(zip(_TRUNK, nodes, strict=False))


def _key(name: str) -> str:
    """Return a name without namespace, capitals and punctuation."""
    return re.sub(r"[^a-z0-9]", "", re.split(r"[:|]", name)[-1].lower())


def _prefixes(keys: dict[str, int], hips: str) -> list[str]:
    """Return what may stand before every name, given the name of the hips."""
    return [""] + sorted({key[: -len(hips)] for key in keys if key.endswith(hips) and key != hips})[:20]


def _without_numbers(names: list[str]) -> list[str]:
    numbered = sum(bool(_NUMBERED.search(name)) for name in names)
    if names and numbered >= _NUMBERED_SHARE * len(names):
        return [_NUMBERED.sub("", name) for name in names]
    return names


def _words(name: str) -> list[str]:
    """Split a name at punctuation, capitals and digits: "LeftForeArm_01" -> left, fore, arm, 01."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", re.split(r"[:|]", name)[-1])]


def _common_words(names: list[list[str]]) -> set[str]:
    """Return the words that nearly every name has: "mixamorig", "bip", "jnt"."""
    counts = Counter(word for name in names for word in set(name))
    return {word for word, count in counts.items() if count > 0.7 * len(names) and len(names) > 10}


def _sideless(words: list[str], common: set[str]) -> list[str]:
    return [word for word in words if word not in common and word not in _SIDES]


def _part(words: list[str], sided: bool) -> tuple[str, int]:
    """Return the part of the body that words name, and how well: 2 whole name, 1 its end; "" = none."""
    plain = [word for word in words if word not in {"bone", "jnt", "joint", "def", "org", "bind", "base", "sk", "skin"}]
    whole = "".join(str(int(word)) if word.isdigit() else word for word in plain)
    bare = "".join(word for word in plain if not word.isdigit())
    fitting = []
    for part, known in PARTS.items():
        if part[0].isupper() != sided:
            continue
        for word in known:
            if whole == word or "".join(plain) == word:
                fitting.append((3, len(word), part))
            elif bare == word:
                fitting.append((2, len(word), part))
            elif bare.endswith(word) and len(word) > 3:
                fitting.append((1, len(word), part))
    if not fitting:
        return "", 0
    quality, _, part = max(fitting)
    return part, quality
