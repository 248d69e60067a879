"""A reasons document gives a tree, or is refused with the line of what is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rma.reasons import ReasonWorkflow
from rma.request import Resolution, ReturnType
from sync.protocol.policies import BadPolicy, default_reasons, parse_reasons

REASONS = """\
version = 4
[[reasons]]
code = "fit"
label = "Fit"
[[reasons]]
code = "small"
label = "Too small"
parent = "fit"
"""


def test_reasons_become_a_tree() -> None:
    tree = parse_reasons(REASONS)

    assert tree.version == 4
    assert tree.path("small") == "Fit > Too small"
    assert [reason.code for reason in tree.leaves()] == ["small"]


def test_a_leaf_carries_everything_that_is_written() -> None:
    tree = parse_reasons(
        REASONS + "merchant_fault = true\nnote_required = true\nworkflow = 'approval'\n"
        "default_resolution = 'store_credit'\nreturn_types = ['defect']\n"
    )

    leaf = tree.find("small")
    assert leaf is not None
    assert leaf.merchant_fault
    assert leaf.note_required
    assert leaf.workflow is ReasonWorkflow.APPROVAL
    assert leaf.default_resolution is Resolution.STORE_CREDIT
    assert leaf.return_types == (ReturnType.DEFECT,)


@pytest.mark.parametrize(
    ("text", "line", "key", "expected"),
    [
        (REASONS.replace('parent = "fit"', 'parent = "fti"'), 8, "reasons[1].parent", "the code of another reason"),
        (REASONS.replace('label = "Fit"', 'label = "Fit"\nparent = "fit"'), 5, "reasons[0].parent", "a parent that does not lead back"),
        (REASONS.replace('code = "small"', 'code = "fit"'), 6, "reasons[1].code", "each code once (line 3 has it too)"),
        (REASONS.replace('label = "Fit"', 'label = "Fit"\nmerchant_fault = true'), 5, "reasons[0].merchant_fault", "this only on reasons that nothing hangs below"),
        (REASONS + "return_types = []", 9, "reasons[1].return_types", "at least one entry"),
        (REASONS + "return_types = ['theft']", 9, "reasons[1].return_types[0]", "one of: return, exchange, defect, goodwill"),
        (REASONS + "merchantfault = true", 9, "reasons[1].merchantfault", "merchant_fault (the nearest known key)"),
        ("version = 1", 1, "reasons", "a list in square brackets"),
        ("version = 1\nreasons = []", 2, "reasons", "at least one entry"),
        ("version = 1\nreasons = 3", 2, "reasons", "a list in square brackets"),
    ],
)  # fmt: skip
def test_a_malformed_tree_is_told_with_line_key_and_what_was_expected(
    text: str, line: int, key: str, expected: str
) -> None:
    with pytest.raises(BadPolicy) as caught:
        parse_reasons(text)

    first = caught.value
    assert (line, key) in [(problem.line, problem.key) for problem in first.problems]
    problem = next(p for p in first.problems if p.key == key)
    assert expected in problem.expected


def test_a_long_circle_is_told_at_each_of_its_reasons() -> None:
    rows = "".join(
        f'[[reasons]]\ncode = "{code}"\nlabel = "x"\nparent = "{parent}"\n'
        for code, parent in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"))
    )
    with pytest.raises(BadPolicy) as caught:
        parse_reasons("version = 1\n" + rows)

    assert [problem.line for problem in caught.value.problems] == [5, 9, 13]


@given(st.data())
def test_damaged_reasons_are_a_tree_or_are_refused(data: st.DataObject) -> None:
    text = default_reasons()
    start = data.draw(st.integers(0, len(text)))
    damaged = (
        text[:start]
        + data.draw(st.text(max_size=8))
        + text[start + data.draw(st.integers(0, 60)) :]
    )
    try:
        tree = parse_reasons(damaged)
    except BadPolicy as error:
        assert error.problems
    else:
        assert list(tree.leaves())
