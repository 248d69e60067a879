"""`csr-tui backup DIR` and `csr-tui restore COPY`: checked copies of this desk."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csr_tui.commands.options import FOLDER, WithExamples, add_data, add_json
from csr_tui.exit_codes import ExitCode
from csr_tui.paths import data_folder
from rma.harmless import harmless_lines
from rma.wording import _

if TYPE_CHECKING:
    from storage.copies import Copy


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare both commands."""
    backup = subparsers.add_parser(
        "backup",
        help="copy this desk, checked",
        description="Copy what this desk made into a new folder in DIR, and check the copy. The desk may be open "
        "meanwhile. The copy is encrypted like the desk and opens with its keys; a vault and what the operator "
        "needs for recovery are in it, how far the RMA numbers were told is not.",
        epilog="example:\n  csr-tui backup /mnt/backups\n\nexit codes: 0 copied and checked, 1 not",
        formatter_class=WithExamples,
    )
    backup.add_argument("into", metavar=FOLDER, type=Path, help="where copies are kept")
    backup.set_defaults(run=run_backup)
    restore = subparsers.add_parser(
        "restore",
        help="put a copy back",
        description="Put a copy in the place of this desk's work.db, which is kept beside it. The desk must be "
        "closed. Numbers that were told since the copy was made are not told again; where nobody knows which they "
        "were, as the keys were lost or came with the copy, csr-tui sync has to bring new ones.",
        epilog="examples:\n  csr-tui restore /mnt/backups/csr-tui-20261121-180000\n\n"
        "exit codes: 0 restored, 1 refused (nothing was changed)",
        formatter_class=WithExamples,
    )
    restore.add_argument(
        "copy", metavar=FOLDER, type=Path, help="a folder that csr-tui backup made"
    )
    restore.add_argument(
        "--losing",
        action="store_true",
        help="also where operations wait here that the copy does not know; they stay in the file that is kept",
    )
    restore.set_defaults(run=run_restore)
    for parser in (backup, restore):
        add_data(parser)
        add_json(parser)


def run_backup(arguments: argparse.Namespace) -> int:
    """Copy, check, and say where it is."""
    from csr_tui.bootstrap import utc_now
    from csr_tui.unlocking import unlock
    from storage.copies import back_up
    from storage.secrets.keeping import database_key, vault_for_a_backup

    folder = data_folder(arguments.data)
    secrets = unlock(folder)
    key = database_key(folder, secrets)
    into = arguments.into.expanduser().absolute()
    made = back_up(folder, key, into, utc_now(), vault=vault_for_a_backup(secrets))
    said = _(
        "Copied to {folder}: {entries} audit entries, {waiting} operations waiting. It was checked."
    )
    told = said.format(folder=made.folder, entries=made.entries, waiting=made.waiting)
    _say(arguments, told, _tree(made))
    return ExitCode.OK


def run_restore(arguments: argparse.Namespace) -> int:
    """Check the copy, put it in place, and say what was kept."""
    from csr_tui.bootstrap import utc_now
    from csr_tui.unlocking import unlock
    from storage.copies import put_back
    from storage.high_water import HighWater
    from storage.secrets.keeping import database_key

    folder = data_folder(arguments.data)
    secrets = unlock(folder)
    key = database_key(folder, secrets)
    copy = arguments.copy.expanduser().absolute()
    marks = HighWater(secrets).read()
    restored = put_back(copy, folder, key, utc_now(), losing=arguments.losing, marks=marks)
    said = _("Restored from {folder}. Run csr-tui sync: the server has what was sent since.")
    told = [said.format(folder=copy)]
    if restored.given_up:
        told.append(
            _(
                "Nobody knows here which RMA numbers were told since the copy was made, so the {count} that "
                "were left are not used. csr-tui sync brings new ones; until then finished returns wait for a "
                "number, and the agent tells the caller that we call back."
            ).format(count=restored.given_up)
        )
    if restored.kept is not None:
        told.append(_("The file before is kept: {file}").format(file=restored.kept))
    more = {
        "kept": str(restored.kept) if restored.kept else None,
        "numbers_given_up": restored.given_up,
    }
    _say(arguments, "\n".join(told), _tree(restored.copy) | more)
    return ExitCode.OK


def _tree(copy: Copy) -> dict[str, Any]:
    return {
        "folder": str(copy.folder),
        "device": copy.identity.device if copy.identity else None,
        "waiting": copy.waiting,
        "audit_entries": copy.entries,
    }


def _say(arguments: argparse.Namespace, told: str, tree: dict[str, Any]) -> None:
    if arguments.json:
        print(json.dumps(tree, ensure_ascii=False))
        return
    print(harmless_lines(told))
