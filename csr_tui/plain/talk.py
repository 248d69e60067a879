"""Questions and answers, one line each: nothing moves the cursor, has a colour, or is drawn with lines.

Everything that is said goes through `plain`, so that no text from outside can act on the terminal. At each question
the words `back`, `help` and `quit` act; a `=` before one of them makes it an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from getpass import getpass
from typing import Generic, TextIO, TypeVar

from rma.wording import _, mark
from screens.values import Value, Values, position
from screens.widgets.safe_text import plain, typed

T = TypeVar("T")

PAGE = 9
"""Choices that are read out at once."""

_ESCAPE = "="
_ERASE = "-"
_HELP = (
    mark("Type the answer, then Enter. Enter alone keeps what stands in brackets."),
    mark("A choice is made by its number, or by the first letters of it."),
    mark("back goes to the question before; quit ends; what you typed is kept."),
    mark("A single - empties an answer. =back types the word back itself."),
)


class Back(Exception):
    """The answer was `back`."""


class Quit(Exception):
    """The answer was `quit`."""


class AnswersEnded(Exception):
    """There is no further answer: the pipe or the terminal was closed."""


@dataclass(frozen=True, slots=True)
class Option(Generic[T]):
    """One choice."""

    value: T
    label: str
    code: str = ""
    """What may be typed for it beside its number and its label."""


class Talk:
    """A conversation over two streams of text."""

    def __init__(self, answers: TextIO, out: TextIO) -> None:
        self._answers = answers
        self._out = out
        self._echo = not answers.isatty()
        """A pipe shows no answers: they are written, so that the transcript can be read."""
        self.keys = 0
        """Keys that the answers so far took, Enter included."""

    def say(self, *lines: str) -> None:
        """Write lines, each made harmless."""
        self._out.write("".join(f"{plain(line)}\n" for line in lines))
        self._out.flush()

    def ask(
        self,
        question: str,
        *,
        kept: str = "",
        help_: str = "",
        wrong: Callable[[str], str] | None = None,
    ) -> str:
        """One line of text; Enter alone keeps `kept`, `-` empties it. `wrong` says what is wrong with an answer.

        Raises:
            Back, Quit, AnswersEnded: where that is the answer.
        """
        prompt = f"{question} [{kept}]" if kept else question
        while True:
            typed_in = self._answer(prompt, help_)
            answer = kept if not typed_in else "" if typed_in == _ERASE else _unescaped(typed_in)
            problem = wrong(answer) if wrong is not None else ""
            if not problem:
                return answer
            self.say(problem)

    def ask_secret(self, question: str) -> str:
        """One line that is neither shown nor written; no word in it is a command.

        Raises:
            Quit, AnswersEnded: where nothing was typed.
        """
        if self._echo:
            typed_in = self._line(question, shown=False)
        else:
            typed_in = ""
            with suppress(EOFError):
                typed_in = getpass(f"{plain(question)}: ", self._out)
        if not typed_in:
            raise Quit
        return typed_in

    def choose(
        self, question: str, options: Sequence[Option[T]], *, kept: T | None = None, help_: str = ""
    ) -> T:
        """One of several choices; Enter alone takes `kept`, where there is one.

        Raises:
            Back, Quit, AnswersEnded: where that is the answer.
        """
        standing = next((option for option in options if option.value == kept), None)
        prompt = f"{question} [{standing.label}]" if standing else question
        read_out = self._read_out(options, 0)
        while True:
            answer = self._answer(prompt, help_)
            if not answer and standing is not None:
                return standing.value
            if answer.casefold() in ("more", _("more")) and read_out < len(options):
                read_out = self._read_out(options, read_out)
                continue
            answer = _unescaped(answer)
            found = matching(options, answer)
            if len(found) == 1:
                return options[found[0]].value
            if found:
                self.say(_("{count} fit:").format(count=len(found)))
                self.say(*(f"{at + 1}. {options[at].label}" for at in found[:PAGE]))
            else:
                said = _("“{answer}” is none of these: type a number from 1 to {last}.")
                self.say(said.format(answer=answer[:40], last=len(options)))

    def choose_any(
        self,
        question: str,
        options: Sequence[Option[T]],
        *,
        kept: Sequence[T] = (),
        help_: str = "",
    ) -> tuple[T, ...]:
        """Any of several choices, as numbers with blanks between; `-` is none of them.

        Raises:
            Back, Quit, AnswersEnded: where that is the answer.
        """
        standing = ", ".join(option.label for option in options if option.value in kept)
        self._read_out(options, 0)
        while True:
            answer = self._answer(f"{question} [{standing}]" if standing else question, help_)
            if not answer:
                return tuple(kept)
            if answer == _ERASE:
                return ()
            parts = _unescaped(answer).replace(",", " ").split()
            found = [matching(options, part) for part in parts]
            wrong = [part for part, fits in zip(parts, found, strict=True) if len(fits) != 1]
            if not wrong:
                taken = {fits[0] for fits in found}
                return tuple(option.value for at, option in enumerate(options) if at in taken)
            said = _("“{answer}” is none of these: type numbers from 1 to {last}.")
            self.say(said.format(answer=wrong[0][:40], last=len(options)))

    def sure(self, question: str) -> bool:
        """Whether a `y` was typed; Enter alone means no.

        Raises:
            Back, Quit, AnswersEnded: where that is the answer.
        """
        said = _("Type y for yes; Enter means no.")
        return self._answer(f"{question} {said}", said).casefold() in ("y", "yes", _("y"), _("yes"))

    def _read_out(self, options: Sequence[Option[T]], start: int) -> int:
        end = min(len(options), start + PAGE)
        self.say(*(f"{at + 1}. {options[at].label}" for at in range(start, end)))
        if end < len(options):
            self.say(_("{count} more: type more.").format(count=len(options) - end))
        return end

    def _answer(self, prompt: str, help_: str) -> str:
        """An answer as it was typed: commands are compared with it before `_unescaped` takes a `=` off."""
        while True:
            answer = self._line(prompt)
            word = answer.casefold()
            if word in ("back", _("back")):
                raise Back
            if word in ("quit", _("quit")):
                raise Quit
            if word not in ("help", _("help")):
                return answer
            self.say(*([help_] if help_ else []), *(_(line) for line in _HELP))

    def _line(self, prompt: str, *, shown: bool = True) -> str:
        self._out.write(f"{plain(prompt)}: ")
        self._out.flush()
        line = self._answers.readline()
        if not line:
            self._out.write("\n")
            raise AnswersEnded
        answer = plain(typed(line.rstrip("\r\n"))).strip()
        self.keys += len(answer) + 1
        if self._echo:
            self._out.write(f"{answer if shown else ''}\n")
        return answer


def matching(options: Sequence[Option[T]], answer: str) -> list[int]:
    """Positions that an answer fits: its number, else code, label, first letters."""
    at = position(answer, len(options))
    if at is not None:
        return [at]
    entries = tuple(Value(option.code or option.label, option.label) for option in options)
    fits = Values(entries).match(answer).fits
    return [at for at, entry in enumerate(entries) if entry in fits]


def _unescaped(answer: str) -> str:
    rest = answer.removeprefix(_ESCAPE)
    words = ("back", "quit", "help", "more", _("back"), _("quit"), _("help"), _("more"), _ERASE)
    return rest if rest.casefold() in words else answer
