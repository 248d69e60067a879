"""`python -m tests.mutants`: plant faults in the rules, and fail if no test notices one."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from tests.mutants.copies import RunBroken
from tests.mutants.fault import AnchorLost
from tests.mutants.faults import FAULTS
from tests.mutants.run import NotGreen, Planted, plant_all

ROW = "{:<62} {:<22} {:>6}  {}"


def main() -> int:
    """Exit code 0 when every fault is noticed, 1 when one survives, 2 when the run itself is not sound."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--only", metavar="TEXT", default="", help="faults whose name or file has TEXT"
    )
    asked = parser.parse_args()
    faults = [f for f in FAULTS if asked.only in f.name or asked.only in f.file]

    def show(planted: Planted) -> None:
        killed = planted.killed_by or "SURVIVED"
        print(ROW.format(planted.mutant, planted.file, planted.seconds, killed), flush=True)

    if not asked.json:
        print(ROW.format("fault", "file", "s", "killed by"))
    try:
        planted = plant_all(faults, (lambda planted: None) if asked.json else show)
    except (AnchorLost, NotGreen, RunBroken) as error:
        print(error, file=sys.stderr)
        return 2
    survivors = [p.mutant for p in planted if p.killed_by is None]
    if asked.json:
        tree = {
            "mutants": len(planted),
            "killed": len(planted) - len(survivors),
            "survivors": survivors,
            "results": [asdict(p) for p in planted],
        }
        print(json.dumps(tree, indent=2, ensure_ascii=False))
    else:
        print(f"{len(planted) - len(survivors)} of {len(planted)} faults were noticed")
    return 1 if survivors else 0


sys.exit(main())
