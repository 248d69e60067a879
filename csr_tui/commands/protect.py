"""`csr-tui protect`: move this desk's keys into the keyring or a vault, or change the vault's passphrase."""

from __future__ import annotations

import argparse

from csr_tui.commands.options import WithExamples, add_data
from csr_tui.exit_codes import ExitCode
from csr_tui.paths import data_folder
from rma.wording import _


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "protect",
        help="choose what protects this desk's keys",
        description="Move the keys of this desk's databases to another place: the system's keyring, or a vault that a "
        "passphrase opens. A vault gets a new passphrase. The desk must be closed.",
        epilog="examples:\n  csr-tui protect                 the keyring, or a vault where there is none\n"
        "  csr-tui protect --with vault    a vault, or a new passphrase for it\n\n"
        "exit codes: 0 moved, 8 the keys cannot be had or kept (nothing was changed)",
        formatter_class=WithExamples,
    )
    parser.add_argument(
        "--with",
        dest="place",
        choices=["keyring", "vault"],
        help="what protects them from now on",
    )
    add_data(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Move the keys."""
    from csr_tui.protecting import protect
    from storage.secrets.kinds import Kind

    places = {"keyring": Kind.KEYRING, "vault": Kind.VAULT, None: None}
    kept = protect(data_folder(arguments.data), places[arguments.place])
    print(_("This desk's keys are protected now: {how}.").format(how=kept))
    return ExitCode.OK
