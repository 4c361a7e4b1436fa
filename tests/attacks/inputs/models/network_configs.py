"""Write configs of 2D networks that try to run code, open files, or compute for ever."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

from tests.attacks.harness.case import Build, Case, Cases, made
from tests.attacks.harness.payload import Payload

from .checkpoints import saved

_NETWORK = (
    "model = dict(type='TopdownPoseEstimator',\n"
    "  data_preprocessor=dict(type='PoseDataPreprocessor', mean=[0, 0, 0], std=[1, 1, 1]),\n"
    "  backbone=BACKBONE, head=dict(type='HeatmapHead', in_channels=32, out_channels=17))\n"
    "codec = dict(type='MSRAHeatmap', input_size=(192, 256), heatmap_size=(48, 64), sigma=2)\n"
)
_RESNET = "dict(type='ResNet', depth=18)"
_YAML = "'''a': !!python/object/apply:os.system [\"touch PWNED\"]\n#'''\n"  # is Python, too
_CODE_NAME = "hrnet' + str(__import__('os').system('touch PWNED')) + '.py"


def network(backbone: str = _RESNET, more: str = "") -> str:
    return _NETWORK.replace("BACKBONE", backbone) + more


def document(**values: Any) -> str:
    """Return a config in the form that the program stores."""
    head = {"type": "HeatmapHead", "in_channels": 512, "out_channels": 17}
    model = {"type": "TopdownPoseEstimator", "backbone": {"type": "ResNet", "depth": 18}, "head": head}
    stored = {
        "model": model, "kind": "topdown", "input_px": [192, 256], "padding": 1.25, "udp": False, "skeleton": "coco17",
        "pad_value": [0, 0, 0], "joints": list(range(17)),
    }  # fmt: skip
    return json.dumps({**stored, **values})


def config(name: str, text: str | bytes, **others: bytes) -> Build:
    """Return a `Build` that adds a sound checkpoint with a config; `others`: files beside it, `__` for a dot."""

    def build(folder: Path) -> None:
        import torch

        (folder / "ok.pth").write_bytes(saved({"a": torch.zeros(2)}))
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        for other, content in others.items():
            (folder / other.replace("__", ".")).write_bytes(content)

    return made(build, "models", "add", "ok.pth", "--config", name, "--name", "evil")


def cases() -> Cases:
    for name, build in (_code() | _types() | _bases() | _bombs() | _documents()).items():
        yield Case(f"config {name}", build, time_s=40.0)
    build = made(lambda folder: (folder / "ok.pth").write_bytes(b"x"), "models", "add", "ok.pth", "--config", "no.py")
    yield Case("config not there", build)


def _code() -> dict[str, Build]:
    return {
        "import": config("c.py", "import os\nos.system('touch PWNED')"),
        "call": config("c.py", "x = __import__('os').system('touch PWNED')"),
        "dunder": config("c.py", "x = dict.__class__.__mro__"),
        "lambda": config("c.py", "x = (lambda: 1)()"),
        "f-string": config("c.py", "x = f'{[].__class__}'"),
        "format": config("c.py", "x = '{0.__class__.__mro__}'.format(1)"),
        "a yaml that is Python, too": config("c.yaml", _YAML),
        "a yml that is Python, too": config("c.yml", _YAML),
        "based on such a yaml": config("c.py", "_base_ = 'b.yaml'\n" + network(), b__yaml=_YAML.encode()),
        "a name of a file that is code": config(_CODE_NAME, "name = '{{ fileBasenameNoExtension }}'\n" + network()),
        "custom_imports": config(
            "c.py",
            network(more="custom_imports = dict(imports=['evil'], allow_failed_imports=False)"),
            evil__py=b"open('PWNED', 'w')",
        ),
        "environment": config("c.py", "x = '{{$HOME:y}}'\n" + network()),
        "empty": config("c.py", ""),
        "binary": config("c.py", b"\0\1\2"),
    }


def _types() -> dict[str, Build]:
    """Name functions where a class of a network is expected, and weights of an attacker."""
    evil = {"evil__pth": pickle.dumps(Payload()), "evil__pkl": pickle.dumps(Payload())}
    backbones = {
        "torch.load": "dict(type='torch.load', f='evil.pth', weights_only=False)",
        "mmengine.load": "dict(type='mmengine.load', file='evil.pkl')",
        "mmengine.Config": "dict(type='mmengine.Config', filename='x')",
        "os.system": "dict(type='os.system', command='touch PWNED')",
        "builtins.exec": "dict(type='builtins.exec', source='1')",
        "torch.hub": "dict(type='torch.hub.load', repo_or_dir='x')",
        "a call": "dict(type=dict)",
        "a list": "dict(type=['ResNet'])",
    }
    found = {f"type {name}": config("c.py", network(backbone), **evil) for name, backbone in backbones.items()}
    load = {"type": "torch.load", "f": "evil.pth", "weights_only": False}
    model = {"type": "TopdownPoseEstimator", "backbone": load, "head": {"type": "HeatmapHead"}}
    found["type torch.load in .json"] = config("c.json", document(model=model), **evil)
    weights = {
        "pretrained": "init_cfg=dict(type='Pretrained', checkpoint='http://127.0.0.1:9/x.pth')",
        "pretrained string": "pretrained='evil.pth'",
        "init_cfg list": "init_cfg=[dict(type='Pretrained', checkpoint='evil.pth')]",
        "init_cfg mmengine.Pretrained": "init_cfg=dict(type='mmengine.PretrainedInit', checkpoint='evil.pth')",
    }
    for name, argument in weights.items():
        found[name] = config("c.py", network(f"dict(type='ResNet', depth=18, {argument})"), **evil)
    return found


def _bases() -> dict[str, Build]:
    bases = {
        "computed": "'a' + 'b'", "itself": "'c.py'", "/etc/passwd": "'/etc/passwd'",
        "up": "'mmpose::../../../../../../etc/passwd'", "http": "'http://127.0.0.1:9/x.py'",
        "a list of itself": "['c.py'] * 5",
        "a device": "'/dev/zero'",
    }  # fmt: skip
    return {f"_base_ {name}": config("c.py", f"_base_ = {base}") for name, base in bases.items()}


def _bombs() -> dict[str, Build]:
    values = {
        "9**9**9": "9**9**9", "range 1e12": "[i for i in range(10**12)]", "str times 1e12": "'a' * 10**12",
        "shift": "1 << 10**12", "deep": "(" * 150 + ")" * 150, "deeper": "-" * 100_000 + "1",
        "nested comprehensions": "[[[i for i in range(9999)] for i in range(9999)] for i in range(9999)]",
        "list times list": "[[0] * 99999] * 99999", "digits": "9" * 100_000,
    }  # fmt: skip
    return {name: config("c.py", f"x = {value}") for name, value in values.items()}


def _documents() -> dict[str, Build]:
    texts = {
        "list": "[]", "deep": "[" * 10**6, "nothing": "{}", "model text": document(model="x"),
        "size huge": document(input_px=[10**6, 10**6]), "size text": document(input_px="x"),
        "size negative": document(input_px=[-1, 5]), "padding nan": document(padding=float("nan")),
        "joints outside": document(joints=[10**9]), "joints text": document(joints="x"),
        "skeleton evil": document(skeleton="../../x"), "pad value": document(pad_value=[]),
        "depth huge": document(model={"type": "TopdownPoseEstimator", "backbone": {"type": "ResNet", "depth": 10**9}}),
    }  # fmt: skip
    return {f"json {name}": config("c.json", text) for name, text in texts.items()}
