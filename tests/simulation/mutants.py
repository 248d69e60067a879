"""Planted faults: mistakes that sync engines really make, each as a small patch of the real code. The invariants find them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tests.simulation import desk_mutants, server_mutants


@dataclass(frozen=True, slots=True)
class Mutant:
    """A planted fault."""

    name: str
    planted: Callable[[], AbstractContextManager[object]]

    @property
    def what(self) -> str:
        """One sentence."""
        return (self.planted.__doc__ or "").strip()


MUTANTS: tuple[Mutant, ...] = tuple(
    Mutant(planted.__name__, planted)
    for planted in (
        desk_mutants.new_key_on_retry,
        desk_mutants.delete_before_acknowledgement,
        desk_mutants.drop_on_5xx,
        desk_mutants.unauthorized_as_permanent,
        server_mutants.outcome_in_another_transaction,
        server_mutants.over_return,
        desk_mutants.match_by_position,
        desk_mutants.acknowledge_all_on_200,
        desk_mutants.in_memory_number_counter,
        desk_mutants.strict_first_in_first_out,
        server_mutants.no_fingerprint,
        desk_mutants.no_unique_number,
        desk_mutants.a_restored_desk_counts_on,
        server_mutants.cursor_by_id,
        desk_mutants.cursor_saved_before_the_page,
        desk_mutants.audit_outside_the_transaction,
        desk_mutants.outbox_outside_the_transaction,
        server_mutants.announced_in_another_transaction,
        server_mutants.answered_before_the_commit,
        desk_mutants.give_up_after_three_tries,
        desk_mutants.a_cut_page_is_the_end,
    )
)

SEEN_ELSEWHERE = {"normal_instead_of_full": "a simulated power cut (tests/power_cuts)"}
"""Faults that cannot be seen here, as nothing here ever loses power."""


def mutant(name: str) -> Mutant:
    """The planted fault of this name.

    Raises:
        KeyError: if there is none.
    """
    return {each.name: each for each in MUTANTS}[name]
