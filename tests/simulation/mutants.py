"""Planted faults: mistakes that sync engines really make, each as a small patch of the real code. The invariants find them.

Each names the invariant that is about it, and the troubles that bring it out: of those there is much in the runs with it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tests.simulation import desk_mutants, server_mutants, store_mutants
from tests.simulation.mix import FIRST_DOWNLOAD, OLD_RELEASE


@dataclass(frozen=True, slots=True)
class Mutant:
    """A planted fault."""

    planted: Callable[[], AbstractContextManager[object]]
    caught_by: str
    """The invariant that is about it."""
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
    Mutant(
        desk_mutants.new_key_on_retry, "every_told_operation_arrived_or_is_seen", ("lost response",)
    ),
    Mutant(
        desk_mutants.delete_before_acknowledgement,
        "every_told_operation_arrived_or_is_seen",
        ("lost request",),
    ),
    Mutant(desk_mutants.drop_on_5xx, "every_told_operation_arrived_or_is_seen", ("failed before",)),
    Mutant(
        desk_mutants.unauthorized_as_permanent,
        "every_told_operation_arrived_or_is_seen",
        ("not let in",),
    ),
    Mutant(
        server_mutants.outcome_in_another_transaction,
        "a_told_number_is_unique",
        ("server crash at a commit",),
    ),
    Mutant(server_mutants.over_return, "the_ledger_is_the_sum_of_its_lines", ()),
    Mutant(desk_mutants.match_by_position, "outcomes_are_equal", ("partial list", "partition")),
    Mutant(
        desk_mutants.acknowledge_all_on_200, "outcomes_are_equal", ("partial list", "partition")
    ),
    Mutant(store_mutants.in_memory_number_counter, "nothing_broke", ("desk crash",)),
    Mutant(
        desk_mutants.strict_first_in_first_out,
        "every_told_operation_arrived_or_is_seen",
        ("poison",),
    ),
    Mutant(
        server_mutants.no_fingerprint,
        "every_told_operation_arrived_or_is_seen",
        ("same key twice",),
    ),
    Mutant(store_mutants.no_unique_number, "a_told_number_is_unique", ()),
    Mutant(store_mutants.a_restored_desk_counts_on, "a_told_number_is_unique", ("desk restored",)),
    Mutant(server_mutants.cursor_by_id, "the_queue_drains", ()),
    Mutant(
        store_mutants.cursor_saved_before_the_page, "the_queue_drains", ("desk crash at a commit",)
    ),
    Mutant(
        store_mutants.audit_outside_the_transaction,
        "the_audit_chain_holds",
        ("desk crash at a commit",),
    ),
    Mutant(
        store_mutants.outbox_outside_the_transaction,
        "the_audit_chain_holds",
        ("desk crash at a commit",),
    ),
    Mutant(
        server_mutants.announced_in_another_transaction,
        "one_event_per_effect",
        ("server crash at a commit",),
    ),
    Mutant(
        server_mutants.answered_before_the_commit,
        "every_told_operation_arrived_or_is_seen",
        ("server disk full",),
    ),
    Mutant(
        desk_mutants.give_up_after_three_tries,
        "every_told_operation_arrived_or_is_seen",
        ("lost response",),
    ),
    Mutant(
        desk_mutants.a_cut_page_is_the_end, "the_queue_drains", ("captive portal", FIRST_DOWNLOAD)
    ),
    Mutant(
        desk_mutants.data_deleted_before_the_work_is_handed_in,
        "every_told_operation_arrived_or_is_seen",
        ("revoked",),
    ),
    Mutant(
        store_mutants.a_revoked_desk_keeps_its_data,
        "a_revoked_desk_gives_its_data_back",
        ("revoked",),
    ),
    Mutant(server_mutants.revocation_is_forgotten, "what_the_revoked_make_is_held", ("revoked",)),
    Mutant(
        store_mutants.copies_go_on_with_the_same_numbers,
        "a_told_number_is_unique",
        ("desk cloned",),
    ),
    Mutant(
        store_mutants.what_was_heard_of_is_free,
        "a_told_number_is_unique",
        ("desk cloned",),
    ),
    Mutant(
        store_mutants.migration_drops_the_waiting_rows,
        "every_told_operation_arrived_or_is_seen",
        (OLD_RELEASE,),
    ),
    Mutant(
        server_mutants.the_old_protocol_is_forged, "an_older_release_is_understood", (OLD_RELEASE,)
    ),
    Mutant(
        server_mutants.late_work_of_the_revoked_is_not_taken,
        "every_told_operation_arrived_or_is_seen",
        ("revoked while away",),
    ),
    Mutant(
        store_mutants.lost_marks_are_not_missed,
        "a_told_number_is_unique",
        ("copy put back", "partition"),
    ),
    Mutant(
        desk_mutants.nobody_asks_what_was_released,
        "outcomes_are_equal",
        ("revoked", "release"),
    ),
    Mutant(
        store_mutants.a_changed_order_keeps_its_document,
        "reference_equals_the_server",
        (),
    ),
    Mutant(
        store_mutants.an_erased_customer_is_still_found,
        "reference_equals_the_server",
        ("customer erased",),
    ),
    Mutant(
        server_mutants.a_restore_refuses,
        "nothing_is_refused_for_a_restore",
        ("server restored", "partition", "desk crash"),
    ),
)

SEEN_ELSEWHERE = {"normal_instead_of_full": "a simulated power cut (tests/power_cuts)"}
"""Faults that cannot be seen here, as nothing here ever loses power."""


def mutant(name: str) -> Mutant:
    """The planted fault of this name.

    Raises:
        KeyError: if there is none.
    """
    return {each.name: each for each in MUTANTS}[name]
