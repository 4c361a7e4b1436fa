"""Name the points of a face mesh and map them to the 68 points of iBUG 300-W.

The mesh is MediaPipe's: 468 points of the skin, then five points of each iris. Left and right are the person's.

Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs", CVPR workshop 2019;
Sagonas et al., "300 Faces in-the-Wild Challenge", 2016.
"""

from __future__ import annotations

import numpy as np

MESH_POINTS = 478
MIN_FACE_PX = 40.0  # px, longer side of the box of a face that counts: below it lids and lips are a pixel or two
SUBNASALE = 2  # where the nose meets the upper lip
UPPER_LIP, LOWER_LIP = 13, 14  # inner edges of the lips
LOWER_LIP_EDGE = 17  # outer edge

# Points of each side: (left, right).
EYE_OUTER, EYE_INNER = (263, 33), (362, 133)
MOUTH_CORNER = (291, 61)
IRIS = (473, 468)  # centre
# Pairs of points of the upper and the lower lid, from the nose outward.
LIDS = (((384, 381), (385, 380), (386, 374), (387, 373)), ((157, 154), (158, 153), (159, 145), (160, 144)))
BROW_INNER = ((336, 296), (107, 66))
BROW_OUTER = ((293, 300), (63, 70))

# Points that hardly move with the expression: forehead, bridge of the nose, corners of the eyes, temples, cheekbones.
RIGID = (10, 151, 168, 6, 197, 33, 263, 133, 362, 127, 356, 234, 454, 54, 284)

# Point of the mesh at each point of iBUG 300-W: from the person's right ear along the jaw to the left one, right brow,
# left brow, bridge of the nose, nostrils, right eye, left eye, outer lips, inner lips.
IBUG_FROM_MESH = np.array(
    [
        127, 234, 132, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 361, 454, 356,
        70, 63, 105, 66, 107, 336, 296, 334, 293, 300,
        168, 197, 5, 4, 98, 97, 2, 326, 327,
        33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
        61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91,
        78, 81, 13, 311, 308, 402, 14, 178,
    ]
)  # fmt: skip
