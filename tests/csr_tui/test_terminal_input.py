"""What a terminal sends becomes keys and pastes; none is lost, and no paste acts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from csr_tui.terminal_input import TerminalReader
from csr_tui.type_ahead import LONGEST_PASTE


def read(*pieces: bytes) -> list[str]:
    """Names of the keys, and the texts of pastes in brackets."""
    reader, messages = TerminalReader(), []
    for piece in pieces:
        messages += reader.feed(piece)
    messages += reader.tick()
    if reader._parser._timeout_time is not None:
        reader._parser._timeout_time = 0.0  # a while later
    messages += reader.tick()
    return [
        f"[{message.text}]" if isinstance(message, events.Paste) else message.key
        for message in messages
        if isinstance(message, events.Key | events.Paste)
    ]


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        (b"\x1b", ["escape"]),
        (b"\x1b4961", ["escape", "4", "9", "6", "1"]),
        (b"\x1bbe", ["escape", "b", "e"]),
        (b"\x1bOl", ["escape", "O", "l"]),
        (b"\x1b\r", ["escape", "enter"]),
        (b"\x1b\t", ["escape", "tab"]),
        (b"\x1b\x10", ["escape", "ctrl+p"]),
        ("\x1bé".encode(), ["escape", "é"]),
        (b"\x1b\x1bt", ["escape", "escape", "t"]),
        (b"\x1bOQ", ["f2"]),
        (b"\x1b\x1bOQ", ["escape", "f2"]),
        (b"\x1b[20~x", ["f9", "x"]),
        (b"\x1b[Z", ["shift+tab"]),
        (b"\x1b\x7f", ["ctrl+w"]),
        (b"\x1b[99999999ux", ["x"]),
    ],
)
def test_esc_and_the_key_behind_it_are_two_keys(sent: bytes, keys: list[str]) -> None:
    assert read(sent) == keys


def test_bytes_that_are_no_text_do_not_end_the_reader() -> None:
    assert read(b"\xff\xfea\xc3", b"\xbc")[-2:] == ["a", "ü"]


def test_a_paste_does_not_overtake_the_esc_before_it() -> None:
    assert read(b"\x1b\x1b[200~next\x1b[201~\r") == ["escape", "[next]", "enter"]


def test_a_paste_is_one_text_whatever_is_in_it() -> None:
    hostile = b"a\x1b[31mred\x07\x1b" + b"0" * 40 + b"\r\x1b[Bq"
    assert read(b"x\x1b[200~" + hostile + b"\x1b[201~y") == ["x", f"[{hostile.decode()}]", "y"]


def test_a_megabyte_is_cut_and_what_follows_is_typed() -> None:
    text, last = read(b"\x1b[200~" + b"x" * 2**20 + b"\x1b[201~y")
    assert (len(text) - 2, last) == (LONGEST_PASTE, "y")


@given(st.text("ab\x1b[20~1", max_size=12), st.lists(st.integers(1, 30), max_size=6))
def test_a_paste_is_the_same_however_it_arrives(text: str, cuts: list[int]) -> None:
    if "\x1b[201~" in text:
        return
    sent = b"\x1b[200~" + text.encode() + b"\x1b[201~x"
    edges = sorted({2, *(2 + cut for cut in cuts if 2 + cut < len(sent)), len(sent)})
    pieces = [sent[a:b] for a, b in zip([0, *edges], edges, strict=False)]
    assert read(*pieces) == [f"[{text}]", "x"]


def test_a_paste_whose_end_is_lost_ends_after_a_pause_and_keys_act_again() -> None:
    reader = TerminalReader()
    assert list(reader.feed(b"\x1b[200~lost")) == []
    pasted = [message for _ in range(30) for message in reader.tick()]
    assert [message.text for message in pasted if isinstance(message, events.Paste)] == ["lost"]
    keys = list(reader.feed(b"\x11"))
    assert [message.key for message in keys if isinstance(message, events.Key)] == ["ctrl+q"]


def test_a_paste_that_pauses_a_moment_stays_one() -> None:
    reader = TerminalReader()
    messages = list(reader.feed(b"\x1b[200~one "))
    messages += [message for _ in range(10) for message in reader.tick()]
    messages += reader.feed(b"paste\x1b[201~")
    assert [m.text for m in messages if isinstance(m, events.Paste)] == ["one paste"]
