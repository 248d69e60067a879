"""Everything the desk does without a screen, and how each command ends."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from csr_tui.__main__ import main
from csr_tui.bootstrap import open_desk
from csr_tui.demo.central import Central
from rma.errors import RmaError
from tests.csr_tui.shell import fresh_order, wanted_return
from tests.keys import decrypted, key_of


def test_lookup_finds_an_order_and_says_so_in_json(run: Any, desk: str) -> None:
    order = fresh_order(desk)

    found = run("lookup", order.number, "--data", desk, "--json")

    assert found.code == 0
    assert found.tree["hits"][0]["key"] == order.order_id


def test_lookup_without_a_hit_ends_with_6_and_says_what_to_try(run: Any, desk: str) -> None:
    found = run("lookup", "qqqqqq", "--data", desk)

    assert found.code == 6
    assert "Try the order number" in found.out


def test_what_a_customer_is_called_cannot_act_on_the_terminal(run: Any, desk: str) -> None:
    order = fresh_order(desk)
    with closing(decrypted(Path(desk) / "ref.db", key_of(Path(desk)))) as stored, stored:
        stored.execute(
            "UPDATE customer SET document = json_set(document, '$.name', ?)",
            ("Eve\x1b]52;c;aGk=\x07",),
        )

    found = run("lookup", order.number, "--data", desk)

    assert "Eve␛]52;c;aGk=␇" in found.out
    assert "\x1b" not in found.out


def test_an_error_cannot_act_on_the_terminal(
    run: Any, desk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_arguments: object) -> int:
        raise RmaError("Not now:\n\x1b]52;c;aGk=\x07")

    monkeypatch.setattr("csr_tui.commands.lookup.run", refuse)

    assert run("lookup", "x", "--data", desk).err == "Not now:\n␛]52;c;aGk=␇\n"


def test_a_return_from_a_file_gets_its_number_while_the_central_api_is_down(
    run: Any, desk: str
) -> None:
    order = fresh_order(desk)

    made = run(
        "return", "create", "--file", "-", "--data", desk, "--json", stdin=wanted_return(order)
    )

    assert made.code == 0, made.out + made.err
    number = made.tree["rma"]["number"]
    assert int(number) % 97 == 1
    shown = run("return", "show", number, "--data", desk, "--json")
    assert (shown.code, shown.tree["pending"]) == (0, True)


def test_a_refused_return_ends_with_4_and_names_everything(run: Any, desk: str) -> None:
    order = fresh_order(desk)

    made = run(
        "return", "create", "--file", "-", "--data", desk, "--json",
        stdin=wanted_return(order, quantity=99, condition=None),
    )  # fmt: skip

    assert made.code == 4
    refused = made.tree["refused"]
    assert [missing["field"] for missing in refused["missing"]] == ["condition"]
    assert [finding["rule"] for finding in refused["findings"]] == ["quantity"]


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("{", "valid JSON"),
        ("[]", "expected an object"),
        ('{"order": "no such order"}', "order: expected the number of an order this desk knows"),
        ('{"order": 7}', "order: expected"),
    ],
)
def test_a_malformed_document_ends_with_2_and_names_the_place(
    run: Any, desk: str, document: str, says: str
) -> None:
    made = run("return", "create", "--file", "-", "--data", desk, stdin=document)

    assert made.code == 2
    assert says in made.err


def test_an_unknown_key_in_a_document_is_named(run: Any, desk: str) -> None:
    order = fresh_order(desk)

    made = run(
        "return", "create", "--file", "-", "--data", desk, stdin=wanted_return(order, quantitty=1)
    )

    assert made.code == 2
    assert "quantitty" in made.err


@pytest.mark.parametrize(
    ("number", "code", "says"),
    [
        ("47120300001", 1, "Check digits"),
        ("471 2030 0042", 1, "Check digits"),
        ("12", 1, "11 digits"),
    ],
)
def test_a_mistyped_number_is_caught(
    run: Any, desk: str, number: str, code: int, says: str
) -> None:
    shown = run("return", "show", number, "--data", desk)

    assert (shown.code, says in shown.err) == (code, True)


def test_sync_ends_with_5_while_the_central_api_is_down_and_loses_nothing(
    run: Any, desk: str
) -> None:
    order = fresh_order(desk)
    run("return", "create", "--file", "-", "--data", desk, stdin=wanted_return(order))

    synced = run("sync", "--data", desk, "--json")

    assert synced.code == 5
    assert synced.tree["waiting"] == 1
    assert synced.tree["trouble"]


def test_sync_sends_what_waits_once_the_central_api_is_back(
    run: Any, desk: str, central: Central
) -> None:
    order = fresh_order(desk)
    made = run(
        "return", "create", "--file", "-", "--data", desk, "--json", stdin=wanted_return(order)
    )

    synced = run("sync", "--data", desk, "--json")

    assert (synced.code, synced.tree["waiting"], synced.tree["attention"]) == (0, 0, 0)
    shown = run("return", "show", made.tree["rma"]["number"], "--data", desk, "--json")
    assert shown.tree["pending"] is False


def test_a_desk_that_is_not_enrolled_says_what_to_do(run: Any, tmp_path: Path) -> None:
    synced = run("sync", "--data", str(tmp_path / "new"))

    assert synced.code == 1
    assert "csr-tui enroll" in synced.err


def test_a_desk_that_is_open_elsewhere_is_not_opened_twice(run: Any, desk: str) -> None:
    opened = open_desk(Path(desk))
    try:
        found = run("lookup", "anna", "--data", desk)
    finally:
        opened.close()

    assert found.code == 1
    assert found.err.strip()


def test_plain_http_to_another_machine_is_refused(run: Any, tmp_path: Path) -> None:
    enrolled = run("enroll", "http://rma.example.com", "CODE", "--data", str(tmp_path))

    assert enrolled.code == 1
    assert "https" in enrolled.err


def test_help_names_every_command_and_exit_code(
    run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    printed = capsys.readouterr().out
    assert ended.value.code == 0
    for word in ("demo", "enroll", "sync", "lookup", "return", "quote", "replay", "exit codes"):
        assert word in printed


@pytest.mark.parametrize("words", [("lookup", "maria"), ("return", "show", "47120300008")])
def test_where_people_sign_in_a_command_asks_too_and_says_nothing_without_a_terminal(
    run: Any, desk: str, words: tuple[str, ...]
) -> None:
    opened = open_desk(Path(desk))
    opened.desk.sign_in.choose_pin("480215")
    opened.close()
    result = run(*words, "--data", desk)
    assert result.code == 1
    assert result.out == ""
    assert "People sign in on this desk" in result.err


def test_where_people_sign_in_no_document_becomes_a_return_without_a_pin(
    run: Any, desk: str
) -> None:
    opened = open_desk(Path(desk))
    opened.desk.sign_in.choose_pin("480215")
    opened.close()
    assert run("return", "create", "--file", "-", "--data", desk, stdin="{}").code == 1
    opened = open_desk(Path(desk))
    assert opened.work.queue().waiting == 0
    opened.close()
