"""Crash reports and the log say where an error happened, and repeat nothing of what was said or typed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from csr_tui import crash
from csr_tui.log import log_to_file
from csr_tui.traces import trace_of

TYPED = "Wilhelmina said so"


class Strict(BaseModel):
    age: int


def fails(text: str) -> None:
    try:
        Strict.model_validate({"age": text})
    except ValidationError as error:
        try:
            raise KeyError(text)
        finally:
            raise RuntimeError(text) from error


@pytest.fixture
def error() -> BaseException:
    """An error whose words, causes and notes hold what somebody typed."""
    with pytest.raises(RuntimeError) as raised:
        fails(TYPED)
    raised.value.add_note(TYPED)
    return raised.value


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, given back as it was."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield root
    for handler in root.handlers:
        if handler not in before[0]:
            handler.close()
    root.handlers[:], root.level = before


def test_a_trace_names_every_place_and_kind_in_the_order_of_what_led_to_it(
    error: BaseException,
) -> None:
    trace = trace_of(error)
    kinds = [line for line in trace.splitlines() if not line.startswith(" ")]
    assert kinds == ["pydantic_core._pydantic_core.ValidationError", "RuntimeError"]
    assert "in fails" in trace


def test_the_members_of_a_group_are_told_too(error: BaseException) -> None:
    trace = trace_of(BaseExceptionGroup(TYPED, [error, ValueError(TYPED)]))
    assert [line for line in trace.splitlines() if not line.startswith(" ")] == [
        "ExceptionGroup",
        "pydantic_core._pydantic_core.ValidationError",
        "RuntimeError",
        "ValueError",
    ]


def test_a_report_repeats_nothing_that_was_typed(error: BaseException, tmp_path: Path) -> None:
    report = crash.report(tmp_path, error, datetime.now(UTC))
    assert report
    assert "RuntimeError" in report.read_text()
    assert TYPED not in report.read_text()


def test_the_log_repeats_nothing_that_was_typed(
    error: BaseException, tmp_path: Path, root: logging.Logger
) -> None:
    log_to_file(tmp_path / "csr-tui.log")
    logging.getLogger("any").error("it failed", exc_info=error)
    written = (tmp_path / "csr-tui.log").read_text()
    assert "it failed" in written and "RuntimeError" in written
    assert TYPED not in written
