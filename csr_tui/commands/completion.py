"""`csr-tui completion SHELL`: what makes a shell complete the commands and options of csr-tui."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping

from csr_tui.commands.options import FILE, FOLDER, WithExamples
from csr_tui.exit_codes import ExitCode

SHELLS = ("bash", "zsh", "fish")

_EPILOG = """\
examples:
  bash   csr-tui completion bash > ~/.local/share/bash-completion/completions/csr-tui
  zsh    csr-tui completion zsh > ~/.zfunc/_csr-tui      (with fpath+=~/.zfunc before compinit)
  fish   csr-tui completion fish > ~/.config/fish/completions/csr-tui.fish
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "completion",
        help="print the completion for your shell",
        description="Print a script that completes commands, options, folders and files.",
        epilog=_EPILOG,
        formatter_class=WithExamples,
    )
    parser.add_argument("shell", choices=SHELLS, help="your shell")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    import shtab

    from csr_tui.__main__ import build_parser

    parser = build_parser()
    _complete_paths(parser, {FOLDER: shtab.DIRECTORY, FILE: shtab.FILE})
    sys.stdout.write(shtab.complete(parser, arguments.shell) + "\n")
    return ExitCode.OK


def _complete_paths(parser: argparse.ArgumentParser, kinds: Mapping[str, object]) -> None:
    """Mark what is a folder or a file, for the commands too. argparse offers no other way to its actions."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _complete_paths(command, kinds)
        elif action.metavar in kinds:
            action.complete = kinds[str(action.metavar)]  # type: ignore[attr-defined]
