"""`csr-tui return create|show`: make or read an RMA without a screen, through the same use cases."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from csr_tui.commands.options import FILE, WithExamples, add_data, add_json
from csr_tui.document_file import UnreadableFile, print_problems, read_text
from csr_tui.exit_codes import ExitCode
from csr_tui.paths import data_folder
from rma.harmless import harmless
from rma.wording import _, words

if TYPE_CHECKING:
    from desk.ports import Reference
    from rma.record import Refusal, RmaRecord
    from rma.request import ReturnRequest


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its two actions."""
    parser = subparsers.add_parser(
        "return",
        help="create or show a return",
        epilog='examples:\n  csr-tui return create --file return.json\n  csr-tui return show "471 2039 5870"',
        formatter_class=WithExamples,
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    create = actions.add_parser(
        "create",
        help="finalize a return from a JSON document",
        description="Finalize a return. The document names the order (its number), the lines (line id, or position "
        "from 1) and what the caller wants; see docs/quote.md.",
        epilog="examples:\n  csr-tui return create --file return.json\n  csr-tui return create --file - --json < return.json\n\n"
        "exit codes: 0 authorized, 3 needs approval, 4 refused (all findings are printed), 2 malformed",
        formatter_class=WithExamples,
    )
    create.add_argument(
        "--file", required=True, metavar=FILE, help="the document, or - for standard input"
    )
    show = actions.add_parser(
        "show",
        help="show an RMA",
        description="Show everything about an RMA.",
        epilog='example:\n  csr-tui return show "471 2039 5870"\n\nexit codes: 0 shown, 6 not known here',
        formatter_class=WithExamples,
    )
    show.add_argument("number", help="eleven digits, with or without spaces")
    for action, run in ((create, run_create), (show, run_show)):
        add_data(action)
        add_json(action)
        action.set_defaults(run=run)


def run_create(arguments: argparse.Namespace) -> int:
    """Finalize the return that a document describes."""
    from csr_tui.commands.signed_in import signed_in
    from rma.record import Refusal
    from rma.states import RmaState
    from sync.protocol.document_problems import BadDocument

    try:
        with signed_in(data_folder(arguments.data)) as opened:
            request = _request(read_text(arguments.file), opened.reference)
            made = opened.desk.returns.finalize_request(request)
    except (BadDocument, UnreadableFile) as error:
        return print_problems(error, arguments.json)
    if isinstance(made, Refusal):
        _print_refusal(made, arguments.json)
        return ExitCode.REFUSED
    _print_record(made, arguments.json)
    return ExitCode.OK if made.state is RmaState.AUTHORIZED else ExitCode.NEEDS_APPROVAL


def run_show(arguments: argparse.Namespace) -> int:
    """Print one RMA."""
    from csr_tui.commands.signed_in import signed_in
    from desk.errors import NotFound

    try:
        with signed_in(data_folder(arguments.data)) as opened:
            view = opened.desk.rmas.show(arguments.number)
    except NotFound as error:
        print(harmless(str(error)), file=sys.stderr)
        return ExitCode.NOT_FOUND
    _print_record(view.record, arguments.json, pending=view.pending)
    return ExitCode.OK


def _request(text: str, reference: Reference) -> ReturnRequest:
    from rma.request import ReturnRequest
    from sync.protocol.document_problems import BadDocument, read_part, wrong
    from sync.protocol.quotes import read_json_object

    tree = read_json_object(text)
    number = tree.pop("order", None)
    order = None
    if isinstance(number, str):
        exact = (o for o in reference.orders_by_number(number, 1) if o.number == number)
        order = reference.order(number) or next(exact, None)
    if order is None:
        raise BadDocument([wrong(("order",), "the number of an order this desk knows", number)])
    for wanted in _lines(tree):
        if isinstance(wanted.get("line"), int):
            position = wanted.pop("line")
            line = next((li for li in order.lines if li.position == position), None)
            wanted["line_id"] = line.line_id if line else f"position {position}"
    tree.setdefault("order_id", order.order_id)
    tree.setdefault("customer_id", order.customer_id)
    return read_part(ReturnRequest, tree, ())


def _lines(tree: dict[str, Any]) -> list[dict[str, Any]]:
    lines = tree.get("lines")
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def _print_refusal(refusal: Refusal, as_json: bool) -> None:
    if as_json:
        from sync.protocol.documents import to_tree

        print(json.dumps({"refused": to_tree(refusal)}, ensure_ascii=False))
        return
    for missing in refusal.missing:
        print(harmless(f"{missing.field}: {missing.sentence}"))
    for finding in refusal.findings:
        print(harmless(f"{finding.rule}: {finding.sentence}"))


def _print_record(record: RmaRecord, as_json: bool, pending: bool = True) -> None:
    from rma.money import format_amount
    from rma.numbers import spoken

    if as_json:
        from sync.protocol.documents import to_tree

        print(json.dumps({"rma": to_tree(record), "pending": pending}, ensure_ascii=False))
        return
    said = _("order {number}, customer {customer}, made by {person}")
    told = [
        f"{spoken(record.number)}  {record.state.words}",
        said.format(number=record.order_number, customer=record.customer_id, person=record.author),
    ]
    told += [
        f"  {line.quantity} x {line.name} ({line.reason_path}): {words(line.verdict)}"
        for line in record.lines
    ]
    if record.quote is not None:
        label = _("estimate") if record.quote.estimate else _("refund")
        total = format_amount(record.quote.total, record.currency)
        told.append(f"  {label} {total} {record.currency}")
    if record.problem is not None:
        told.append(f"  {record.problem.detail} {record.problem.remedy}")
    print(*map(harmless, told), sep="\n")
