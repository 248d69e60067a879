"""Every table, key and list entry of a document is found on its line."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol.policies import default_names, default_policy, default_reasons
from sync.protocol.toml_places import Place, line_of, places

DOCUMENT = '''# a comment with = and [brackets]
a = 1
b.c = "x # no comment"

[table] # here
key = [
  "one", # first
  "]", 'two',
]
inline = { x = 1, y = [1, 2], "quoted key" = """
text = 1
[no.table]
""", z = 2 }
[[rows]]
id = \'\'\'
\'\'\'
[rows.deep]
n = 1
[[rows]]
id = 2
[rows.deep]
n = 2020-01-01T00:00:00Z
'''


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("a",), 2),
        (("b",), 3),
        (("b", "c"), 3),
        (("table",), 5),
        (("table", "key"), 6),
        (("table", "key", 0), 7),
        (("table", "key", 1), 8),
        (("table", "key", 2), 8),
        (("table", "inline"), 10),
        (("table", "inline", "y", 1), 10),
        (("table", "inline", "quoted key"), 10),
        (("table", "inline", "z"), 13),
        (("rows",), 14),
        (("rows", 0, "id"), 15),
        (("rows", 0, "deep", "n"), 18),
        (("rows", 1), 19),
        (("rows", 1, "deep", "n"), 22),
    ],
)
def test_a_place_is_found_on_its_line(place: Place, line: int) -> None:
    assert places(DOCUMENT)[place] == line


def test_what_is_missing_is_told_at_the_table_it_belongs_to() -> None:
    found = places(DOCUMENT)

    assert line_of(found, ("rows", 1, "missing")) == 19
    assert line_of(found, ("missing",)) == 1


def test_windows_line_ends_count_once() -> None:
    assert places(DOCUMENT.replace("\n", "\r\n")) == places(DOCUMENT)


@pytest.mark.parametrize(
    "text", [*map(default_policy, default_names()), default_policy("no_limits"), default_reasons()]
)
def test_every_value_of_the_default_documents_has_its_place(text: str) -> None:
    found = places(text)

    assert set(_all_places(tomllib.loads(text), ())) == set(found)
    for place, line in found.items():
        if isinstance(place[-1], str):
            assert place[-1] in text.splitlines()[line - 1]


_KEYS = st.sampled_from(["a", "b-2", '"c d"', "'e'"])
_VALUES = st.recursive(
    st.sampled_from(
        ["1", "true", "-0.5", '"#]"', "'}'", "1979-05-27 07:32:00", '"\\""', '"""\n"""']
    ),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda entries: f"[{', '.join(entries)}]")
        | st.lists(inner, max_size=2).map(
            lambda entries: "{" + ", ".join(f"k{i} = {e}" for i, e in enumerate(entries)) + "}"
        )
    ),
    max_leaves=6,
)


@given(st.lists(st.tuples(_KEYS, _VALUES), max_size=4, unique_by=lambda pair: pair[0]))
def test_any_document_is_walked_to_its_end(pairs: list[tuple[str, str]]) -> None:
    text = "\n".join(f"{key} = {value}" for key, value in pairs)

    assert set(_all_places(tomllib.loads(text), ())) == set(places(text))


def _all_places(value: Any, place: Place) -> list[Place]:
    here = [place] if place else []
    if isinstance(value, dict):
        return here + [p for key, inner in value.items() for p in _all_places(inner, (*place, key))]
    if isinstance(value, list):
        return here + [p for i, inner in enumerate(value) for p in _all_places(inner, (*place, i))]
    return here
