"""The library of Hourglass: video in, 3D skeleton out. It never imports Qt.

Letters of the shapes: `T` frames of a take, `P` persons, `J` joints, `B` windows in a batch, `F` frames in a window,
`C` channels. NaN means "not observed". Arrays are float32 unless said. The spaces and their axes are in `geometry`.
"""

__version__ = "0.1.0"
