"""Print Markdown tables of all hosts, full and pruned, and of the pruning modules' times.

    python benchmarks/pruning.py [--repeats 5] [--threads N]

The script runs `bench --table` and `bench --modules`; docs/bench.md holds its output.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.cli import main

if __name__ == "__main__":
    sys.exit(main(["bench", "--table", *sys.argv[1:]]) or main(["bench", "--modules", *sys.argv[1:]]))
