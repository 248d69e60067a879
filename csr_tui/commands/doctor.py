"""`csr-tui doctor`: look at everything this desk needs, and say what to do about what is not well."""

from __future__ import annotations

import argparse
import asyncio
import json
from typing import TYPE_CHECKING

from csr_tui.commands.options import WithExamples, add_data, add_json
from csr_tui.exit_codes import ExitCode
from csr_tui.paths import data_folder
from rma.harmless import harmless
from rma.wording import _

if TYPE_CHECKING:
    from pathlib import Path

    from csr_tui.doctor.finding import Finding


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "doctor",
        help="look at everything this desk needs",
        description="Look at files, secrets, audit chain, clock, queue, numbers, server and terminal. Nothing is "
        "changed, and the desk may be open meanwhile.",
        epilog="examples:\n  csr-tui doctor\n  csr-tui doctor --offline --json\n\n"
        "exit codes: 0 nothing is broken (what to look at is told), 1 something is",
        formatter_class=WithExamples,
    )
    parser.add_argument("--offline", action="store_true", help="do not ask the central API")
    add_data(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print each finding; the worst decides about the exit code."""
    from csr_tui.doctor.finding import Level

    found = _findings(data_folder(arguments.data), offline=arguments.offline)
    if arguments.json:
        rows = [
            {"area": each.area, "level": each.level.value, "said": each.said, "do": each.remedy}
            for each in found
        ]
        print(json.dumps({"findings": rows}, ensure_ascii=False))
    else:
        words = {Level.GOOD: _("ok"), Level.LOOK: _("look"), Level.WRONG: _("WRONG")}
        for each in found:
            print(harmless(f"{words[each.level]:<8}{each.area:<10}{each.said}"))
            if each.remedy:
                print(harmless(f"{'':<18}{each.remedy}"))
    broken = any(each.level is Level.WRONG for each in found)
    return ExitCode.FAILED if broken else ExitCode.OK


def _findings(folder: Path, *, offline: bool) -> list[Finding]:
    from csr_tui.bootstrap import utc_now
    from csr_tui.doctor import around
    from csr_tui.doctor.desk import look_at_desk
    from csr_tui.doctor.finding import look

    found = [*around.versions(), *around.terminal()]
    if not folder.is_dir():
        said = _("There is no desk in {folder}.").format(folder=folder)
        found.append(look("folder", said, _("Run csr-tui enroll URL CODE, or csr-tui demo.")))
        return found
    inside, url = look_at_desk(folder, utc_now())
    found += [*around.disk(folder), *inside]
    if url and not offline:
        from csr_tui.doctor.server import ask_server

        found += asyncio.run(ask_server(url))
    return found
