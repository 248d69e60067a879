"""`csr-central policy diff`, `rollback` and `simulate`: look before a policy is published, and undo one."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from central_api.commands.options import add_common, opened, say, text_of

if TYPE_CHECKING:
    from central_api.simulation import Changed, Judged, Simulation
    from sync.protocol.policy_diff import Difference

SHOWN = 10
"""Changed returns that are shown to people; the JSON answer has all."""

_PUBLISHED = re.compile(r"([A-Za-z0-9_-]{1,40})(?:/([0-9]{1,9}))?")


def add_parsers(below: Any) -> None:
    """Describe the commands below `policy`."""
    diff = below.add_parser("diff", help="what changes between two policies, in words")
    add_common(diff)
    for name, which in (("before", "A"), ("after", "B")):
        diff.add_argument(name, metavar=which, help="a TOML file, or CODE or CODE/VERSION")
    diff.set_defaults(run=run_diff)
    rollback = below.add_parser(
        "rollback", help="publish the content of an older version as the newest"
    )
    add_common(rollback)
    rollback.add_argument("version", metavar="CODE/VERSION", type=_code_and_version)
    rollback.set_defaults(run=run_rollback)
    simulate = below.add_parser(
        "simulate", help="judge past returns by a policy, without publishing it"
    )
    add_common(simulate)
    simulate.add_argument("policy", metavar="F", help="a TOML file, or CODE or CODE/VERSION")
    simulate.add_argument(
        "--since",
        required=True,
        type=_instant,
        metavar="DATE",
        help="returns finalized from then on, like 2026-10-01; days begin in the policy's time zone",
    )
    simulate.set_defaults(run=run_simulate)


def run_diff(arguments: argparse.Namespace) -> int:
    """Say what changes between two policies."""
    from sync.protocol.policies import parse_policy
    from sync.protocol.policy_diff import policy_differences

    before, after = (_text(arguments, name) for name in (arguments.before, arguments.after))
    found = policy_differences(before, after)
    refs = [parse_policy(text).ref for text in (before, after)]
    answer = {
        "before": {"code": refs[0].code, "version": refs[0].version},
        "after": {"code": refs[1].code, "version": refs[1].version},
        "changes": [
            {
                "section": each.section,
                "key": each.key,
                "name": each.name,
                "before": each.before,
                "after": each.after,
            }
            for each in found
        ],
    }
    count = "1 change" if len(found) == 1 else f"{len(found)} changes"
    say(arguments, "\n".join([f"{refs[0]} -> {refs[1]}: {count}", *_by_section(found)]), answer)
    return 0


def run_rollback(arguments: argparse.Namespace) -> int:
    """Publish an older version again."""
    from central_api.app import utc_now
    from central_api.database import writing
    from central_api.policies import roll_back

    code, version = arguments.version
    with writing(opened(arguments)) as connection:
        ref = roll_back(connection, code, version, utc_now())
    answer = {"code": ref.code, "version": ref.version, "content_of": version}
    say(arguments, f"{ref} is published, with the content of v{version}", answer)
    return 0


def run_simulate(arguments: argparse.Namespace) -> int:
    """Judge past returns by a policy."""
    from zoneinfo import ZoneInfo

    from central_api.database import reading
    from central_api.simulation import simulate
    from sync.protocol.policies import parse_policy

    policy = parse_policy(_text(arguments, arguments.policy))
    since: datetime = arguments.since
    if since.tzinfo is None:
        since = since.replace(tzinfo=ZoneInfo(policy.time_zone))
    with reading(opened(arguments)) as connection:
        found = simulate(connection, policy, since)
    say(arguments, "\n".join(_report(found)), _tree(found))
    return 0


def _text(arguments: argparse.Namespace, named: str) -> str:
    """The policy in a file, else the published one of this name."""
    match = _PUBLISHED.fullmatch(named)
    if match is None or Path(named).is_file():
        return text_of(Path(named))
    from central_api.database import reading
    from central_api.policies import published_text

    with reading(opened(arguments)) as connection:
        return published_text(connection, match[1], int(match[2]) if match[2] else None)


def _code_and_version(value: str) -> tuple[str, int]:
    match = _PUBLISHED.fullmatch(value)
    if match is None or match[2] is None:
        raise argparse.ArgumentTypeError(f"{value!r}: expected CODE/VERSION, like general/3")
    return match[1], int(match[2])


def _instant(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r}: expected a date like 2026-10-01") from None


def _by_section(found: Sequence[Difference]) -> Iterator[str]:
    from rma.harmless import harmless

    section = ""
    for each in found:
        if each.section != section:
            section = each.section
            yield f"\n{section}"
        yield harmless(f"  {each}")


def _report(found: Simulation) -> Iterator[str]:
    yield (
        f"{found.policy}, {found.returns:,} returns since {found.since:%Y-%m-%d} judged again, "
        f"{found.covered:,} of them by it"
    )
    if found.unknown:
        yield f"{found.unknown:,} returns left out: the server does not know their order"
    yield f"\nVerdicts that change: {sum(found.verdicts.values()):,}"
    for (before, after), count in sorted(found.verdicts.items()):
        words = f"{before} -> {after}".replace("_", " ")
        yield f"  {words:<34} {count:>9,}"
    if found.money:
        head = ("currency", "returns", "before", "after", "difference")
        yield "\nMoney that changes\n  {:<8} {:>9} {:>16} {:>16} {:>16}".format(*head)
    for currency, money in sorted(found.money.items()):
        amounts = (money.before, money.after, money.after - money.before)
        shown = " ".join(f"{_amount(amount, currency):>16}" for amount in amounts)
        yield f"  {currency:<8} {money.returns:>9,} {shown}"
    if found.asked:
        yield "\nAsked for in addition, by returns"
        yield from (f"  {name:<34} {count:>9,}" for name, count in sorted(found.asked.items()))
    if found.changed:
        yield f"\nReturns that change{_first(len(found.changed))}"
        yield from map(_line, found.changed[:SHOWN])


def _first(count: int) -> str:
    return f": the first {SHOWN} of {count:,} (--json has all)" if count > SHOWN else ""


def _line(changed: Changed) -> str:
    from rma.harmless import harmless
    from rma.numbers import spoken

    before, after = changed.before, changed.after
    differs = before.verdict != after.verdict
    verdicts = f"{before.verdict} -> {after.verdict}" if differs else str(after.verdict)
    amounts = " -> ".join(_amount(each.total, changed.currency) for each in (before, after))
    words = f"{verdicts}, {changed.currency} {amounts}".replace("_", " ")
    why = f"  {after.sentence}" if differs else ""
    return harmless(f"  {spoken(changed.number)}  {words}{why}")


def _amount(amount: int, currency: str) -> str:
    from rma.money import format_amount

    return format_amount(amount, currency)


def _tree(found: Simulation) -> dict[str, Any]:
    return {
        "policy": {"code": found.policy.code, "version": found.policy.version},
        "since": found.since.isoformat(),
        "returns": found.returns,
        "covered": found.covered,
        "unknown_orders": found.unknown,
        "verdicts": [
            {"before": before, "after": after, "returns": count}
            for (before, after), count in sorted(found.verdicts.items())
        ],
        "money": {
            currency: {
                "returns": money.returns,
                "before": money.before,
                "after": money.after,
                "difference": money.after - money.before,
            }
            for currency, money in sorted(found.money.items())
        },
        "asked": dict(sorted(found.asked.items())),
        "changed": [
            {
                "number": each.number,
                "currency": each.currency,
                "before": _side(each.before),
                "after": _side(each.after),
            }
            for each in found.changed
        ],
    }


def _side(judged: Judged) -> dict[str, Any]:
    return {"verdict": judged.verdict, "total": judged.total, "sentence": judged.sentence}
