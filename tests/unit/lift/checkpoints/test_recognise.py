"""Test the recognition of checkpoints: sizes, assumptions, overrides and sidecars."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from pipeline.core.errors import ModelError
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.lift.checkpoints.architectures import family_of, sizes_of
from pipeline.lift.checkpoints.pruning_recipe import Overrides, recipe_of
from pipeline.lift.checkpoints.recognise import build, read_checkpoint, recognise
from tests.helpers.checkpoints import FRAMES, HOSTS, SIZES, host, save

GOLDEN = Path(__file__).parents[3] / "golden" / "data"


def written(tmp_path: Path, name: str, prune: PruneConfig | None = None, **sizes: Any) -> Path:
    return save(tmp_path / f"{name}.pth", host(name, prune, **sizes).state_dict())


@pytest.mark.parametrize("name", HOSTS)
def test_every_size_comes_from_the_shapes(tmp_path: Path, name: str) -> None:
    found = recognise(written(tmp_path, name))
    assert found.host == name
    assert dict(found.sizes) == SIZES[name]
    assert found.prune == PruneConfig()
    assert found.parameters == sum(p.numel() for p in host(name).parameters())
    assert any("8 heads" in one.what for one in found.assumed)


@pytest.mark.parametrize("name", HOSTS)
def test_sizes_are_not_those_of_the_papers_by_heart(tmp_path: Path, name: str) -> None:
    """Recognise other widths, depths and lengths, and hidden layers of odd width."""
    other = {"frames": 18, "channels": 24, "depth": 2}
    other |= {"hidden": 40} if name == "mhformer" else {"mlp_ratio": 37.5 / 24}
    found = recognise(written(tmp_path, name, **other))
    for key in ("frames", "channels", "depth"):
        assert found.sizes[key] == other[key]
    model = build(*read_checkpoint(tmp_path / f"{name}.pth"))
    x = torch.randn(1, 18, 17, found.sizes["in_channels"])
    assert torch.equal(model(x), host(name, **other)(x))


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("mixste", {"Temporal_pos_embed": None}, "another network"),
        ("mixste", {"Spatial_pos_embed": (1, 14, 16)}, "takes 14 joints"),
        ("mixste", {"Spatial_patch_to_embedding.weight": (16, 5)}, "5 numbers each"),
        ("mixste", {"head.1.weight": (2, 16)}, "gives 2 for each"),
        ("mixste", {"head.1.weight": None}, r"missing: head\.1\.weight"),
        ("mixste", {"Temporal_norm.weight": None}, r"missing: Temporal_norm\.weight"),
        ("mixste", {"Temporal_norm.scale": (16,)}, r"not part of the model: Temporal_norm\.scale"),
        ("mixste", {"TTEblocks.2.mlp.fc1.weight": (33, 16)}, r"\(33, 16\) instead of \(32, 16\)"),
        ("mixste", {"Temporal_pos_embed": (27, 16)}, "odd shape"),
        ("mixste", {"Temporal_pos_embed": (1, 0, 16)}, "a size is zero"),
        ("mixste", {"STEblocks.7.norm1.weight": (16,)}, "odd shape"),
        ("mhformer", {"Transformer_hypothesis.CHI_blocks.1.norm2.weight": (48,)}, "odd shape"),
        ("motionbert", {"pre_logits.fc.weight": None}, "missing: pre_logits"),
        ("motionagformer", {"layers.1.graph_temporal.mixer.batch_norm.weight": None}, "missing: layers"),
        (
            "motionagformer",
            {"layers.1.graph_temporal.mixer.batch_norm.weight": (40,)},
            "does not fit|is alive|are alive",
        ),
    ],
)
def test_damaged_and_other_networks(
    tmp_path: Path, name: str, change: dict[str, tuple[int, ...] | None], says: str
) -> None:
    state = dict(host(name).state_dict())
    for key, shape in change.items():
        if shape is None:
            del state[key]
        else:
            state[key] = torch.zeros(shape)
    with pytest.raises(ModelError, match=says) as caught:
        recognise(save(tmp_path / "x.pth", state))
    assert caught.value.hint


@pytest.mark.parametrize("name", ["mixste", "motionbert"])
def test_a_third_channel_is_seen(tmp_path: Path, name: str) -> None:
    assert recognise(written(tmp_path, name, in_channels=3)).sizes["in_channels"] == 3


@pytest.mark.parametrize(
    ("case", "overrides", "host_name", "prune", "seq2frame"),
    [
        ("mixste", Overrides(), "mixste", PruneConfig(), False),
        ("hot_mixste", Overrides(), "mixste", PruneConfig("TPC", ((3, 81),), "TRA"), False),
        ("tpc_mixste", Overrides(tokens=(61,), at=(7,)), "mixste", PruneConfig("TPC", ((7, 61),), ""), True),
        ("tpc_mixste", Overrides(prune="tpc"), "mixste", PruneConfig("TPC", ((7, 61),), ""), True),
        ("mhformer", Overrides(), "mhformer", PruneConfig(), False),
        ("tpc_mhformer", Overrides(prune="tpc"), "mhformer", PruneConfig("TPC", ((1, 117),), ""), False),
        ("motionbert", Overrides(), "motionbert", PruneConfig(), False),
        ("hot_motionbert", Overrides(), "motionbert", PruneConfig("TPC", ((1, 81),), "TRA"), False),
    ],
)
def test_published_state_dicts(
    case: str, overrides: Overrides, host_name: str, prune: PruneConfig, seq2frame: bool
) -> None:
    facts = json.loads((GOLDEN / f"{case}.json").read_text("utf-8"))
    shapes = {name: tuple(shape) for name, shape in facts["state_dict"].items()}
    family = family_of(shapes)
    sizes = sizes_of(family, shapes)
    recipe = recipe_of(family, sizes, shapes, overrides)
    assert family.host == host_name
    assert sizes["frames"] == facts["hyperparameters"]["frames"]
    assert sizes["in_channels"] == facts["in_channels"]
    assert recipe.prune == prune
    assert recipe.sizes.get("seq2frame", False) == seq2frame
    assert recipe.sizes["heads"] == 8


HOT = PruneConfig("TPC", ((1, 9),), "TRA")


@pytest.mark.parametrize("name", ["mixste", "motionbert"])
def test_hot_is_read_but_for_its_block(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, name, HOT)
    found = recognise(path, Overrides(at=(1,)))
    assert found.prune == HOT
    assert not any("at" in one.fields for one in found.assumed)
    assumed = recognise(path)
    assert assumed.prune.schedule == ((3 if name == "mixste" else 1, 9),)
    assert any("at" in one.fields for one in assumed.assumed)


def test_a_published_block_that_a_shallow_model_does_not_have_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="prunes at block 3; this one has 2") as caught:
        recognise(written(tmp_path, "mixste", HOT, depth=2))
    assert "at" in caught.value.fields


def test_motionagformer_shows_its_block_by_its_batch_norms(tmp_path: Path) -> None:
    path = written(tmp_path, "motionagformer", PruneConfig("TPC", ((2, 9),), "TRA"), heads=4, neighbours=4)
    found = recognise(path)
    assert found.prune == PruneConfig("TPC", ((2, 9),), "TRA")
    assert (found.sizes["heads"], found.sizes["neighbours"]) == (4, 4)  # as in the HoT repository
    with pytest.raises(ModelError, match="9 frames from block 2"):
        recognise(path, Overrides(at=(1,)))


def test_motionagformer_trained_pruned_without_learned_recovering(tmp_path: Path) -> None:
    trained = PruneConfig("TPC", ((1, 15), (2, 9)), "")
    path = written(tmp_path, "motionagformer", trained, norm_kept=True, seq2frame=True)
    found = recognise(path)
    assert found.prune == trained
    assert found.sizes["seq2frame"]
    assert found.sizes["norm_kept"]


def test_several_stages_of_learned_positions(tmp_path: Path) -> None:
    twice = PruneConfig("TPC", ((1, 15), (2, 9)), "TRA")
    path = written(tmp_path, "mixste", twice)
    assert recognise(path, Overrides(at=(1, 2))).prune == twice
    with pytest.raises(ModelError, match="how many frames to keep, and where") as caught:
        recognise(path)
    assert "at" in caught.value.fields
    with pytest.raises(ModelError, match="2 numbers of frames and 1 blocks"):
        recognise(path, Overrides(at=(1,)))


@pytest.mark.parametrize("name", HOSTS)
@pytest.mark.parametrize("strategy", ["tps", "TPA", "tpmo", "TpC"])
def test_pruning_put_into_an_unpruned_checkpoint(tmp_path: Path, name: str, strategy: str) -> None:
    """Prune without training: TRI recovers frames, except in published seq2frame models."""
    path = written(tmp_path, name)
    found, state = read_checkpoint(path, Overrides(prune=strategy, tokens=(9,), at=(1,)))
    seq2frame = strategy == "TpC" and name in ("mixste", "mhformer")
    assert found.prune.recover == ("" if seq2frame else "TRI")
    assert found.prune.strategy.lower() == strategy.lower()
    out = build(found, state)(torch.randn(2, FRAMES, 17, found.sizes["in_channels"]))
    assert out.shape == (2, 9 if seq2frame else FRAMES, 17, 3)
    assert torch.isfinite(out).all()


def test_recover_alone_and_seq2frame_alone(tmp_path: Path) -> None:
    path = written(tmp_path, "mixste")
    found = recognise(path, Overrides(tokens=(9,), at=(1,), recover="tri"))
    assert found.prune == PruneConfig("TPS", ((1, 9),), "TRI")
    assert "seq2frame" not in found.sizes
    assert recognise(path, Overrides(seq2frame=True)).sizes["seq2frame"]
    none = recognise(path, Overrides(prune="tps", tokens=(9,), at=(1,), recover="NONE"))
    assert none.prune.recover == ""
    assert none.sizes["seq2frame"]


def test_frames_that_follow_the_motion(tmp_path: Path) -> None:
    path = written(tmp_path, "mixste")
    found = recognise(path, Overrides(tokens=(9,), at=(1,), motion=0.5))
    assert found.prune == PruneConfig("TPS", ((1, 9),), "TRI", 0.5)
    base = Overrides(prune="TPS", tokens=(9,), at=(1,), motion=0.5)
    assert Overrides(at=(2,)).over(base).motion == 0.5
    assert Overrides(prune="tps").over(base).motion == 0.5
    assert Overrides(prune="tpmo").over(base).motion is None
    assert Overrides(prune="none").over(base) == Overrides(prune="none")


@pytest.mark.parametrize(
    ("name", "learned", "overrides", "says"),
    [
        ("mixste", None, Overrides(prune="tpa", tokens=(9,), at=(1,), motion=0.5), "cannot follow the motion"),
        ("mixste", None, Overrides(prune="tps", tokens=(9,), at=(1,), motion=2.0), "share of motion is 2"),
        ("mixste", None, Overrides(prune="tpx"), "tpx is not known"),
        ("mixste", None, Overrides(prune="tps"), "how many frames to keep, and where"),
        ("mixste", None, Overrides(prune="tps", tokens=(9,)), "how many frames to keep, and where"),
        ("mixste", None, Overrides(prune="tps", tokens=(15, 9), at=(1,)), "2 numbers of frames and 1 blocks"),
        ("mixste", None, Overrides(prune="tps", tokens=(28,), at=(1,)), "Keeping 28 frames"),
        ("mixste", None, Overrides(prune="tps", tokens=(9,), at=(4,)), "Pruning at block 4"),
        ("mixste", None, Overrides(prune="tps", tokens=(9, 15), at=(1, 2)), "Keeping 15 frames"),
        ("mixste", None, Overrides(prune="tpa", tokens=(9,), at=(0,)), "TPA cannot prune at block 0"),
        ("mixste", None, Overrides(prune="none", tokens=(9,)), "keeps every frame"),
        ("mixste", None, Overrides(prune="tps", tokens=(9,), at=(1,), recover="tra"), "TRA cannot be put into"),
        ("mixste", None, Overrides(prune="tps", tokens=(9,), at=(1,), recover="spline"), "spline is not known"),
        ("mixste", None, Overrides(heads=5), "16 channels cannot be shared by 5 heads"),
        ("mixste", None, Overrides(heads=0), "0 heads cannot be"),
        ("mixste", None, Overrides(neighbours=2), "has no neighbours"),
        ("motionbert", None, Overrides(seq2frame=True), "has no seq2frame form"),
        ("motionbert", None, Overrides(prune="tps", tokens=(9,), at=(1,), recover="none"), "no seq2frame form"),
        ("mhformer", None, Overrides(seq2frame=False), "centre frame only"),
        ("mixste", HOT, Overrides(prune="none"), "trained to recover with TRA"),
        ("mixste", HOT, Overrides(recover="tri", at=(1,)), "trained to recover with TRA"),
        ("mixste", HOT, Overrides(prune="tps", tokens=(9,), at=(1,)), "learned positions"),
        ("mixste", HOT, Overrides(tokens=(11,), at=(1,)), r"learned positions .* \(9\)"),
        ("mixste", PruneConfig("TPS", ((1, 9),), "TRA"), Overrides(), "does not say how it prunes"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(
    tmp_path: Path, name: str, learned: PruneConfig | None, overrides: Overrides, says: str
) -> None:
    path = written(tmp_path, name, learned)
    with pytest.raises(ModelError, match=says) as caught:
        recognise(path, overrides)
    assert caught.value.hint


def test_learned_recovering_without_learned_positions(tmp_path: Path) -> None:
    path = written(tmp_path, "mixste", PruneConfig("TPS", ((1, 9),), "TRA"))
    found = recognise(path, Overrides(prune="tps", tokens=(9,), at=(1,)))
    assert found.prune == PruneConfig("TPS", ((1, 9),), "TRA")


# --- the sidecar


def test_a_sidecar_says_what_a_file_cannot_and_flags_go_over_it(tmp_path: Path) -> None:
    path = written(tmp_path, "mixste")
    told = {"heads": 4, "prune": "tps", "tokens": [15, 9], "at": [1, 2], "title": "Mine"}
    (tmp_path / "mixste.json").write_text(json.dumps(told))
    found = recognise(path)
    assert found.sizes["heads"] == 4
    assert found.prune == PruneConfig("TPS", ((1, 15), (2, 9)), "TRI")
    assert found.extra == {"title": "Mine"}
    assert any("mixste.json" in sentence for sentence in found.read)
    assert recognise(path, Overrides(heads=2)).sizes["heads"] == 2
    assert recognise(path, Overrides(prune="none")).prune == PruneConfig()
    assert recognise(path, Overrides(at=(0, 3))).prune.schedule == ((0, 15), (3, 9))


@pytest.mark.parametrize("file", ["model.json", "model.pth.json", "model.pth.tr.json"])
def test_where_the_sidecar_of_a_double_suffix_may_be(tmp_path: Path, file: str) -> None:
    path = save(tmp_path / "model.pth.tr", host("mixste").state_dict())
    (tmp_path / file).write_text('{"heads": 2}')
    assert recognise(path).sizes["heads"] == 2


@pytest.mark.parametrize("content", ['{"hyperparameters": {"frames": 9}}', "[1, 2]", "no json", "{}", "[" * 100_000])
def test_a_file_of_that_name_about_other_things_is_left_alone(tmp_path: Path, content: str) -> None:
    path = written(tmp_path, "mixste")
    (tmp_path / "mixste.json").write_text(content)
    found = recognise(path)
    assert found.sizes["heads"] == 8
    assert any("left alone" in sentence for sentence in found.read)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"heads": 4, "token": 9}, "keys that are not known: token"),
        ({"heads": "many"}, "'heads' in"),
        ({"heads": True}, "'heads' in"),
        ({"tokens": "9"}, "'tokens' in"),
        ({"at": [1.5]}, "'at' in"),
        ({"prune": 3}, "'prune' in"),
        ({"seq2frame": 1}, "'seq2frame' in"),
        ({"motion": 2}, "'motion' in"),
        ({"rate_hz": [50]}, "'rate_hz' in"),
        ({"unit_stature_m": 0}, "'unit_stature_m' in"),
    ],
)
def test_a_sidecar_with_a_mistake_is_refused(tmp_path: Path, told: dict[str, Any], says: str) -> None:
    path = written(tmp_path, "mixste")
    (tmp_path / "mixste.json").write_text(json.dumps(told))
    with pytest.raises(ModelError, match=says) as caught:
        recognise(path)
    assert "Correct it" in caught.value.hint
