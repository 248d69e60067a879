"""Who works on a desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Engine

from rma.operations import EnrolledPerson, Identity
from rma.pin import Pin
from storage import audit, audit_acts, pins, settings
from storage.engines import reading
from storage.errors import NotEnrolled
from storage.file_lock import FolderLock
from storage.work_file import WorkFile

_CONTACT_IS_NEW = timedelta(minutes=10)
"""An allowance counts in hours: nothing is written for each contact."""


class WorkPeople(WorkFile):
    """The people who are enrolled on this desk, and which of them is signed in."""

    def __init__(self, engine: Engine, lock: FolderLock, clock: Callable[[], datetime]) -> None:
        super().__init__(engine, lock, clock)
        with reading(engine) as connection:
            self._contact = settings.last_contact(connection)

    def people(self) -> tuple[EnrolledPerson, ...]:
        """Who is enrolled on this desk, in the order of their enrollment."""
        with reading(self._engine) as connection:
            return settings.people(connection)

    def sign_in(self, name: str) -> Identity:
        """Somebody who is enrolled here works here from now on; whether it is them is for the caller to know.

        Raises:
            NotEnrolled: if nobody of this name is enrolled here.
        """
        before = self._enrolled()
        person = next((each for each in self.people() if each.name == name), None)
        if person is None:
            raise NotEnrolled
        identity = replace(before, person=person.name, role=person.role)
        with self._writing() as connection:
            settings.set_identity(connection, identity)
            pins.forget_tries(connection, name)
            self._chain(connection, identity).append(audit_acts.signed_in(identity))
        self._identity = identity
        return identity

    def pin(self, person: str) -> Pin | None:
        """What this desk keeps of somebody's PIN; None where they have none."""
        with reading(self._engine) as connection:
            return pins.find(connection, person)

    def set_pin(self, person: str, verifier: str) -> None:
        """Give somebody a PIN in place of the one before.

        Raises:
            NotEnrolled: if nobody of this name is enrolled here.
        """
        identity = self._enrolled()
        if all(each.name != person for each in self.people()):
            raise NotEnrolled
        with self._writing() as connection:
            pins.put(connection, person, verifier)
            self._chain(connection, identity).append(audit_acts.pin_set(identity, person))

    def count_pin_try(self, person: str) -> None:
        """A PIN of theirs is about to be tried; it counts as wrong until they are signed in."""
        with self._writing() as connection:
            pins.count_try(connection, person, self._now())

    def refuse_pin(self, person: str) -> None:
        """The PIN that was tried is wrong: enter it into the audit chain."""
        identity = self._enrolled()
        with self._writing() as connection:
            pin = pins.find(connection, person)
            tries = pin.tries if pin is not None else 0
            self._chain(connection, identity).append(
                audit_acts.pin_refused(identity, person, tries)
            )

    def last_contact(self) -> datetime | None:
        """When the central API was reached last, to within ten minutes; None where it never was."""
        return self._contact

    def newest_act(self) -> datetime | None:
        """The latest time of what was done here since the central API was reached last."""
        with reading(self._engine) as connection:
            heard = settings.entries_at_last_contact(connection)
            return audit.newest_after(connection, max(heard, settings.countersigned(connection)))

    def note_contact(self) -> None:
        """The central API has answered."""
        now = self._now()
        if self._contact is None or abs(now - self._contact) >= _CONTACT_IS_NEW:
            with self._writing() as connection:
                settings.set_last_contact(connection, now, audit.count(connection))
            self._contact = now

    def note_revoked(self, name: str, revoked: bool) -> None:
        """The central API has said that somebody may no longer work, or that they may again."""
        for person in self.people():
            if person.name == name and person.revoked != revoked:
                with self._writing() as connection:
                    settings.add_person(connection, replace(person, revoked=revoked))

    def set_identity(self, identity: Identity) -> None:
        """Somebody was enrolled on this desk, and works here from now on."""
        with self._writing() as connection:
            settings.add_person(connection, EnrolledPerson(identity.person, identity.role))
            settings.set_identity(connection, identity)
            self._chain(connection, identity).append(audit_acts.enrolled(identity))
        self._identity = identity
