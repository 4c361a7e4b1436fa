"""Test 2D joints in the formats of other programs: the same person comes out of each, and every fault is named."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.core.errors import SourceError
from pipeline.core.skeletons import SKELETONS, h36m17_from
from pipeline.sources.joints2d.recognise import is_joints
from pipeline.sources.joints2d.source import Joints2DSource
from pipeline.sources.open import open_source
from tests.helpers.clips import write_clip

CASES = Path(__file__).parents[3] / "data/cases"
COCO = SKELETONS["coco17"].names
FRAMES = 6
IMAGES = [f"{frame}.jpg" for frame in range(FRAMES)]
PEOPLE = np.random.default_rng(3).uniform(50, 300, (FRAMES, 2, 33, 2)).round(2)  # two people, joints of any skeleton
SCORES = np.random.default_rng(4).uniform(0.3, 1, (FRAMES, 2, 33)).round(3)

Write = Callable[[Path], Path]


def triples(frame: int, person: int, joints: int) -> list[float]:
    return np.concatenate([PEOPLE[frame, person], SCORES[frame, person, :, None]], axis=1)[:joints].ravel().tolist()


def openpose(frames: Sequence[int], joints: int = 25, who: bool = False) -> dict[str, Any]:
    """Return OpenPose's files by name."""
    files = {}
    for frame in frames:
        people = [
            {
                "person_id": [person if who else -1],
                "pose_keypoints_2d": triples(frame, person, joints),
                "face_keypoints_2d": [],
            }
            for person in (0, 1)
        ]
        files[f"clip_{frame:012d}_keypoints.json"] = {"version": 1.3, "people": people}
    return files


def write_files(folder: Path, files: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in files.items():
        (folder / name).write_text(json.dumps(value))
    return folder


def write_zip(path: Path, files: dict[str, Any], inside: str = "json") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in files.items():
            archive.writestr(f"{inside}/{name}", json.dumps(value))
    return path


def write_json(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value))
    return path


def alphapose(joints: int = 17, idx: bool = True, names: str = "{}.jpg") -> list[dict[str, Any]]:
    return [
        {"image_id": names.format(frame), "category_id": 1, "keypoints": triples(frame, person, joints), "score": 2.9}
        | ({"idx": [float(person + 1)]} if idx else {})
        for frame in sorted(range(FRAMES), key=str)
        for person in (0, 1)
    ]


def mmpose(joints: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "frame_id": frame + first,
            "instances": [
                {
                    "keypoints": PEOPLE[frame, person, :joints].tolist(),
                    "keypoint_scores": SCORES[frame, person, :joints].tolist(),
                    "bbox": [[0, 0, 1, 1]],
                    "track_id": person + 3,
                }
                for person in (0, 1)
            ],
        }
        for frame in range(FRAMES)
    ]


def mmpose_demo() -> dict[str, Any]:
    names = {str(place): name for place, name in enumerate(COCO)}
    return {"meta_info": {"dataset_name": "coco", "keypoint_id2name": names}, "instance_info": mmpose(17, first=1)}


def deeplabcut(people: Sequence[str] = ("ann", "bob"), parts: Sequence[str] = COCO) -> str:
    cells = [(who, part, axis) for who in people for part in parts for axis in ("x", "y", "likelihood")]
    rows = [["scorer", *["net"] * len(cells)]]
    if len(people) > 1:
        rows.append(["individuals", *[who for who, _, _ in cells]])
    rows += [["bodyparts", *[part for _, part, _ in cells]], ["coords", *[axis for _, _, axis in cells]]]
    for frame in range(FRAMES):
        values = np.concatenate([triples(frame, person, len(parts)) for person in range(len(people))])
        rows.append([str(frame), *map(str, values.tolist())])
    return "\n".join(",".join(row) for row in rows) + "\n"


def coco_results() -> list[dict[str, Any]]:
    return [{**record, "image_id": int(record["image_id"].split(".")[0])} for record in alphapose(idx=False)]


def coco_annotations() -> dict[str, Any]:
    images = [{"id": 900 + frame, "file_name": f"img_{frame:04d}.png"} for frame in range(FRAMES)]
    people = [{**record, "image_id": 900 + record["image_id"], "track_id": 7} for record in coco_results()[::2]]
    return {"images": images, "annotations": people, "categories": [{"id": 1}]}


# What is written -> skeleton, people, whether the file says who is who.
FORMATS: dict[str, tuple[Write, str, int, bool]] = {
    "openpose folder": (lambda tmp: write_files(tmp / "json", openpose(range(FRAMES))), "body25", 2, False),
    "openpose tracked": (lambda tmp: write_files(tmp / "json", openpose(range(FRAMES), who=True)), "body25", 2, True),
    "openpose coco": (lambda tmp: write_files(tmp / "json", openpose(range(FRAMES), 18)), "openpose18", 2, False),
    "openpose zip": (lambda tmp: write_zip(tmp / "clip.zip", openpose(range(FRAMES))), "body25", 2, False),
    "alphapose": (lambda tmp: write_json(tmp / "r.json", alphapose()), "coco17", 2, True),
    "alphapose untracked": (lambda tmp: write_json(tmp / "r.json", alphapose(idx=False)), "coco17", 2, False),
    "alphapose halpe": (lambda tmp: write_json(tmp / "r.json", alphapose(26)), "halpe26", 2, True),
    "alphapose open": (
        lambda tmp: write_json(tmp / "r.json", dict(zip(IMAGES, openpose(range(FRAMES), 18).values(), strict=True))),
        "openpose18", 2, False,
    ),
    "alphapose cmu": (
        lambda tmp: write_json(
            tmp / "r.json",
            {f"{i}.jpg": {"bodies": [{"joints": triples(i, p, 18)} for p in (0, 1)]} for i in range(FRAMES)},
        ),
        "openpose18", 2, False,
    ),
    "coco results": (lambda tmp: write_json(tmp / "r.json", coco_results()), "coco17", 2, False),
    "coco annotations": (lambda tmp: write_json(tmp / "r.json", coco_annotations()), "coco17", 1, True),
    "mmpose video": (lambda tmp: write_json(tmp / "r.json", mmpose(17)), "coco17", 2, True),
    "mmpose demo": (lambda tmp: write_json(tmp / "r.json", mmpose_demo()), "coco17", 2, True),
    "mmpose frames": (
        lambda tmp: write_files(tmp / "json", {f"{f['frame_id']:06d}.json": f["instances"] for f in mmpose(26)}),
        "halpe26", 2, True,
    ),
    "deeplabcut": (lambda tmp: put(tmp / "clipDLC.csv", deeplabcut(["ann"])), "coco17", 1, True),
    "deeplabcut people": (lambda tmp: put(tmp / "clipDLC.csv", deeplabcut()), "coco17", 2, True),
    # Written by pandas 3.1 and PyTables 3.11 as DeepLabCut does: to_hdf(key="df_with_missing", format="table").
    "deeplabcut h5": (lambda tmp: CASES / "deeplabcut.h5", "coco17", 1, True),
    "deeplabcut h5 people": (lambda tmp: CASES / "deeplabcut_individuals.h5", "coco17", 2, True),
}  # fmt: skip


def put(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_people(name: str, tmp_path: Path) -> None:
    write, skeleton, people, told = FORMATS[name]
    path = write(tmp_path)
    assert is_joints(path)
    source = open_source(path)
    assert isinstance(source, Joints2DSource)
    assert source.skeleton == skeleton
    joints = len(SKELETONS[skeleton].names)
    poses = list(source.poses())
    assert [index for index, _, _ in poses] == list(range(FRAMES))
    assert [time_s for _, time_s, _ in poses] == pytest.approx([i / 30 for i in range(FRAMES)])
    for index, _, pose in poses:
        np.testing.assert_allclose(pose.joints_image, PEOPLE[index, :people, :joints], atol=1e-3)
        np.testing.assert_allclose(pose.scores, SCORES[index, :people, :joints], atol=1e-3)
        assert (pose.identity is not None) == told
        if told:
            assert pose.identity.tolist() == list(range(1, people + 1))
    assert any("frame rate is assumed: 30 Hz" in note for note in source.info.notes)
    assert any("image size is assumed: 640 x 360 px" in note for note in source.info.notes)


def test_rate_and_size_are_those_that_are_given(tmp_path: Path) -> None:
    source = Joints2DSource(write_json(tmp_path / "r.json", alphapose()), 50.0, (1280, 720))
    assert (source.info.fps_hz, source.info.width_px, source.info.height_px, source.info.notes) == (50, 1280, 720, ())
    assert [time_s for _, time_s, _ in source.poses()] == pytest.approx([i / 50 for i in range(FRAMES)])


def test_names_of_individuals_are_kept(tmp_path: Path) -> None:
    assert Joints2DSource(put(tmp_path / "clipDLC.csv", deeplabcut())).names == ("ann", "bob")


@pytest.mark.parametrize(
    ("joints", "video"),
    [("danceDLC_resnet50.csv", "dance.mp4"), ("dance_results.json", "dance.mp4"), ("results.json", "only.mp4")],
)
def test_the_video_beside_says_rate_size_and_times(joints: str, video: str, tmp_path: Path) -> None:
    write_clip(tmp_path / video, 10, size=(320, 240), rate=25)
    path = tmp_path / joints
    path = put(path, deeplabcut(["ann"])) if path.suffix == ".csv" else write_json(path, alphapose())
    info = Joints2DSource(path).info
    assert (info.fps_hz, info.width_px, info.height_px) == (25, 320, 240)
    assert all(video in note for note in info.notes)
    assert len(info.notes) == 2


def test_a_video_that_is_not_theirs_says_nothing(tmp_path: Path) -> None:
    write_clip(tmp_path / "short.mp4", 3)  # fewer frames than the joints have
    assert Joints2DSource(write_json(tmp_path / "r.json", alphapose())).info.width_px == 640
    for name in ("a.mp4", "b.mp4"):
        write_clip(tmp_path / name, 10)
    assert Joints2DSource(write_json(tmp_path / "r.json", alphapose())).info.width_px == 640


def test_frames_without_people_keep_their_place(tmp_path: Path) -> None:
    records = [record for record in alphapose() if record["image_id"] not in ("0.jpg", "3.jpg")]
    source = Joints2DSource(write_json(tmp_path / "r.json", records))
    assert [len(pose.scores) for _, _, pose in source.poses()] == [0, 2, 2, 0, 2, 2]
    files = openpose([1, 2, 4])
    source = Joints2DSource(write_files(tmp_path / "json", files))
    assert [(index, len(pose.scores)) for index, _, pose in source.poses()] == [(0, 2), (1, 2), (2, 0), (3, 2)]


def test_a_part_of_a_video_begins_with_its_first_frame(tmp_path: Path) -> None:
    files = {name.replace("0000_k", "5000_k"): value for name, value in openpose([0]).items()}
    source = Joints2DSource(write_files(tmp_path / "json", files))
    assert [index for index, _, _ in source.poses()] == [0]
    assert any("times count from frame 5000" in note for note in source.info.notes)


def test_times_of_day_are_no_frame_numbers(tmp_path: Path) -> None:
    records = [{**r, "image_id": f"{1 + 10**9 * int(r['image_id'][0])}.jpg"} for r in alphapose()]
    assert len(list(Joints2DSource(write_json(tmp_path / "r.json", records)).poses())) == FRAMES


def test_shares_of_the_image_become_pixels(tmp_path: Path) -> None:
    def scaled(change: Callable[[np.ndarray], np.ndarray]) -> Path:
        files = openpose(range(FRAMES))
        for value in files.values():
            for person in value["people"]:
                table = np.array(person["pose_keypoints_2d"]).reshape(-1, 3)
                table[:, :2] = change(table[:, :2] / [640, 360])
                person["pose_keypoints_2d"] = table.ravel().tolist()
        return write_files(tmp_path / "json", files)

    for change in (lambda share: share, lambda share: share * 2 - 1):
        with pytest.raises(SourceError, match="shares of the image") as caught:
            Joints2DSource(scaled(change))
        assert caught.value.fields == ("size_px",)
        pose = next(Joints2DSource(scaled(change), size_px=(640, 360)).poses())[2]
        np.testing.assert_allclose(pose.joints_image, PEOPLE[0, :, :25], atol=0.01)


def test_unseen_joints_are_not_at_the_corner(tmp_path: Path) -> None:
    files = openpose([0, 1])
    person = next(iter(files.values()))["people"][0]
    person["pose_keypoints_2d"][3 * 17 : 3 * 18] = [0, 0, 0]  # the right ear, as seen from the left
    pose = next(Joints2DSource(write_files(tmp_path / "json", files)).poses())[2]
    assert np.isnan(pose.joints_image[0, 17]).all()
    assert np.isfinite(h36m17_from("body25", pose.joints_image, pose.scores)[0]).all()  # the other ear stands for it


def sports2d(
    person: int,
    names: Sequence[str] = (
        "Hip",
        "RHip",
        "RKnee",
        "RAnkle",
        "LHip",
        "LKnee",
        "LAnkle",
        "Neck",
        "Head",
        "Nose",
        "RShoulder",
        "RElbow",
        "RWrist",
        "LShoulder",
        "LElbow",
        "LWrist",
    ),
) -> str:
    header = [
        "PathFileType\t4\t(X/Y/Z)\tx.trc",
        "DataRate\tCameraRate",
        "50\t50",
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t",
        "\t\tX1\tY1\tZ1",
    ]
    rows = [
        "\t".join(
            [str(frame + 1), str(frame / 50), *(f"{x}\t{y}\t0.0" for x, y in PEOPLE[frame, person, : len(names)])]
        )
        for frame in range(FRAMES)
    ]
    return "\n".join(header + rows) + "\n"  # fmt: skip


def test_people_of_sports2d_are_files_of_one_video(tmp_path: Path) -> None:
    for person in (0, 1):
        put(tmp_path / f"clip_Sports2D_px_person0{person}.trc", sports2d(person))
    source = Joints2DSource(tmp_path / "clip_Sports2D_px_person01.trc")
    assert (source.skeleton, source.info.fps_hz, source.person_count) == ("halpe26", 50, 2)
    _, _, pose = next(source.poses())
    halpe = SKELETONS["halpe26"]
    np.testing.assert_allclose(pose.joints_image[:, halpe.index("right_wrist")], PEOPLE[0, :, 12], atol=1e-3)
    joints, _ = h36m17_from("halpe26", pose.joints_image, pose.scores)
    np.testing.assert_allclose(joints[:, 10], PEOPLE[0, :, 8], atol=1e-3)  # its head, since it has no ears
    metres = put(tmp_path / "clip_Sports2D_m_person00.trc", sports2d(0))
    with pytest.raises(SourceError, match="markers in metres"):
        Joints2DSource(metres)


def test_labelled_frames_of_deeplabcut(tmp_path: Path) -> None:
    rows = [
        ["scorer", "", "", *["me"] * 34],
        ["bodyparts", "", "", *[p for p in COCO for _ in "xy"]],
        ["coords", "", "", *["x", "y"] * 17],
    ]
    rows += [["labeled-data", "clip", f"img{f:03d}.png", *map(str, PEOPLE[f, 0, :17].ravel())] for f in range(FRAMES)]
    source = Joints2DSource(put(tmp_path / "CollectedData_me.csv", "\n".join(map(",".join, rows)) + "\n"))
    _, _, pose = next(source.poses())
    np.testing.assert_allclose(pose.joints_image[0], PEOPLE[0, 0, :17], atol=1e-3)
    assert (pose.scores == 1).all()


@pytest.mark.parametrize(
    ("write", "says"),
    [
        (lambda tmp: CASES / "deeplabcut.csv", "not have the joints of a whole body; it lacks right_hip.*It has: nose"),
        (lambda tmp: put(tmp / "x.h5", "").rename(tmp / "x.h5"), "empty"),
        (lambda tmp: h5(tmp / "x.h5"), "cannot be read as a table of DeepLabCut"),
        (lambda tmp: put(tmp / "x.csv", deeplabcut(["a"]).replace("likelihood", "z")), "holds 3D joints"),
        (lambda tmp: put(tmp / "x.csv", deeplabcut(["a"])[:-30]), "cut off"),
        (lambda tmp: put(tmp / "x.csv", deeplabcut(["a"]).replace("\n0,", "\n0,x")), "no numbers"),
        (lambda tmp: write_json(tmp / "x.json", alphapose(19)), "have 19 joints"),
        (lambda tmp: write_json(tmp / "x.json", {"people": [{"pose_keypoints_2d": [1, 2]}]}), "has 2 values"),
        (lambda tmp: write_json(tmp / "x.json", {"people": [{"pose_keypoints_2d": ["a", 2, 3]}]}), "not all numbers"),
        (lambda tmp: write_json(tmp / "x.json", {"people": []}), "nobody in x.json"),
        (lambda tmp: write_json(tmp / "x.json", {**coco_annotations(), "images": True}), "images in x.json is no list"),
        (lambda tmp: write_json(tmp / "x.json", [{"image_id": None, "keypoints": []}]), "neither a name nor a number"),
        (lambda tmp: write_json(tmp / "x.json", {"images": 1}), "no 2D joints in a known format"),
        (lambda tmp: put(tmp / "x.json", '{"people": ['), "cannot be read"),
        (lambda tmp: put(tmp / "x.json", '[{"image_id": 1, "keypoints": [1e999, 2, 3]}]'), "too large a number"),
        (lambda tmp: write_json(tmp / "x.json", [{"instances": [{"keypoints": [[1, 2, 3]]}]}]), "3D joints"),
        (lambda tmp: write_files(tmp / "json", {"a_1_keypoints.json": []}), "no list of people"),
        (lambda tmp: write_zip(tmp / "x.zip", {"a_0_keypoints.json": {}, "b/a_1_keypoints.json": {}}), "of 2 videos"),
    ],
)  # fmt: skip
def test_every_fault_is_named(write: Write, says: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=f"(?s){says}") as caught:
        Joints2DSource(write(tmp_path))
    assert caught.value.hint


def h5(path: Path) -> Path:
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    return path


def test_other_json_and_csv_files_are_no_joints(tmp_path: Path) -> None:
    assert not is_joints(write_json(tmp_path / "package.json", {"name": "x", "version": 1}))
    assert not is_joints(put(tmp_path / "table.csv", "a,b\n1,2\n"))
    assert not is_joints(tmp_path / "nothing.json")


@pytest.mark.parametrize(
    ("numbers", "count", "note"),
    [
        ((0, 1), 2, ""),  # MMPose's demos count from 1, but this file does not
        ((1, 3), 3, ""),
        ((-5, 2), 2, "its numbers are not those of frames"),
        ((1, 10**18), 2, "its numbers are not those of frames"),
    ],
)
def test_odd_numbers_of_frames_are_places_or_an_order(
    numbers: tuple[int, int], count: int, note: str, tmp_path: Path
) -> None:
    value = mmpose_demo()
    value["instance_info"] = value["instance_info"][:2]
    for frame, number in zip(value["instance_info"], numbers, strict=True):
        frame["frame_id"] = number
    source = Joints2DSource(write_json(tmp_path / "r.json", value))
    assert [index for index, _, _ in source.poses()] == list(range(count))
    assert note in " ".join(source.info.notes)


def test_an_identity_may_be_any_whole_number(tmp_path: Path) -> None:
    records = [{**record, "idx": 10**400 + person} for person, record in enumerate(alphapose()[:2])]
    assert Joints2DSource(write_json(tmp_path / "r.json", records)).person_count == 2


def test_the_cases_of_people_are_read() -> None:
    alpha = open_source(CASES / "alphapose-results.json")
    assert isinstance(alpha, Joints2DSource)
    assert (alpha.skeleton, alpha.info.frame_count, alpha.person_count) == ("coco17", 60, 1)
    zipped = open_source(CASES / "openpose_json_folder.zip")
    assert isinstance(zipped, Joints2DSource)
    assert (zipped.skeleton, zipped.info.frame_count) == ("body25", 10)


def test_a_range_counts_from_the_first_frame() -> None:
    source = open_source(CASES / "stamps_from_12.5s.npz")
    assert isinstance(source, Joints2DSource)
    times = [time_s for _, time_s, _ in source.poses(0.5, 1.0)]
    assert len(times) == 15
    assert times[0] == pytest.approx(13.0)
