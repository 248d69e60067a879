"""F8: the returns that wait for a supervisor, with what each one waits for; decided one by one or several at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime

from rich.text import Text
from textual import on

from desk.approvals import Approvals as Queue
from desk.approvals import Decided, Waiting
from rma.operations import Identity
from rma.wording import _, mark, plural
from screens.approval_rows import approval_detail, approval_row
from screens.approval_words import ORDERS, fits, in_order, staying, sums
from screens.ask import AskReason, ConfirmTyped
from screens.navigation import OpenRma
from screens.queue import QueueScreen
from screens.widgets.row_list import Row, RowList

_AGENT = mark("You can look, but not decide: approving needs a supervisor.")


class Approvals(QueueScreen[Waiting]):
    """The queue of supervisors."""

    NAME = "approvals"
    HEADING = mark("Approvals")
    EMPTY = mark("Nothing waits for approval. F2 looks up a caller.")

    def __init__(
        self, approvals: Queue, identity: Identity | None, now: Callable[[], datetime]
    ) -> None:
        super().__init__(now)
        self._queue = approvals
        self._approves = identity is not None and identity.role.approves
        self._ticked: set[str] = set()
        self._stayed: dict[str, str] = {}
        """Why returns stayed as they were when they were decided last, by number."""
        self._order = 0
        self._filter = ""
        self._reason = ""
        """Why they are declined, kept while that is not confirmed."""

    async def on_mount(self) -> None:
        """Say at once who may decide; what waits is read by the queue."""
        if not self._approves:
            self.show_message(_(_AGENT), "warning")

    # --- the list

    def read(self) -> Mapping[str, Waiting]:
        """Returns that need approval, oldest first."""
        return {waiting.record.number: waiting for waiting in self._queue.waiting()}

    def shown(self) -> Iterable[Waiting]:
        """What fits the filter, in the order that was chosen."""
        return in_order([w for w in self.views.values() if fits(w, self._filter)], self._order)

    def row(self, view: Waiting) -> Row:
        """Whether it is ticked, age, number, customer, why, how much."""
        number = view.record.number
        return approval_row(
            view, self.now(), ticked=number in self._ticked, stayed=self._stayed.get(number, "")
        )

    def detail(self, view: Waiting) -> Text:
        """What is to come back, and everything that waits for a decision."""
        return approval_detail(view, self._stayed.get(view.record.number, ""))

    def counted(self, count: int) -> str:
        """For the title line."""
        said = _("{count} waiting, {order}").format(count=count, order=_(ORDERS[self._order]))
        ticked = len(self._ticked & self.views.keys())
        if ticked:
            said += " · " + _("{count} ticked").format(count=ticked)
        return said + (f" · “{self._filter}”" if self._filter else "")

    def nothing(self) -> str:
        """Nothing waits, or nothing that fits the filter."""
        if self.views and self._filter:
            return _("Nothing here has “{text}” in it: f changes the filter.").format(
                text=self._filter
            )
        return super().nothing()

    def can(self, action: str) -> bool:
        """Deciding is for supervisors; everything but the filter needs a return."""
        if action in ("approve", "decline") and not self._approves:
            return False
        if action in ("approve", "decline", "tick", "tick_all", "sort"):
            return self.rows.selected is not None
        return super().can(action)

    @on(RowList.Opened)
    def _open(self, event: RowList.Opened) -> None:
        self.post_message(OpenRma(str(event.key)))

    def action_tick(self) -> None:
        """Tick or untick the selected return, and stand on the next one."""
        self._ticked ^= {str(self.rows.selected)}
        self.show_queue()
        self.rows.action_move(1)

    def action_tick_all(self) -> None:
        """Tick all that is shown; where all is ticked, untick it."""
        shown = {waiting.record.number for waiting in self.shown()}
        self._ticked = self._ticked - shown if shown <= self._ticked else self._ticked | shown
        self.show_queue()

    def action_sort(self) -> None:
        """The next order."""
        self._order = (self._order + 1) % len(ORDERS)
        self._show_from_top()

    def action_filter(self) -> None:
        """Ask for a text; an empty one shows everything."""
        dialog = AskReason(
            _("Show only returns with which text?"),
            _("Agent, customer, number, order or what it waits for; Enter alone shows all."),
            required=False,
            initial=self._filter,
        )
        self.open_dialog(dialog, self._show_only)

    def _show_only(self, text: str | None) -> None:
        if text is not None:
            self._filter = text
            # what is not seen is never decided
            self._ticked &= {waiting.record.number for waiting in self.shown()}
            self._show_from_top()

    def _show_from_top(self) -> None:
        """Draw a list that was asked for in another way: the cursor stands on its first row."""
        self.show_queue()
        self.rows.select_first()

    # --- decisions

    def _chosen(self) -> list[Waiting]:
        """The ticked returns in the order of the list, else the selected one."""
        ticked = [w for w in self.shown() if w.record.number in self._ticked]
        selected = self.selected
        return ticked or ([selected] if selected is not None else [])

    def action_approve(self) -> None:
        """Ask for a note that may stay empty, for a typed `y` where money leaves at once, then approve."""
        chosen = self._chosen()
        going = [waiting for waiting in chosen if not waiting.not_approved]
        against = {w.record.number: w.not_approved for w in chosen if w.not_approved}
        if not going:
            self._show_stayed(against)
            return
        question = plural("Approve {n} return, {sum}?", "Approve {n} returns, {sum}?", len(going))
        dialog = AskReason(
            question.format(n=len(going), sum=sums(going)),
            "\n".join(
                [
                    _("A note, or Enter alone. The callers may send the goods then."),
                    *staying(against),
                ]
            ),
            required=False,
        )
        at_once = [waiting for waiting in going if waiting.pays_at_once]

        async def approve(note: str | None) -> None:
            if note is None:
                return
            if at_once:
                said = _("{sum} leave before anything comes back. This cannot be undone.")
                self._ask_sure(
                    _("Really approve?"),
                    said.format(sum=sums(at_once)),
                    lambda: self._decide(self._queue.approve, going, note, against),
                    _("Not approved."),
                )
            else:
                await self._decide(self._queue.approve, going, note, against)

        self.open_dialog(dialog, approve)

    def action_decline(self) -> None:
        """Ask why, then for a typed `y`, then decline."""
        chosen = self._chosen()
        going = [waiting for waiting in chosen if not waiting.not_declined]
        against = {w.record.number: w.not_declined for w in chosen if w.not_declined}
        if not going:
            self._show_stayed(against)
            return
        question = plural(
            "Why is {n} return declined?", "Why are {n} returns declined?", len(going)
        )
        dialog = AskReason(
            question.format(n=len(going)),
            "\n".join([_("The callers will hear this reason."), *staying(against)]),
            initial=self._reason,
        )

        def decline(reason: str | None) -> None:
            if reason is None:
                return
            self._reason = reason
            question = plural("Decline {n} return?", "Decline {n} returns?", len(going))
            self._ask_sure(
                question.format(n=len(going)),
                _("This cannot be undone; their units are free again."),
                lambda: self._decide(self._queue.decline, going, reason, against),
                _("Not declined. The reason is kept."),
            )

        self.open_dialog(dialog, decline)

    def _ask_sure(
        self, question: str, detail: str, decide: Callable[[], Awaitable[None]], otherwise: str
    ) -> None:
        async def sure(yes: bool | None) -> None:
            if yes:
                await decide()
            else:
                self.show_message(otherwise)

        self.open_dialog(ConfirmTyped(question, detail), sure)

    async def _decide(
        self,
        decide: Callable[[Iterable[Waiting], str], Iterable[Decided]],
        going: list[Waiting],
        text: str,
        against: Mapping[str, str],
    ) -> None:
        with self.reporting():
            results = list(await asyncio.to_thread(decide, going, text))
            self._ticked -= {result.number for result in results if not result.problem}
            stayed = {result.number: result.problem for result in results if result.problem}
            self._reason = ""
            await self.read_again()
            self._show_stayed({**against, **stayed}, len(results) - len(stayed))

    def _show_stayed(self, stayed: dict[str, str], decided: int = 0) -> None:
        """Say how many were decided, and why the others stay, also in their rows."""
        self._stayed = stayed
        self.show_queue()
        said = plural("{n} return decided.", "{n} returns decided.", decided).format(n=decided)
        if not stayed:
            sent = _("It reaches the central API with the next sync.")
            self.show_message(f"{said} {sent}", "success")
            return
        stays = plural("{n} stays: {why}", "{n} stay, see their rows: {why}", len(stayed))
        why = stays.format(n=len(stayed), why=next(iter(stayed.values())))
        self.show_message(f"{said} {why}" if decided else why, "warning")
