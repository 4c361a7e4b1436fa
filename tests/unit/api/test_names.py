"""What `import hourglass` gives, and that it loads nothing heavy."""

from __future__ import annotations

import dataclasses
import inspect
import subprocess
import sys
from typing import get_type_hints

import pytest

import pipeline as hg
from pipeline import api
from pipeline.api import settings
from pipeline.core.config import DetectConfig, LiftConfig, LiveConfig, PostConfig, RunConfig, SceneConfig

HEAVY = {"torch", "scipy", "av", "cv2", "mediapipe", "openvino", "mmpose", "PySide6"}


def names(*kinds: type) -> set[str]:
    return {field.name for kind in kinds for field in dataclasses.fields(kind)}


def test_the_package_has_the_names_of_the_api_and_no_others() -> None:
    assert hg.__all__ == api.__all__
    assert set(dir(hg)) == {*api.__all__, "__version__"}
    for name in api.__all__:
        found = getattr(hg, name)
        assert found is getattr(api, name) or callable(found), name
    with pytest.raises(AttributeError, match="has no attribute 'lifts'"):
        hg.lifts  # noqa: B018


@pytest.mark.parametrize("name", ["lift", "live"])
def test_a_folder_of_the_same_name_does_not_take_the_place_of_the_function(name: str) -> None:
    __import__(f"pipeline.{name}.{'base' if name == 'lift' else 'engine'}")
    function, offered = getattr(api, name), getattr(hg, name)
    assert inspect.signature(offered) == inspect.signature(function)
    assert offered.__doc__ == inspect.getdoc(function)
    with pytest.raises(TypeError, match=r"no setting 'heigth_cm'\. Did you mean 'height_cm'"):
        offered("nothing.mp4", heigth_cm=172)


def test_everything_public_says_how_it_is_used() -> None:
    for name in api.__all__:
        found = getattr(api, name)
        text = inspect.getdoc(found) or ""
        assert text, name
        if inspect.isfunction(found):
            assert "Returns:" in text or "-> None" in str(inspect.signature(found)).replace("'", ""), name
            if inspect.signature(found).parameters:
                assert "Args:" in text, name


def test_importing_it_loads_nothing_heavy() -> None:
    code = f"import sys, pipeline as hg; hg.lift_joints, hg.Take, hg.live; print(sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_keywords_are_the_fields_of_the_configuration() -> None:
    """The lists that editors complete from are written out; this keeps them true."""
    parts = (DetectConfig, LiftConfig, PostConfig, SceneConfig)
    own = names(RunConfig) - {*settings.PARTS, "persons"}
    assert set(get_type_hints(settings.RunSettings)) == names(*parts) | own
    live = names(LiveConfig) - set(settings.PARTS)
    assert set(get_type_hints(settings.LiveSettings)) == names(DetectConfig, LiftConfig, SceneConfig) | live
    assert set(get_type_hints(settings.RefinishSettings)) == names(PostConfig, SceneConfig)
    assert set(get_type_hints(settings.ReliftSettings)) == names(PostConfig, SceneConfig, LiftConfig)
    assert set(get_type_hints(settings.LifterNetworkSettings)) == names(LiftConfig) - {"lifter"}
    assert set(get_type_hints(settings.DetectorNetworkSettings)) == names(DetectConfig) - {"detector"}
