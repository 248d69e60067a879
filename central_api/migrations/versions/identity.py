"""Device keys, several people on a desk, short tokens, revocation, what is held for review, and who read what.

The tokens of before end here: who has one enrolls once more, and keeps its device and its numbers.
"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def _key() -> sa.types.TypeEngine[str]:
    """A text that sorts by its code points, whatever the locale of the server."""
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Make the tables, and enroll on each desk the person that it had."""
    op.add_column("person", _at("revoked_at", nullable=True))
    server = op.create_table(
        "server",
        sa.Column("server_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("server_id", name=op.f("pk_server")),
    )
    op.bulk_insert(server, [{"server_id": str(uuid4())}])
    _people_of_desks()
    _keys_and_tokens()
    _held_and_read()


def _people_of_desks() -> None:
    op.create_table(
        "device_person",
        sa.Column("device", _key(), nullable=False),
        sa.Column("person", _key(), nullable=False),
        _at("enrolled_at"),
        _at("revoked_at", nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.name"], name=op.f("fk_device_person_person")),
        sa.ForeignKeyConstraint(
            ["device"], ["device.device"], name=op.f("fk_device_person_device")
        ),
        sa.PrimaryKeyConstraint("device", "person", name=op.f("pk_device_person")),
    )
    op.create_index(op.f("ix_device_person_person"), "device_person", ["person"])
    op.execute(
        "INSERT INTO device_person (device, person, enrolled_at) "
        "SELECT device, person, enrolled_at FROM device"
    )
    op.drop_index(op.f("ix_device_person"), "device")
    with op.batch_alter_table("device") as device:
        device.drop_constraint(op.f("uq_device_token_sha256"), type_="unique")
        device.drop_constraint(op.f("fk_device_person"), type_="foreignkey")
        device.drop_column("token_sha256")
        device.drop_column("person")
        device.add_column(_at("revoked_at", nullable=True))


def _keys_and_tokens() -> None:
    op.create_table(
        "device_key",
        sa.Column("public_key", _key(), nullable=False),
        sa.Column("device", _key(), nullable=False),
        _at("registered_at"),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["device.device"], name=op.f("fk_device_key_device")),
        sa.PrimaryKeyConstraint("public_key", name=op.f("pk_device_key")),
    )
    op.create_index(op.f("ix_device_key_device"), "device_key", ["device"])
    op.create_table(
        "access_token",
        sa.Column("token_sha256", _key(), nullable=False),
        sa.Column("device", _key(), nullable=False),
        sa.Column("person", _key(), nullable=False),
        _at("expires_at"),
        sa.ForeignKeyConstraint(["device"], ["device.device"], name=op.f("fk_access_token_device")),
        sa.ForeignKeyConstraint(["person"], ["person.name"], name=op.f("fk_access_token_person")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_access_token")),
    )
    op.create_index(op.f("ix_access_token_expires_at"), "access_token", ["expires_at"])
    op.create_table(
        "used_assertion",
        sa.Column("jti", _key(), nullable=False),
        _at("expires_at"),
        sa.PrimaryKeyConstraint("jti", name=op.f("pk_used_assertion")),
    )
    op.create_index(op.f("ix_used_assertion_expires_at"), "used_assertion", ["expires_at"])


def _held_and_read() -> None:
    op.create_table(
        "held_operation",
        sa.Column("op_id", _key(), nullable=False),
        sa.Column("sha256", _key(), nullable=False),
        sa.Column("device", _key(), nullable=False),
        sa.Column("person", _key(), nullable=False),
        sa.Column("actor", _key(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", _key(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        _at("received_at"),
        _at("released_at", nullable=True),
        sa.Column("released_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("op_id", "sha256", name=op.f("pk_held_operation")),
    )
    op.create_index(op.f("ix_held_operation_device"), "held_operation", ["device"])
    op.create_table(
        "read_log",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        _at("at"),
        sa.Column("person", _key(), nullable=False),
        sa.Column("device", _key(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("subjects", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_log")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_read_log_person_at"), "read_log", ["person", "at"])
