"""Recognise humanoid bones by the shape of the skeleton alone, for names that say nothing.

The hips are where two chains that go down meet one that goes up; on that one, the chest is where two chains that go
sideways leave. In a chain of an arm or a leg the two longest bones in a row are its upper and its lower part.
"""

from __future__ import annotations

import numpy as np

from ..core.arrays import Doubles
from .skeleton import NodeTree

_LEAST_CHAIN = 3  # nodes of a limb
_LEAST_BRANCHES = 3  # chains that leave the hips
_SPREAD = 0.25  # largest difference in length of two chains of a pair, as a fraction


def from_shape(tree: NodeTree) -> dict[str, int]:
    """Return the bones of body, arms and legs; empty for other shapes than a human's."""
    reach = _reach(tree)
    for up in (np.array([0.0, 1, 0]), np.array([0.0, 0, 1])):
        found = _upright(tree, up, reach)
        if found:
            return found
    return {}


def _upright(tree: NodeTree, up: Doubles, reach: Doubles) -> dict[str, int]:
    heights = tree.positions @ up
    for hips in tree.order:
        if not tree.is_bone[hips] or len(tree.children(hips)) < _LEAST_BRANCHES:
            continue
        chains = _chains(tree, hips, reach)
        legs = _pair([c for c in chains if heights[c[-1]] < heights[hips] and len(c) >= _LEAST_CHAIN], tree)
        trunk = max((c for c in chains if c not in legs), key=lambda c: heights[c].max(), default=[])
        if len(legs) != 2 or not trunk or heights[trunk].max() <= heights[hips]:
            continue
        spine = [trunk[0]]
        while len(branches := _chains(tree, spine[-1], reach)) == 1:
            spine.append(branches[0][0])
        arms = _pair([c for c in branches if len(c) >= _LEAST_CHAIN and not _is_top(c, branches, heights)], tree)
        if len(arms) != 2:
            continue
        return _named(tree, up, hips, spine, legs, arms, [c for c in branches if c not in arms], heights)
    return {}


def _named(
    tree: NodeTree, up: Doubles, hips: int, spine: list[int], legs: list[list[int]], arms: list[list[int]],
    heads: list[list[int]], heights: Doubles,
) -> dict[str, int]:  # fmt: skip
    out = {"hips": hips}
    names = ("spine", "chest", "upperChest")
    picks = spine if len(spine) <= 3 else [spine[0], spine[len(spine) // 2], spine[-1]]
    out |= dict(zip(names, picks, strict=False))
    if heads:
        head = max(heads, key=lambda chain: heights[chain].max())
        out |= {"neck": head[0], "head": head[1]} if len(head) > 1 else {"head": head[0]}
    limbs: list[tuple[dict[str, int], Doubles]] = []
    forward = np.zeros(3)
    places = tree.positions
    for chain in legs:
        first = _longest_pair(chain, places)
        bones = dict(zip(("UpperLeg", "LowerLeg", "Foot", "Toes"), chain[first : first + 4], strict=False))
        if "Toes" in bones:
            toes = places[bones["Toes"]] - places[bones["Foot"]]
            forward += toes - (toes @ up) * up
        limbs.append((bones, places[chain[first]]))
    for chain in arms:
        first = _longest_pair(chain, places)
        bones = dict(zip(("UpperArm", "LowerArm", "Hand"), chain[first : first + 3], strict=False))
        if first > 0:
            bones["Shoulder"] = chain[first - 1]
        limbs.append((bones, places[chain[-1]]))
    # Without feet, the file's own front: +z, or -y where z is up.
    forward = forward if np.linalg.norm(forward) > 1e-6 else np.cross([1.0, 0, 0], up)
    left = np.cross(up, forward)
    for pair in (limbs[:2], limbs[2:]):
        first_is_left = (pair[0][1] - pair[1][1]) @ left > 0
        for (bones, _), side in zip(pair, ("left", "right") if first_is_left else ("right", "left"), strict=True):
            out |= {f"{side}{part}": node for part, node in bones.items()}
    return out


def _chains(tree: NodeTree, node: int, reach: Doubles) -> list[list[int]]:
    """Return, for each child of a node, the longest way down from it."""
    return [_longest_way(tree, child, reach) for child in tree.children(node) if tree.is_bone[child]]


def _longest_way(tree: NodeTree, node: int, reach: Doubles) -> list[int]:
    way = [node]
    while children := [child for child in tree.children(way[-1]) if tree.is_bone[child]]:
        way.append(max(children, key=lambda child: reach[child]))
    return way


def _reach(tree: NodeTree) -> Doubles:
    """Return the length (N,) of the longest way from each node's parent to an end below the node."""
    out = np.zeros(len(tree.names))
    for node in reversed(tree.order):
        if tree.is_bone[node] and (parent := tree.parents[node]) >= 0:
            below = max((out[child] for child in tree.children(node)), default=0.0)
            out[node] = below + float(np.linalg.norm(tree.positions[node] - tree.positions[parent]))
    return out


def _pair(chains: list[list[int]], tree: NodeTree) -> list[list[int]]:
    """Return the two longest chains if they are about equally long, else none."""
    lengths = [float(np.linalg.norm(np.diff(tree.positions[c], axis=0), axis=1).sum()) for c in chains]
    order = np.argsort(lengths)[::-1]
    if len(order) < 2 or lengths[order[1]] < (1 - _SPREAD) * lengths[order[0]] or lengths[order[1]] <= 0:
        return []
    return [chains[order[0]], chains[order[1]]]


def _is_top(chain: list[int], others: list[list[int]], heights: Doubles) -> bool:
    """Return whether a chain is the only one that reaches highest: neck and head."""
    tops = sorted((heights[c].max() for c in others), reverse=True)
    return len(tops) > 2 and heights[chain].max() >= tops[0] and tops[0] > tops[1]


def _longest_pair(chain: list[int], places: Doubles) -> int:
    """Return where in a chain the two longest bones in a row begin."""
    lengths = np.linalg.norm(np.diff(places[chain], axis=0), axis=1)
    if len(lengths) < 2:
        return 0
    return int(np.argmax(np.minimum(lengths[:-1], lengths[1:])))
