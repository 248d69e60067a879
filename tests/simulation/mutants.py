"""Planted faults: mistakes that sync engines really make, each as a small patch of the real code. The invariants find them.

Each names the troubles that bring it out: of those there is much in the runs with it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tests.simulation import desk_mutants, server_mutants
from tests.simulation.mix import FIRST_DOWNLOAD, OLD_RELEASE


@dataclass(frozen=True, slots=True)
class Mutant:
    """A planted fault."""

    planted: Callable[[], AbstractContextManager[object]]
    shown_by: tuple[str, ...]
    """Troubles without which it would be noticed seldom, or never."""

    @property
    def name(self) -> str:
        """As it is planted by."""
        return self.planted.__name__

    @property
    def what(self) -> str:
        """One sentence."""
        return (self.planted.__doc__ or "").strip()


MUTANTS: tuple[Mutant, ...] = (
    Mutant(desk_mutants.new_key_on_retry, ("lost response",)),
    Mutant(desk_mutants.delete_before_acknowledgement, ("lost request",)),
    Mutant(desk_mutants.drop_on_5xx, ("failed before",)),
    Mutant(desk_mutants.unauthorized_as_permanent, ("not let in",)),
    Mutant(server_mutants.outcome_in_another_transaction, ("server crash at a commit",)),
    Mutant(server_mutants.over_return, ()),
    Mutant(desk_mutants.match_by_position, ("partial list", "partition")),
    Mutant(desk_mutants.acknowledge_all_on_200, ("partial list", "partition")),
    Mutant(desk_mutants.in_memory_number_counter, ("desk crash",)),
    Mutant(desk_mutants.strict_first_in_first_out, ("poison",)),
    Mutant(server_mutants.no_fingerprint, ("same key twice",)),
    Mutant(desk_mutants.no_unique_number, ()),
    Mutant(desk_mutants.a_restored_desk_counts_on, ("desk restored",)),
    Mutant(server_mutants.cursor_by_id, ()),
    Mutant(desk_mutants.cursor_saved_before_the_page, ("desk crash at a commit",)),
    Mutant(desk_mutants.audit_outside_the_transaction, ("desk crash at a commit",)),
    Mutant(desk_mutants.outbox_outside_the_transaction, ("desk crash at a commit",)),
    Mutant(server_mutants.announced_in_another_transaction, ("server crash at a commit",)),
    Mutant(server_mutants.answered_before_the_commit, ("server disk full",)),
    Mutant(desk_mutants.give_up_after_three_tries, ("lost response",)),
    Mutant(desk_mutants.a_cut_page_is_the_end, ("captive portal", FIRST_DOWNLOAD)),
    Mutant(desk_mutants.data_deleted_before_the_work_is_handed_in, ("revoked",)),
    Mutant(desk_mutants.a_revoked_desk_keeps_its_data, ("revoked",)),
    Mutant(server_mutants.revocation_is_forgotten, ("revoked",)),
    Mutant(desk_mutants.copies_go_on_with_the_same_numbers, ("desk cloned",)),
    Mutant(desk_mutants.migration_drops_the_waiting_rows, (OLD_RELEASE,)),
    Mutant(server_mutants.the_old_protocol_is_forged, (OLD_RELEASE,)),
    Mutant(server_mutants.a_restore_refuses, ("server restored", "partition", "desk crash")),
)

SEEN_ELSEWHERE = {"normal_instead_of_full": "a simulated power cut (tests/power_cuts)"}
"""Faults that cannot be seen here, as nothing here ever loses power."""


def mutant(name: str) -> Mutant:
    """The planted fault of this name.

    Raises:
        KeyError: if there is none.
    """
    return {each.name: each for each in MUTANTS}[name]
