"""A bundle and its parts on the server: whoever comes first holds them, whatever two desks told offline."""

from __future__ import annotations

from rma.operations import Outcome
from rma.order import Order
from rma.record import ProblemType
from tests import shop
from tests.central_api.branch import Branch, number_of


def kit() -> Order:
    """A kit for 500.00 with a body and two lenses."""
    return shop.order(
        shop.line("1", gross=50000),
        shop.line("2", gross=0, bundle_parent="1"),
        shop.line("3", units=2, gross=0, bundle_parent="1"),
    )


def test_a_part_of_a_bundle_that_another_desk_returned_is_refused_and_names_it(
    branch: Branch,
) -> None:
    branch.upsert(kit())
    first, second = branch.desk("Ada"), branch.desk("Bob")
    bundle = first.returning(shop.wanted("1"), order=kit())
    part = second.returning(shop.wanted("3"), order=kit())
    assert first.push_one(bundle).outcome is Outcome.ACCEPTED

    result = second.push_one(part)

    assert result.problem is not None
    assert result.problem.type is ProblemType.OVER_RETURN
    assert result.problem.other_number == number_of(bundle)
    assert branch.consumed(line_id="3") == 0
    assert branch.faults() == ()


def test_a_bundle_whose_part_another_desk_returned_is_refused_until_that_is_cancelled(
    branch: Branch,
) -> None:
    branch.upsert(kit())
    first, second = branch.desk("Ada"), branch.desk("Bob")
    part = first.returning(shop.wanted("3"), order=kit())
    first.push(part)
    bundle = second.returning(shop.wanted("1"), order=kit())
    again = second.returning(shop.wanted("1"), order=kit())
    assert second.push_one(bundle).outcome is Outcome.REJECTED

    first.push(first.cancel(number_of(part)))

    assert second.push_one(again).outcome is Outcome.ACCEPTED
    assert branch.faults() == ()
