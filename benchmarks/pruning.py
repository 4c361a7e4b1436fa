"""All hosts, full and pruned, side by side; then what the modules of the hourglass themselves take. Prints Markdown.

    python benchmarks/pruning.py [--repeats 5] [--threads N]

Same as `bench --table` and `bench --modules`: this is what docs/bench.md is made with.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.cli import main

if __name__ == "__main__":
    sys.exit(main(["bench", "--table", *sys.argv[1:]]) or main(["bench", "--modules", *sys.argv[1:]]))
