"""What a field of a form is, and what a section: data, the same for every screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from rma.wording import _

Rule = Callable[[str], str]
"""Reads a typed text; gives what is wrong with it and the remedy, or an empty text."""


class Kind(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    MONEY = "money"
    """An amount; it never goes on by itself and never comes back with Ctrl+R."""
    CODE = "code"
    """First letters or a number of the F4 list; the meaning stands beside it."""
    SECRET = "secret"  # noqa: S105 - a name
    """Free text that is shown as dots."""
    TICKS = "ticks"
    """Any of a few facts, each with its digit."""
    OWN = "own"
    """A widget that the screen brings, such as the list of lines."""


class Advance(StrEnum):
    """What makes the cursor go on."""

    FULL = "full"
    """The last character of a number that can get no longer; Tab and Enter too."""
    EXIT = "exit"
    """Tab or Enter."""
    ENTER = "enter"
    """Only Enter: Tab stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field. Label, `takes` and `mandatory` are marked for the catalogue, and said through it where they are shown."""

    name: str
    """Its name in the form's state, and the id of its widget."""
    label: str
    kind: Kind = Kind.TEXT
    advance: Advance = Advance.EXIT
    width: int = 0
    """Cells; 0 takes what is left of the row."""
    label_width: int = 13
    """Cells of the label."""
    beside: bool = False
    """Whether it stands on the row of the field before it."""
    max_length: int = 500
    takes: str = ""
    """What to type, in a sentence for F1; empty where the kind says it all."""
    mandatory: str = ""
    """What to ask for where it is left empty, in a sentence; empty where it may stay so."""
    rule: Rule | None = None
    """Checked when the cursor leaves the field."""
    repeats: bool = False
    """Whether Ctrl+R brings back its last value. Never for money, quantities, serials or personal data."""

    def __post_init__(self) -> None:
        """Refuse a field that would break a promise to the agent."""
        if self.kind is Kind.MONEY and (self.advance is Advance.FULL or self.repeats):
            raise ValueError(f"{self.name}: money neither goes on by itself nor comes back")

    @property
    def name_on_screen(self) -> str:
        """The label without the number of its section: `Reason`."""
        return self.shown_label.strip(" 1234567890")

    @property
    def shown_label(self) -> str:
        """The label in the user's language: `2 Reason`."""
        return _(self.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Fields that stand together; kinds of returns differ in the sections that they show."""

    name: str
    """The id of its widget."""
    fields: tuple[FieldSpec, ...]
    shown: bool = True
    """Whether it is open at first."""


def fields_of(sections: tuple[Section, ...]) -> tuple[FieldSpec, ...]:
    """Every field, in the order of the screen."""
    return tuple(spec for section in sections for spec in section.fields)
