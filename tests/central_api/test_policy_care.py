"""Compare, roll back and simulate policies by `csr-central policy`, as people and as programs read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from central_api.__main__ import main
from central_api.database import reading, writing
from central_api.errors import NotPublished, PublicationRefused
from central_api.policies import published_policies, published_text, roll_back
from rma.policy import PolicyRef
from sync.protocol.policies import parse_policy
from tests import shop
from tests.central_api.branch import POLICY, Branch, policy_text

Run = Callable[..., str]


@pytest.fixture
def run(branch: Branch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `csr-central policy …` on the branch's database; gives stdout, or stderr where it was refused."""

    def run(*arguments: str, code: int = 0) -> str:
        assert main(["policy", *arguments, "--database", branch.url]) == code
        captured = capsys.readouterr()
        assert not (captured.err if code == 0 else captured.out)
        return captured.out or captured.err

    return run


@pytest.fixture
def draft(tmp_path: Path) -> str:
    """A file with another version of the branch's policy."""
    path = tmp_path / "draft.toml"
    path.write_text(policy_text(2, more="[fees]\nrestocking_percent = 15", conditions='["sealed"]'))
    return str(path)


def newest(branch: Branch) -> Any:
    """The newest published version."""
    with reading(branch.engine) as connection:
        return parse_policy(published_text(connection, "general"))


def rolled_back(branch: Branch, version: int, at: datetime | None = None) -> PolicyRef:
    """Roll the branch's policy back."""
    with writing(branch.engine) as connection:
        return roll_back(connection, "general", version, at or branch.now)


def test_diff_tells_the_newest_version_against_a_file_by_section(run: Run, draft: str) -> None:
    assert run("diff", "general", draft).splitlines() == [
        "general v1 -> general v2: 3 changes",
        "",
        "What it is",
        "  version: 1 -> 2",
        "",
        "What may come back",
        "  accepted conditions: sealed, opened -> sealed",
        "",
        "The money",
        "  restocking fee: 0 % -> 15 %",
    ]


def test_diff_answers_in_json(run: Run, draft: str) -> None:
    answer = json.loads(run("diff", "general/1", draft, "--json"))

    assert answer["before"] == {"code": "general", "version": 1}
    assert answer["after"] == {"code": "general", "version": 2}
    assert answer["changes"][-1] == {
        "section": "The money",
        "key": "fees.restocking_percent",
        "name": "restocking fee",
        "before": "0 %",
        "after": "15 %",
    }


def test_diff_shows_nothing_that_a_terminal_acts_on(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "loud.toml"
    path.write_text(policy_text(name='"\\u001b[2JGeneral\\u202e"'))

    said = run("diff", "general", str(path), code=1)

    assert "line 3, name: expected a text" in said
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_a_policy_that_is_not_published_is_refused_with_those_that_are(run: Run) -> None:
    assert run("diff", "general/7", "general", code=1) == (
        "general/7 is not published. There is: general/1.\n"
    )
    assert run("diff", "nowhere", "general", code=1) == (
        "nowhere is not published. There is: general.\n"
    )
    assert "no such file" in run("diff", "./nowhere.toml", "general", code=1)


def test_a_broken_file_is_refused_with_its_places(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text(policy_text().replace("[window]", "[windo]"))

    said = run("diff", "general", str(path), code=1)

    assert "line 20, windo: expected window (the nearest known key), got an unknown key" in said


def test_publishing_names_reasons_that_no_tree_has(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "typo.toml"
    rows = "[[evidence]]\nreason = '{}'\nevidence = ['photo']\n"
    path.write_text(policy_text(2, more=rows.format("preference") + rows.format("preferense")))

    assert run("publish", str(path)) == (
        "general v2 is published\n"
        "note: there is no reason preferense: what it says about it never applies\n"
    )


def test_rollback_publishes_the_older_content_as_a_new_version(branch: Branch, run: Run) -> None:
    branch.publish(policy_text(5, conditions='["sealed"]'))

    assert run("rollback", "general/1") == "general v6 is published, with the content of v1\n"

    with reading(branch.engine) as connection:
        text = published_text(connection, "general")
    assert text == POLICY.replace("version = 1", "version = 6")


def test_a_return_after_a_rollback_is_judged_by_it(branch: Branch) -> None:
    branch.publish(policy_text(2, conditions='["sealed"]'))
    rolled_back(branch, 1)
    with reading(branch.engine) as connection:
        branch.policies = [published_text(connection, "general")]
    desk = branch.desk()

    assert desk.push_one(desk.returning(shop.wanted())).outcome == "accepted"


def test_rolling_back_to_the_newest_version_is_refused(branch: Branch) -> None:
    with pytest.raises(PublicationRefused, match="newest version"):
        rolled_back(branch, 1)


def test_rolling_back_to_what_was_never_published_is_refused(branch: Branch) -> None:
    with pytest.raises(NotPublished, match="There is: general/1"):
        rolled_back(branch, 3)


def test_rolling_back_to_a_version_that_ended_is_refused(branch: Branch) -> None:
    branch.publish(policy_text(2, valid_to="2026-01-01T00:00:00Z"))
    branch.publish(policy_text(3))

    with pytest.raises(PublicationRefused, match="later valid_to"):
        rolled_back(branch, 2)
    assert newest(branch).version == 3


def test_simulate_tells_verdicts_money_and_returns(branch: Branch, run: Run, draft: str) -> None:
    desk = branch.desk()
    made = desk.returning(shop.wanted())
    desk.push(made)

    said = run("simulate", draft, "--since", "2026-11-01")

    assert said.startswith("general v2, 1 returns since 2026-11-01 judged again, 1 of them by it\n")
    assert "  eligible -> ineligible                     1" in said
    assert "  EUR              1           119.00             0.00          -119.00" in said
    assert "eligible -> ineligible, EUR 119.00 -> 0.00" in said
    with reading(branch.engine) as connection:
        assert len(published_policies(connection)) == 1


def test_simulate_answers_in_json_with_minor_units(branch: Branch, run: Run, draft: str) -> None:
    desk = branch.desk()
    made = desk.returning(shop.wanted())
    desk.push(made)

    answer = json.loads(run("simulate", draft, "--since", "2026-11-01", "--json"))

    assert answer["verdicts"] == [{"before": "eligible", "after": "ineligible", "returns": 1}]
    assert answer["money"] == {
        "EUR": {"returns": 1, "before": 11900, "after": 0, "difference": -11900}
    }
    (changed,) = answer["changed"]
    assert changed["after"]["total"] == 0
    assert "opened" in changed["after"]["sentence"]


def test_a_date_begins_in_the_time_zone_of_the_policy(run: Run) -> None:
    answer = json.loads(run("simulate", "general", "--since", "2026-10-01", "--json"))

    assert answer["since"] == "2026-10-01T00:00:00+02:00"


@pytest.mark.parametrize(
    "arguments",
    [
        ("simulate", "general"),
        ("simulate", "general", "--since", "yesterday"),
        ("rollback", "general"),
        ("diff", "general"),
    ],
)
def test_wrong_arguments_leave_with_2(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["policy", *arguments])

    assert left.value.code == 2
    assert "usage: csr-central policy" in capsys.readouterr().err
