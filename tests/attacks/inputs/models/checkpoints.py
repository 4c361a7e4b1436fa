"""Make hostile checkpoints: pickles that run code, bombs, lying headers, damage; run and added as lifters."""

from __future__ import annotations

import functools
import io
import json
import pickle
import random
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.attacks.harness.case import Build, Case, Cases
from tests.attacks.harness.npy import archive, flipped
from tests.attacks.harness.payload import Payload
from tests.attacks.harness.places import PROJECT, SEED
from tests.attacks.inputs.videos.names_and_kinds import SPECIAL

RUN = ("models", "run", "FILE", "--input", "x.npz", "--output", "out/y.npz")
ADD = ("models", "add", "FILE", "--name", "evil")
Make = Callable[[], bytes]
_DEEP = b"[" * 200_000


def given_to(arguments: tuple[str, ...], name: str, make: Callable[[Path], object]) -> Build:
    """Return a `Build` that makes a checkpoint and gives it to a command."""

    def build(folder: Path) -> list[str]:
        make(folder / name)
        if "run" in arguments:
            np.savez(folder / "x.npz", input=np.zeros((1, 243, 17, 6), np.float32))
            (folder / "out").mkdir()
        return [name if argument == "FILE" else argument for argument in arguments]

    return build


def content(make: Make) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(make())


def saved(value: Any, legacy: bool = False) -> bytes:
    """Return what `torch.save` writes."""
    import torch

    memory = io.BytesIO()
    torch.save(value, memory, _use_new_zipfile_serialization=not legacy)
    return memory.getvalue()


def safetensors(state: dict[str, Any]) -> bytes:
    from safetensors.torch import save

    return save({name: tensor.contiguous() for name, tensor in state.items()})


@functools.cache
def small_model() -> dict[str, Any]:
    """Return the tensors of the smallest bundled lifter, in half precision."""
    import torch
    from safetensors.torch import load_file

    state = load_file(PROJECT / "weights" / "h2ot_fast_v2.safetensors")
    return {name: tensor.to(torch.float16) for name, tensor in state.items()}


@functools.cache
def small_file(suffix: str) -> bytes:
    return safetensors(small_model()) if suffix == ".safetensors" else saved(small_model())


def cases() -> Cases:
    for name, (file, make) in (_pickles() | _zips() | _headers()).items():
        yield Case(f"run {name}", given_to(RUN, file, content(make)))
        if file != "c.safetensors":
            yield Case(f"add {name}", given_to(ADD, file, content(make)))
    for name, make in SPECIAL.items():
        for arguments in (RUN, ADD):
            yield Case(f"{arguments[1]} {name}", given_to(arguments, "c.pth", make))
    yield Case("run not there", given_to(RUN, "c.pth", lambda path: None))
    yield from _damaged()
    yield from _sidecars()


def _pickles() -> dict[str, tuple[str, Make]]:
    doubling = b"".join(b"]q%c(h%ch%ch%ch%ce" % (i + 1, i, i, i, i) for i in range(60))
    return {
        "pickle os.system": ("c.pth", lambda: pickle.dumps(Payload())),
        "pickle protocol 0": ("c.pth", lambda: pickle.dumps(Payload(), 0)),
        "pickle eval": ("c.pth", lambda: pickle.dumps(Payload(eval, "open('PWNED','w')"))),
        "pickle called .safetensors": ("c.safetensors", lambda: pickle.dumps(Payload())),
        "pickle called .bin": ("c.bin", lambda: pickle.dumps(Payload())),
        "stack bomb": ("c.pth", lambda: b"\x80\x02" + b"(" * 10_000_000 + b"."),
        "memo bomb": ("c.pth", lambda: b"\x80\x02]q\x00" + b"(h\x00h\x00l" * 1_000_000 + b"."),
        "long1 bomb": ("c.pth", lambda: b"\x80\x02\x8b\xff\xff\xff\x7f"),
        "doubling": ("c.pth", lambda: b"\x80\x02]q\x00" + doubling + b"."),
        "frame of 2**60": ("c.pth", lambda: b"\x80\x04\x95" + struct.pack("<Q", 2**60) + b"N."),
        "nested lists": ("c.pth", lambda: b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b"."),
        "empty": ("c.pth", lambda: b""),
        "text": ("c.pth", lambda: b"hello"),
        "zeros": ("c.pth", lambda: bytes(10_000)),
    }


def _zips() -> dict[str, tuple[str, Make]]:
    import torch

    def tensors(value: Any) -> tuple[str, Make]:
        return "c.pth", lambda: saved(value() if callable(value) else {"a": value})

    def traversal() -> bytes:
        return archive({"../../PWNED": b"x", "a/data.pkl": b"\x80\x02N."})

    def other_storage() -> bytes:
        return saved({"a": torch.zeros(8)}).replace(b"data/0", b"data/9")

    return {
        "zip os.system": tensors(Payload),
        "zip called .safetensors": ("c.safetensors", lambda: saved(Payload())),
        "zip with exec": tensors(lambda: {"a": torch.zeros(2), "b": Payload(exec, "open('PWNED','w')")}),
        "zip with getattr": tensors(lambda: {"a": torch.zeros(2), "b": Payload(getattr, {}, "clear")}),
        "torch 1.5 pickle": ("c.pt", lambda: saved({"a": torch.zeros(2), "b": Payload()}, legacy=True)),
        "whole module": tensors(lambda: torch.nn.Linear(2, 2)),
        "TorchScript": ("c.pt", _script),
        "a zip": ("c.pth", lambda: archive({"x": b"y"}, 8)),
        "zip bomb": ("c.pth", lambda: archive({"a/data.pkl": bytes(500 << 20)}, 8)),
        "zip traversal": ("c.pth", traversal),
        "other network": tensors(lambda: {"conv.weight": torch.zeros(3, 3)}),
        "expanded to TB": tensors(lambda: {"a": torch.zeros(1).expand(10**12)}),
        "sparse": tensors(lambda: {"a": torch.zeros(3, 3).to_sparse()}),
        "meta": tensors(lambda: {"a": torch.zeros(3, device="meta")}),
        "quantized": tensors(lambda: {"a": torch.quantize_per_tensor(torch.zeros(3), 1.0, 0, torch.qint8)}),
        "itself": tensors(_loop),
        "keys are numbers": tensors(lambda: {1: torch.zeros(3)}),
        "wrapped 100 times": tensors(_wrapped),
        "storage of another file": ("c.pth", other_storage),
    }


def _headers() -> dict[str, tuple[str, Make]]:
    """Let the headers of safetensors lie."""
    import torch

    def one(
        shape: list[int],
        offsets: list[int],
        dtype: str = "F32",
        more: dict[str, Any] | None = None,
        length: int | None = None,
    ) -> tuple[str, Make]:
        header = json.dumps({"a": {"dtype": dtype, "shape": shape, "data_offsets": offsets}, **(more or {})}).encode()
        return raw(struct.pack("<Q", len(header) if length is None else length) + header + bytes(64))

    def raw(made: bytes) -> tuple[str, Make]:
        return "c.safetensors", lambda: made

    def tensors(state: Callable[[], dict[str, Any]]) -> tuple[str, Make]:
        return "c.safetensors", lambda: safetensors(state())

    overlapping = {"b": {"dtype": "F32", "shape": [16], "data_offsets": [0, 64]}}
    names = ("../../PWNED", "\x1b[2J", "a" * 10_000)
    return {
        "header of 2**63": one([1], [0, 4], length=2**63),
        "header too long": one([1], [0, 4], length=10**7),
        "header of 0": raw(struct.pack("<Q", 0) + b"{}"),
        "offsets outside": one([100], [0, 400]),
        "offsets back": one([1], [64, 0]),
        "offsets negative": one([1], [-4, 0]),
        "shape huge": one([2**40, 2**40], [0, 64]),
        "shape negative": one([-1], [0, 4]),
        "overlap": one([16], [0, 64], more=overlapping),
        "dtype": one([1], [0, 4], "OBJ"),
        "depth bomb": raw(struct.pack("<Q", len(_DEEP)) + _DEEP),
        "{ then pickle": raw(struct.pack("<Q", 9) + b"{" + pickle.dumps(Payload())),
        "nan": tensors(lambda: {"a": torch.full((3,), float("nan"))}),
        "int": tensors(lambda: {"a": torch.zeros(3, dtype=torch.int64)}),
        "no tensors": tensors(dict),
        "20000 tensors": tensors(lambda: {f"t{i}": torch.zeros(1) for i in range(20000)}),
        "names": tensors(lambda: {name: torch.zeros(2) for name in names}),
        "sizes of 2**31": tensors(_lying),
    }


def _damaged() -> Cases:
    for suffix in (".safetensors", ".pth"):
        sound, rng = small_file(suffix), random.Random(SEED)
        for step in range(0, 100, 10):
            cut = sound[: len(sound) * step // 100]
            yield Case(f"{suffix} cut at {step} %", given_to(RUN, f"c{suffix}", content(lambda cut=cut: cut)))
        for number in range(12):
            begin = flipped(sound[:4000], rng, 3) + sound[4000:] if number % 3 else flipped(sound, rng, 3)
            yield Case(f"{suffix} bits {number}", given_to(RUN, f"c{suffix}", content(lambda begin=begin: begin)))


def _sidecars() -> Cases:
    """Put a description beside a sound checkpoint."""
    texts = {
        "list": "[1]", "deep": "[" * 10**6, "heads 0": '{"heads": 0}', "heads -1": '{"heads": -1}',
        "heads huge": '{"heads": 1' + "0" * 30 + "}", "heads nan": '{"heads": NaN}',
        "tokens nested": '{"tokens": [[1]]}',
        "prune evil": '{"prune": "os.system"}', "title control": '{"title": "\\u001b[2J\\u0000"}',
        "rate": '{"rate_hz": [1e-300, 1e300]}', "rate nan": '{"rate_hz": [NaN, NaN]}',
        "stature": '{"unit_stature_m": NaN}', "rule": '{"joint_rule": "../../x"}',
        "normalisation": '{"normalisation": "__import__"}', "utf16": "\ufeff{}",
        "title 1 MB": '{"title": "' + "x" * 900_000 + '"}', "surrogate": '{"title": "\\ud800"}',
    }  # fmt: skip
    for name, text in texts.items():

        def make(path: Path, text: str = text) -> None:
            path.write_bytes(small_file(".safetensors"))
            path.with_suffix(".json").write_text(text, encoding="utf-8")

        yield Case(f"sidecar {name}", given_to(ADD, "c.safetensors", make))
    for name, special in SPECIAL.items():

        def beside(path: Path, special: Callable[[Path], object] = special) -> None:
            path.write_bytes(small_file(".safetensors"))
            special(path.with_suffix(".json"))

        yield Case(f"sidecar is {name}", given_to(ADD, "c.safetensors", beside))


def _script() -> bytes:
    import torch

    memory = io.BytesIO()
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), memory)
    return memory.getvalue()


def _loop() -> Any:
    found: dict[str, Any] = {}
    found["model"] = found
    return found


def _wrapped() -> Any:
    import torch

    found: Any = {"a": torch.zeros(2)}
    for _ in range(100):
        found = {"model": found}
    return found


def _lying() -> dict[str, Any]:
    """Return marks of MixSTE with shapes that would make a huge model."""
    import torch

    return {
        "Spatial_patch_to_embedding.weight": torch.zeros(1, 2),
        "Temporal_pos_embed": torch.zeros(1, 500_000, 1),
        "STEblocks.0.attn.qkv.weight": torch.zeros(3, 1),
        "STEblocks.0.mlp.fc1.weight": torch.zeros(4, 1),
        "Spatial_pos_embed": torch.zeros(1, 17, 1),
        "head.1.weight": torch.zeros(3, 1),
    }
