"""Test MMPose configs and checkpoints: official, user's, damaged, hostile; added detectors."""

from __future__ import annotations

import json
import os
import pickle
import time
from pathlib import Path

import numpy as np
import pytest

from pipeline import weights
from pipeline.core.camera import Frame
from pipeline.core.config import DetectConfig
from pipeline.core.errors import ConfigError, ModelError
from pipeline.detect.create import add_detector, create_detector, listing
from pipeline.detect.mmpose.config import NetworkConfig, config_file, read_config, wheel_folder
from pipeline.detect.mmpose.config_file import load_config
from pipeline.detect.mmpose.network import build
from tests.helpers.mmpose_models import RTMO, RTMPOSE, config_of, random_state, write_checkpoint

OFFICIAL = [entry for entry in weights.detectors() if entry.config.startswith("mmpose::")]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(RTMPOSE, tmp_path_factory.mktemp("checkpoints") / "My RTMPose.pth")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOURGLASS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Runs:
    """Create the file `witness` when a pickle of this object is loaded."""

    def __init__(self, witness: Path) -> None:
        self.witness = witness

    def __reduce__(self) -> object:
        return os.mkdir, (str(self.witness),)


class TestOfficial:
    @pytest.mark.parametrize("entry", OFFICIAL, ids=lambda entry: entry.name)
    def test_the_list_says_what_mmpose_says(self, entry: weights.DetectorEntry) -> None:
        path = wheel_folder() / entry.config.removeprefix("mmpose::")
        described = "".join(one.read_text() for one in path.parent.glob("*.yml"))
        after = described.partition(f"Config: configs/{entry.config.removeprefix('mmpose::')}")[2]
        assert entry.url == after.partition("Weights: ")[2].split()[0]
        assert entry.url.startswith("https://download.openmmlab.com/mmpose/")
        assert entry.file == entry.url.rsplit("/", 1)[1]
        assert f"-{entry.sha256}_" in entry.file
        assert len(entry.sha256) == 8
        assert read_config(entry.config).skeleton == entry.skeleton
        for text in (entry.title, entry.licence, entry.accuracy):
            assert text
        assert entry.training_data

    def test_sizes_are_those_of_the_weights(self) -> None:
        sizes = {entry.name: entry.about_bytes for entry in OFFICIAL}
        for name, config in (("rtmpose-t", RTMPOSE), ("rtmo-t", RTMO)):
            real = sum(4 * value.numel() for value in random_state(config).values())
            assert sizes[name] == pytest.approx(real, rel=0.01)

    def test_missing_weights_say_how_to_get_them(self, cache: Path) -> None:
        with pytest.raises(ModelError, match="not installed") as caught:
            create_detector(DetectConfig(detector="rtmpose-m"))
        assert caught.value.fields == ("download:rtmpose-m",)
        assert "https://download.openmmlab.com" in caught.value.hint
        (info,) = [one for one in listing() if one.name == "rtmpose-m"]
        assert not info.installed
        assert info.downloadable
        assert 50e6 < info.size_bytes < 60e6

    def test_a_file_of_another_content_is_not_taken(self, cache: Path) -> None:
        entry = weights.find_detector("rtmpose-t")
        assert entry is not None
        weights.user_folder().mkdir(parents=True)
        (weights.user_folder() / entry.file).write_bytes(b"something else")
        with pytest.raises(ModelError, match="damaged"):
            create_detector(DetectConfig(detector="rtmpose-t"))
        (info,) = [one for one in listing(check=True) if one.name == "rtmpose-t"]
        assert info.damaged

    def test_unknown_names_list_the_known_ones(self) -> None:
        with pytest.raises(ConfigError) as caught:
            create_detector(DetectConfig(detector="openpose"))
        for name in ("mediapipe", "rtmpose-m-halpe26", "rtmo-s", "hrnet-w48"):
            assert name in caught.value.hint


class TestConfigs:
    def test_round_trip(self) -> None:
        config = config_of(RTMPOSE)
        again = NetworkConfig.from_json(config.to_json())
        assert again.key == config.key
        assert (again.kind, again.input_px, again.skeleton, again.joints) == (
            "topdown",
            (192, 256),
            "coco17",
            (*range(17),),
        )

    def test_a_file_of_the_users_that_builds_on_mmposes(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.py"
        path.write_text(
            f"_base_ = ['{RTMPOSE}']\n"
            "size = tuple(2 * n for n in (96, 128))\n"
            "model = dict(head=dict(final_layer_kernel_size=5))\n"
        )
        with pytest.raises(ModelError, match="GeneratorExp"):
            read_config(str(path))  # a generator is more than a list of values
        path.write_text(f"_base_ = ['{RTMPOSE}']\nmodel = dict(head=dict(final_layer_kernel_size=5))\n")
        config = read_config(str(path))
        assert config.model["head"]["final_layer_kernel_size"] == 5
        assert config.model["head"]["out_channels"] == 17
        assert config.key != config_of(RTMPOSE).key

    @pytest.mark.parametrize(
        "text",
        [
            "import os\nos.mkdir({witness!r})\nmodel = dict()",
            "model = __import__('os').mkdir({witness!r})",
            "model = dict(type=().__class__.__base__)",
            "model = [d.update(a=1) for d in ({{}},)]",
            "def f(): pass\nmodel = f",
            "open({witness!r}, 'w')",
            "_base_ = 'other.py'\nmodel = dict()",
        ],
    )
    def test_programs_are_not_run(self, tmp_path: Path, text: str) -> None:
        witness = tmp_path / "ran"
        (tmp_path / "other.py").write_text(f"import os\nos.mkdir({str(witness)!r})\n")
        path = tmp_path / "hostile.py"
        path.write_text(text.format(witness=str(witness)))
        with pytest.raises(ModelError, match="not settings alone"):
            read_config(str(path))
        assert not witness.exists()

    def test_parts_that_are_no_networks_are_refused(self, tmp_path: Path) -> None:
        witness = tmp_path / "ran"
        path = tmp_path / "hostile.py"
        path.write_text(f"_base_ = ['{RTMPOSE}']\nmodel = dict(neck=dict(type='os.mkdir', path={str(witness)!r}))")
        with pytest.raises(ModelError, match=r"'os\.mkdir', which is no part of a network"):
            read_config(str(path))
        data = config_of(RTMPOSE).to_json().replace('"CSPNeXt"', '"os.mkdir"')
        with pytest.raises(ModelError, match=r"os\.mkdir"):
            NetworkConfig.from_json(data)
        assert not witness.exists()

    @pytest.mark.parametrize(
        ("name", "why"),
        [
            (
                "mmpose::body_3d_keypoint/video_pose_lift/h36m/video-pose-lift_tcn-27frm-supv_8xb128-160e_h36m.py",
                "of a",
            ),
            ("mmpose::body_2d_keypoint/rtmpose/mpii/rtmpose-m_8xb64-210e_mpii-256x256.py", "joints"),
            ("mmpose::animal_2d_keypoint/rtmpose/ap10k/rtmpose-m_8xb64-210e_ap10k-256x256.py", "joints"),
            ("mmpose::body_2d_keypoint/dekr/coco/dekr_hrnet-w32_8xb10-140e_coco-512x512.py", "cannot be used"),
            ("mmpose::nothing/like/this.py", "There is no config"),
            ("mmpose::../../../torch/__init__.py", "leaves MMPose's folder"),
        ],
    )
    def test_what_cannot_be_used_says_why(self, name: str, why: str) -> None:
        with pytest.raises(ModelError, match=why):
            read_config(name)

    @pytest.mark.parametrize("name", ["rtmpose", "rtmo", "topdown_heatmap/coco"])
    def test_mmposes_own_are_read_as_mmengine_runs_them(self, name: str) -> None:
        """Check that evaluating the text gives exactly the values that running it gives."""
        from mmengine.config import Config

        paths = sorted((wheel_folder() / "body_2d_keypoint" / name).rglob("*.py"))[::4]
        assert len(paths) >= 3
        for path in paths:
            run = Config.fromfile(str(path), import_custom_modules=False, format_python_code=False).to_dict()
            assert load_config(path, lambda base, folder: folder / base) == run

    @pytest.mark.parametrize(
        "text",
        [
            "x = 9**9**9",
            "x = 1 << 4",
            "x = 6 & 3",
            "x = [1] @ [2]",
            "x = [i for i in range(10**12)]",
            "x = 'a' * 10**12",
            "x = [0] * 10**12",
            "x = " + "(" * 150 + ")" * 150,
            "x = " + "-" * 100_000 + "1",
            "a = [0] * 1000\nb = [a] * 1000\nc = [b] * 1000",
            "a = [[0]] * 9\n" + "".join(f"a = [{', '.join(['a'] * 9)}]\n" for _ in range(20)),
            "_base_ = 'hostile.py'",
            "for a in range(1000):\n  for b in range(1000):\n    for c in range(1000):\n      x = a",
        ],
    )
    def test_a_config_that_would_take_for_ever_is_refused_at_once(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "hostile.py"
        path.write_text(text)
        begun = time.process_time()
        with pytest.raises(ModelError, match="config"):
            read_config(str(path))
        assert time.process_time() - begun < 5

    @pytest.mark.parametrize(
        "part", ["torch.load", "mmengine.load", "load", "mmpose.apis.init_model", "", 7, None, ["ResNet"]]
    )
    def test_only_classes_of_the_list_are_parts(self, part: object) -> None:
        values = json.loads(config_of(RTMPOSE).to_json())
        values["model"]["backbone"]["type"] = part
        with pytest.raises(ModelError, match=r"no part of a network|kind"):
            NetworkConfig.from_json(json.dumps(values))

    @pytest.mark.parametrize(
        ("place", "value"),
        [
            ("metainfo", "evil.py"),
            ("metainfo", {"from_file": "evil.py"}),
            ("_scope_", "evil"),
            ("act", "os.system"),
            ("width", 1e300),
            ("a b", 1),
        ],
    )
    def test_what_a_network_is_made_of_is_plain_data(self, place: str, value: object) -> None:
        values = json.loads(config_of(RTMPOSE).to_json())
        values["model"]["backbone"][place] = value
        with pytest.raises(ModelError):
            NetworkConfig.from_json(json.dumps(values))

    def test_weights_to_start_from_are_left_out(self) -> None:
        values = json.loads(config_of(RTMPOSE).to_json())
        for name in ("init_cfg", "pretrained"):
            values["model"]["backbone"][name] = [{"type": "mmengine.PretrainedInit", "checkpoint": "evil.pth"}]
        model = NetworkConfig.from_json(json.dumps(values)).model
        assert not {"init_cfg", "pretrained"} & set(model["backbone"])

    def test_lists_of_joints_come_from_the_package_not_the_working_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Check RTMO's loss, which names `configs/_base_/datasets/coco.py`.

        MMPose looks for it in the working folder first.
        """
        witness = tmp_path / "ran"
        hostile = tmp_path / "configs" / "_base_" / "datasets" / "coco.py"
        hostile.parent.mkdir(parents=True)
        hostile.write_text(f"import os\nos.mkdir({str(witness)!r})\ndataset_info = dict()\n")
        monkeypatch.chdir(tmp_path)
        build(config_of(RTMO))
        assert not witness.exists()

    def test_a_name_of_a_file_never_becomes_code(self, tmp_path: Path) -> None:
        path = tmp_path / "hrnet' + str(__import__('os').mkdir('ran')) + '.py"
        path.write_text(f"name = '{{{{ fileBasenameNoExtension }}}}'\n_base_ = ['{RTMPOSE}']\n")
        assert read_config(str(path)).key == config_of(RTMPOSE).key
        assert not Path("ran").exists()

    @pytest.mark.parametrize("suffix", [".yaml", ".yml", ".txt"])
    def test_other_kinds_of_files_are_refused(self, tmp_path: Path, suffix: str) -> None:
        (tmp_path / f"c{suffix}").write_bytes(config_file(RTMPOSE).read_bytes())
        with pytest.raises(ModelError, match=r"neither a \.py nor a \.json"):
            read_config(str(tmp_path / f"c{suffix}"))


class TestCheckpoints:
    def test_a_file_of_mmengines_runner(self, checkpoint: Path) -> None:
        """Read a checkpoint with message hub, HistoryBuffer and optimizer with weights_only."""
        state = weights_of(checkpoint)
        for key, value in random_state(RTMPOSE).items():
            if not key.endswith("num_batches_tracked"):
                np.testing.assert_array_equal(state[key].numpy(), value.numpy())

    def test_a_hostile_one_is_refused(self, tmp_path: Path) -> None:
        import torch

        witness = tmp_path / "ran"
        torch.save({"state_dict": dict(random_state(RTMPOSE)), "message_hub": Runs(witness)}, tmp_path / "a.pth")
        (tmp_path / "b.pth").write_bytes(pickle.dumps(Runs(witness)))
        for name in ("a.pth", "b.pth"):
            with pytest.raises(ModelError, match=r"cannot be read safely"):
                weights_of(tmp_path / name)
        assert not witness.exists()

    def test_one_that_is_cut_short(self, tmp_path: Path, checkpoint: Path) -> None:
        (tmp_path / "short.pth").write_bytes(checkpoint.read_bytes()[:-5000])
        with pytest.raises(ModelError, match="cut short or damaged"):
            weights_of(tmp_path / "short.pth")

    def test_one_of_another_network(self, checkpoint: Path) -> None:
        settings = DetectConfig(detector="mmpose", config_path=RTMO, checkpoint_path=str(checkpoint))
        with pytest.raises(ModelError, match=r"does not fit its config .missing") as caught:
            create_detector(settings)
        assert "Config and checkpoint must belong together" in caught.value.hint

    def test_both_have_to_be_named(self, checkpoint: Path, tmp_path: Path) -> None:
        for settings in (DetectConfig("mmpose"), DetectConfig("mmpose", config_path=RTMPOSE)):
            with pytest.raises(ConfigError, match="needs a config and a checkpoint"):
                create_detector(settings)
        with pytest.raises(ModelError, match="There is no checkpoint"):
            create_detector(DetectConfig("mmpose", config_path=RTMPOSE, checkpoint_path=str(tmp_path / "absent.pth")))


class TestAdded:
    def test_from_file_to_detector_and_out_again(self, cache: Path, checkpoint: Path) -> None:
        entry = add_detector(checkpoint, RTMPOSE)
        assert entry.name == "my_rtmpose"
        (info,) = [one for one in listing(check=True) if one.added]
        assert (info.name, info.reason, info.installed) == ("my_rtmpose", "", True)
        detector = create_detector(DetectConfig(detector="my_rtmpose"))
        named = create_detector(DetectConfig("mmpose", config_path=RTMPOSE, checkpoint_path=str(checkpoint)))
        try:
            assert detector.name == "my_rtmpose"
            assert detector.skeleton == "coco17"
            assert entry.sha256[:16] in detector.cache_key
            assert named.cache_key != detector.cache_key
            noise = np.random.default_rng(1).integers(0, 255, (240, 320, 3), dtype=np.uint8)
            assert len(detector.detect(Frame(0, 0.0, noise)).scores) == 0
        finally:
            detector.close()
            named.close()
        with pytest.raises(ConfigError, match="already"):
            add_detector(checkpoint, RTMPOSE, "my_rtmpose")
        weights.unregister_detector("my_rtmpose")
        assert not any(one.added for one in listing())
        assert sorted(path.name for path in weights.user_folder().iterdir()) == [".lock", "detectors.json"]

    def test_names_that_are_taken_or_impossible(self, cache: Path, checkpoint: Path) -> None:
        for name in ("mediapipe", "rtmpose-m", "Two Words", "../x"):
            with pytest.raises(ConfigError):
                add_detector(checkpoint, RTMPOSE, name)
        for name in ("rtmpose-m", "nobody"):
            with pytest.raises(ConfigError, match="that you added"):
                weights.unregister_detector(name)

    def test_a_list_that_is_broken_is_told_and_does_no_harm(self, cache: Path) -> None:
        weights.user_folder().mkdir(parents=True)
        path = weights.user_folder() / "detectors.json"
        path.write_text("nonsense")
        (problem,) = weights.own_detectors()[1]
        assert "cannot be read" in problem
        path.write_text('{"entries": [{"name": "rtmpose-m"}, {"name": "x", "file": "../x"}, 7]}')
        entries, problems = weights.own_detectors()
        assert entries == ()
        assert len(problems) == 3
        assert [info.name for info in listing() if info.added] == []


def weights_of(path: Path) -> dict:
    from pipeline.detect.mmpose.network import read_checkpoint

    return read_checkpoint(path)
