"""Test that `models` and `doctor` report what can be used here."""

from __future__ import annotations


def test_models_names_the_default_lifter_and_what_has_to_be_fetched(command) -> None:
    done = command("models", "--json")
    assert done.code == 0, done.stderr
    rows = {(row["kind"], row["name"]): row for row in done.records}
    assert rows["detector", "mediapipe"]["ready"]
    assert rows["detector", "mmpose"]["ready"]
    fetched = rows["detector", "rtmpose-m-halpe26"]
    assert fetched["downloadable"]
    if not fetched["installed"]:
        assert not fetched["ready"]
        assert "models download rtmpose-m-halpe26" in fetched["hint"]
        assert 50e6 < fetched["bytes"] < 60e6
    defaults = [row for row in done.records if row.get("default")]
    assert len(defaults) == 1
    assert defaults[0]["ready"]


def test_doctor_finds_a_whole_installation(command) -> None:
    done = command("doctor", "--json")
    assert done.code == 0, done.stdout
    found = {row["what"]: row for row in done.records if "what" in row}
    for name in (
        "torch",
        "mediapipe",
        "mmpose",
        "mmengine",
        "opencv-python",
        "PySide6-Essentials",
        "pyqtgraph",
        "numpy",
    ):
        assert found[name]["ok"]
    assert "device" in found["device"]["value"]
    assert "1.3.2 imports and builds its networks" in found["detector mmpose"]["value"]
    assert "files get BlazePose full" in found["detector auto"]["value"], "heavy is not in the tests' cache"
    assert "models download mediapipe-heavy" in found["detector mediapipe-heavy"]["fix"]
    assert all(row["fix"] for row in found.values() if not row["ok"] and row["needed"])
    assert done.records[-1] == {"status": "done", "healthy": True}


def test_doctor_says_what_to_do_about_a_cache_that_cannot_be_written(command, monkeypatch, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HOURGLASS_CACHE", str(tmp_path / "file" / "cache"))
    done = command("doctor", "--json")
    assert done.code == 2
    cache = next(row for row in done.records if row.get("what") == "cache folder")
    assert not cache["ok"]
    assert "choose another folder" in cache["fix"]
