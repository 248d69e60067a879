"""Asks one field of a return and puts the answer into the draft; what cannot be read is asked again."""

from __future__ import annotations

from collections.abc import Callable

from csr_tui.plain.keeper import DraftKeeper
from csr_tui.plain.questions import MORE_LINES, question
from csr_tui.plain.reading import line_words
from csr_tui.plain.talk import Back, Option, Talk
from rma.policy import Rule
from rma.verdict import Verdict
from rma.wording import _
from screens.forms.spec import Kind
from screens.money_words import waiting_words
from screens.return_draft import RowKey
from screens.return_fields import BY_NAME, QUANTITY
from screens.return_marks import Mark


class FieldQuestions:
    """The questions about one draft. Every method may raise what a question raises (see `talk`)."""

    def __init__(self, talk: Talk, keeper: DraftKeeper) -> None:
        self._talk = talk
        self._keeper = keeper
        self._panel = keeper.panel

    def put(self, asked: Mark) -> Mark:
        """Ask a field and keep the answer; gives the field that `back` asks again."""
        name, key = asked
        if key is not None:
            self._panel.key = key
        elif name in (QUANTITY, MORE_LINES):
            return self._put_line(more=name == MORE_LINES)
        if name == QUANTITY:
            self._put_quantity()
        else:
            self._put_field(name)
        return asked

    def words(self, name: str) -> str:
        """The question of a field, with what helps to answer it."""
        panel, words = self._panel, question(name)
        if name in ("amount", "goodwill"):
            words = f"{words}, {panel.order.order.currency}"
        if name == "note" and not panel.reason_asks_note():
            words = _("{question}, or Enter for none").format(question=words)
        if name == "serials" and panel.line.serials:
            words = f"{words} ({', '.join(panel.line.serials[:9])})"
        if BY_NAME[name].of_line and len(panel.on_return) > 1:
            words = f"{panel.line.name or panel.line.sku}: {words}"
        return words

    def answer_words(self, asked: Mark) -> str:
        """A field's question and its answer."""
        name, key = asked
        panel = self._panel
        if key is not None:
            panel.key = key
        if BY_NAME[name].kind is Kind.TICKS:
            labels = dict(panel.ticks(name))
            value = ", ".join(labels.get(code, code) for code in panel.ticked(name))
        else:
            value = panel.values(name).meaning(panel.text(name)) or panel.text(name)
        return question(name) + ": " + (value or _("none"))

    # --- fields

    def _put_field(self, name: str) -> None:
        panel, talk, words = self._panel, self._talk, self.words(name)
        kind, takes = BY_NAME[name].kind, _(BY_NAME[name].takes)
        if kind is Kind.TICKS:
            ticks = [Option(code, label, code) for code, label in panel.ticks(name)]
            panel.type(name, talk.choose_any(words, ticks, kept=panel.ticked(name), help_=takes))
        elif kind is Kind.CODE:
            entries = panel.values(name).entries
            options = [Option(value.code, value.label, value.code) for value in entries]
            panel.type(name, talk.choose(words, options, kept=panel.text(name) or None))
        else:
            wrong = self._wrong_text(name)
            panel.type(name, talk.ask(words, kept=panel.text(name), help_=takes, wrong=wrong))
        panel.leave(name)
        self._keeper.save()

    def _wrong_text(self, name: str) -> Callable[[str], str]:
        """What is wrong with a text, in the words of the rules."""

        def wrong(text: str) -> str:
            panel = self._panel
            if not text and name == "note" and panel.reason_asks_note():
                return _("This reason needs a note: write what the caller says.")
            limit = BY_NAME[name].max_length
            if len(text) > limit:
                return _("That is too long: at most {count} characters.").format(count=limit)
            before = panel.draft
            panel.type(name, text)
            panel.leave(name)
            self._keeper.judge()
            echo = panel.echo(name)
            panel.draft = before
            return echo.text if echo.wrong else ""

        return wrong

    # --- lines

    def _put_line(self, *, more: bool) -> Mark:
        panel = self._panel
        currency = panel.order.order.currency
        rows = [row for row in panel.rows if row.key not in panel.on_return]
        options: list[Option[RowKey | None]] = [
            Option(row.key, line_words(row.line, currency)) for row in rows
        ]
        key: RowKey | None
        if more:
            options.insert(0, Option(None, _("no other line")))
            key = self._talk.choose(_("Does another line come back"), options)
        elif len(options) == 1:
            self._talk.say(options[0].label)
            key = options[0].value
        else:
            key = self._talk.choose(_("Which line comes back"), options)
        if key is None:
            return MORE_LINES, None
        panel.key = key
        if panel.row.line.returnable == 0:
            self._talk.say(waiting_words(panel))
            if len(options) == 1:
                raise Back
            return self._put_line(more=more)
        self._put_quantity()
        return QUANTITY, key

    def _put_quantity(self) -> None:
        panel = self._panel
        suggested = panel.typed.quantity or panel.suggestion(panel.row)
        if panel.line.serials and not panel.typed.quantity:
            text = suggested  # they come back one by one
        else:
            left = panel.row.line.returnable
            words = _("{question}, 1 to {count}").format(question=question(QUANTITY), count=left)
            text = self._talk.ask(words, kept=suggested, wrong=self._wrong_quantity)
        panel.type(QUANTITY, text)
        panel.leave(QUANTITY)
        self._keeper.save()

    def _wrong_quantity(self, text: str) -> str:
        panel, before = self._panel, self._panel.draft
        if not text:
            on_it = panel.key in panel.on_return
            return "" if on_it else _("Enter how many come back: a whole number from 1.")
        panel.type(QUANTITY, text)
        said = panel.wrong_quantity(panel.key)
        if said:
            said = f"{said}."
        else:
            self._keeper.judge()
            findings = panel.assessed.findings if panel.assessed else ()
            refused = (f for f in findings if f.outcome is Verdict.INELIGIBLE)
            said = next((f.sentence for f in refused if f.rule is Rule.QUANTITY), "")
        panel.draft = before
        return said
