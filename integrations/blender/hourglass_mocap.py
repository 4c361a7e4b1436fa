# SPDX-License-Identifier: GPL-3.0-or-later
#
# This program is free software: you can redistribute it and/or modify it under the terms of the GNU General Public
# License as published by the Free Software Foundation, either version 3 of the License, or (at your option) any later
# version. It is distributed in the hope that it will be useful, but WITHOUT ANY WARRANTY; without even the implied
# warranty of MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE. See <https://www.gnu.org/licenses/>.
"""Open Hourglass takes in Blender, put them on Rigify's metarig, and follow a live run.

Install this file under Preferences > Add-ons > Install. It imports nothing of Hourglass: a `.pose3d` is a zip of JSON
and NumPy arrays, a live run sends JSON over WebSocket. Only for the human body, feet and fingers it starts the program
itself. World axes are those of Blender: metres, z up; a person who faces the camera looks along -y, their left at +x.

Bones are named as in Rigify's human metarig. A pose is kept as "turns": of each bone the rotation in the world since
the T-pose, which fits any armature that stands in a T-pose or is brought to one.
"""

import base64
import hashlib
import json
import os
import queue
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import zipfile
from itertools import pairwise
from urllib.parse import urlsplit

import bpy
import numpy as np
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, StringProperty
from bpy_extras.io_utils import ImportHelper
from mathutils import Matrix, Vector

bl_info = {
    "name": "Hourglass motion capture",
    "author": "Hourglass",
    "version": (1, 0, 0),
    "blender": (3, 4, 0),
    "location": "File > Import > Hourglass take; sidebar of the 3D view > Hourglass",
    "description": "Opens .pose3d takes, puts them on Rigify's metarig, follows a live run",
    "category": "Import-Export",
}

MARK = "hourglass"  # custom property of armatures made here, whose rest pose is the T-pose
LARGEST_MESSAGE = 1 << 20  # bytes of a live frame
LARGEST_JSON = 16 << 20  # bytes of a take's description
X, Y, Z = np.eye(3)
# Directions of neck and head of a person who looks straight ahead (Hourglass, rig/skeleton.py).
NECK_REST = np.array([0.0, -np.sin(np.radians(44)), np.cos(np.radians(44))])
HEAD_REST = np.array([0.0, np.sin(np.radians(29)), np.cos(np.radians(29))])
HAND, FOOT, TOES = 0.1, np.array([0.0, -0.08, -0.024]), np.array([0.0, -0.04, 0.0])  # shares of the stature
ANKLE = 0.039  # height of the ankle, share of the stature
TRUST_FALLBACK = 0.15  # how much a straight limb's plane follows the body, in sines of the bend
# Bone: (parent, joint where it starts, joint where it ends) of the 17 joints of Human3.6M.
BONES = {
    "spine": ("", 0, 7), "spine.001": ("spine", 0, 7), "spine.003": ("spine.001", 7, 8),
    "spine.004": ("spine.003", 8, 9), "spine.006": ("spine.004", 9, 10),
    "shoulder.L": ("spine.003", 8, 11), "upper_arm.L": ("shoulder.L", 11, 12), "forearm.L": ("upper_arm.L", 12, 13),
    "hand.L": ("forearm.L", 13, None), "shoulder.R": ("spine.003", 8, 14), "upper_arm.R": ("shoulder.R", 14, 15),
    "forearm.R": ("upper_arm.R", 15, 16), "hand.R": ("forearm.R", 16, None),
    "thigh.L": ("spine", 4, 5), "shin.L": ("thigh.L", 5, 6), "foot.L": ("shin.L", 6, None),
    "toe.L": ("foot.L", 6, None), "thigh.R": ("spine", 1, 2), "shin.R": ("thigh.R", 2, 3),
    "foot.R": ("shin.R", 3, None), "toe.R": ("foot.R", 3, None),
}  # fmt: skip
JOINTS = (
    "pelvis", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "spine", "thorax",
    "nose", "head_top", "left_shoulder", "left_elbow", "left_wrist", "right_shoulder", "right_elbow", "right_wrist",
)  # fmt: skip
FINGERS = ("thumb", "f_index", "f_middle", "f_ring", "f_pinky")


class ProblemError(Exception):
    """Say what a user can correct."""


# --- takes


def read_take(path):
    """Return rate (Hz), times (T,) in s, and person -> (name, joints (T, 17, 3) in m, NaN where unseen)."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo("take.json").file_size > LARGEST_JSON:
                raise ProblemError("Its description is too large.")
            header = json.loads(archive.read("take.json"))
            if header.get("format") != "hourglass-pose3d":
                raise ProblemError("It is no Hourglass take.")
            with archive.open("arrays.npz") as file, np.load(file, allow_pickle=False) as arrays:
                people = {
                    int(track["person"]): (
                        str(header["names"].get(str(track["person"])) or f"Person {track['person']}"),
                        np.asarray(arrays[f"person{track['person']}_joints"], np.float64),
                    )
                    for track in header["tracks3d"]
                    if track["skeleton"] == "h36m17" and track["space"] == "world"
                }
                times = np.asarray(arrays["time_s"], np.float64)
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise ProblemError(f"It cannot be read ({error}).") from error
    if not people or any(joints.shape != (len(times), 17, 3) for _, joints in people.values()):
        raise ProblemError("It holds no lifted people.")
    return float(header["info"]["fps_hz"]) or 30.0, times, people


# --- from joints to turns


def unit(vectors):
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)


def frames_of(main, other):
    """Return rotations (T, 3, 3) whose columns are `main`, `other` made perpendicular to it, and their product."""
    main = unit(main)
    side = unit(other - np.sum(other * main, axis=-1, keepdims=True) * main)
    return np.stack([main, side, np.cross(main, side)], axis=-1)


def arc(start, end):
    """Return the shortest rotations (T, 3, 3) of unit vectors to others."""
    axis, cosine = np.cross(start, end), np.sum(start * end, axis=-1)
    skew = np.zeros((*cosine.shape, 3, 3))
    skew[..., 0, 1], skew[..., 0, 2], skew[..., 1, 2] = -axis[..., 2], axis[..., 1], -axis[..., 0]
    skew = skew - np.swapaxes(skew, -1, -2)
    return np.eye(3) + skew + skew @ skew / np.maximum(1 + cosine, 1e-3)[..., None, None]


def turns_of(joints):
    """Return bone -> rotation (T, 3, 3) since the T-pose, of joints (T, 17, 3) without gaps."""

    def way(start, end):
        return unit(joints[:, end] - joints[:, start])

    def bent(turn, rest, direction):
        """Turn on from the bone above by the least that points `rest` along `direction`."""
        return arc(turn @ rest, direction) @ turn

    def limb(above, start, middle, end, along, hinge):
        """Return the turns of both parts of a limb, whose plane is that of the bend, or the body's where straight."""
        upper, lower = way(start, middle), way(middle, end)
        fallback = bent(above, along, upper) @ hinge
        axis = np.cross(upper, lower) + TRUST_FALLBACK * fallback
        rest = frames_of(along, hinge).T
        return frames_of(upper, axis) @ rest, frames_of(lower, axis) @ rest

    hips = frames_of(joints[:, 4] - joints[:, 1], way(0, 7)) @ frames_of(X, Z).T  # the hip line exactly
    chest = frames_of(way(7, 8), joints[:, 11] - joints[:, 14]) @ frames_of(Z, X).T
    out = {"spine": hips, "spine.001": bent(hips, Z, way(0, 7)), "spine.003": chest}
    out["spine.004"] = bent(chest, NECK_REST, way(8, 9))
    out["spine.006"] = bent(out["spine.004"], HEAD_REST, way(9, 10))
    for side, sign, arm, leg in (("L", 1.0, 11, 4), ("R", -1.0, 14, 1)):
        out[f"shoulder.{side}"] = bent(chest, sign * X, way(8, arm))
        parts = limb(out[f"shoulder.{side}"], arm, arm + 1, arm + 2, sign * X, -sign * Z)
        out[f"upper_arm.{side}"], out[f"forearm.{side}"] = parts
        out[f"thigh.{side}"], out[f"shin.{side}"] = limb(hips, leg, leg + 1, leg + 2, -Z, X)
        out[f"hand.{side}"] = out[f"forearm.{side}"]
        out[f"foot.{side}"] = out[f"toe.{side}"] = out[f"shin.{side}"]
    return out


# --- armatures


def rest_places(joints):
    """Return bone -> (start, end) in the T-pose, with the median lengths of joints (T, 17, 3), both sides alike."""

    def size(start, end):
        return float(np.nanmedian(np.linalg.norm(joints[:, end] - joints[:, start], axis=-1)))

    def both(start, end):
        """Return the mean length of the left part and of its right counterpart, both given by the left joints."""
        other = {4: 1, 5: 2, 6: 3, 11: 14, 12: 15, 13: 16}
        return (size(start, end) + size(other.get(start, start), other[end])) / 2

    hip, thigh, shin = both(0, 4), both(4, 5), both(5, 6)
    stature = (thigh + shin + size(0, 7) + size(7, 8) + size(8, 9) + size(9, 10)) / 0.93
    pelvis = np.array([0.0, 0.0, thigh + shin + ANKLE * stature])
    at = {0: pelvis, 7: pelvis + size(0, 7) * Z}
    at[8] = at[7] + size(7, 8) * Z
    at[9] = at[8] + size(8, 9) * NECK_REST
    at[10] = at[9] + size(9, 10) * HEAD_REST
    for sign, arm, leg in ((1.0, 11, 4), (-1.0, 14, 1)):
        at[arm] = at[8] + sign * both(8, 11) * X
        at[arm + 1] = at[arm] + sign * both(11, 12) * X
        at[arm + 2] = at[arm + 1] + sign * both(12, 13) * X
        at[leg] = pelvis + sign * hip * X
        at[leg + 1] = at[leg] - thigh * Z
        at[leg + 2] = at[leg + 1] - shin * Z
    out = {bone: (at[start], at[end]) for bone, (_, start, end) in BONES.items() if end is not None}
    out["spine"] = (pelvis, pelvis + size(0, 7) / 2 * Z)
    for side, sign, wrist, ankle in (("L", 1.0, 13, 6), ("R", -1.0, 16, 3)):
        ball = at[ankle] + stature * FOOT
        out[f"hand.{side}"] = (at[wrist], at[wrist] + sign * HAND * stature * X)
        out[f"foot.{side}"], out[f"toe.{side}"] = (at[ankle], ball), (ball, ball + stature * TOES)
    return out


def new_armature(name, joints, scale=1.0):
    """Make an armature in the T-pose with the proportions of joints (T, 17, 3), and activate it."""
    data = bpy.data.armatures.new(name)
    figure = bpy.data.objects.new(name, data)
    figure[MARK] = 1
    figure.scale = (scale, scale, scale)
    bpy.context.collection.objects.link(figure)
    activate(figure)
    bpy.ops.object.mode_set(mode="EDIT")
    for bone, (start, end) in rest_places(joints).items():
        made = data.edit_bones.new(bone)
        made.head, made.tail = Vector(start), Vector(end)
        made.parent = data.edit_bones.get(BONES[bone][0])
    bpy.ops.object.mode_set(mode="OBJECT")
    return figure


def activate(thing):
    if bpy.context.object is not None and bpy.context.object.mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    for other in bpy.context.selected_objects:
        other.select_set(False)
    thing.select_set(True)
    bpy.context.view_layer.objects.active = thing


def local_pose(figure, turns, hips, straight=None):
    """Return bone -> local quaternions (T, 4) w x y z, and the local places (T, 3) of the first bone.

    `turns` are rotations since the T-pose in the armature's axes, `hips` the places (T, 3) of the first bone;
    `straight` are rotations (3, 3) that bring bones from the armature's rest pose to the T-pose.
    """
    bones = figure.data.bones
    rest = {bone.name: np.array(bone.matrix_local.to_3x3()) for bone in bones}
    count = len(hips)
    posed, local = {}, {}
    for bone in bones:  # parents come first
        above = bone.parent.name if bone.parent else ""
        carried = posed[above] @ rest[above].T @ rest[bone.name] if above else rest[bone.name]
        posed[bone.name] = np.broadcast_to(carried, (count, 3, 3))
        if bone.name in turns:
            posed[bone.name] = turns[bone.name] @ (straight or {}).get(bone.name, np.eye(3)) @ rest[bone.name]
            turn = np.swapaxes(np.broadcast_to(carried, (count, 3, 3)), 1, 2) @ posed[bone.name]
            local[bone.name] = continuous(np.array([Matrix(one.tolist()).to_quaternion() for one in turn]))
    first = bones["spine"]
    return local, (hips - np.array(first.head_local)) @ rest["spine"]


def continuous(quaternions):
    """Return quaternions (T, 4) with signs that change least from one to the next."""
    flips = np.sum(quaternions[1:] * quaternions[:-1], axis=1) < 0
    signs = np.cumprod(np.concatenate([[1.0], np.where(flips, -1.0, 1.0)]))
    return quaternions * signs[:, None]


def new_curve(thing, action, path, index, group):
    if hasattr(action, "fcurves"):
        return action.fcurves.new(path, index=index, action_group=group)
    if not action.layers:  # Blender 5 keeps the curves of an object in a slot of a layer
        action.layers.new("Motion").strips.new(type="KEYFRAME")
        thing.animation_data.action_slot = action.slots.new("OBJECT", thing.name)
    bag = action.layers[0].strips[0].channelbag(thing.animation_data.action_slot, ensure=True)
    return bag.fcurves.new(path, index=index)


def set_keys(figure, name, frames, local, hips):
    """Give the armature an action with keys at `frames` (T,)."""
    action = bpy.data.actions.new(name)
    figure.animation_data_create().action = action
    paths = {f'pose.bones["{bone}"].rotation_quaternion': (bone, values) for bone, values in local.items()}
    paths['pose.bones["spine"].location'] = ("spine", hips)
    for bone in local:
        figure.pose.bones[bone].rotation_mode = "QUATERNION"
    for path, (bone, values) in paths.items():
        for index in range(values.shape[1]):
            curve = new_curve(figure, action, path, index, bone)
            curve.keyframe_points.add(len(frames))
            curve.keyframe_points.foreach_set("co", np.stack([frames, values[:, index]], axis=1).ravel())
            for key in curve.keyframe_points:
                key.interpolation = "LINEAR"
            curve.update()


def set_rate(scene, rate_hz, frames):
    scene.render.fps = max(1, round(rate_hz))
    scene.render.fps_base = scene.render.fps / rate_hz
    scene.frame_start, scene.frame_end = 0, max(1, int(np.ceil(frames[-1])))


def show_motion(figure, name, joints, frames):
    """Put joints (T, 17, 3), where they are seen, on an armature made for them."""
    seen = np.isfinite(joints).all(axis=(1, 2))
    local, hips = local_pose(figure, turns_of(joints[seen]), joints[seen, 0])
    set_keys(figure, name, frames[seen], local, hips)


# --- the program, for the human body


def program_path(given):
    path = given.strip() or shutil.which("hourglass") or ""
    if not path or not os.path.isfile(path):
        raise ProblemError(
            "The Hourglass program was not found: name it in the add-on's preferences, or take bones alone."
        )
    return path


def import_human(path, program, person, rate_hz, scale):
    """Import people with body, feet and fingers, as the program exports them; return their armatures."""
    before = set(bpy.data.objects)
    with tempfile.TemporaryDirectory(prefix="hourglass-") as folder:
        chosen = [] if person == 0 else ["--person", str(person)]
        command = [program, "export", path, "--formats", "glb", "--preset", "rigify", *chosen, "-o", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        files = sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".glb"))
        if done.returncode != 0 or not files:
            raise ProblemError(f"The program said: {(done.stderr or done.stdout).strip()[-300:]}")
        render = bpy.context.scene.render
        base, render.fps_base = render.fps_base, 1.0  # older importers place keys by whole rates
        for file in files:
            bpy.ops.import_scene.gltf(filepath=file)
        render.fps_base = base
    figures = [thing for thing in bpy.data.objects if thing not in before and thing.type == "ARMATURE"]
    for shape in {bone.custom_shape for figure in figures for bone in figure.pose.bones} - {None}:
        bpy.data.objects.remove(shape)  # the shape that the importer gives to bones
    for figure in figures:
        figure[MARK] = 1
        figure.scale = (scale, scale, scale)
        action = figure.animation_data.action
        for curve in curves_of(action):
            for key in curve.keyframe_points:
                key.co.x *= rate_hz / render.fps
            curve.update()
    return figures


def curves_of(action):
    if hasattr(action, "fcurves"):
        return list(action.fcurves)
    bags = [bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags]
    return [curve for bag in bags for curve in bag.fcurves]


# --- Rigify's metarig


def put_on_metarig(source, target, frames):
    """Put an armature's motion on a metarig (in any rest pose), scaled by the length of the legs."""
    scene, now = bpy.context.scene, bpy.context.scene.frame_current
    shared = [bone.name for bone in target.data.bones if bone.name in source.data.bones]
    if not {"spine", "thigh.L", "shin.L", "thigh.R", "shin.R"} <= set(shared):
        raise ProblemError("The active armature is not Rigify's human metarig.")
    turns = {bone: np.empty((len(frames), 3, 3)) for bone in shared}
    middle = np.empty((len(frames), 3))
    rest = {bone: np.array(source.data.bones[bone].matrix_local.to_3x3()) for bone in shared}
    for row, frame in enumerate(frames):
        whole = int(np.floor(frame))
        scene.frame_set(whole, subframe=float(frame - whole))
        for bone in shared:
            posed = np.array(source.pose.bones[bone].matrix.to_3x3().normalized())
            turns[bone][row] = posed @ rest[bone].T
        heads = [np.array(source.pose.bones[f"thigh.{side}"].head) for side in "LR"]
        middle[row] = (heads[0] + heads[1]) / 2
    scene.frame_set(now)
    ratio = leg(target) / leg(source)
    ankles = [head(figure, "foot.L")[2] for figure in (source, target)]
    middle *= ratio
    middle[:, 2] += ankles[1] - ankles[0] * ratio
    at_legs = (head(target, "thigh.L") + head(target, "thigh.R")) / 2
    hips = middle + turns["spine"] @ (head(target, "spine") - at_legs)
    local, places = local_pose(target, turns, hips, t_pose(source, target))
    set_keys(target, f"{source.name} on {target.name}", frames, local, places)


def head(figure, bone):
    return np.array(figure.data.bones[bone].head_local)


def leg(figure):
    """Return the length of a leg, mean of both."""
    ways = [(f"thigh.{side}", f"shin.{side}", f"foot.{side}") for side in "LR"]
    return sum(np.linalg.norm(head(figure, b) - head(figure, a)) for way in ways for a, b in pairwise(way)) / 2


def t_pose(source, target):
    """Return bone -> rotation (3, 3) that brings the target's bones to the directions of the source's rest pose."""
    out = {}
    for side in "LR":
        arm, leg_ = ["upper_arm", "forearm", "hand"], ["thigh", "shin", "foot"]
        fingers = [[f"{name}.0{number}" for number in (1, 2, 3)] for name in FINGERS]
        for chain in (arm, leg_, *fingers):
            names = [f"{part}.{side}" for part in chain]
            if not all(name in figure.data.bones for name in names for figure in (source, target)):
                continue
            turn = np.eye(3)
            for name, after in pairwise(names):
                ways = [unit(head(figure, after) - head(figure, name)) for figure in (target, source)]
                turn = arc(turn @ ways[0], ways[1]) @ turn
                out[name] = turn
            if chain is not leg_:
                out[names[-1]] = turn  # nothing hangs on it: it goes with the bone above; feet keep their soles level
    return out


# --- live


class LiveClient(threading.Thread):
    """Receive live frames from a WebSocket of Hourglass (RFC 6455); `newest` holds the last one."""

    def __init__(self, address):
        super().__init__(daemon=True, name="hourglass live")
        parts = urlsplit(address if "//" in address else f"ws://{address}")
        if parts.scheme != "ws" or not parts.hostname:
            raise ProblemError("The address looks like ws://127.0.0.1:9002.")
        self.host, self.port = parts.hostname, parts.port or 9002
        self.newest = queue.Queue(maxsize=1)
        self.problem = ""
        self._leaving = threading.Event()

    def stop(self):
        self._leaving.set()

    def run(self):
        try:
            with socket.create_connection((self.host, self.port), timeout=5) as connection:
                self._greet(connection)
                self._follow(connection)
        except (OSError, ValueError, ProblemError) as error:
            self.problem = f"The live run cannot be followed: {error}"

    def _greet(self, connection):
        key = base64.b64encode(os.urandom(16)).decode()
        connection.sendall(
            f"GET / HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            part = connection.recv(1)
            if not part or len(answer) > 8192:
                raise ProblemError("it is no WebSocket")
            answer += part
        wanted = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        if b" 101 " not in answer.split(b"\r\n")[0] or base64.b64encode(wanted) not in answer:
            raise ProblemError("it is no WebSocket")

    def _follow(self, connection):
        text = b""
        while not self._leaving.is_set():
            last, kind, data = self._frame(connection)
            if kind == 8:  # closed by the program
                raise ProblemError("it has ended")
            if kind == 9:  # ping
                connection.sendall(masked(10, data))
            elif kind in (0, 1):
                text += data
                if len(text) > LARGEST_MESSAGE:
                    raise ProblemError("a message is too large")
                if last:
                    self._put(json.loads(text))
                    text = b""
        connection.sendall(masked(8, b""))

    def _frame(self, connection):
        first, second = self._bytes(connection, 2)
        size = second & 127
        if size >= 126:
            size = int.from_bytes(self._bytes(connection, 2 if size == 126 else 8), "big")
        if size > LARGEST_MESSAGE:
            raise ProblemError("a message is too large")
        return bool(first & 128), first & 15, self._bytes(connection, size)

    def _bytes(self, connection, count):
        data = b""
        while len(data) < count:
            try:
                part = connection.recv(count - len(data))
            except TimeoutError:  # nobody is seen, or the camera waits
                if self._leaving.is_set():
                    raise ProblemError("stopped") from None
                continue
            if not part:
                raise ProblemError("it has ended")
            data += part
        return data

    def _put(self, message):
        while True:
            try:
                self.newest.put_nowait(message)
                return
            except queue.Full:
                try:
                    self.newest.get_nowait()
                except queue.Empty:
                    continue


def masked(kind, data):
    """Return a frame as clients send it: masked, short."""
    mask = os.urandom(4)
    return struct.pack("!BB", 128 | kind, 128 | len(data)) + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data))


def joints_of(message):
    """Return person -> joints (17, 3) of the people in a live frame all of whose joints are known."""
    out = {}
    for person in message.get("people", []):
        found = [person["joints"].get(name) for name in JOINTS]
        if all(one is not None and None not in one[:3] for one in found):
            out[int(person["person"])] = np.array([one[:3] for one in found], np.float64)
    return out


class Live:
    """Follow a live run: armatures are made after half a second of a person, then posed frame by frame."""

    FIRST = 15  # frames from which a person's proportions are taken

    def __init__(self, address, scale):
        self.client, self.scale = LiveClient(address), scale
        self.seen, self.figures = {}, {}
        self.client.start()

    def update(self):
        """Show the newest frame; return whether there was one."""
        try:
            message = self.client.newest.get_nowait()
        except queue.Empty:
            return False
        for person, joints in joints_of(message).items():
            if person not in self.figures:
                known = self.seen.setdefault(person, [])
                known.append(joints)
                if len(known) < self.FIRST:
                    continue
                self.figures[person] = new_armature(f"Live {person}", np.array(known), self.scale).name
            figure = bpy.data.objects.get(self.figures[person])
            if figure is not None:  # the user may have removed it
                local, hips = local_pose(figure, turns_of(joints[None]), joints[None, 0])
                for bone, turn in local.items():
                    figure.pose.bones[bone].rotation_quaternion = turn[0]
                figure.pose.bones["spine"].location = hips[0]
        return True


live = None  # the run that is followed


def tick():
    """Update from Blender's timer; return the seconds until the next time, None at the end."""
    if live is None or not live.client.is_alive():
        return None
    live.update()
    return 1 / 60


def stop_live():
    global live  # noqa: PLW0603 - Blender's timers and operators have no common owner
    if live is not None:
        live.client.stop()
        live = None


# --- Blender's interface


class HourglassPreferences(bpy.types.AddonPreferences):
    bl_idname = __name__
    program: StringProperty(
        name="Hourglass program", subtype="FILE_PATH",
        description="The command `hourglass`, or `start` of a checkout; needed for the human body only",
    )  # fmt: skip

    def draw(self, context):
        self.layout.prop(self, "program")


class IMPORT_OT_hourglass(bpy.types.Operator, ImportHelper):
    """Open an Hourglass take as armatures with Rigify's bone names"""

    bl_idname = "import_scene.hourglass"
    bl_label = "Import Hourglass take"
    bl_options = {"REGISTER", "UNDO"}
    filename_ext = ".pose3d"
    filter_glob: StringProperty(default="*.pose3d", options={"HIDDEN"})
    scale: FloatProperty(name="Scale", default=1.0, min=0.001, max=1000.0, description="Blender units a metre")
    person: IntProperty(name="Person", default=0, min=0, description="Number of the person; 0: everyone")
    rate: BoolProperty(name="Set the scene's rate", default=True, description="The video's rate and range of frames")
    body: EnumProperty(
        name="Body",
        items=(
            ("BONES", "Bones", "An armature, without the program"),
            ("HUMAN", "Human", "With body, feet and fingers, by the Hourglass program"),
        ),
    )

    def execute(self, context):
        try:
            rate_hz, times, people = read_take(self.filepath)
            frames = (times - times[0]) * rate_hz
            if self.rate:
                set_rate(context.scene, rate_hz, frames)
            actual_hz = context.scene.render.fps / context.scene.render.fps_base
            frames = frames * actual_hz / rate_hz
            if self.body == "HUMAN":
                entry = context.preferences.addons.get(__name__)
                program = program_path(entry.preferences.program if entry else "")
                import_human(self.filepath, program, self.person, actual_hz, self.scale)
                return {"FINISHED"}
            chosen = [one for number, one in people.items() if self.person in (0, number)]
            shown = [one for one in chosen if np.isfinite(one[1]).all(axis=(1, 2)).any()]
            if not shown:
                raise ProblemError("There is no such person.")
            for name, joints in shown:
                show_motion(new_armature(name, joints, self.scale), name, joints, frames)
        except ProblemError as problem:
            self.report({"ERROR"}, str(problem))
            return {"CANCELLED"}
        return {"FINISHED"}


class OBJECT_OT_hourglass_metarig(bpy.types.Operator):
    """Put the motion of the selected Hourglass armature on the active metarig"""

    bl_idname = "object.hourglass_metarig"
    bl_label = "Put on metarig"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        target = context.active_object
        sources = [thing for thing in context.selected_objects if thing.get(MARK) and thing is not target]
        try:
            if target is None or target.type != "ARMATURE" or len(sources) != 1:
                raise ProblemError(
                    "Select an armature of an Hourglass take, then also Rigify's metarig as the active one."
                )
            put_on_metarig(sources[0], target, np.arange(context.scene.frame_start, context.scene.frame_end + 1.0))
        except ProblemError as problem:
            self.report({"ERROR"}, str(problem))
            return {"CANCELLED"}
        return {"FINISHED"}


class SCENE_OT_hourglass_live(bpy.types.Operator):
    """Follow a live run of Hourglass, or stop"""

    bl_idname = "scene.hourglass_live"
    bl_label = "Follow a live run"

    def execute(self, context):
        global live  # noqa: PLW0603 - see stop_live
        if live is not None and live.client.is_alive():
            stop_live()
            return {"FINISHED"}
        try:
            live = Live(context.scene.hourglass_address, context.scene.hourglass_scale)
        except ProblemError as problem:
            self.report({"ERROR"}, str(problem))
            return {"CANCELLED"}
        bpy.app.timers.register(tick)
        return {"FINISHED"}


class VIEW3D_PT_hourglass(bpy.types.Panel):
    bl_label = "Hourglass"
    bl_category = "Hourglass"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"

    def draw(self, context):
        layout = self.layout
        layout.operator("import_scene.hourglass", icon="IMPORT")
        layout.operator("object.hourglass_metarig", icon="ARMATURE_DATA")
        layout.separator()
        layout.prop(context.scene, "hourglass_address")
        layout.prop(context.scene, "hourglass_scale")
        running = live is not None and live.client.is_alive()
        layout.operator("scene.hourglass_live", text="Stop" if running else "Follow a live run", icon="RADIOBUT_ON")
        if live is not None and live.client.problem:
            layout.label(text=live.client.problem, icon="ERROR")


CLASSES = (
    HourglassPreferences, IMPORT_OT_hourglass, OBJECT_OT_hourglass_metarig, SCENE_OT_hourglass_live,
    VIEW3D_PT_hourglass,
)  # fmt: skip


def menu(self, context):
    self.layout.operator("import_scene.hourglass", text="Hourglass take (.pose3d)")


def register():
    for one in CLASSES:
        bpy.utils.register_class(one)
    bpy.types.TOPBAR_MT_file_import.append(menu)
    bpy.types.Scene.hourglass_address = StringProperty(name="Address", default="ws://127.0.0.1:9002")
    bpy.types.Scene.hourglass_scale = FloatProperty(name="Scale", default=1.0, min=0.001, max=1000.0)


def unregister():
    stop_live()
    bpy.types.TOPBAR_MT_file_import.remove(menu)
    del bpy.types.Scene.hourglass_address, bpy.types.Scene.hourglass_scale
    for one in reversed(CLASSES):
        bpy.utils.unregister_class(one)
