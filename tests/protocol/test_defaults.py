"""The set that ships: every document is sound, and together they use everything a policy can say."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from rma.order import OrderLine
from rma.policy import Policy
from rma.request import Channel, Condition, Resolution, ReturnType
from rma.scope import select_policy
from sync.protocol.documents import read_document, write_document
from sync.protocol.policies import (
    NoSuchDefault,
    default_names,
    default_policy,
    default_reasons,
    parse_policy,
    parse_reasons,
)
from sync.protocol.policy_models import PolicyShape
from sync.protocol.policy_problems import model_in
from tests import shop

ALL = (*default_names(), "no_limits")


@pytest.mark.parametrize("name", ALL)
def test_a_default_policy_has_its_name_as_code(name: str) -> None:
    policy = parse_policy(default_policy(name))

    assert policy.code == name
    assert policy.active
    assert hash(policy)


@pytest.mark.parametrize("name", ALL)
def test_a_default_policy_survives_the_way_through_json(name: str) -> None:
    policy = parse_policy(default_policy(name))

    assert read_document(Policy, write_document(policy)) == policy


def test_no_limits_is_asked_for_by_name_only() -> None:
    assert default_names() == ("general", "electronics", "clothing", "hygiene", "final_sale")
    assert default_policy("no_limits")


def test_an_unknown_default_names_the_known_ones() -> None:
    with pytest.raises(NoSuchDefault, match="choose one of general, electronics"):
        default_policy("genral")


def test_no_limits_limits_nothing() -> None:
    policy = parse_policy(default_policy("no_limits"))

    assert policy.window.days is None
    assert policy.expires_after_days is None
    assert policy.offline_hours is None
    assert policy.verification == 0
    assert set(policy.conditions) == set(Condition)
    assert set(policy.resolutions) == set(Resolution)
    assert not policy.scope.categories


def test_every_key_of_a_policy_is_used_by_a_default() -> None:
    used = {key for name in ALL for key in _keys(tomllib.loads(default_policy(name)))}

    assert set(_keys_of(PolicyShape)) <= used


def test_every_field_of_a_policy_differs_from_its_default_somewhere() -> None:
    policies = [parse_policy(default_policy(name)) for name in ALL]

    # a desk that ships a policy its own agents may not use would help nobody
    assert list(_dull(policies)) == ["agent_return"]


@pytest.mark.parametrize(
    ("category", "code"),
    [
        ("home", "general"),
        ("", "general"),
        ("electronics", "electronics"),
        ("clothing", "clothing"),
        ("shoes", "clothing"),
        ("hygiene", "hygiene"),
        ("cosmetics", "hygiene"),
        ("clearance", "final_sale"),
    ],
)
def test_a_category_is_judged_by_its_policy(category: str, code: str) -> None:
    assert _judge(shop.line(category=category)).code == code


def test_a_gold_customers_clearance_is_judged_like_anything_else() -> None:
    assert _judge(shop.line(category="clearance"), tier="gold").code == "general"


def test_opened_electronics_cost_fifteen_percent_unless_faulty() -> None:
    assert _quote("electronics", "changed_mind", "opened")["restocking_fee"] == -1785
    assert "restocking_fee" not in _quote("electronics", "changed_mind", "sealed")
    assert "restocking_fee" not in _quote("electronics", "defective", "opened")


def test_clothes_come_back_for_free_and_others_do_not() -> None:
    assert "return_shipping" not in _quote("clothing", "too_small", "opened")
    assert _quote("home", "too_small", "opened")["return_shipping"] == -495


def test_the_reasons_are_a_tree_of_a_few_groups() -> None:
    tree = parse_reasons(default_reasons())
    groups = [reason for reason in tree.reasons if not tree.is_leaf(reason.code)]

    assert 4 <= len(groups) <= 6
    assert 15 <= len(list(tree.leaves())) <= 20
    assert all(reason.parent is None for reason in groups)


def test_every_return_type_offers_reasons_and_every_reason_a_return_type() -> None:
    tree = parse_reasons(default_reasons())
    offered = [set(tree.leaves(kind)) for kind in ReturnType]

    assert all(offered)
    assert set.union(*offered) == set(tree.leaves())


def test_a_defect_is_always_the_merchants_fault() -> None:
    assert all(r.merchant_fault for r in parse_reasons(default_reasons()).leaves(ReturnType.DEFECT))


@pytest.mark.parametrize("name", ALL)
def test_a_default_policy_speaks_of_known_reasons_only(name: str) -> None:
    policy, tree = parse_policy(default_policy(name)), parse_reasons(default_reasons())

    named = [row.reason for row in policy.evidence] + [row.reason for row in policy.shipping_payer]
    assert [code for code in named if tree.find(code) is None] == []


def _judge(line: OrderLine, tier: str = "") -> Policy:
    policy = select_policy(
        [parse_policy(default_policy(name)) for name in default_names()],
        order=shop.order(line, country="GB"),
        line=line,
        channel=Channel.PHONE,
        tier=tier,
        at=shop.NOW,
    )
    assert policy is not None
    return policy


def _quote(category: str, reason: str, condition: str) -> dict[str, int]:
    judged = shop.judged(
        shop.wanted(reason=reason, condition=Condition(condition)),
        order=shop.order(shop.line(category=category)),
        policies=tuple(parse_policy(default_policy(name)) for name in default_names()),
        reasons=parse_reasons(default_reasons()),
        at=shop.DELIVERED + timedelta(days=3),
    )
    assert judged.quote is not None
    return {part.kind.value: part.amount for part in judged.quote.all_components}


def _keys(tree: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in tree.items():
        yield f"{prefix}{key}"
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                yield from _keys(inner, f"{prefix}{key}.")


def _keys_of(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield f"{prefix}{name}"
        inner = model_in(field.annotation)
        if inner is not None:
            yield from _keys_of(inner, f"{prefix}{name}.")


def _dull(values: list[Any], prefix: str = "") -> Iterator[str]:
    """Fields that have the same value in all, where the rules give them a default."""
    for field in fields(values[0]):
        given = [getattr(value, field.name) for value in values]
        tables = [value for value in given if is_dataclass(value)]
        if tables:
            yield from _dull(tables, f"{prefix}{field.name}.")
        elif field.default is not MISSING and all(value == field.default for value in given):
            yield f"{prefix}{field.name}"
