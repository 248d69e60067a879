"""An order that is not here, asked for line by line: each answer is kept at once, then its return is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from csr_tui.plain.returning import ReturnInterview
from csr_tui.plain.talk import AnswersEnded, Back, Quit, Talk
from csr_tui.plain.workplace import Workplace
from rma.typed_draft import wrong_count, wrong_day
from rma.wording import _
from screens.typed_order_entries import TypedOrderEntries
from screens.typed_order_fields import BY_NAME, ITEMS, bought_field, item_field


class TypedOrderInterview:
    """One order typed by hand, and the conversation about it."""

    def __init__(
        self,
        talk: Talk,
        place: Workplace,
        *,
        number: str = "",
        customer_id: str = "",
        draft_id: str = "",
    ) -> None:
        """A new order (with what is known of it), or a draft to go on with.

        Raises:
            NotFound: if the customer or the draft is not known here.
        """
        self._talk, self._place = talk, place
        self._typed, self._returns = place.desk.typed, place.desk.returns
        draft = self._returns.open(draft_id) if draft_id else self._typed.start(number, customer_id)
        self._entries = TypedOrderEntries(draft, place.clock.now())
        self._kept = bool(draft_id)

    def run(self) -> None:
        """Ask for the order, then for its return; `back` keeps it as a draft.

        Raises:
            Quit, AnswersEnded: where that is the answer; the draft is kept.
        """
        try:
            self._ask_all()
        except (Back, Quit, AnswersEnded) as left:
            kept = _("The return is kept as a draft.")
            self._talk.say(kept if self._kept else _("Nothing was typed: no draft is kept."))
            if isinstance(left, Back):
                return
            raise
        draft_id = self._entries.draft.draft_id
        ReturnInterview(self._talk, self._place, draft_id=draft_id).run()

    def _ask_all(self) -> None:
        self._put("number", _("Order number"), self._wrong_number)
        if self._entries.unknown_caller:
            self._put("caller", _("Who calls"), lambda text: self._needed("caller", text))
        self._put("placed", _("Ordered on which day, or Enter where it is not known"), wrong_day)
        self._put("delivered", _("Arrived on which day, or Enter where it is not known"), wrong_day)
        for position in range(1, ITEMS + 1):
            question = _("Item {number}: SKU, or what it is")
            if position > 1:
                question = _("Item {number}: SKU, or what it is, or Enter for no other")
            name = item_field(position)
            wrong = self._wrong_first if position == 1 else _nothing_wrong
            self._put(name, question.format(number=position), wrong)
            if not self._entries.text(name).strip():
                return
            if self._entries.echo(name).text:
                self._talk.say(f"{self._entries.echo(name).text}.")
            self._put(bought_field(position), _("How many were bought"), _wrong_bought)

    def _put(self, name: str, question: str, wrong: Callable[[str], str]) -> None:
        entries = self._entries
        text = self._talk.ask(
            question, kept=entries.text(name), help_=_(BY_NAME[name].takes), wrong=wrong
        )
        entries.type(name, text)
        item = text.strip()
        if name.startswith("item") and item:
            entries.products[item] = self._typed.product(item)
            entries.found()
        keys = entries.draft.keys or self._talk.keys
        first = entries.draft.first_key_at or self._place.clock.now()
        entries.draft = replace(entries.draft, keys=keys, first_key_at=first)
        self._returns.save(entries.draft)
        self._kept = True

    def _wrong_number(self, text: str) -> str:
        known = self._typed.known(text, self._entries.draft.customer_id)
        return known.sentence if known is not None else self._needed("number", text)

    def _wrong_first(self, text: str) -> str:
        return "" if text.strip() else _("Type what was bought: one item at least.")

    def _needed(self, name: str, text: str) -> str:
        return "" if text.strip() else _(BY_NAME[name].mandatory)


def _nothing_wrong(text: str) -> str:
    return ""


def _wrong_bought(text: str) -> str:
    if not text.strip():
        return _("Enter how many of it were bought: a whole number from 1.")
    said = wrong_count(text)
    return f"{said}." if said else ""
