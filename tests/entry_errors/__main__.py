"""`python -m tests.entry_errors`: type 10,000 correct entries and every kind of error over real orders."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from tests.entry_errors.run import CORRECT, PER_KIND, Report, run

ROW = "{:<52} {:>6} {:>7} {:>6} {:>7}  {}"


def main() -> int:
    """Exit code 0 when every error was stopped or asked about and no correct entry was stopped, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.entry_errors", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--correct", type=int, default=CORRECT, help="correct entries")
    parser.add_argument("--per-kind", type=int, default=PER_KIND, help="errors of each kind")
    asked = parser.parse_args()
    named = os.environ.get("CSR_REAL_DATA")
    report = run(Path(named) if named else None, correct=asked.correct, per_kind=asked.per_kind)
    if asked.json:
        print(json.dumps({"clean": report.clean, **asdict(report)}, indent=2, ensure_ascii=False))
    else:
        _table(report)
    return 0 if report.clean else 1


def _table(report: Report) -> None:
    print(
        ROW.format("kind of error", "typed", "stopped", "asked", "slipped", "what the agent reads")
    )
    for kind in report.kinds:
        row = (kind.kind, kind.injected, kind.stopped, kind.asked, len(kind.slipped), kind.example)
        print(ROW.format(*row))
    print(
        f"{report.orders} orders of {report.source}: {report.caught} of {report.errors} errors of "
        f"{len(report.kinds)} kinds were stopped or asked about; {report.finalized} of "
        f"{report.correct} correct entries got their number, {report.asked_correct} of them after a "
        f"question, {len(report.stopped_correct)} were stopped. {report.seconds} s"
    )
    for line in report.stopped_correct[:20]:
        print("stopped although correct:", line)


sys.exit(main())
