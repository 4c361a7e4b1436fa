"""Recognise an architecture and read a model's sizes from the shapes of its tensors.

A size that no shape shows has the published value: HoT (arXiv 2311.12028) and H2OT (arXiv 2509.06956) for pruned
models, MixSTE (2203.00859), MHFormer (2111.12707), MotionBERT (2210.06551) and MotionAGFormer (2310.16288). A new
family is a new row in `FAMILIES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...core.errors import ModelError

Shapes = Mapping[str, tuple[int, ...]]

JOINTS = 17
HINT = "Known: MixSTE, MHFormer, MotionBERT and MotionAGFormer, full or with HoT or H2OT."


@dataclass(frozen=True, slots=True)
class Family:
    """Describe one architecture.

    Blocks and tokens are those of the published pruned models; None if there is none.
    """

    host: str
    title: str
    marks: tuple[str, ...]  # names of tensors that only this family has all of
    sizes: Callable[[Shapes], dict[str, Any]]  # for `from_sizes`, without the sizes that no shape shows
    heads: int = 8
    hot_heads: int = 8
    hot_block: int | None = None  # block that prunes with TPC + TRA
    seq2frame: tuple[int, int] | None = None  # (block, tokens) of TPC without recovering
    always_seq2frame: bool = False
    can_seq2frame: bool = True
    channels: tuple[int, ...] = (2, 3)  # possible numbers of input channels
    metres: bool = True  # False: the output is in image units
    entry: Mapping[str, Any] = field(default_factory=dict)  # manifest fields that differ from those of published models


def family_of(shapes: Shapes) -> Family:
    """Return the family that has these tensors. Raises `ModelError` for any other network."""
    for family in FAMILIES:
        if all(mark in shapes for mark in family.marks):
            return family
    names = ", ".join(list(shapes)[:3])
    raise ModelError(f"These are the weights of another network ({names}, ...).", HINT)


def sizes_of(family: Family, shapes: Shapes) -> dict[str, Any]:
    """Read the sizes from the shapes. Raises `ModelError` for a damaged or unusual model."""
    try:
        sizes = family.sizes(shapes)
    except KeyError as error:
        raise ModelError(f"Weights of {family.title} are missing: {error.args[0]}.", "Get the file again.") from error
    except (IndexError, ValueError, ZeroDivisionError) as error:
        raise ModelError(f"The weights are no {family.title}: a tensor has an odd shape.", HINT) from error
    joints, out, inputs = sizes.pop("joints"), sizes.pop("out_channels"), sizes["in_channels"]
    if (joints, out) != (JOINTS, 3) or inputs not in family.channels:
        raise ModelError(
            f"This {family.title} takes {joints} joints with {inputs} numbers each and gives {out} for each.",
            f"Only models of the {JOINTS} joints of Human3.6M, from x, y (and confidence) to x, y, z, can be used.",
        )
    if min(sizes["frames"], sizes["channels"], sizes["depth"]) < 1:
        raise ModelError(f"The weights are no {family.title}: a size is zero.", HINT)
    return sizes


def frames_by_block(shapes: Shapes) -> list[int]:
    """Return the length of each block's temporal batch norm: the frames in training.

    For MotionAGFormer only.
    """
    count = _blocks(shapes, "layers")
    return [shapes[f"layers.{block}.graph_temporal.mixer.batch_norm.weight"][0] for block in range(count)]


def _blocks(shapes: Shapes, prefix: str) -> int:
    """Count the blocks `prefix.0`, `prefix.1`, ..."""
    numbers = {key.split(".")[prefix.count(".") + 1] for key in shapes if key.startswith(prefix + ".")}
    if numbers != {str(number) for number in range(len(numbers))}:
        raise ValueError(f"{prefix} are not numbered from 0")
    return len(numbers)


def _ratio(hidden: int, channels: int) -> float:
    """Return a ratio for which int(channels * ratio) is `hidden`, whole if possible."""
    ratio = hidden / channels
    return ratio if int(channels * ratio) == hidden else (hidden + 0.5) / channels


def _mixste(s: Shapes) -> dict[str, Any]:
    _, frames, channels = s["Temporal_pos_embed"]
    return {
        "frames": frames,
        "channels": channels,
        "depth": _blocks(s, "STEblocks"),
        "mlp_ratio": _ratio(s["STEblocks.0.mlp.fc1.weight"][0], channels),
        "in_channels": s["Spatial_patch_to_embedding.weight"][1],
        "joints": s["Spatial_pos_embed"][1],
        "out_channels": s["head.1.weight"][0],
    }


def _mhformer(s: Shapes) -> dict[str, Any]:
    hidden = "Transformer_hypothesis"
    _, frames, channels = s[f"{hidden}.pos_embed_1"]
    if _blocks(s, f"{hidden}.CHI_blocks") != 1:
        raise ValueError("not one CHI block")
    return {
        "frames": frames,
        "channels": channels,
        "hidden": s[f"{hidden}.CHI_blocks.0.mlp.fc1.weight"][0],
        "depth": 1 + _blocks(s, f"{hidden}.SHR_blocks"),
        "generation_depth": _blocks(s, "Transformer_encoder_1.blocks"),
        "generation_mlp_ratio": _ratio(s["Transformer_encoder_1.blocks.0.mlp.fc1.weight"][0], frames),
        "in_channels": s["embedding_1.weight"][1] // JOINTS,  # joints and channels share one axis here
        "joints": JOINTS,
        "out_channels": s["regression.1.weight"][0] // JOINTS,
    }


def _motionbert(s: Shapes) -> dict[str, Any]:
    _, frames, _, channels = s["temp_embed"]
    return {
        "frames": frames,
        "channels": channels,
        "representation": s["pre_logits.fc.weight"][0],
        "depth": _blocks(s, "blocks_st"),
        "mlp_ratio": _ratio(s["blocks_st.0.mlp_s.fc1.weight"][0], channels),
        "in_channels": s["joints_embed.weight"][1],
        "joints": s["pos_embed"][1],
        "out_channels": s["head.weight"][0],
    }


def _motionagformer(s: Shapes) -> dict[str, Any]:
    channels, inputs = s["joints_embed.weight"]
    # The learned queries have one entry per frame; without them, the norm of the first block, which no published model
    # prunes.
    frames, alive = s.get("x_token"), frames_by_block(s)
    return {
        "frames": frames[1] if frames else alive[0],
        "channels": channels,
        "representation": s["rep_logit.fc.weight"][0],
        "depth": _blocks(s, "layers"),
        "mlp_ratio": _ratio(s["layers.0.att_spatial.mlp.fc1.weight"][0], channels),
        "in_channels": inputs,
        "joints": s["pos_embed"][1],
        "out_channels": s["head.weight"][0],
    }


def _frametransformer(s: Shapes) -> dict[str, Any]:
    channels, inputs = s["embed.weight"]
    # The channels of each joint, at most three, then those that all joints of a frame share, then each joint's depth.
    deep = inputs >= 4 * JOINTS
    in_channels = inputs // JOINTS if inputs <= 3 * JOINTS else 3 + inputs - (4 if deep else 3) * JOINTS + int(deep)
    return {
        "frames": 243,  # no weight depends on it
        "channels": channels,
        "encoder_depth": _blocks(s, "encoder"),
        "depth": _blocks(s, "blocks"),
        "decoder_depth": _blocks(s, "decoder"),
        "mlp_ratio": _ratio(s["blocks.0.mlp.fc1.weight"][0], channels),
        "in_channels": in_channels,
        "along_rays": "gate.weight" in s,
        "joints": JOINTS,
        "out_channels": s["head.weight"][0] // JOINTS,
        **({"depth_channel": True} if deep else {}),
    }


FAMILIES = (
    Family(
        "mixste", "MixSTE", ("Spatial_patch_to_embedding.weight", "Temporal_pos_embed", "STEblocks.0.attn.qkv.weight"),
        _mixste, hot_block=3, seq2frame=(7, 61),
    ),
    Family(
        "mhformer", "MHFormer", ("Transformer_hypothesis.pos_embed_1", "Transformer_encoder_1.pos_embed"),
        _mhformer, seq2frame=(1, 117), always_seq2frame=True,
    ),
    Family(
        "motionbert", "MotionBERT", ("temp_embed", "joints_embed.weight", "blocks_st.0.attn_s.qkv.weight"),
        _motionbert, hot_block=1, can_seq2frame=False, metres=False,
    ),
    Family(
        "motionagformer", "MotionAGFormer", ("joints_embed.weight", "layers.0.graph_temporal.mixer.batch_norm.weight"),
        _motionagformer, hot_heads=4, hot_block=7, metres=False,
    ),
    Family(
        "frametransformer", "Frame transformer",
        ("embed.weight", "blocks.0.attn.qkv.weight", "decoder.0.mlp.fc1.weight"),
        _frametransformer, can_seq2frame=False, channels=(2, 3, 6, 7),
        entry={
            "rate_hz": (24.0, 75.0), "joint_rule": "hourglass", "normalisation": "person_ray", "root": "subtract",
            "unit_stature_m": 1.55, "licence": "yours", "training_data": ("not stated by the file",),
        },
    ),
)  # fmt: skip
