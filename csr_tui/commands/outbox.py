"""`csr-tui outbox list|show|retry|export`: what this desk made and the server has not settled."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csr_tui.commands.options import FILE, WithExamples, add_data, add_json
from csr_tui.exit_codes import ExitCode
from csr_tui.paths import data_folder
from rma.harmless import harmless, harmless_lines
from rma.wording import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.outbox_rows import OutboxItem


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its four actions."""
    parser = subparsers.add_parser(
        "outbox",
        help="what waits here for the central API",
        epilog="examples:\n  csr-tui outbox list\n  csr-tui outbox show 0197a\n  csr-tui outbox retry 0197a\n"
        "  csr-tui outbox export --in-clear waiting.ndjson",
        formatter_class=WithExamples,
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listed = actions.add_parser(
        "list",
        help="what is not settled",
        epilog="examples:\n  csr-tui outbox list\n  csr-tui outbox list --all --json",
        formatter_class=WithExamples,
    )
    listed.add_argument("--all", action="store_true", help="also what is done")
    shown = actions.add_parser(
        "show",
        help="one operation",
        epilog="examples:\n  csr-tui outbox show 0197a",
        formatter_class=WithExamples,
    )
    retried = actions.add_parser(
        "retry",
        help="send again what is held",
        description="Put an operation that is held back into the queue, with what was held because of it. The same "
        "bytes are sent. The desk must be closed.",
        epilog="examples:\n  csr-tui outbox retry 0197a\n\n"
        "exit codes: 0 it waits again, 4 it is not held, 6 there is no such operation",
        formatter_class=WithExamples,
    )
    for action in (shown, retried):
        action.add_argument("op_id", metavar="ID", help="its id, or how it begins")
    exported = actions.add_parser(
        "export",
        help="write what is not settled into a file",
        description="Write one JSON object a line: for each operation its id, kind, RMA, state and fingerprint.",
        epilog="examples:\n  csr-tui outbox export waiting.ndjson\n  csr-tui outbox export --all --in-clear all.ndjson",
        formatter_class=WithExamples,
    )
    exported.add_argument("--all", action="store_true", help="also what is done")
    exported.add_argument(
        "--in-clear",
        action="store_true",
        help="with the bytes that travel: names, addresses and notes of customers can be read in the file",
    )
    exported.add_argument("file", metavar=FILE, type=Path, help="a new file, for you alone")
    runs = ((listed, run_list), (shown, run_show), (retried, run_retry), (exported, run_export))
    for action, run in runs:
        add_data(action)
        add_json(action)
        action.set_defaults(run=run)


def run_list(arguments: argparse.Namespace) -> int:
    """One line for each."""
    from storage.outbox_rows import items

    with _work(arguments) as connection:
        rows = items(connection, all_of_them=arguments.all)
    if arguments.json:
        print(json.dumps({"operations": [_tree(row) for row in rows]}, ensure_ascii=False))
        return ExitCode.OK
    for row in rows:
        outcome = row.outcome or ""
        line = f"{row.op_id}  {row.made_at:%Y-%m-%d %H:%M}  {row.kind:<16} {row.number or '-':<11}"
        print(harmless(f"{line}  {row.state:<9}  {outcome}".rstrip()))
    if not rows:
        print(_("Nothing waits here."))
    return ExitCode.OK


def run_show(arguments: argparse.Namespace) -> int:
    """Everything about one."""
    from storage.outbox_rows import found

    with _work(arguments) as connection:
        rows = found(connection, arguments.op_id)
    if len(rows) != 1:
        return _not_one(rows)
    tree = _tree(rows[0]) | {"envelope": json.loads(rows[0].body)}
    print(
        harmless_lines(json.dumps(tree, ensure_ascii=False, indent=None if arguments.json else 2))
    )
    return ExitCode.OK


def run_retry(arguments: argparse.Namespace) -> int:
    """Offer it again."""
    from csr_tui.bootstrap import open_desk
    from storage.outbox_rows import found

    with _work(arguments) as connection:
        rows = found(connection, arguments.op_id)
    if len(rows) != 1:
        return _not_one(rows)
    opened = open_desk(data_folder(arguments.data))
    try:
        count = opened.work.offer_again(rows[0].op_id)
    finally:
        opened.close()
    if arguments.json:
        print(json.dumps({"op_id": rows[0].op_id, "offered": count}))
    elif count:
        said = _("{count} operations wait again: csr-tui sync sends them.")
        print(harmless(said.format(count=count)))
    else:
        print(_("It is not held: what waits is sent by csr-tui sync, the rest was answered."))
    return ExitCode.OK if count else ExitCode.REFUSED


def run_export(arguments: argparse.Namespace) -> int:
    """Write them into a file of their own."""
    from storage.errors import CannotSave
    from storage.outbox_rows import items
    from storage.private_file import write_private

    with _work(arguments) as connection:
        rows = items(connection, all_of_them=arguments.all)
    trees = [
        _tree(row) | ({"body": row.body.decode()} if arguments.in_clear else {}) for row in rows
    ]
    lines = "".join(f"{json.dumps(tree, ensure_ascii=False)}\n" for tree in trees)
    path = arguments.file.expanduser().absolute()
    try:
        write_private(path, lines.encode())
    except OSError as error:
        raise CannotSave(path, error) from error
    if arguments.json:
        print(json.dumps({"file": str(path), "operations": len(rows)}))
    else:
        print(
            harmless(_("{count} operations written to {file}.").format(count=len(rows), file=path))
        )
    return ExitCode.OK


@contextmanager
def _work(arguments: argparse.Namespace) -> Iterator[Connection]:
    """The desk's own database, also while the desk is open."""
    from csr_tui.unlocking import unlock
    from storage.checkup import beside
    from storage.engines import reading
    from storage.secrets.keeping import database_key

    folder = data_folder(arguments.data)
    key = database_key(folder, unlock(folder))
    with beside(folder / "work.db", key) as engine, reading(engine) as connection:
        yield connection


def _tree(row: OutboxItem) -> dict[str, Any]:
    return {
        "op_id": row.op_id,
        "kind": row.kind,
        "number": row.number or None,
        "stream": row.stream,
        "depends_on": row.depends_on,
        "made_at": row.made_at.isoformat(),
        "state": row.state,
        "outcome": row.outcome,
        "problem": json.loads(row.problem) if row.problem else None,
        "decided_at": row.decided_at.isoformat() if row.decided_at else None,
        "settled_at": row.settled_at.isoformat() if row.settled_at else None,
        "sha256": row.sha256,
    }


def _not_one(rows: list[OutboxItem]) -> int:
    said = _("No operation begins so.") if not rows else _("Several operations begin so.")
    where = _("csr-tui outbox list --all shows them.")
    print(harmless(f"{said} {where}"), file=sys.stderr)
    return ExitCode.NOT_FOUND
