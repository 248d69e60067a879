"""`csr-tui quote`: judge and price a return from one JSON document, without a desk or a network.

This is how finance explains a refund. The documents are described in `docs/quote.md`.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from csr_tui.commands.options import FILE, WithExamples
from csr_tui.document_file import UnreadableFile, print_problems, read_text
from csr_tui.exit_codes import ExitCode
from rma.wording import _, words

if TYPE_CHECKING:  # rich and pydantic are loaded when the command runs
    from rich.console import Console

    from rma.assessment import Assessment
    from rma.quote import Component, Quote


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "quote",
        help="judge and price a return from a JSON document",
        description="Judge and price a return: an order, a policy or its name, what was returned already, what is "
        "wanted. Nothing is stored. See docs/quote.md.",
        epilog="examples:\n  csr-tui quote --file case.json\n  csr-tui quote --file - --json < case.json\n\n"
        "exit codes: 0 eligible, 3 needs approval, 4 ineligible or fields missing (all are named), 2 malformed",
        formatter_class=WithExamples,
    )
    parser.add_argument(
        "--file", required=True, metavar=FILE, help="the document, or - for standard input"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, amounts in minor units")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print verdict, findings, components and destination; the exit code says the verdict."""
    from rma.assessment import assess
    from sync.protocol.document_problems import BadDocument
    from sync.protocol.quotes import quote_document, read_quote

    try:
        case = read_quote(read_text(arguments.file))
    except (BadDocument, UnreadableFile) as error:
        return print_problems(error, arguments.json)
    assessment = assess(case)
    if arguments.json:
        print(json.dumps(quote_document(assessment), indent=2))
    else:
        _print_text(assessment)
    return _exit_code(assessment)


def _exit_code(assessment: Assessment) -> ExitCode:
    from rma.verdict import Verdict

    if assessment.missing or assessment.verdict is Verdict.INELIGIBLE:
        return ExitCode.REFUSED
    if assessment.verdict is Verdict.NEEDS_APPROVAL:
        return ExitCode.NEEDS_APPROVAL
    return ExitCode.OK


def _print_text(assessment: Assessment) -> None:
    from rich.console import Console

    from screens.widgets.safe_text import plain

    console = Console(markup=False, highlight=False, soft_wrap=True)
    console.print(_("Verdict: {verdict}").format(verdict=words(assessment.verdict)))
    for missing in assessment.missing:
        said = _("missing: {field}: {sentence}")
        if missing.line_id:
            said = _("missing: line {line}, {field}: {sentence}")
        said = said.format(
            line=plain(missing.line_id or ""), field=missing.field, sentence=plain(missing.sentence)
        )
        console.print(f"  {said}")
    for line in assessment.lines:
        said = _("Line {line}: {verdict} ({count} returnable)")
        if line.policy:
            said = _("Line {line}: {verdict} ({count} returnable, {policy})")
        console.print(
            said.format(
                line=plain(line.line_id),
                verdict=words(line.verdict),
                count=line.returnable,
                policy=plain(str(line.policy)),
            )
        )
        for finding in line.findings:
            console.print(f"  {finding.rule}: {plain(finding.sentence)}")
    for finding in assessment.findings:
        console.print(f"{finding.rule}: {plain(finding.sentence)}")
    if assessment.quote is not None:
        _print_quote(console, assessment.quote)


def _print_quote(console: Console, quote: Quote) -> None:
    from rich.table import Table

    from rma.money import format_amount
    from screens.widgets.safe_text import plain

    def money(amount: int) -> str:
        return format_amount(amount, quote.currency)

    title = _("Estimate in {currency}") if quote.estimate else _("Refund in {currency}")
    table = Table(title=title.format(currency=plain(quote.currency)))
    for heading in (_("Line"), _("Component")):
        table.add_column(heading, overflow="fold")
    for heading in (_("Net"), _("Tax"), _("Amount")):
        table.add_column(heading, justify="right", no_wrap=True)

    def add(name: str, part: Component) -> None:
        table.add_row(name, words(part.kind), money(part.net), money(part.tax), money(part.amount))

    for line in quote.lines:
        for component in line.components:
            add(f"{plain(line.line_id)} × {line.quantity}", component)
    for component in quote.components:
        add("", component)
    table.add_section()
    net = quote.total - quote.tax
    table.add_row("", _("total"), money(net), money(quote.tax), money(quote.total))
    if quote.outbound is not None:
        table.add_section()
        for sent in quote.outbound.lines:
            name = f"{plain(sent.line_id)} → {plain(sent.sku)} × {sent.units}"
            kind = _("replacement") if sent.replacement else _("exchange")
            table.add_row(
                name, kind, money(sent.price - sent.tax), money(sent.tax), money(sent.price)
            )
        if quote.outbound.shipping:
            shipping, tax = quote.outbound.shipping, quote.outbound.shipping_tax
            table.add_row("", _("sending it"), money(shipping - tax), money(tax), money(shipping))
    console.print(table)
    if quote.owed:
        console.print(_("The customer pays: {amount}").format(amount=money(quote.owed)))
    for share in quote.payouts:
        to = f" {plain(share.tender_id)}" if share.tender_id else ""
        said = _("To {tender}: {amount}")
        console.print(said.format(tender=words(share.kind) + to, amount=money(share.amount)))
