"""Fresh databases for the central API, of both kinds: whoever asks for one is tested on both."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from central_api.database import open_database
from central_api.schema import migrate
from tests import postgres

SQLITE, POSTGRESQL = "sqlite", "postgresql"
SLOWLY_BOTH = [SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.slow)]
"""For a module's own `database_kind`, where the second database would take the quick suite too long."""


@pytest.fixture(params=[SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.second_database)])
def database_kind(request: pytest.FixtureRequest) -> str:
    """SQLite and PostgreSQL, one after the other."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL of this test process."""
    programs = postgres.programs()
    if programs is None:
        pytest.skip(f"no PostgreSQL: install it, or let {postgres.POSTGRES} name its programs")
    with postgres.running(programs) as running:
        yield running


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database of the newest schema: migrating costs more than copying."""
    path = tmp_path_factory.mktemp("migrated") / "central.db"
    _migrate(str(path))
    return path


@pytest.fixture(scope="session")
def migrated_template(cluster: postgres.Cluster) -> Iterator[str]:
    """The same in PostgreSQL."""
    with cluster.database() as name:
        _migrate(cluster.url(name))
        yield name


@pytest.fixture
def empty_database(
    database_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """A database without any table, as `--database` names it."""
    if database_kind == SQLITE:
        yield str(tmp_path / "central.db")
        return
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    with cluster.database() as name:
        yield cluster.url(name)


@pytest.fixture
def central_database(
    database_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """A database of the newest schema, as `--database` names it."""
    if database_kind == SQLITE:
        path = tmp_path / "central.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        yield str(path)
        return
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    with cluster.database(request.getfixturevalue("migrated_template")) as name:
        yield cluster.url(name)


def _migrate(database: str) -> None:
    engine = open_database(database)
    migrate(engine)
    engine.dispose()
