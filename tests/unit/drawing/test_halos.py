"""Test the sizes and directions of error halos, by their formula."""

from __future__ import annotations

import numpy as np

from pipeline.drawing.halos_mesh import BAND_SIGMAS, halos_mesh

CAMERA = np.array([0.0, -4.0, 1.0])
COLOUR = np.array([[0.2, 0.4, 0.6, 0.25]], np.float32)


def test_a_halo_is_as_wide_and_as_deep_as_the_errors_say() -> None:
    joints = np.array([[[0.0, 0.0, 1.0], [3.0, 0.0, 1.0]]], np.float32)  # straight ahead; 37 degrees to the side
    errors = np.array([[[0.02, 0.06], [0.03, 0.05]]], np.float32)
    mesh = halos_mesh(joints, errors, CAMERA, COLOUR)
    for joint, (across, deep), vertices in zip(joints[0], errors[0], mesh.vertices.reshape(2, -1, 3), strict=True):
        ray = (joint - CAMERA) / np.linalg.norm(joint - CAMERA)
        along = (vertices - joint) @ ray
        aside = np.linalg.norm(vertices - joint - along[:, None] * ray, axis=1)
        inside = (along / (BAND_SIGMAS * deep)) ** 2 + (aside / (BAND_SIGMAS * across)) ** 2
        np.testing.assert_allclose(inside, 1.0, atol=1e-4)  # every point lies on the ellipsoid
        assert np.abs(along).max() > 0.9 * BAND_SIGMAS * deep
    np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1.0, atol=1e-5)
    outward = ((mesh.vertices - np.repeat(joints[0], len(mesh.vertices) // 2, axis=0)) * mesh.normals).sum(axis=1)
    assert (outward > 0).all()


def test_joints_without_an_error_or_unseen_have_no_halo() -> None:
    joints = np.array([[[0.0, 0.0, 1.0], [np.nan] * 3, [1.0, 0.0, 1.0]]], np.float32)
    errors = np.array([[[0.0, 0.0], [0.02, 0.06], [np.nan, np.nan]]], np.float32)  # the pelvis, unseen, unknown
    mesh = halos_mesh(joints, errors, CAMERA, COLOUR)
    assert np.isfinite(mesh.vertices).all()
    assert np.isfinite(mesh.normals).all()
    assert not mesh.vertices.any()
