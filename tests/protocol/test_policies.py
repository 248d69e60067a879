"""A policy document is read strictly and exactly, and everything wrong with it is told at once."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rma.policy import Policy, Rule
from rma.request import Condition, Fact
from sync.protocol.policies import BadPolicy, default_policy, parse_policy
from tests.protocol.documents import POLICY, POLICY_LINES


def test_a_small_document_gives_a_policy_with_defaults() -> None:
    policy = parse_policy(POLICY)

    assert str(policy.ref) == "small v1"
    assert policy.valid_from == datetime(2026, 1, 1, tzinfo=UTC)
    assert policy.window.days == 30
    assert policy.conditions == (Condition.SEALED, Condition.OPENED)
    assert policy.verification_facts == tuple(Fact)
    assert policy.expires_after_days is None
    assert policy.agent_return


def test_every_default_is_the_one_of_the_rules() -> None:
    policy = parse_policy(POLICY)

    for field in dataclasses.fields(Policy):
        if field.default is not dataclasses.MISSING:
            assert getattr(policy, field.name) == field.default, field.name


def test_amounts_become_minor_units_of_their_currency() -> None:
    fees = parse_policy(
        POLICY + "[fees]\nreturn_shipping = { EUR = 0.1, JPY = 400, BHD = 1.005, GBP = 3.95 }\n"
    ).fees

    amounts = {entry.currency: entry.amount for entry in fees.return_shipping.entries}
    assert amounts == {"EUR": 10, "JPY": 400, "BHD": 1005, "GBP": 395}


def test_a_tenth_is_exact_and_never_a_float() -> None:
    policy = parse_policy(POLICY + "[approval]\namount = { BHD = 90071992547.409 }\n")

    assert policy.approval.amount is not None
    assert policy.approval.amount.get("BHD") == 90071992547409


@pytest.mark.parametrize(
    ("percent", "points"),
    [("15", 1500), ("0.1", 10), ("12.34", 1234), ("100", 10000), ("0", 0), ("1.10", 110)],
)
def test_percents_become_basis_points(percent: str, points: int) -> None:
    fees = parse_policy(f"{POLICY}[fees]\nrestocking_percent = {percent}\n").fees

    assert fees.restocking == points


def test_an_instant_in_another_zone_is_the_same_instant() -> None:
    text = POLICY.replace("2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00")

    assert parse_policy(text).valid_from == datetime(2026, 1, 1, tzinfo=UTC)


L = POLICY_LINES
MALFORMED = [
    # text after the small policy, or a line of it replaced; line, key, expected
    ("[fees]\nrestocking_percent = 'abc'", L + 2, "fees.restocking_percent", "a percent from 0 to 100"),
    ("[fees]\nrestocking_percent = 101", L + 2, "fees.restocking_percent", "a percent from 0 to 100"),
    ("[fees]\nrestocking_percent = -1", L + 2, "fees.restocking_percent", "a percent from 0 to 100"),
    ("[fees]\nrestocking_percent = 1.005", L + 2, "fees.restocking_percent", "at most 2 decimals"),
    ("[fees]\nrestocking_percent = 12.3400000000000000000000000000000001", L + 2, "fees.restocking_percent", "at most 2 decimals"),
    ("[fees]\nrestocking_percent = 1e-9999999", L + 2, "fees.restocking_percent", "at most 2 decimals"),
    ("[fees.return_shipping]\nEUR = 1.0000000000000000000000000000000000001", L + 2, "fees.return_shipping.EUR", "an amount of EUR from 0"),
    ("[fees]\nrestocking_percent = nan", L + 2, "fees.restocking_percent", "a percent from 0 to 100"),
    ("[fees]\nrestocking_percent = true", L + 2, "fees.restocking_percent", "a percent from 0 to 100"),
    ("[fees]\nrestoking = 1", L + 2, "fees.restoking", "restocking_percent (the nearest known key)"),
    ("[feees]\ntaxed = true", L + 1, "feees", "fees (the nearest known key)"),
    ("[fees]\nreturn_shipping = { eur = 1 }", L + 2, "fees.return_shipping.eur", "a currency code of three capital letters"),
    ("[fees]\nreturn_shipping = { EUR = 1.001 }", L + 2, "fees.return_shipping.EUR", "no more decimals than EUR has"),
    ("[fees.return_shipping]\nJPY = 0.5", L + 2, "fees.return_shipping.JPY", "no more decimals than JPY has"),
    ("[fees.return_shipping]\nEUR = -1", L + 2, "fees.return_shipping.EUR", "an amount of EUR from 0"),
    ("[fees.return_shipping]\nEUR = inf", L + 2, "fees.return_shipping.EUR", "an amount of EUR from 0"),
    ("[fees.return_shipping]\nEUR = '1'", L + 2, "fees.return_shipping.EUR", "an amount of EUR from 0"),
    ("[fees.return_shipping]\nEUR = 1e30", L + 2, "fees.return_shipping.EUR", "an amount of EUR from 0"),
    ("[fees]\nreturn_shipping = 3.95", L + 2, "fees.return_shipping", "a table"),
    ("[fees]\ntaxed = 1", L + 2, "fees.taxed", "true or false"),
    ("fees = 3", L + 1, "window.fees", "days (the nearest known key)"),
    ("[scope]\nchannels = ['phone', 'fax']", L + 2, "scope.channels[1]", "one of: phone, email, chat"),
    ("[scope]\nchannels = 'phone'", L + 2, "scope.channels", "a list in square brackets"),
    ("[scope]\ntiers = ['gold', 'gold']", L + 2, "scope.tiers[1]", "each entry once"),
    ('[scope]\ntiers = ["\\u001b[31m"]', L + 2, "scope.tiers[0]", "a text of at most 80 characters"),
    ("[verification]\nneeded = 2\nfacts = ['name']", L + 2, "verification.needed", "at most the 1 listed"),
    ("[verification]\nneeded = 6", L + 2, "verification.needed", "a whole number from 0 to 5"),
    ("[[evidence]]\nreason = 'a'\nevidence = ['photo']\n[[evidence]]\nreason = 'a'\nevidence = ['serial']", L + 5, "evidence[1].reason", f"each reason once (line {L + 2}"),
    ("[[shipping_payer]]\nreason = 'a'\npayer = 'customer'\n[[shipping_payer]]\nreason = 'a'\npayer = 'merchant'", L + 5, "shipping_payer[1].reason", "each reason once"),
    ("[[shipping_payer]]\nreason = 'a'", L + 1, "shipping_payer[0].payer", "one of: merchant, customer"),
    ("[[limits]]\nrole = 'boss'", L + 2, "limits[0].role", "one of: agent, supervisor, warehouse, admin"),
    ("[[limits]]\nrole = 'agent'\n[[limits]]\nrole = 'agent'", L + 4, "limits[1].role", "each role once"),
    ("[[warranty]]\ncategory = 'x'\nmonths = 1.5", L + 3, "warranty[0].months", "a whole number of months"),
    ("[[clauses]]\nid = 'a'\ntext = 'x'\n[[clauses]]\nid = 'a'\ntext = 'y'", L + 5, "clauses[1].id", "each id once"),
    ("[[clauses]]\nid = 'a'\ntext = ''", L + 3, "clauses[0].text", "a text of 1 to 2000 characters"),
    ("[approval]\nmany_returns = { count = 0, days = 1 }", L + 2, "approval.many_returns.count", "a whole number from 1"),
    ("[approval]\nmany_returns = { count = 3 }", L + 2, "approval.many_returns.days", "a whole number of days"),
    ("days = 10", L + 1, "", "valid TOML"),
    ("[window", L + 1, "", "valid TOML"),
    ("x = '''", L + 1, "", "valid TOML"),
    ("starts = 'sent'", L + 1, "window.starts", "one of: delivered, placed"),
]  # fmt: skip

REPLACED = [
    ("code =", 'code = "two words"', 1, "code", "a code of 1 to 40 letters"),
    ("version =", "version = 0", 2, "version", "a whole number from 1 to 1000000"),
    ("version =", "version = 1.0", 2, "version", "a whole number from 1 to 1000000"),
    ("version =", 'version = "1"', 2, "version", "a whole number from 1 to 1000000"),
    ("name =", 'name = "  "', 3, "name", "a text of 1 to 2000 characters"),
    ("active =", 'active = "yes"', 4, "active", "true or false"),
    ("active =", "", 1, "active", "true or false"),
    ("valid_from =", "valid_from = 2026-01-01", 5, "valid_from", "a date and time with its zone"),
    ("valid_from =", "valid_from = 2026-01-01T00:00:00", 5, "valid_from", "with its zone"),
    ("valid_from =", "valid_from = 0001-01-01T00:00:00+10:00", 5, "valid_from", "with its zone"),
    ("valid_from =", "valid_from = 2026-13-01T00:00:00Z", 5, "", "valid TOML"),
    ("time_zone =", 'time_zone = "Mars/Olympus"', 6, "time_zone", "a time zone name, like Europe/"),
    ("time_zone =", 'time_zone = "../etc/passwd"', 6, "time_zone", "a time zone name"),
    ("time_zone =", 'time_zone = ""', 6, "time_zone", "a time zone name"),
    ("conditions =", 'conditions = ["sealed", "opend"]', 7, "conditions[1]", "one of: sealed, opened"),
    ("conditions =", 'conditions = ["sealed", "sealed"]', 7, "conditions[1]", "each entry once"),
    ("conditions =", "", 1, "conditions", "a list in square brackets"),
    ("resolutions =", "resolutions = []", 8, "resolutions", "at least one entry"),
    ("resolutions =", 'resolutions = ["cake"]', 8, "resolutions[0]", "one of: refund, store_credit, exchange, replacement"),
    ("days =", "days = -1", 11, "window.days", "a whole number of days from 0 to 36500"),
    ("days =", "days = 30.0", 11, "window.days", "a whole number of days"),
    ("days =", f"days = {'9' * 5000}", 1, "", "valid TOML"),
]  # fmt: skip
ADDED = [
    ("valid_to = 2026-01-01T00:00:00Z", "valid_to", "an instant after valid_from"),
    ("valid_to = 2025-12-31T23:59:59-00:00", "valid_to", "an instant after valid_from"),
    ('overridable = ["window"]', "overridable[0]", "one of: final_sale, condition, proof"),
    ('overridable = ["quantity"]', "overridable[0]", "one of: final_sale, condition, proof"),
    ("contcat = 'any'", "contcat", "contact (the nearest known key)"),
    ("contact = 'fax'", "contact", "one of: none, any, email, phone"),
    ("authorization = 'magic'", "authorization", "one of: automatic, intelligent, manual"),
    ("expires_after_days = '30'", "expires_after_days", "a whole number of days"),
    ("offline_hours = true", "offline_hours", "a whole number of hours"),
    ("window = 3", "", "valid TOML"),
]


@pytest.mark.parametrize(("more", "line", "key", "expected"), MALFORMED)
def test_what_is_wrong_in_a_table_is_told_with_line_key_and_what_was_expected(
    more: str, line: int, key: str, expected: str
) -> None:
    _refused(f"{POLICY}{more}\n", line, key, expected)


@pytest.mark.parametrize(("start", "instead", "line", "key", "expected"), REPLACED)
def test_a_malformed_line_is_told_with_line_key_and_what_was_expected(
    start: str, instead: str, line: int, key: str, expected: str
) -> None:
    lines = [instead if each.startswith(start) else each for each in POLICY.splitlines()]

    _refused("\n".join(lines), line, key, expected)


@pytest.mark.parametrize(("first", "key", "expected"), ADDED)
def test_a_malformed_key_at_the_top_is_told_with_its_line(
    first: str, key: str, expected: str
) -> None:
    line = 11 if not key else 1  # a table after a value of the same name: told at the table

    _refused(f"{first}\n{POLICY}", line, key, expected)


def test_the_message_says_line_key_expected_and_what_was_found() -> None:
    with pytest.raises(BadPolicy) as caught:
        parse_policy(f"{POLICY}[fees]\nrestocking_percent = 'abc'\n")

    assert str(caught.value) == (
        f"line {L + 2}, fees.restocking_percent: "
        'expected a percent from 0 to 100 with at most 2 decimals, got "abc"'
    )


def test_all_problems_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = POLICY.replace('"opened"]', '"opend"]').replace("version = 1", "versoin = 1")
    with pytest.raises(BadPolicy) as caught:
        parse_policy(text + "[[clauses]]\nid = 'a'\n[[clauses]]\nid = 'a'\ntext = 'x'\n")

    told = [(problem.line, problem.key) for problem in caught.value.problems]
    assert told == [
        (1, "version"),
        (2, "versoin"),
        (7, "conditions[1]"),
        (L + 1, "clauses[0].text"),
        (L + 4, "clauses[1].id"),
    ]
    assert len(str(caught.value).splitlines()) == 5


def test_a_message_never_holds_what_could_move_a_terminal() -> None:
    with pytest.raises(BadPolicy) as caught:
        parse_policy(POLICY.replace('"small"', '"\\u001b[2J\\u202e"'))

    assert str(caught.value).isprintable()
    assert "\\u001b[2J\\u202e" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["[" * 5000, "a = " + "[" * 5000, "a." * 3000 + "a = 1", "x" * 200_000, "\x00", "a = '\ud800'"],
    ids=["headers", "lists", "tables", "long", "null", "surrogate"],
)
def test_absurd_documents_are_refused_like_others(text: str) -> None:
    with pytest.raises(BadPolicy):
        parse_policy(text)


def test_the_window_cannot_be_forgotten() -> None:
    _refused(POLICY[: POLICY.index("[window]")], 1, "window", "a table")


def test_only_rules_that_may_be_set_aside_can_be_made_overridable() -> None:
    text = 'overridable = ["final_sale", "condition", "proof", "evidence", "resolution"]\n' + POLICY

    assert parse_policy(text).overridable == (
        Rule.FINAL_SALE,
        Rule.CONDITION,
        Rule.PROOF,
        Rule.EVIDENCE,
        Rule.RESOLUTION,
    )


@given(st.text(max_size=300))
def test_garbage_is_refused_and_never_crashes(text: str) -> None:
    with pytest.raises(BadPolicy):
        parse_policy(text)


_FRAGMENTS = st.sampled_from(
    [
        *default_policy("general").split("\n"),
        *POLICY.split("\n"),
        "[[clauses]]",
        "[fees]",
        "= ",
        '"',
        "nan",
        "days = 1e400",
        "valid_from = 9999-12-31T23:59:59-23:59",
        "scope = [{}]",
        "[fees.return_shipping]",
        "EUR = 1e-400",
        "[[window]]",
        "time_zone = 'a\\u0000b'",
        'time_zone = "a\\u0000b"',
    ]
)


@given(st.lists(_FRAGMENTS, max_size=40))
def test_any_pile_of_fragments_is_a_policy_or_is_refused(fragments: list[str]) -> None:
    _policy_or_refused("\n".join(fragments))


@given(st.data())
def test_a_damaged_default_is_a_policy_or_is_refused(data: st.DataObject) -> None:
    text = default_policy("general")
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 40))
    _policy_or_refused(text[:start] + data.draw(st.text(max_size=8)) + text[start + length :])


def _policy_or_refused(text: str) -> None:
    try:
        policy = parse_policy(text)
    except BadPolicy as error:
        lines = text.count("\n") + 1
        assert error.problems
        assert all(1 <= problem.line <= lines for problem in error.problems)
        assert all(problem.expected and str(problem).isprintable() for problem in error.problems)
    else:
        assert not any(isinstance(value, float) for value in _leaves(policy))


def _refused(text: str, line: int, key: str, expected: str) -> None:
    with pytest.raises(BadPolicy) as caught:
        parse_policy(text)

    problem = caught.value
    assert (problem.line, problem.key) == (line, key)
    assert expected in problem.expected
    assert len(problem.problems) == 1


def _leaves(value: Any) -> list[Any]:
    if dataclasses.is_dataclass(value):
        return [x for f in dataclasses.fields(value) for x in _leaves(getattr(value, f.name))]
    if isinstance(value, tuple):
        return [x for entry in value for x in _leaves(entry)]
    return [value.value if isinstance(value, Enum) else value]
