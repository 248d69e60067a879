"""Search: every key of the one box, accents and order of words ignored, hostile text harmless."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rma.order import Customer
from storage.reference import ReferenceStore
from storage.reference_rows import ReferenceRow
from storage.search import name_key, spellings
from tests import shop
from tests.keys import KEY

NAMES = {
    "C-1": "Maria Müller",
    "C-2": "Łukasz Żółć",
    "C-3": "Søren Ærø-Jørgensen",
    "C-4": "Đorđe Đoković",
    "C-5": "Groß, Anna-Lena",
    "C-6": "Siobhán O’Brien",
    "C-7": "Ann Smithson",
    "C-8": "Ann Smith",
    "C-9": "Anna Smith Smithers",
    "C-10": "Þóra Œuvrard",
    "C-11": "İlker Işık",
    "C-12": "李 小龍",
    "C-13": "Нина Ёлкина",
    "C-14": "José María Núñez",
    "C-15": "Otto Mueller",
}


def named(customer_id: str, name: str) -> Customer:
    return shop.customer(customer_id=customer_id, name=name, email="", phone="", postcode="")


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> ReferenceStore:
    reference = ReferenceStore.open(tmp_path_factory.mktemp("names"), KEY)
    rows = [ReferenceRow("customer", key, 1, named(key, name)) for key, name in NAMES.items()]
    reference.apply(rows, "c-1")
    return reference


def found(reference: ReferenceStore, text: str, limit: int = 50) -> list[str]:
    return [c.customer_id for c in reference.customers_by_name(text.split(), limit)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("maria muller", {"C-1"}),
        ("MÜLLER MARIA", {"C-1"}),
        ("mul mar", {"C-1"}),
        ("müll", {"C-1", "C-15"}),
        ("mueller", {"C-1", "C-15"}),
        ("Mu\u0308ller", {"C-1", "C-15"}),
        ("lukasz zolc", {"C-2"}),
        ("ŁUKASZ", {"C-2"}),
        ("soren", {"C-3"}),
        ("jorgensen aero", {"C-3"}),
        ("ærø-jørgensen", {"C-3"}),
        ("dorde dokovic", {"C-4"}),
        ("gross", {"C-5"}),
        ("GROSS lena", {"C-5"}),
        ("anna-lena groß", {"C-5"}),
        ("obrien siobhan", {"C-6"}),
        ("o'brien", {"C-6"}),
        ("thora oeuvrard", {"C-10"}),
        ("ilker isik", {"C-11"}),
        ("ILKER", {"C-11"}),
        ("李", {"C-12"}),
        ("小龍", {"C-12"}),
        ("елкина нина", {"C-13"}),
        ("nunez jose", {"C-14"}),
        ("mar", {"C-1", "C-14"}),
        ("maria m", {"C-1", "C-14"}),
        ("maria n", {"C-14"}),
        ("ria", set()),
        ("maria nobody", set()),
    ],
)
def test_names_are_found_without_accents_in_any_order(
    names: ReferenceStore, text: str, expected: set[str]
) -> None:
    assert set(found(names, text)) == expected


def test_whole_words_come_first(names: ReferenceStore) -> None:
    assert found(names, "ann smith") == ["C-8", "C-7", "C-9"]


def test_whole_words_are_found_among_more_prefixes_than_candidates(tmp_path: Path) -> None:
    reference = ReferenceStore.open(tmp_path, KEY)
    rows = [
        ReferenceRow("customer", f"L-{i}", 1, named(f"L-{i}", f"Leeson {i}")) for i in range(500)
    ]
    rows.append(ReferenceRow("customer", "C-lee", 1, named("C-lee", "Lee Last")))
    reference.apply(rows, "c-1")
    hits = found(reference, "lee", limit=10)
    assert hits[0] == "C-lee"
    assert len(hits) == 10
    assert len(found(reference, "lee", limit=1000)) == 201
    reference.close()


def test_a_first_letter_tells_namesakes_apart_that_are_more_than_candidates(
    tmp_path: Path,
) -> None:
    reference = ReferenceStore.open(tmp_path, KEY)
    rows = [
        ReferenceRow("customer", f"A-{i}", 1, named(f"A-{i}", f"Maria A{i}")) for i in range(500)
    ]
    rows.append(ReferenceRow("customer", "Z-1", 1, named("Z-1", "Maria Zoller")))
    reference.apply(rows, "c-1")
    assert found(reference, "maria z") == ["Z-1"]
    assert found(reference, "m z") == ["Z-1"]
    reference.close()


def test_a_whole_first_name_comes_before_longer_ones_that_would_take_every_place(
    tmp_path: Path,
) -> None:
    reference = ReferenceStore.open(tmp_path, KEY)
    rows = [
        ReferenceRow("customer", f"A-{i}", 1, named(f"A-{i}", f"Annabella Schach{i}"))
        for i in range(300)
    ]
    rows.append(ReferenceRow("customer", "C-anna", 1, named("C-anna", "Anna Schulz")))
    reference.apply(rows, "c-1")
    hits = found(reference, "anna sch", limit=10)
    assert hits[0] == "C-anna"
    assert len(hits) == 10
    reference.close()


HOSTILE = [
    "",
    " ",
    '"',
    "'",
    '""""',
    "a\"b'c",
    "mar*",
    "NEAR(maria muller)",
    "maria AND",
    "OR",
    "NOT maria",
    "words:maria",
    "{words} : x",
    "^maria",
    "maria -muller",
    "(",
    ")))",
    "+",
    "%_",
    "\\",
    "\x00",
    "maria\x00muller",
    "\x1b[2J",
    "\ud800",
    "😀😀",
    "\u202eabc",
    "; DROP TABLE customer",
    "x" * 100_000,
    "é" * 100_000,
    "ma " * 10_000,
    "\u0301\u0301",
    "١٢٣",
    "²³",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_finds_nothing_wrong_and_never_raises(
    names: ReferenceStore, text: str
) -> None:
    names.customers_by_name([text], 10)
    names.customers_by_name(text.split()[:1000], 10)
    names.customers_by_phone_ending(text, 10)
    names.customers_by_email(text, 10)
    names.customers_by_number(text, 10)
    names.customers_by_postcode(text, 10)
    names.orders_by_number(text, 10)
    names.customer(text)
    names.order(text)
    names.orders_of(text, 10)
    names.record(text)
    names.records_of_order(text)
    names.records_of_customer(text)
    names.records_around(text, text)
    assert len(found(names, "maria")) == 2


@given(st.text(max_size=40))
def test_every_name_with_letters_is_found_by_its_own_spelling(name: str) -> None:
    words = spellings(name)
    key = name_key(name).split()
    assert all(spelling in key for word in words for spelling in word)


@given(st.text(max_size=30))
def test_any_text_is_a_harmless_search(names: ReferenceStore, text: str) -> None:
    names.customers_by_name([text], 10)


@pytest.fixture(scope="module")
def contacts(tmp_path_factory: pytest.TempPathFactory) -> ReferenceStore:
    reference = ReferenceStore.open(tmp_path_factory.mktemp("contacts"), KEY)
    values = [
        shop.customer(),
        shop.customer(
            customer_id="C-2",
            phone="030 / 99-88-77",
            email="Max.M@Example.com",
            postcode="SW1A 1AA",
        ),
        shop.customer(customer_id="C-3", phone="", email="", postcode=""),
        shop.customer(
            customer_id="C-4", phone="12345678", email="maria@example.co", postcode="101"
        ),
    ]
    rows = [ReferenceRow("customer", value.customer_id, 1, value) for value in values]
    numbers = ["100001", "1000", "10000", "#100001-B", "c536365", "20"]
    rows += [
        ReferenceRow("order", f"O-{number}", 1, shop.order(order_id=f"O-{number}", number=number))
        for number in numbers
    ]
    reference.apply(rows, "c-1")
    return reference


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("678", {"C-1", "C-4"}),
        ("2345678", {"C-1", "C-4"}),
        ("493012345678", {"C-1"}),
        ("+49 30 1234 5678", {"C-1"}),
        ("00493012345678", {"C-1"}),
        ("03012345678", {"C-1"}),
        ("030998877", {"C-2"}),
        ("٨٨٧٧", {"C-2"}),
        ("000", set()),
        ("0", set()),
        ("123", set()),
    ],
)
def test_phones_are_found_by_any_ending(
    contacts: ReferenceStore, digits: str, expected: set[str]
) -> None:
    hits = contacts.customers_by_phone_ending(digits, 10)
    assert {customer.customer_id for customer in hits} == expected


def test_emails_are_found_by_their_beginning_whatever_the_case(contacts: ReferenceStore) -> None:
    def hits(prefix: str) -> list[str]:
        return [c.customer_id for c in contacts.customers_by_email(prefix, 10)]

    assert hits("MAX.m@") == ["C-2"]
    assert hits("maria@example.co") == ["C-4", "C-1"]
    assert hits("@example.com") == []
    assert hits("") == []


def test_postcodes_are_found_by_their_beginning_spaces_and_case_ignored(
    contacts: ReferenceStore,
) -> None:
    def hits(prefix: str) -> list[str]:
        return [c.customer_id for c in contacts.customers_by_postcode(prefix, 10)]

    assert hits("sw1a1") == ["C-2"]
    assert hits("SW1A 1AA") == ["C-2"]
    assert hits("101") == ["C-4", "C-1"]


def test_customers_are_found_by_the_beginning_of_their_number(contacts: ReferenceStore) -> None:
    def hits(prefix: str, limit: int = 10) -> list[str]:
        return [c.customer_id for c in contacts.customers_by_number(prefix, limit)]

    assert hits("C-1", 1) == ["C-1"]
    assert hits("c-2") == ["C-2"]
    assert hits(" c - 2 ") == ["C-2"]
    assert hits("C-99") == hits("") == hits("  ") == []


def test_orders_are_found_by_their_beginning_the_exact_one_first(
    contacts: ReferenceStore,
) -> None:
    def hits(prefix: str, limit: int = 10) -> list[str]:
        return [order.number for order in contacts.orders_by_number(prefix, limit)]

    assert hits("1000") == ["1000", "10000", "100001", "#100001-B"]
    assert hits("10000", 2) == ["10000", "100001"]
    assert hits("C536") == ["c536365"]
    assert hits("#100001-b") == ["#100001-B"]
    assert hits("7") == []
