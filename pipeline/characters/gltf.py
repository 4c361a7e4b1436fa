"""Open glTF files (.glb, .gltf, .vrm), and write them again with additions.

The JSON is kept as text. An addition changes only the lists it belongs to, by insertion into their text, and the
binary part only grows at its end: materials, textures, extensions and physics stay as they are, byte for byte.
Source: glTF 2.0 specification, sections 3 (buffers, accessors) and 4.4 (the binary container).
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from ..core.errors import OutputError
from ..system.json_fields import JsonFields
from ..system.safe_read import DamagedFile, parse_json, quoted, read_bytes

LARGEST_FILE = 1 << 30  # bytes of a file with everything in it
_LARGEST_JSON = 256 << 20  # bytes of a document without its binary part
_JSON_CHUNK, _BIN_CHUNK = 0x4E4F534A, 0x004E4942
_DATA = "data:"
_COMPONENTS = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_MOST_VALUES = 1 << 28  # numbers of one accessor


@dataclass(slots=True)
class GltfFile:
    """Hold an open file: the JSON as text and as fields, and the binary chunk of a .glb."""

    path: Path
    text: str
    fields: JsonFields
    binary: bytes | None  # None: the file has no binary chunk
    _buffers: dict[int, bytes] = field(default_factory=dict)

    @staticmethod
    def new(path: Path, text: str) -> GltfFile:
        """Return a document that is not in a file yet."""
        return GltfFile(path, text, JsonFields(json.loads(text)), None)

    @property
    def is_binary(self) -> bool:
        """Return whether the file is a .glb or .vrm, not a .gltf."""
        return self.path.suffix.lower() != ".gltf"

    def list_of(self, name: str) -> list[Any]:
        """Return a list of the document, [] where it is missing."""
        return self.fields.listed(name, ())

    def item(self, name: str, index: int) -> JsonFields:
        """Return an object of a list. Raises `DamagedFile` for an index that does not exist."""
        items = self.list_of(name)
        if not 0 <= index < len(items):
            raise DamagedFile(f"{name} has no item {index}")
        return JsonFields(items[index], f"{name}.{index}")

    def buffer(self, index: int) -> bytes:
        """Return the bytes of a buffer: the binary chunk, a file beside this one, or text in it.

        Raises `DamagedFile` and OSError.
        """
        if index in self._buffers:
            return self._buffers[index]
        about = self.item("buffers", index)
        size = about.whole("byteLength", 0, LARGEST_FILE)
        uri = about.text("uri", None, LARGEST_FILE)
        if uri is None:
            if index != 0 or self.binary is None:
                raise DamagedFile(f"buffer {index} has no content")
            data = self.binary
        elif uri.startswith(_DATA):
            data = decoded(uri)
        else:
            data = read_bytes(self.beside(uri), LARGEST_FILE)
        if len(data) < size:
            raise DamagedFile(f"buffer {index} has {len(data)} of {size} bytes")
        self._buffers[index] = data
        return data

    def beside(self, uri: str) -> Path:
        """Return the path of a file that this one names.

        Raises `DamagedFile` unless it is below the folder of this one.
        """
        relative = PurePosixPath(unquote(uri))
        if "://" in uri or "\\" in uri or relative.is_absolute() or ".." in relative.parts or ":" in str(relative):
            raise DamagedFile(f"it refers to {quoted(uri)}, which is not a file beside it")
        return self.path.parent / relative

    def accessor(self, index: int) -> NDArray[Any]:
        """Return the values (count, width) of an accessor.

        A scalar has width 1, a matrix 16, column by column. Raises `DamagedFile` for one that is sparse, compressed or
        does not fit in its buffer.
        """
        about = self.item("accessors", index)
        kind = about.whole("componentType", 5120, 5126)
        shape = about.choice("type", _WIDTHS)
        count = about.whole("count", 1, _MOST_VALUES)
        if kind not in _COMPONENTS or "sparse" in about or "bufferView" not in about:
            raise DamagedFile(f"accessor {index} is of a kind that cannot be read")
        dtype, width = np.dtype(_COMPONENTS[kind]), _WIDTHS[shape]
        view = self.item("bufferViews", about.whole("bufferView", 0, 1 << 24))
        data = self.buffer(view.whole("buffer", 0, 1 << 16))
        first = view.whole("byteOffset", 0, LARGEST_FILE, 0) + about.whole("byteOffset", 0, LARGEST_FILE, 0)
        step = view.whole("byteStride", 4, 252, dtype.itemsize * width)
        if count * width > _MOST_VALUES or step < dtype.itemsize * width:
            raise DamagedFile(f"accessor {index} has values that overlap or are far too many")
        end = view.whole("byteOffset", 0, LARGEST_FILE, 0) + view.whole("byteLength", 1, LARGEST_FILE)
        if first + (count - 1) * step + dtype.itemsize * width > min(end, len(data)):
            raise DamagedFile(f"accessor {index} reaches beyond its buffer")
        values: NDArray[Any] = np.ndarray((count, width), dtype, data, first, (step, dtype.itemsize))
        if dtype.kind == "f" and not np.isfinite(values).all():
            raise DamagedFile(f"accessor {index} holds values that are no numbers")
        return values


def decoded(uri: str) -> bytes:
    """Return the content of a data URI. Raises `DamagedFile`."""
    head, comma, text = uri.partition(",")
    if not comma or not head.endswith(";base64"):
        raise DamagedFile("it has a data URI that is not base64")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DamagedFile("it has a data URI that is damaged") from error


def open_gltf(path: Path) -> GltfFile:
    """Open a .glb, .vrm or .gltf file. Raises `DamagedFile` and OSError."""
    data = read_bytes(path, LARGEST_FILE)
    binary = None
    if data[:4] == b"glTF":
        raw, binary = _chunks(data)
    elif path.suffix.lower() == ".gltf" or data.lstrip()[:1] == b"{":
        raw = data
    else:
        raise DamagedFile("it does not begin as a glTF file")
    if len(raw) > _LARGEST_JSON:
        raise DamagedFile("its description is far too large")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DamagedFile("its description is not UTF-8 text") from error
    fields = JsonFields(parse_json(text))
    version = fields.object("asset").text("version", longest=20)
    if not version.startswith("2."):
        raise DamagedFile(f"it is glTF {version[:10]}, and only version 2 can be read")
    for name in ("bufferViews", "accessors", "animations"):  # what an addition grows
        list(fields.objects(name, ()))
    for buffer in fields.objects("buffers", ()):
        buffer.whole("byteLength", 0, LARGEST_FILE)
    return GltfFile(path, text, fields, binary)


def _chunks(data: bytes) -> tuple[bytes, bytes | None]:
    """Return the JSON chunk and the binary chunk of a .glb."""
    if len(data) < 20:
        raise DamagedFile("it ends too early")
    version, length = struct.unpack_from("<II", data, 4)
    size, kind = struct.unpack_from("<II", data, 12)
    if version != 2 or kind != _JSON_CHUNK or length > len(data) or 20 + size > length:
        raise DamagedFile("its container is damaged or ends too early")
    raw, at = data[20 : 20 + size], 20 + size
    if at + 8 <= length:
        size, kind = struct.unpack_from("<II", data, at)
        if at + 8 + size > length:
            raise DamagedFile("its binary part ends too early")
        if kind == _BIN_CHUNK:
            return raw, data[at + 8 : at + 8 + size]
    return raw, None


@dataclass(slots=True)
class Addition:
    """Collect what is added to a file: float arrays and one animation.

    Indices are those in the finished file.
    """

    file: GltfFile
    arrays: list[NDArray[np.float32]] = field(default_factory=list)
    views: list[dict[str, Any]] = field(default_factory=list)
    accessors: list[dict[str, Any]] = field(default_factory=list)
    replaced_nodes: dict[int, dict[str, Any]] = field(default_factory=dict)  # index -> the node in its place
    length: int = 0

    def add(self, values: NDArray[Any], bounds: bool = False) -> int:
        """Append (N,), (N, 3) or (N, 4) numbers as float32; returns the accessor's index."""
        array = np.ascontiguousarray(values, "<f4")
        view = {"buffer": self._buffer, "byteOffset": self._start + self.length, "byteLength": array.nbytes}
        shape = {(): "SCALAR", (3,): "VEC3", (4,): "VEC4"}[array.shape[1:]]
        about: dict[str, Any] = {
            "bufferView": len(self.file.list_of("bufferViews")) + len(self.views),
            "componentType": 5126,
            "count": len(array),
            "type": shape,
        }
        if bounds:
            about["min"], about["max"] = ([float(edge)] for edge in (array.min(), array.max()))
        self.views.append(view)
        self.accessors.append(about)
        self.arrays.append(array)
        self.length += array.nbytes
        return len(self.file.list_of("accessors")) + len(self.accessors) - 1

    def written(self, animation: dict[str, Any]) -> bytes:
        """Return the bytes of the file with the arrays and an animation added."""
        added = b"".join(array.tobytes() for array in self.arrays)
        members = top_members(self.file.text)
        grown = {"bufferViews": self.views, "accessors": self.accessors, "animations": [animation]}
        buffers = [dict(item) for item in self.file.list_of("buffers")]
        if self._in_chunk:
            total = self._start + len(added)
            if buffers:
                buffers[0]["byteLength"] = total
            else:
                buffers = [{"byteLength": total}]
            changed = [_compact(buffers[0]), *_items(members.get("buffers", "[]"))[1:]]
            members["buffers"] = f"[{','.join(changed)}]"
        else:
            uri = "data:application/octet-stream;base64," + base64.b64encode(added).decode("ascii")
            grown["buffers"] = [{"byteLength": len(added), "uri": uri}]
        if self.replaced_nodes:
            nodes = _items(members["nodes"])
            for index, node in self.replaced_nodes.items():
                nodes[index] = _compact(node)
            members["nodes"] = f"[{','.join(nodes)}]"
        for name, items in grown.items():
            members[name] = _extended(members.get(name, "[]"), items)
        text = ("{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in members.items()) + "}").encode()
        if not self.file.is_binary:
            return text
        text += b" " * (-len(text) % 4)
        binary = self.file.binary
        if self._in_chunk:
            binary = (binary or b"")[: self._start].ljust(self._start, b"\0") + added
        parts = [struct.pack("<I4s", len(text), b"JSON"), text]
        if binary is not None:
            binary += b"\0" * (-len(binary) % 4)
            parts += [struct.pack("<I4s", len(binary), b"BIN\0"), binary]
        whole = 12 + sum(len(part) for part in parts)
        if whole >= 1 << 32:
            raise OutputError(f"{self.file.path.name} with this motion would be larger than 4 GB.", "Cut the take.")
        return b"".join([struct.pack("<4sII", b"glTF", 2, whole), *parts])

    @property
    def _in_chunk(self) -> bool:
        """Return whether the arrays go to the binary chunk; a document without one gets a buffer as text."""
        buffers = self.file.list_of("buffers")
        return self.file.is_binary and (not buffers or (self.file.binary is not None and "uri" not in buffers[0]))

    @property
    def _buffer(self) -> int:
        return 0 if self._in_chunk else len(self.file.list_of("buffers"))

    @property
    def _start(self) -> int:
        """Return where in the buffer the arrays begin: behind what is there, at a multiple of four."""
        if not self._in_chunk or not self.file.list_of("buffers"):
            return 0
        size = int(self.file.item("buffers", 0).whole("byteLength", 0, LARGEST_FILE))
        size = max(size, len(self.file.binary or b""))
        return size + -size % 4


def top_members(text: str) -> dict[str, str]:
    """Return the members of a JSON object, each value as the text in the file."""
    out: dict[str, str] = {}
    decoder, at = json.JSONDecoder(), text.index("{") + 1
    while True:
        at = _skip(text, at)
        if text[at] == "}":
            return out
        name, at = decoder.raw_decode(text, at)
        at = _skip(text, at)
        start = _skip(text, at + 1)
        _, at = decoder.raw_decode(text, start)
        out[name] = text[start:at]
        at = _skip(text, at)
        if text[at] == ",":
            at += 1


def _items(text: str) -> list[str]:
    """Return the texts of the items of a JSON list."""
    out: list[str] = []
    decoder, at = json.JSONDecoder(), text.index("[") + 1
    while True:
        at = _skip(text, at)
        if text[at] == "]":
            return out
        _, end = decoder.raw_decode(text, at)
        out.append(text[at:end])
        at = _skip(text, end)
        if text[at] == ",":
            at += 1


def _skip(text: str, at: int) -> int:
    while text[at] in " \t\r\n":
        at += 1
    return at


def _extended(text: str, items: Sequence[dict[str, Any]]) -> str:
    """Return the text of a JSON list with more items at its end."""
    head = text[: text.rindex("]")].rstrip() if text.startswith("[") else "["
    more = ",".join(_compact(item) for item in items)
    return f"{head}{'' if head.endswith('[') else ','}{more}]"


def _compact(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
