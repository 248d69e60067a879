"""The file of work.db while it is open: one writer at a time, who works here, and what time it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import Connection, Engine

from rma.operations import Identity
from storage import settings
from storage.audit import Chain
from storage.engines import reading, writing
from storage.errors import NotEnrolled
from storage.file_lock import FolderLock
from storage.local_records import LocalRecords


class WorkFile:
    """What every part of the work store stands on."""

    def __init__(self, engine: Engine, lock: FolderLock, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._lock = lock
        self._clock = clock
        self._records = LocalRecords()
        # SQLite has one writer: threads of this process queue here instead of polling the file.
        self._one_writer = Lock()
        with reading(engine) as connection:
            self._identity = settings.identity(connection)
            self._clock_offset = settings.clock_offset(connection)

    def close(self) -> None:
        """Close the file and give the folder free."""
        self._engine.dispose()
        self._lock.release()

    def identity(self) -> Identity | None:
        """Who is signed in; None before enrollment."""
        return self._identity

    def clock_offset(self) -> timedelta:
        """What has to be added to the device's clock to get the server's."""
        return self._clock_offset

    def set_clock_offset(self, offset: timedelta) -> None:
        """Remember the last known offset."""
        with self._writing() as connection:
            settings.set_clock_offset(connection, offset)
        self._clock_offset = offset

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._one_writer, writing(self._engine) as connection:
            yield connection

    def _enrolled(self) -> Identity:
        if self._identity is None:
            raise NotEnrolled
        return self._identity

    def _now(self) -> datetime:
        return self._clock() + self._clock_offset

    def _chain(self, connection: Connection, identity: Identity) -> Chain:
        return Chain(connection, identity, at=self._now(), device_clock=self._clock())
