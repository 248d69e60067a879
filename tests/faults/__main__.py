"""`uv run python -m tests.faults [SCENARIO …] --rounds N [--from SEED] [--json]`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from tests.faults.scenarios import SCENARIOS


def main() -> int:
    """Run scenarios; exit code 1 where something did not hold."""
    parser = argparse.ArgumentParser(prog="tests.faults", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=", ".join(SCENARIOS))
    parser.add_argument("--rounds", type=int, default=20, metavar="N", help="of each scenario")
    parser.add_argument("--from", dest="seed", type=int, default=1, metavar="SEED")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    failed = False
    for name in asked.scenarios or SCENARIOS:
        began, worked = time.monotonic(), _cpu()
        result = SCENARIOS[name](asked.rounds, asked.seed)
        failed |= bool(result.faults)
        row = {
            "scenario": name,
            "rounds": asked.rounds,
            "seed": asked.seed,
            "faults": len(result.faults),
            "first": result.faults[:8],
            "counts": result.counts,
            "heard": result.refusals,
            "seconds": round(time.monotonic() - began, 1),
            "cpu": round(_cpu() - worked, 1),
        }
        print(json.dumps(row) if asked.json else json.dumps(row, indent=2), flush=True)
    return 1 if failed else 0


def _cpu() -> float:
    """Seconds of processor time of this process and of everything that it started and that has ended."""
    ticks = 0
    born = Path("/proc/self/task").glob("*/children")
    for stat in (
        Path("/proc/self/stat"),
        *(_stat(pid) for at in born for pid in at.read_text().split()),
    ):
        ticks += sum(int(field) for field in stat.read_text().rpartition(")")[2].split()[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(pid: str) -> Path:
    return Path(f"/proc/{pid}/stat")


if __name__ == "__main__":
    sys.exit(main())
