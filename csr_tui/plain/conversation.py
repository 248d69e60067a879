"""The main question: what the caller says, or one of what waits; it comes back until `quit`."""

from __future__ import annotations

from collections.abc import Callable

from csr_tui.exit_codes import ExitCode
from csr_tui.plain.finding import Finding
from csr_tui.plain.queues import Queues
from csr_tui.plain.signing_in import sign_in
from csr_tui.plain.talk import AnswersEnded, Back, Quit, Talk
from csr_tui.plain.workplace import Workplace
from desk.errors import NotReady
from desk.sign_in import turned_away
from rma.errors import RmaError
from rma.wording import _
from screens.values import position


class Conversation:
    """One desk, from the first question to the last."""

    def __init__(self, talk: Talk, place: Workplace) -> None:
        self._talk = talk
        self._place = place
        self._finding = Finding(talk, place)
        self._queues = Queues(talk, place)

    def run(self) -> ExitCode:
        """Ask until `quit`, the end of the answers or of the right to work; the exit code says whether something was left half-done."""
        try:
            sign_in(self._talk, self._place.desk.sign_in)
        except (Back, Quit, AnswersEnded):
            return ExitCode.OK
        except NotReady as error:
            self._talk.say(str(error))
            return ExitCode.FAILED
        while True:
            if (name := self._place.turned_away) is not None:
                self._talk.say(str(turned_away(name)))
                return ExitCode.FAILED
            self._talk.say(self._place.status_words())
            choices = self._choices()
            self._talk.say(*(f"{at}. {label}" for at, (label, __) in enumerate(choices, 1)))
            try:
                answer = self._talk.ask(_("What does the caller say, or a number"))
            except Back:
                continue
            except (Quit, AnswersEnded):
                return ExitCode.OK
            try:
                self._act(answer, choices)
            except Back:
                continue
            except Quit:
                return ExitCode.OK
            except AnswersEnded:
                return ExitCode.UNFINISHED
            except RmaError as error:
                self._talk.say(str(error))

    def _choices(self) -> list[tuple[str, Callable[[], None]]]:
        home = self._place.desk.lookup.home()
        counted = _("{what}: {count}")
        approvals = _("wait for approval")
        if self._place.role.approves:
            approvals = counted.format(what=approvals, count=home.approvals)
        return [
            (counted.format(what=_("drafts"), count=len(home.drafts)), self._queues.drafts),
            (
                counted.format(what=_("need attention"), count=home.queue.attention),
                self._queues.attention,
            ),
            (approvals, self._queues.approvals),
            (counted.format(what=_("returns of today"), count=len(home.today)), self._queues.today),
            (_("sync now"), self._sync),
        ]

    def _act(self, answer: str, choices: list[tuple[str, Callable[[], None]]]) -> None:
        at = position(answer, len(choices))
        if at is not None:
            choices[at][1]()
        else:
            self._finding.look_up(answer)

    def _sync(self) -> None:
        sync = self._place.sync
        if sync is None:
            self._talk.say(_("This desk has no central API to sync with."))
            return
        self._talk.say(_("Syncing."))
        status = sync.now()
        if status.online and not status.trouble:
            self._talk.say(_("Synced: everything here is up to date."))
        else:
            offline = _("The central API does not answer; work goes on here.")
            self._talk.say(status.trouble or offline)
