"""`uv run python -m tests.hostile [--examples N] [--seed S] [--database URL] [--json]`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import structlog
from schemathesis.generation import GenerationMode

from central_api.database import open_database
from central_api.logs import configure_logs
from central_api.schema import migrate
from tests.central_api.branch import Branch
from tests.central_api.conftest import serving
from tests.hostile.documented import ask_everything
from tests.hostile.envelopes import fuzz
from tests.hostile.senders import EVERYBODY, headers_of


def main() -> int:
    """Ask everything as everybody, and send spoilt operations; the first answer that may not be ends it with a traceback."""
    parser = argparse.ArgumentParser(prog="tests.hostile", description=__doc__)
    parser.add_argument(
        "--examples", type=int, default=100, help="batches, and requests to each address"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--who", action="append", choices=EVERYBODY, help="default: everybody")
    parser.add_argument("--database", help="an empty database (default: a new SQLite file)")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        log = Path(folder) / "server.log"
        configure_logs(log)
        database = arguments.database or str(Path(folder) / "central.db")
        engine = open_database(database)
        migrate(engine)
        engine.dispose()
        branch = Branch.open(database)
        began = time.monotonic()
        answered: Counter[int] = Counter()
        with serving(branch) as served:
            taken = fuzz(served, arguments.examples, arguments.seed)
            for who in arguments.who or EVERYBODY:
                headers = headers_of(branch, who)
                for mode in GenerationMode:
                    answered.update(
                        ask_everything(served, headers, mode, arguments.examples, derandomize=False)
                    )
        row = {
            "batches": arguments.examples,
            "batches_taken": taken,
            "requests": sum(answered.values()),
            "by_status": {str(status): answered[status] for status in sorted(answered)},
            "faults": list(branch.faults()),
            "logged": dict(
                Counter(json.loads(line)["event"] for line in log.read_text("utf-8").splitlines())
            ),
            "seconds": round(time.monotonic() - began, 1),
        }
        branch.engine.dispose()
        structlog.reset_defaults()
    print(json.dumps(row) if arguments.json else row)
    return 1 if row["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
