"""Options that every command has, and the database they name."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rma.harmless import harmless_lines

if TYPE_CHECKING:
    from sqlalchemy import Engine


def add_common(parser: argparse.ArgumentParser) -> None:
    """`--database` and `--json`."""
    parser.add_argument(
        "--database",
        metavar="URL_OR_PATH",
        help="an SQLite file or a database URL (default: central.db in the user's data folder)",
    )
    parser.add_argument("--json", action="store_true", help="answer in JSON on stdout")


def database_of(arguments: argparse.Namespace) -> str:
    """The database that was named, else the default one."""
    if arguments.database:
        return str(arguments.database)
    from platformdirs import user_data_path

    return str(user_data_path("csr-central", appauthor=False) / "central.db")


def made(arguments: argparse.Namespace) -> Engine:
    """The database, made where there is none, and migrated: for what a new shop begins with."""
    from central_api.database import open_database
    from central_api.schema import migrate

    engine = open_database(database_of(arguments))
    migrate(engine)
    return engine


def opened(arguments: argparse.Namespace) -> Engine:
    """The database that there is, migrated.

    Raises:
        DatabaseUnusable: if there is none: a mistyped name must not become an empty shop.
    """
    from central_api.schema import migrate

    engine, _ = found(arguments)
    migrate(engine)
    return engine


def found(arguments: argparse.Namespace, *, read_only: bool = False) -> tuple[Engine, str]:
    """The database that there is, as it is, and its schema.

    Raises:
        DatabaseUnusable: if there is none, or nothing is in it.
    """
    from central_api.database import open_database
    from central_api.errors import DatabaseUnusable
    from central_api.schema import revision_of

    engine = open_database(database_of(arguments), make=False, read_only=read_only)
    revision = revision_of(engine)
    if revision is None:
        raise DatabaseUnusable(
            f"The database {engine.url.database} is empty: check --database. "
            "csr-central serve and import make a new one."
        )
    return engine, revision


def say(arguments: argparse.Namespace, sentence: str, answer: dict[str, Any]) -> None:
    """One line on stdout: the answer as JSON where it was asked for, else the sentence."""
    try:
        print(json.dumps(answer) if arguments.json else harmless_lines(sentence), flush=True)
    except (
        BrokenPipeError
    ):  # who read it has enough; what is left must not be tried again at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def text_of(path: Path) -> str:
    """The text of a file.

    Raises:
        OSError: if it cannot be read.
    """
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise OSError(f"{path} is no UTF-8 text: save it as UTF-8.") from None
