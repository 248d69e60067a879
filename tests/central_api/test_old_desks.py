"""A database of before desks had keys: who worked where stays, and enrolls once more to get a key."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import select, text

import central_api
from central_api.database import open_database, reading, writing
from central_api.enrolling import enroll
from central_api.people import Caller, create_code
from central_api.schema import migrate
from central_api.signatures import place_of
from central_api.tables import DEVICE, DEVICE_PERSON
from rma.request import Role
from sync.credentials import enrollment
from sync.device_key import DeviceKey, new_seed
from tests.shop import NOW


def test_a_desk_of_before_keeps_its_person_and_gets_a_key(empty_database: str) -> None:
    engine = open_database(empty_database)
    with engine.connect() as kept, kept.begin():
        config = Config()
        config.set_main_option(
            "script_location", str(Path(central_api.__file__).parent / "migrations")
        )
        config.attributes["connection"] = kept
        command.upgrade(config, "0007")
        kept.execute(text("INSERT INTO person VALUES ('Ada', 'agent', :at)"), {"at": NOW})
        kept.execute(
            text("INSERT INTO device VALUES ('desk-one', 'Ada', 'hash', 'test', :at)"), {"at": NOW}
        )

    migrate(engine)
    with writing(engine) as connection:
        code = create_code(connection, "Ada", Role.AGENT, NOW)
        told = enroll(connection, enrollment(code, "desk-one", "test", DeviceKey(new_seed())), NOW)

    with reading(engine) as connection:
        found = connection.execute(select(DEVICE_PERSON.c.device, DEVICE_PERSON.c.person)).all()
        assert [tuple(row) for row in found] == [("desk-one", "Ada")]
        assert connection.execute(select(DEVICE.c.device, DEVICE.c.revoked_at)).all() == [
            ("desk-one", None)
        ]
        place = place_of(connection, Caller("desk-one", "Ada", Role.AGENT))
    assert (told.person, len(place.keys), list(place.people)) == ("Ada", 1, ["Ada"])
    engine.dispose()
