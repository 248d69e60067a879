"""What changes between two policies, in words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from sync.protocol.policies import BadPolicy, default_policy, parse_policy, with_version
from sync.protocol.policy_diff import policy_differences
from sync.protocol.policy_models import PolicyShape
from sync.protocol.policy_problems import model_in
from sync.protocol.policy_words import FIELDS, section_and_name
from tests.central_api.branch import policy_text

BASE = policy_text()


def told(before: str, after: str) -> list[str]:
    """Section and sentence of each difference."""
    return [f"{each.section} | {each}" for each in policy_differences(before, after)]


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (policy_text(2), "What it is | version: 1 -> 2"),
        (policy_text(active="false"), "What it is | judges at all: yes -> no"),
        (
            policy_text(valid_to="2030-06-01T00:00:00+02:00"),
            "What it is | judges until: no end -> 2030-05-31 22:00:00 UTC",
        ),
        (
            policy_text(more='[scope]\ncountries = ["DE", ""]'),
            "What it covers | countries: all -> DE, not said",
        ),
        (
            policy_text(conditions='["sealed"]'),
            "What may come back | accepted conditions: sealed, opened -> sealed",
        ),
        (
            policy_text(more='[[evidence]]\nreason = "too_small"\nevidence = ["photo"]'),
            "What may come back | evidence for too small: new, photo",
        ),
        (
            policy_text(more='[[warranty]]\ncategory = "home"\nmonths = 24'),
            "What may come back | warranty of home: new, 24 months",
        ),
        (
            policy_text(more="[fees]\nrestocking_percent = 12.5"),
            "The money | restocking fee: 0 % -> 12.50 %",
        ),
        (
            policy_text(more="[fees.return_shipping]\nJPY = 400"),
            "The money | return shipping, JPY: new, 400",
        ),
        (
            policy_text(resolutions='["store_credit", "refund"]'),
            "The money | resolutions, as offered: refund, store credit -> store credit, refund",
        ),
        (
            policy_text(store_credit_after_days="90"),
            "The money | store credit for orders older than: never -> 90 days",
        ),
        (
            policy_text(more='[[limits]]\nrole = "agent"\nmanual = { EUR = 60 }'),
            "Who decides | largest amount by hand, agent, EUR: new, 60.00",
        ),
        (
            policy_text(packaging='["Use a box.", "Tape it."]'),
            "What the caller is told | packaging: none -> Use a box. / Tape it.",
        ),
    ],
    ids=lambda text: text.partition("|")[2] or "policy",
)
def test_a_change_is_told_in_words(after: str, said: str) -> None:
    assert told(BASE, after) == [said]


def test_a_threshold_is_told_with_each_of_its_currencies() -> None:
    limited = policy_text(more="[approval]\namount = { EUR = 300, BHD = 12.5 }")

    assert told(limited, BASE) == [
        "Who decides | approval above: by currency; in any other one each -> no threshold",
        "Who decides | approval above, EUR: gone, was 300.00",
        "Who decides | approval above, BHD: gone, was 12.500",
    ]


def test_a_default_that_is_written_out_is_no_change() -> None:
    assert told(BASE, policy_text(more="[fees]\ntaxed = true\nrestocking_percent = 0")) == []


def test_a_text_that_is_no_policy_is_refused() -> None:
    with pytest.raises(BadPolicy):
        policy_differences(BASE, "code = 1")


def _keys(shape: type[BaseModel], above: str = "") -> Iterator[str]:
    for name, field in shape.model_fields.items():
        inside = model_in(field.annotation)
        if inside is None:
            yield above + name
        elif "list" in str(field.annotation):
            first, *_ = inside.model_fields
            yield from (
                key for key in _keys(inside, f"{above}{name}[].") if not key.endswith(f".{first}")
            )
        else:
            yield from _keys(inside, f"{above}{name}.")


def test_every_key_of_a_policy_has_a_name() -> None:
    keys = list(_keys(PolicyShape))

    assert len(keys) > 40
    assert [key for key in keys if key not in FIELDS] == []


def test_names_of_rows_and_currencies_are_filled_in() -> None:
    assert section_and_name("limits[agent].goodwill.EUR")[1] == "largest goodwill, agent, EUR"


@pytest.mark.parametrize(
    "written", ["version = 1", "version=1", '"version" = 1  # first', "version = 0x1"]
)
def test_another_version_changes_that_line_only(written: str) -> None:
    text = f"# \u2028 version = 7\n{BASE}".replace("version = 1", written)

    changed = with_version(text, 12)

    assert parse_policy(changed).version == 12
    assert (
        sum(one != other for one, other in zip(text.split("\n"), changed.split("\n"), strict=True))
        == 1
    )
    assert [each.key for each in policy_differences(text, changed)] == ["version"]


def test_what_ships_differs_in_known_words_only() -> None:
    for name in ("electronics", "clothing", "hygiene", "final_sale", "no_limits"):
        found = policy_differences(default_policy("general"), default_policy(name))
        assert found
        assert not any("_" in each.name for each in found)
