"""Compare full-size MixSTE, pruned and unpruned, to the baseline 'as published'.

    python benchmarks/as_published.py [--repeats 5] [--threads N] [--batch 2]

The baseline 'as published' computes like the published code: float32, attention by one matrix product after the other
(no fused kernel), a window and its mirror image as two runs of one window. It is the option `as_published` of a
`BenchCase` (`pipeline/bench/cases.py`) and `HourglassHost.as_published()`. The script is the same as
`bench --headline`.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.cli import main

if __name__ == "__main__":
    sys.exit(main(["bench", "--headline", *sys.argv[1:]]))
