"""`python -m tests.simulation`: run seeds, with or without a planted fault, and say what did not hold and how to repeat it."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import partial
from multiprocessing import get_context
from multiprocessing.util import Finalize
from typing import Any

from tests.simulation.mutants import MUTANTS, SEEN_ELSEWHERE
from tests.simulation.run import Ran, run, run_planted
from tests.simulation.template import sweep

MOST_SEEDS_FOR_A_MUTANT = 60


def main() -> int:
    """Exit code 0 when everything held (or every planted fault was caught), else 1."""
    asked = _arguments()
    if asked.mutants:
        return _all_mutants(asked)
    began = time.perf_counter()
    totals: Counter[str] = Counter()
    bad, cpu = [], 0.0
    seeds = range(asked.first, asked.first + asked.seeds)
    for ran in _runs(seeds, asked):
        totals.update(ran.counts)
        cpu += ran.cpu
        if asked.verbose:
            _print("\n".join(ran.lines), asked)
        if ran.breaches:
            bad.append(ran)
            _print(_told(ran, asked), asked)
            if asked.mutant:
                break
    result = {
        "seeds": len(seeds),
        "first": asked.first,
        "mutant": asked.mutant,
        "failed": [_tree(ran, asked) for ran in bad],
        "cpu_seconds": round(cpu, 1),
        "seconds": round(time.perf_counter() - began, 1),
        "happened": dict(sorted(totals.items())),
    }
    if asked.json:
        print(json.dumps(result, indent=2, ensure_ascii=False))
    else:
        each = cpu / len(seeds)
        print(f"{len(seeds)} seeds from {asked.first}, {len(bad)} failed, {each:.2f} s of CPU each")
    return 1 if bad else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="how many")
    parser.add_argument("--from", dest="first", type=int, default=0, metavar="S", help="the first")
    names = [each.name for each in MUTANTS]
    parser.add_argument("--mutant", choices=names, help="a planted fault")
    parser.add_argument(
        "--mix-of", choices=names, help="with the troubles of a planted fault, but without it"
    )
    parser.add_argument("--mutants", action="store_true", help="every planted fault, until caught")
    parser.add_argument("--processes", type=int, default=1, metavar="N", help="at once")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--verbose", action="store_true", help="print everything that happens")
    return parser.parse_args()


def _runs(seeds: Iterable[int], asked: argparse.Namespace) -> Iterator[Ran]:
    one = partial(run_planted, planted=asked.mutant, mixed_as_for=asked.mix_of, kept=asked.verbose)
    if asked.processes == 1:
        yield from map(one, seeds)
        return
    with get_context("spawn").Pool(asked.processes, Finalize, (None, sweep, (), {}, 0)) as pool:
        yield from pool.imap(one, seeds)
        pool.close()  # else they are ended before they have swept
        pool.join()


def _all_mutants(asked: argparse.Namespace) -> int:
    """A table: the invariant that is about each, and after how many seeds it found it."""
    rows = []
    for fault in MUTANTS:
        row: dict[str, Any] = {"mutant": fault.name, "invariant": None, "seeds": None}
        most = MOST_SEEDS_FOR_A_MUTANT
        for count, seed in enumerate(range(asked.first, asked.first + most), start=1):
            ran = run(seed, fault)
            if fault.caught_by in {breach.invariant for breach in ran.breaches}:
                row |= {"invariant": fault.caught_by, "seeds": count}
                break
        rows.append(row)
        _print(
            f"{fault.name:<36} {row['seeds'] or '-':>5}  {row['invariant'] or 'SURVIVED'}", asked
        )
    for name, where in SEEN_ELSEWHERE.items():
        _print(f"{name:<36} {'':>5}  {where}", asked)
    if asked.json:
        print(json.dumps(rows, indent=2))
    return 0 if all(row["invariant"] for row in rows) else 1


def _again(ran: Ran, asked: argparse.Namespace) -> str:
    """How it is run once more."""
    again = f"uv run python -m tests.simulation --seeds 1 --from {ran.seed} --verbose"
    again += f" --mutant {asked.mutant}" if asked.mutant else ""
    return again + (f" --mix-of {asked.mix_of}" if asked.mix_of else "")


def _told(ran: Ran, asked: argparse.Namespace) -> str:
    lines = [f"seed {ran.seed}: {len(ran.breaches)} breaches; again: {_again(ran, asked)}"]
    lines += [f"  {breach.invariant}: {breach.said}" for breach in ran.breaches[:8]]
    return "\n".join(lines)


def _tree(ran: Ran, asked: argparse.Namespace) -> dict[str, Any]:
    return {
        "seed": ran.seed,
        "again": _again(ran, asked),
        "digest": ran.digest,
        "breaches": [asdict(breach) for breach in ran.breaches],
    }


def _print(text: str, asked: argparse.Namespace) -> None:
    if not asked.json:
        print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
