"""Test the official protocols on small files with known results, and hostile files."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pipeline.core.errors import ConfigError, SourceError
from pipeline.core.pruning_schedule import PruneConfig
from training.data import official_test_sets
from training.data.npz_without_pickle import read_archive
from training.evaluate import official

PX_A_METRE, MIDDLE_PX = 200.0, 500.0
FRAMES = 27


class FlatLifter:
    """Lifts flat bodies: x, y in metres at 200 px a metre, z = 0, plus a given offset (m)."""

    name, frames, rate_hz, unit_stature_m, device_name, precision = "flat", FRAMES, (24.0, 75.0), 1.55, "cpu", "float32"
    seq2frame, gflops, prune, last_kept = False, None, PruneConfig(), {}
    takes_depth = False

    def __init__(self, wrist_off_m: float = 0.0, size: float = 1.0) -> None:
        self.wrist_off_m, self.size = wrist_off_m, size
        self.sizes_px: set[tuple[int, int]] = set()

    def lift_windows(self, joints_image, scores, camera, cancel=None, depth=None):
        self.sizes_px.add(camera.size_px)
        out = np.zeros((*joints_image.shape[:-1], 3), np.float32)
        out[..., :2] = (joints_image - joints_image[:, :, :1]) / PX_A_METRE
        out[:, :, 16, 2] += self.wrist_off_m
        return out * self.size


def flat_body(frames: int, seed: int) -> np.ndarray:
    """Return a moving body (T, 17, 3) m in camera axes, all joints at the pelvis' depth."""
    rng = np.random.default_rng(seed)
    t = np.arange(frames)[:, None, None] / 50
    body = rng.normal(0, 0.4, (17, 3)) + 0.1 * np.sin(3 * t + rng.uniform(0, 6, (17, 3)))
    body[..., 2] = 5.0
    return body


def seen(body: np.ndarray) -> np.ndarray:
    return (body[..., :2] * PX_A_METRE + MIDDLE_PX).astype(np.float32)


QUATERNIONS = [[0.6, -0.7, -0.2, 0.3], [0.1, 0.2, -0.7, 0.65]]  # w x y z, about those of a laboratory
PLACES_MM = [[2000.0, 5000.0, 1500.0], [-1600.0, 5200.0, 1400.0]]


def in_32(world: np.ndarray) -> np.ndarray:
    """Return Human3.6M's 32 joints; those outside the protocol are far away, to show mistakes."""
    out = np.full((len(world), 32, 3), 77.0)
    out[:, [0, 1, 2, 3, 6, 7, 8, 12, 13, 14, 15, 17, 18, 19, 25, 26, 27]] = world
    return out.astype(np.float32)


@pytest.fixture
def h36m(tmp_path: Path) -> dict[str, Path]:
    """Return three takes of S9 in two cameras.

    Every camera sees a body that is flat for it only in its own take.
    """
    three_d: dict[str, dict[str, np.ndarray]] = {"S9": {}, "S1": {}}
    two_d: dict[str, dict[str, list[np.ndarray]]] = {"S9": {}, "S1": {}}
    for number, (action, frames) in enumerate((("Walking", 60), ("Walking 1", 30), ("Eating 2", 40))):
        body = flat_body(frames, number)
        turns = [Rotation.from_quat([q[1], q[2], q[3], q[0]]) for q in QUATERNIONS]
        world = turns[0].apply(body.reshape(-1, 3)).reshape(body.shape) + np.array(PLACES_MM[0]) / 1000
        other = turns[1].inv().apply((world - np.array(PLACES_MM[1]) / 1000).reshape(-1, 3)).reshape(body.shape)
        three_d["S9"][action] = in_32(world)
        longer = np.concatenate([seen(body), np.full((5, 17, 2), 1e4, np.float32)])  # frames without motion capture
        two_d["S9"][action] = [longer, seen(other)]
    two_d["S9"]["Not in 3D"] = [longer]
    paths = {name: tmp_path / f"{name}.npz" for name in ("data_3d", "data_2d")}
    np.savez_compressed(paths["data_3d"], positions_3d=np.array(three_d, dtype=object))
    metadata = {"layout_name": "h36m", "num_joints": 17, "keypoints_symmetry": [[4, 5, 6], [1, 2, 3]]}
    np.savez_compressed(paths["data_2d"], positions_2d=np.array(two_d, dtype=object), metadata=np.array(metadata))
    paths["cameras"] = tmp_path / "cameras.json"
    extrinsic = [{"orientation": q, "translation": p} for q, p in zip(QUATERNIONS, PLACES_MM, strict=True)]
    lenses = [{"res_w": 1000, "res_h": 1002, "focal_length": [1145.0, 1143.8]}, {"res_w": 1000, "res_h": 1000}]
    paths["cameras"].write_text(json.dumps({"extrinsic": {"S9": extrinsic, "S2": [{}, {}]}, "intrinsic": lenses}))
    return paths


def takes_of(h36m: dict[str, Path]) -> list[official_test_sets.OfficialTake]:
    cameras = official_test_sets.load_cameras(h36m["cameras"])
    return list(official_test_sets.h36m_takes(h36m["data_3d"], h36m["data_2d"], cameras, ("S9",)))


# --- Human3.6M


def test_takes_are_in_the_axes_of_their_camera_with_17_joints(h36m: dict[str, Path]) -> None:
    takes = takes_of(h36m)
    assert [(take.group, len(take.true)) for take in takes[::2]] == [("Walking", 60), ("Walking", 30), ("Eating", 40)]
    for take in takes:
        np.testing.assert_allclose(take.image, seen(take.true), atol=1e-2)  # what each camera saw
    for take, number in zip(takes[::2], range(3), strict=True):
        np.testing.assert_allclose(take.true, flat_body(len(take.true), number), atol=1e-4)
    assert (takes[0].camera.size_px, takes[1].camera.size_px) == ((1000, 1002), (1000, 1000))
    assert takes[0].camera.fov_deg == pytest.approx(2 * np.degrees(np.arctan(500 / 1145)))
    assert takes[1].camera.fov_from == "assumed"


def test_a_perfect_lifter_has_no_error_and_a_wrong_wrist_has_its_own(h36m: dict[str, Path]) -> None:
    flat = takes_of(h36m)[::2]  # flat before this camera
    perfect = official.h36m_table(FlatLifter(), flat, "h36m")
    assert list(perfect) == ["Eating", "Walking", "average"]
    assert max(value for row in perfect.values() for value in row.values()) < 0.01
    lifter = FlatLifter(wrist_off_m=0.068)
    table = official.h36m_table(lifter, flat, "h36m")
    for row in table.values():
        assert row["mpjpe_mm"] == pytest.approx(68 / 17, abs=0.01)
        assert row["mpjve_mm"] == pytest.approx(0, abs=0.01)  # it is off, but does not move
    aligned = [fitted_mm(lifter, joints) for joints in flat[2].true]
    assert table["Eating"]["p_mpjpe_mm"] == pytest.approx(np.mean(aligned), rel=1e-3)
    assert lifter.sizes_px == {(1000, 1002)}


def fitted_mm(lifter: FlatLifter, true: np.ndarray) -> float:
    """Compute one frame's P-MPJPE independently of ours: scipy's alignment, then the best scale."""
    predicted = true - true[0]
    predicted[16, 2] += lifter.wrist_off_m
    p, t = predicted - predicted.mean(0), true - true.mean(0)
    turned = Rotation.align_vectors(t, p)[0].apply(p)
    scale = (turned * t).sum() / (p * p).sum()
    return 1000 * float(np.linalg.norm(scale * turned - t, axis=-1).mean())


def test_frames_weigh_within_an_action_and_actions_in_the_average(h36m: dict[str, Path]) -> None:
    long, short, eating = takes_of(h36m)[::2]

    def moved(take: official_test_sets.OfficialTake, mm: float) -> official_test_sets.OfficialTake:
        true = take.true.copy()
        true[:, 16, 2] += 17 * mm / 1000
        return official_test_sets.OfficialTake(take.group, take.image, true, take.valid, take.camera)

    takes = [moved(long, 3), moved(short, 6), moved(eating, 10)]
    table = official.h36m_table(FlatLifter(), takes, "h36m")
    assert table["Walking"]["mpjpe_mm"] == pytest.approx((60 * 3 + 30 * 6) / 90, abs=0.01)
    assert table["average"]["mpjpe_mm"] == pytest.approx((4 + 10) / 2, abs=0.01)


def test_velocity_errors_are_per_frame(h36m: dict[str, Path]) -> None:
    take = takes_of(h36m)[4]
    true = take.true.copy()
    true[:, 13, 2] += 0.017 * 2 * np.arange(len(true))  # 34 mm a frame away from where the lifter sees it
    table = official.h36m_table(
        FlatLifter(), [official_test_sets.OfficialTake("Eating", take.image, true, take.valid, take.camera)], "h36m"
    )
    assert table["Eating"]["mpjve_mm"] == pytest.approx(2, abs=0.01)


def test_another_size_counts_in_protocol_1_but_not_in_what_forgives_it(h36m: dict[str, Path]) -> None:
    row = official.h36m_table(FlatLifter(size=0.9), takes_of(h36m)[::2], "h36m")["Walking"]
    walking = [take for take in takes_of(h36m)[::2] if take.group == "Walking"]
    own = np.concatenate([np.linalg.norm(take.true - take.true[:, :1], axis=-1) for take in walking])
    assert row["mpjpe_mm"] == pytest.approx(100 * own.mean(), rel=1e-3)
    assert max(row["sized_mpjpe_mm"], row["n_mpjpe_mm"], row["p_mpjpe_mm"]) < 0.01


def test_the_joint_rule_of_the_lifter_is_kept(h36m: dict[str, Path]) -> None:
    """By the `hourglass` rule the pelvis is between the hips; that of random bodies is not."""
    take = takes_of(h36m)[0]
    as_given, by_rule = (official.lift_take(FlatLifter(), take, rule) for rule in ("h36m", "hourglass"))
    np.testing.assert_allclose(as_given, take.true - take.true[:, :1], atol=1e-4)
    hips = (by_rule[:, 1] + by_rule[:, 4]) / 2
    assert np.abs(hips - by_rule[:, 0]).max() < 1e-4 < 0.1 < np.abs(as_given[:, 1] + as_given[:, 4]).max()


@pytest.mark.parametrize("subjects", [("S11",), ("S1",)])
def test_subjects_that_are_missing_are_named(h36m: dict[str, Path], subjects: tuple[str, ...]) -> None:
    cameras = official_test_sets.load_cameras(h36m["cameras"])
    with pytest.raises(ConfigError, match=subjects[0]):
        list(official_test_sets.h36m_takes(h36m["data_3d"], h36m["data_2d"], cameras, subjects))
    with pytest.raises(SourceError, match="S11"):
        list(official_test_sets.h36m_takes(h36m["data_3d"], h36m["data_2d"], {"S11": cameras["S9"]}, ("S11",)))


# --- MPI-INF-3DHP


def in_3dhp(joints: np.ndarray) -> np.ndarray:
    """Reorder H36M-17 to MPI-INF-3DHP.

    That is head top, neck, right and left arm, right and left leg, pelvis, spine, head.
    """
    return joints[:, [10, 8, 14, 15, 16, 11, 12, 13, 1, 2, 3, 4, 5, 6, 0, 7, 9]]


@pytest.fixture
def mpi(tmp_path: Path) -> Path:
    """Write TS1 (40 frames, 30 valid, in mm) and TS5 (20 frames, in m).

    In TS1, the left ankle is 160 mm off and the spine 300 mm.
    """
    one, five = flat_body(40, 1), flat_body(20, 2)
    true = one.copy()
    true[:, 6, 2] += 0.160
    true[:, 7, 2] += 0.300
    valid = np.arange(40) >= 10
    true[~valid] = 0
    data = {
        "TS1": {
            "data_2d": in_3dhp(seen(one)),
            "data_3d": in_3dhp(true) * 1000,
            "valid": valid.astype(np.uint8)[:, None],
        },
        "TS5": {"data_2d": in_3dhp(seen(five)), "data_3d": in_3dhp(five), "valid": np.ones(20, bool)},
    }
    np.savez_compressed(tmp_path / "data_test_3dhp.npz", data=np.array(data, dtype=object))
    return tmp_path / "data_test_3dhp.npz"


def test_sequences_have_their_joints_in_our_order_and_metres(mpi: Path) -> None:
    one, five = official_test_sets.mpi_takes(mpi)
    np.testing.assert_allclose(five.true, flat_body(20, 2), atol=1e-6)
    np.testing.assert_allclose(five.image, seen(flat_body(20, 2)), atol=1e-2)
    np.testing.assert_allclose(one.true[10:, :6], flat_body(40, 1)[10:, :6], atol=1e-6)
    assert one.valid.sum() == 30


def test_pck_auc_and_mpjpe_of_the_valid_frames(mpi: Path) -> None:
    lifter = FlatLifter()
    table = official.mpi_table(lifter, official_test_sets.mpi_takes(mpi), "h36m")
    assert table["TS5"] == pytest.approx({"pck": 100, "auc": 100 * 30 / 31, "mpjpe_mm": 0, "p_mpjpe_mm": 0,
                                          "sized_mpjpe_mm": 0}, abs=0.05)  # fmt: skip
    one = table["TS1"]
    assert one["pck"] == pytest.approx(100 * 13 / 14)  # the ankle; the spine is not asked
    assert one["auc"] == pytest.approx(100 * 13 / 14 * 30 / 31)  # nothing is below 0 mm
    assert one["mpjpe_mm"] == pytest.approx((160 + 300) / 17, abs=0.01)
    assert table["all"]["mpjpe_mm"] == pytest.approx((160 + 300) / 17 * 30 / 50, abs=0.01)
    assert lifter.sizes_px == {(2048, 2048), (1920, 1080)}


def test_auc_counts_thresholds_of_five_millimetres(mpi: Path) -> None:
    """A wrist that is 52 mm off is correct at the 20 thresholds of 55 to 150 mm."""
    (take,) = (take for take in official_test_sets.mpi_takes(mpi) if take.group == "TS5")
    table = official.mpi_table(FlatLifter(wrist_off_m=0.052), [take], "h36m")
    assert table["TS5"]["auc"] == pytest.approx(100 * (13 * 30 + 20) / 14 / 31)
    assert table["TS5"]["pck"] == 100


# --- the command


def test_the_command_prints_the_papers_tables(
    h36m: dict[str, Path], mpi: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lifter = FlatLifter(wrist_off_m=0.068)
    lifter.entry = type("Entry", (), {"joint_rule": "h36m"})
    monkeypatch.setattr("training.evaluate.open_lifter.open_lifter", lambda name, recipe: lifter)
    files = ["--data-3d", str(h36m["data_3d"]), "--data-2d", str(h36m["data_2d"]), "--cameras", str(h36m["cameras"])]
    official.main([*files, "--subjects", "S9", "--3dhp", str(mpi)])
    out = capsys.readouterr().out.splitlines()
    result = json.loads(out[-1])
    rows = {line.split()[0]: line.split()[1:] for line in out[:-1] if line}
    assert float(rows["average"][0]) == pytest.approx(result["h36m"]["average"]["mpjpe_mm"], abs=0.06)
    assert float(rows["TS1"][0]) == pytest.approx(result["3dhp"]["TS1"]["pck"], abs=0.06)
    assert set(rows) >= {"Eating", "Walking", "average", "TS1", "TS5", "all"}
    for missing in (files[:4], []):
        with pytest.raises(SystemExit):
            official.main(missing)
    official_error = capsys.readouterr().err
    assert "--cameras" in official_error


def test_the_bundled_lifter_goes_through_a_protocol(mpi: Path, capsys: pytest.CaptureFixture[str]) -> None:
    official.main(["--3dhp", str(mpi), "--json", "--threads", "1"])
    result = json.loads(capsys.readouterr().out)
    assert result["joint_rule"] == "hourglass"
    assert 20 < result["3dhp"]["all"]["mpjpe_mm"] < 2000  # these bodies are none: that it runs is what is asked


# --- files: what is read, and what is not


def archive(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(f"{name}.npy", content)
    return path


def object_member(pickled: bytes) -> bytes:
    """Return an `.npy` member of one object whose pickle is `pickled`."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "|O", "fortran_order": False, "shape": ()})
    return head.getvalue() + pickled


@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_what_numpy_writes_comes_back(tmp_path: Path, protocol: int) -> None:
    column = np.asfortranarray(np.arange(12, dtype=">i2").reshape(3, 4))
    shared = np.arange(3.0)
    value = {
        "S9": {"a": np.random.default_rng(0).normal(size=(5, 17, 3)).astype(np.float32), "b": [column, shared, shared]},
        "text": np.array(["ab", "c"]), "flags": np.array([True, False]), "number": np.float64(2.5),
        "empty": np.zeros((0, 3)), "pair": (1, None, "x"), "more": np.array([shared, "y", None], dtype=object),
    }  # fmt: skip
    pickled = pickle.dumps(np.array(value, dtype=object), protocol=protocol)
    path = archive(tmp_path / "x.npz", data=object_member(pickled), plain=b"")
    (read,) = read_archive(path, ["data"])
    np.testing.assert_array_equal(read["S9"]["a"], value["S9"]["a"])
    assert read["S9"]["a"].dtype == np.float32
    np.testing.assert_array_equal(read["S9"]["b"][0], column)
    assert read["S9"]["b"][1] is read["S9"]["b"][2]
    assert read["text"].tolist() == ["ab", "c"]
    assert read["flags"].tolist() == [True, False]
    assert (read["number"], read["pair"], read["empty"].shape) == (2.5, [1, None, "x"], (0, 3))
    assert read["more"][1:] == ["y", None]


def test_plain_arrays_are_read_as_ever(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", a=np.arange(5), b=np.array(["x"]))
    a, b = read_archive(tmp_path / "x.npz", ["a", "b"])
    assert (a.tolist(), b.tolist()) == ([0, 1, 2, 3, 4], ["x"])
    with pytest.raises(SourceError, match=r"c\.npy"):
        read_archive(tmp_path / "x.npz", ["c"])


class Calls:
    """Pickles as a call of `function` with `arguments`."""

    def __init__(self, function, *arguments) -> None:
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def hostile(marker: Path) -> dict[str, bytes]:
    """Return pickles that would create `marker`, or damage numpy, if they were executed."""
    import os

    write = f"open({str(marker)!r}, 'w')"
    array = np.arange(3.0)
    rebuild, arguments, _ = array.__reduce__()
    reduced = pickle.dumps(array, 2)
    return {
        "eval": pickle.dumps({"S9": Calls(eval, write)}),
        "system": pickle.dumps(Calls(os.system, f"touch {marker}")),
        "getattr": pickle.dumps(Calls(getattr, array, "tofile")),
        "numpy's own loader": pickle.dumps(Calls(np.load, str(marker))),
        "numpy's file writer": pickle.dumps(Calls(np.save, str(marker), array)),
        "dotted name": b"\x80\x04\x8c\x05numpy\x8c\x0endarray.tofile\x93.",
        "old opcode": f"(i__builtin__\neval\np0\n(S{write!r}\ntR.".encode(),
        "instance": b"(cos\nsystem\nS'true'\no.",
        "another class to rebuild": pickle.dumps(Calls(rebuild, dict, *arguments[1:])),
        "a dtype to rebuild": reduced.replace(b"cnumpy\nndarray\n", b"cnumpy\ndtype\n"),
        "a codec": pickle.dumps(Calls(__import__("_codecs").encode, "abc", "rot13")),
        "extension": b"\x80\x02\x82\x01.",
        "persistent": b"Pabc\n.",
        "state of what is admitted": b"\x80\x02cnumpy\nndarray\n}X\x01\x00\x00\x00aK\x01sb.",
        "a bigger shape": reduced.replace(b"K\x03\x85", b"K\x7f\x85"),
        "a shape to guess": reduced.replace(b"K\x03\x85", b"J\xff\xff\xff\xff\x85"),
        "records": pickle.dumps(np.zeros(2, [("a", "f4")])),
        "dates": pickle.dumps(np.zeros(2, "M8[s]")),
        "the class itself": b"\x80\x02cnumpy\nndarray\n.",
        "half": reduced[:-20],
        "nothing": b"",
    }


@pytest.mark.parametrize("kind", list(hostile(Path("x"))))
def test_nothing_in_a_hostile_file_is_run(kind: str, tmp_path: Path) -> None:
    marker = tmp_path / "was_here"
    path = archive(tmp_path / "evil.npz", data=object_member(hostile(marker)[kind]))
    with pytest.raises(SourceError, match=r"evil\.npz cannot be read"):
        read_archive(path, ["data"])
    assert not marker.exists()


def test_the_hostile_files_would_do_harm_elsewhere(tmp_path: Path) -> None:
    """Check that the test above can fail."""
    for kind in ("eval", "system", "numpy's file writer"):
        marker = tmp_path / kind.replace(" ", "_").replace("'", "")
        with np.load(
            archive(tmp_path / "evil.npz", data=object_member(hostile(marker)[kind])), allow_pickle=True
        ) as data:
            data["data"]
        assert list(tmp_path.glob(f"{marker.name}*"))


def test_a_list_that_holds_itself_and_one_that_holds_others_often(tmp_path: Path) -> None:
    endless: list[object] = []
    endless.append(endless)
    many: list[object] = ["x"]
    for _ in range(11):
        many = [many] * 100  # 10^22 entries, if each were made by itself
    with pytest.raises(SourceError, match="nested"):
        read_archive(archive(tmp_path / "a.npz", data=object_member(pickle.dumps(endless))), ["data"])
    (read,) = read_archive(archive(tmp_path / "b.npz", data=object_member(pickle.dumps(many))), ["data"])
    assert len(read) == 100


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04"])
def test_files_of_another_kind_are_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_bytes(content)
    for read in (lambda p: list(official_test_sets.mpi_takes(p)), official_test_sets.load_cameras):
        with pytest.raises(SourceError):
            read(tmp_path / "x.npz")
