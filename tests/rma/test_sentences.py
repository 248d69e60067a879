"""Every sentence is fit to be read to the caller, or says to the agent what to do."""

from __future__ import annotations

import re

import pytest

from rma.assessment import Assessment
from rma.policy import Rule, Window
from rma.verdict import Verdict
from tests import shop
from tests.rma.gallery import everything

CASES = everything()
SAID = sorted({(f.rule, f.sentence) for _, a in CASES for f in a.all_findings})
ASKED = sorted({(m.field, m.sentence) for _, a in CASES for m in a.missing})
CODE_LIKE = re.compile(
    r"_|\b(?:true|false|null|None(?! of the)|RmaState|C-1|O-1|[A-Z]{2,}-\w+(?<!SN-\d))\b"
)


def fit_to_read(sentence: str) -> None:
    assert sentence == sentence.strip()
    assert re.search(r"[.]$", sentence)
    assert not re.search(r"\s[,.:;]|\s\s|\.\.|: \.", sentence), "a word is missing"
    assert not CODE_LIKE.search(sentence), "reads like a program"
    assert sentence[0].isupper() or sentence[0] == "“"
    assert sentence.isprintable()


@pytest.mark.parametrize(("rule", "sentence"), SAID)
def test_the_sentence_of_a_finding_can_be_read_to_the_caller(rule: Rule, sentence: str) -> None:
    fit_to_read(sentence)
    assert rule.value in list(Rule)


@pytest.mark.parametrize(("field", "sentence"), ASKED)
def test_the_sentence_of_a_missing_field_says_what_to_do(field: str, sentence: str) -> None:
    fit_to_read(sentence)
    assert field


@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_line_speaks_with_the_voice_of_its_strictest_finding(verdict: Verdict) -> None:
    lines = [line for _, a in CASES for line in a.lines if line.verdict is verdict]
    assert lines
    for line in lines:
        strictest = [f.sentence for f in line.findings if f.outcome is verdict]
        assert line.sentence == (strictest[0] if strictest else line.sentence)
        fit_to_read(line.sentence)


def test_one_day_is_said_as_one_day() -> None:
    policy = shop.policy(window=Window(days=1))
    assert "1 day ended on 11 November 2026." in shop.judged(policy=policy).lines[0].sentence


def test_who_was_told_can_be_explained_later() -> None:
    """Every finding of a line names the version that judged, and every refusal the facts it looked at."""
    for _, assessment in CASES:
        explained(assessment)


def explained(assessment: Assessment) -> None:
    for line in assessment.lines:
        for found in line.findings:
            assert found.policy == line.policy
            if found.rule in (Rule.QUANTITY, Rule.WINDOW, Rule.SERIAL) and (
                found.outcome is Verdict.INELIGIBLE
            ):
                assert found.observed
