"""The state of the return panel, without a widget: what is typed, and what the rules said last.

Texts are kept as typed; `for_rules` is what they stand for. Everything here is quick and does no I/O.
"""

from __future__ import annotations

from collections.abc import Sequence

from desk.customers import OrderView
from desk.judging import DraftView
from rma.assessment import LineAssessment
from rma.draft import Draft
from rma.policy import Rule
from rma.quote import ComponentKind, LineQuote
from rma.reasons import ReasonTree
from rma.record import Refusal
from rma.request import Evidence
from rma.verdict import Finding, Missing, Verdict
from rma.wording import _, inside, words
from screens.by_hand import money_by_hand
from screens.exchange_words import difference_words
from screens.fact_words import fact_ticks
from screens.formats import signs
from screens.forms.spec import Kind
from screens.forms.state import Echo
from screens.return_draft import RowKey, line_at
from screens.return_entries import ReturnEntries
from screens.return_fields import BY_NAME, ORDER, OUTBOUND, QUANTITY, field_of
from screens.return_marks import Mark, marks_of

_BECAUSE_OF = {
    "amount_reason": "amount",
    "goodwill_reason": "goodwill",
    "destination_reason": "destination_override",
}


class ReturnPanel(ReturnEntries):
    """One return being typed."""

    def __init__(
        self,
        draft: Draft,
        order: OrderView,
        reasons: ReasonTree,
        *,
        supervisor: bool,
        line_id: str | None = None,
    ) -> None:
        super().__init__(draft, order, reasons, supervisor=supervisor, line_id=line_id)
        self.view: DraftView | None = None
        """The newest answer of the rules."""
        self._view_keys: tuple[RowKey, ...] = ()
        self.marks: dict[Mark, str] = {}
        """Fields that a refused try named and that still stand wrong, with the sentence."""
        self._left: set[Mark] = set()

    # --- values ------------------------------------------------------------------------------------------------

    def mark_of(self, name: str) -> Mark:
        """The field, for the row that is being edited."""
        return name, self.key if BY_NAME[name].of_line else None

    def leave(self, name: str) -> None:
        """The cursor leaves a field: what its text stands for is taken, and what follows from it filled in."""
        self._left.add(self.mark_of(name))
        self.settle(name)

    def ticks(self, name: str) -> tuple[tuple[str, str], ...]:
        """Code and words of what can be ticked in a field."""
        if name == "evidence":
            return tuple((e.value, words(e)) for e in Evidence)
        if name == "photo_seen_before":
            return (("seen", _("was sent for an older return")),)
        return fact_ticks(self.shown_customer)

    # --- what is shown --------------------------------------------------------------------------------------------

    def shows(self, name: str) -> bool:
        """Whether a field has anything to do here; the rest is left out."""
        line, typed = self.assessed, self.typed
        if name == "evidence":
            return bool(typed.evidence) or _has(line, Rule.EVIDENCE)
        if name == "override_reason":
            return bool(typed.override_reason) or (
                line is not None
                and any(
                    f.overridable and (f.overridden or f.outcome is Verdict.INELIGIBLE)
                    for f in line.findings
                )
            )
        if name == "waive_fee_reason":
            return bool(typed.waive_fee_reason) or self._charges_fee()
        if name == "waive_shipping_fee_reason":
            quote = self.view.assessment.quote if self.view else None
            charged = quote is not None and quote.sum_of(ComponentKind.RETURN_SHIPPING) < 0
            return bool(self.draft.waive_shipping_fee_reason) or charged
        return self.has(name)

    @property
    def assessed(self) -> LineAssessment | None:
        """What the rules say about the row that is being edited; None while it is not on the return."""
        return self.assessment_of(self.key)

    def assessment_of(self, key: RowKey) -> LineAssessment | None:
        """What the rules said about a row."""
        if self.view is None:
            return None
        return dict(zip(self._view_keys, self.view.assessment.lines, strict=False)).get(key)

    def quote_of(self, key: RowKey) -> LineQuote | None:
        """What a row is worth."""
        if self.view is None or self.view.assessment.quote is None:
            return None
        left = list(self.view.assessment.quote.lines)
        for at in self._view_keys:
            found = next((q for q in left if q.line_id == at.line_id), None)
            if found is not None:
                left.remove(found)
            if at == key:
                return found
        return None

    def echo(self, name: str) -> Echo:
        """What stands beside a field: what is wrong with it, else what its text means."""
        text = self.text(name)
        wrong = self.marks.get(self.mark_of(name)) or self._unreadable(name)
        if BY_NAME[name].kind is Kind.MONEY and self.mark_of(name) in self._left:
            wrong = self.unclear(name) or wrong
        if name == "verification_skipped":
            wrong = wrong or self.marks.get(("verified", None), "")
        if BY_NAME[name].kind is Kind.CODE and text.strip():
            match = self.values(name).match(text)
            if match.value is None:
                return Echo(_unclear(match.fits), wrong=True)
            if not wrong:
                said = match.value.label
                return Echo("" if _same(said, text) else said)
        if wrong:
            return Echo(wrong, wrong=True)
        if name == "serials" and len(self.rows) > 1:
            return Echo(_("of {item}").format(item=self.line.name or self.line.sku))
        if name == OUTBOUND and self.view is not None and self.view.assessment.quote is not None:
            return Echo(difference_words(self.view.assessment.quote))
        if name == "note" and self.reason_asks_note() and not text.strip():
            return Echo(_("this reason needs a note"))
        return Echo("")

    def mandatory(self, name: str) -> bool:
        """Whether a field has to be filled in, as far as that is known."""
        if name == "note":
            return self.reason_asks_note()
        if name == OUTBOUND:
            return self.exchanges
        if name == "verified":
            missing = self.view.missing if self.view else ()
            return any(m.field == "verified" for m in missing) and not self.draft.verified
        because = _BECAUSE_OF.get(name)
        if because is not None:
            return bool(self.text(because).strip())
        return bool(BY_NAME[name].mandatory)

    def unfit(self, name: str) -> str:
        """Enter stays on a code that has to be chosen while none is."""
        if self.text(name).strip() or not self.typed.quantity.strip():
            return ""
        return _(BY_NAME[name].mandatory)

    def problem(self, name: str) -> str:
        """As `unclear`."""
        return self.unclear(name)

    def unclear(self, name: str) -> str:
        """Why the text of a field just left stands for nothing; known without asking the rules."""
        if name == QUANTITY:
            return self.wrong_quantity(self.key)
        text = self.text(name)
        if BY_NAME[name].kind is Kind.MONEY and self._amount(text).two_ways:
            return _("leave out the “{sign}”").format(sign=signs()[1])
        if BY_NAME[name].kind is not Kind.CODE or not text.strip():
            return ""
        match = self.values(name).match(text)
        return "" if match.value is not None else _unclear(match.fits)

    def wrong_quantity(self, key: RowKey) -> str:
        """What is wrong with a row's quantity, or an empty text; said as soon as it is typed."""
        return self.unreadable_quantity(key) or self.marks.get((QUANTITY, key), "")

    def unreadable_quantity(self, key: RowKey) -> str:
        """Why the text in a row's quantity is no quantity; empty where there is no text."""
        text = line_at(self.draft, key).quantity.strip()
        if text and not (text.isascii() and text.isdigit() and len(text) <= 7):
            return _("“{text}” is no quantity: a whole number from 1").format(text=text[:12])
        if text and int(text) == 0:
            return _("0 is no quantity: a whole number from 1")
        return ""

    def quantity_asked(self) -> str:
        """What to do on a line without a quantity."""
        left = self.row.line.returnable
        if left:
            return _("Enter how many come back, 1 to {count}.").format(count=left)
        return _("None of this line can come back: choose another line.")

    def open_points(self) -> tuple[str, ...]:
        """What still stands open, in few words: one entry per field."""
        if not (self.on_return and self._view_keys):
            return (_("a quantity"),)
        if self.view is None:
            return ()
        names = (inside(BY_NAME[field_of(m.field)].name_on_screen) for m in self.view.missing)
        return tuple(dict.fromkeys(names))

    @property
    def is_refused(self) -> bool:
        """Whether a rule refuses what is on the return, whatever else is still open."""
        view = self.view
        return view is not None and view.assessment.verdict is Verdict.INELIGIBLE

    def refused_fields(self) -> tuple[str, ...]:
        """The fields where something can be done about what the rules refuse."""
        findings = self.view.assessment.all_findings if self.view else ()
        return tuple(dict.fromkeys(name for name, _key in self._marks((), findings)))

    def problems(self) -> tuple[str, ...]:
        """Everything that stands against the return, each with its remedy and, of several lines, the line."""
        if not self.on_return:
            return (self.quantity_asked(),)
        if self.view is None:
            return ()
        names = {row.key: row.line.line.name or row.line.line.sku for row in self.rows}
        several = len(self.on_return) > 1
        standing = self._marks(self.view.missing, self.view.assessment.all_findings)
        said = (
            f"{names[key]}: {sentence}" if several and key in names else sentence
            for (_name, key), sentence in standing.items()
        )
        return tuple(dict.fromkeys(said))

    @property
    def sets_money(self) -> bool:
        """Whether an amount or goodwill was typed."""
        lines = any(line.amount.strip() for line in self.draft.lines)
        return lines or bool(self.draft.goodwill.strip())

    def money_by_hand(self) -> str:
        """What was typed as money, beside what the goods are worth, as far as the rules have answered."""
        return money_by_hand(self.view) if self.view else ""

    # --- the rules ---------------------------------------------------------------------------------------------

    def judged(self, view: DraftView, keys: tuple[RowKey, ...]) -> None:
        """Take the answer of the rules about the rows `keys`; marks go where the reason for them went."""
        self.view, self._view_keys = view, keys
        standing = self._marks(view.missing, view.assessment.all_findings)
        self.marks = {mark: standing[mark] for mark in self.marks if mark in standing}

    def refused(self, refusal: Refusal) -> Mark | None:
        """Mark everything that stands against the return; gives the first field to look at."""
        self.marks = self._marks(refusal.missing, refusal.findings)
        keys = [row.key for row in self.rows]

        def place(mark: Mark) -> tuple[int, int]:
            name, key = mark
            return (keys.index(key) if key in keys else len(keys), ORDER[name])

        return min(self.marks, key=place, default=None)

    # --- inside ------------------------------------------------------------------------------------------------

    def _charges_fee(self) -> bool:
        quote = self.quote_of(self.key)
        return quote is not None and any(
            c.kind is ComponentKind.RESTOCKING_FEE and c.amount < 0 for c in quote.components
        )

    def _unreadable(self, name: str) -> str:
        """The sentence for a field that was left with a text that cannot be read."""
        mark = self.mark_of(name)
        if mark not in self._left or not self.text(name).strip() or self.view is None:
            return ""
        return self._marks(self.view.missing, ()).get(mark, "")

    def _marks(self, missing: Sequence[Missing], findings: Sequence[Finding]) -> dict[Mark, str]:
        lines = self.view.assessment.lines if self.view else ()
        judged = tuple(zip(self._view_keys, lines, strict=False))
        return marks_of(missing, findings, draft=self.draft, edited=self.key, judged=judged)


def _has(line: LineAssessment | None, rule: Rule) -> bool:
    return line is not None and any(
        f.rule is rule and f.outcome is Verdict.INELIGIBLE for f in line.findings
    )


def _same(label: str, text: str) -> bool:
    return label.casefold() == text.strip().replace("_", " ").casefold()


def _unclear(fits: Sequence[object]) -> str:
    """Short, so that it fits beside a field at 80 columns."""
    if not fits:
        return _("none fits: see F4")
    return _("{count} fit: more, or F4").format(count=len(fits))
