"""What F1 says about the field that has the focus."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldHelp:
    """One field, in the agent's words. Empty parts are left out."""

    label: str
    """The field's name on the screen."""
    takes: str
    """What to type, in a sentence."""
    rule: str = ""
    """What it must fulfil, in a sentence."""
    values: str = ""
    """What its list of values holds, in a sentence; empty where it has none."""
    problem: str = ""
    """What is wrong with it now, and the remedy."""
