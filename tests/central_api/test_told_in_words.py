"""What `csr-central` says when something is missing: the file, and what to do, never a bare error of the system."""

from __future__ import annotations

import errno
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from central_api.__main__ import main
from central_api.commands.telling import in_words
from tests.central_api.branch import Branch
from tests.central_api.test_commands import PROGRAM, serving


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """`serve` sends the logs of this process to where the test's own stderr was."""
    ours, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    yield
    structlog.configure(**ours)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.fixture
def branch(central_database: str) -> Iterator[Branch]:
    opened = Branch.open(central_database)
    yield opened
    opened.engine.dispose()


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 1
    said = capsys.readouterr().err
    assert "Errno" not in said
    return said


@pytest.mark.parametrize(
    "arguments",
    [
        ["policy", "publish", "nope.toml"],
        ["reasons", "publish", "nope.toml"],
        ["recover", "--key", "nope.key", "."],
        ["serve", "--tls-cert", "nope.pem", "--tls-key", "nope.pem", "--port", "0"],
        ["serve", "--log", "nope/x.log", "--port", "0"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_file_that_is_missing_is_named(
    arguments: list[str],
    tmp_path: Path,
    migrated_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    database = [] if arguments[0] == "recover" else ["--database", str(migrated_file)]

    said = refused(capsys, *arguments, *database)

    assert said.startswith("nope")
    assert "Check the path" in said


def test_files_that_are_no_certificate_are_named(
    tmp_path: Path, migrated_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cert.pem"
    file.write_text("no certificate")
    tls = ["--tls-cert", str(file), "--tls-key", str(file)]

    said = refused(capsys, "serve", *tls, "--port", "0", "--database", str(migrated_file))

    assert f"{file} and {file} are no certificate and its key" in said


def test_recover_does_not_make_the_folder_that_it_misses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, missing = tmp_path / "recovery.key", tmp_path / "nope"
    key.write_text("00ff")

    assert f"There is no folder {missing}" in refused(
        capsys, "recover", "--key", str(key), str(missing)
    )
    assert not missing.exists()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EISDIR, errno.EIO])
def test_errors_of_the_system_name_the_file(code: int) -> None:
    said = in_words(OSError(code, os.strerror(code), "recovery.key"))

    assert said is not None
    assert "recovery.key" in said
    assert "Errno" not in said


def test_an_error_of_ours_keeps_its_trace() -> None:
    assert in_words(KeyError("x")) is None


def test_a_command_whose_reader_is_gone_ends_quietly_with_its_own_code(migrated_file: Path) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    try:
        done = subprocess.run(
            [*PROGRAM, "policy", "list", "--database", str(migrated_file)],
            stdout=writes,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(writes)

    assert (done.returncode, done.stderr) == (0, "")


# ---- nothing is published -----------------------------------------------------------------------------------------


def test_a_server_without_policy_and_reasons_says_what_to_publish(central_database: str) -> None:
    with serving("--database", central_database) as (process, line):
        assert line.startswith("listening http")
        assert process.stderr is not None
        said = process.stderr.readline()

    assert "No reasons and no policy published: desks can make no return." in said
    assert "csr-central reasons publish FILE and csr-central policy publish FILE" in said


def test_a_server_with_the_defaults_says_nothing_more(central_database: str) -> None:
    with serving("--database", central_database, "--with-defaults") as (process, line):
        assert line.startswith("listening http")
        process.terminate()
        _, errors = process.communicate(timeout=10)

    assert "publish" not in errors


def test_check_notes_that_nothing_is_published(
    central_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--database", central_database]) == 0

    agree, note = capsys.readouterr().out.splitlines()
    assert agree.endswith("agree")
    assert note.startswith("note: No reasons and no policy published")


# ---- people -------------------------------------------------------------------------------------------------------


def test_an_unknown_customer_is_told_before_anybody_confirms(
    branch: Branch, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)  # whoever reads from it breaks

    said = refused(capsys, "erase", "C-77", "--database", branch.url)

    assert said == "There is no customer C-77: give the id, not the name.\n"


def test_devices_show_that_a_person_was_revoked(
    branch: Branch, capsys: pytest.CaptureFixture[str]
) -> None:
    branch.desk("Ada")
    branch.desk("Eve")
    main(["revoke", "Ada", "--database", branch.url])
    capsys.readouterr()

    main(["devices", "--database", branch.url])

    shown = capsys.readouterr().out
    assert "Ada (REVOKED)" in shown
    assert "Eve (REVOKED)" not in shown
