"""Who works on a desk."""

from __future__ import annotations

from dataclasses import replace

from rma.operations import EnrolledPerson, Identity
from storage import audit_acts, settings
from storage.engines import reading
from storage.errors import NotEnrolled
from storage.work_file import WorkFile


class WorkPeople(WorkFile):
    """The people who are enrolled on this desk, and which of them is signed in."""

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
            self._chain(connection, identity).append(audit_acts.signed_in(identity))
        self._identity = identity
        return identity

    def set_identity(self, identity: Identity) -> None:
        """Somebody was enrolled on this desk, and works here from now on."""
        with self._writing() as connection:
            settings.add_person(connection, EnrolledPerson(identity.person, identity.role))
            settings.set_identity(connection, identity)
            self._chain(connection, identity).append(audit_acts.enrolled(identity))
        self._identity = identity
