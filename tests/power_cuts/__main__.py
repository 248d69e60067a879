"""`uv run python -m tests.power_cuts [SCENARIO …] --points N [--seed S] [--normal] [--json]`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from tests.power_cuts.recording import available
from tests.power_cuts.replay import cut, run
from tests.power_cuts.scenarios import SCENARIOS


def main() -> int:
    """Cut the power of each scenario; exit code 1 where something acknowledged was lost, or a database broke."""
    parser = argparse.ArgumentParser(prog="tests.power_cuts", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=", ".join(SCENARIOS))
    parser.add_argument("--points", type=int, default=2_000, help="cuts of each scenario")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--normal", action="store_true", help="without FULL: has to fail")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if not available():
        parser.error("this needs Linux and strace")
    failed = False
    for name in arguments.scenarios or SCENARIOS:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="power-cuts-") as place:
            recorded = run(name, Path(place), normal=arguments.normal)
            wrong = [
                found
                for _, found in cut(recorded, arguments.points, Random(arguments.seed))
                if found is not None
            ]
        failed |= bool(wrong)
        row = {
            "scenario": name,
            "calls": len(recorded.events),
            "points": arguments.points,
            "wrong": len(wrong),
            "first": wrong[0].faults[0] if wrong else "",
            "at": wrong[0].at if wrong else None,
            "seconds": round(time.monotonic() - began, 1),
        }
        print(json.dumps(row) if arguments.json else row)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
