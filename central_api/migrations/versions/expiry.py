"""When an RMA expires, as a column the worker can search by; events for the workers behind the desk."""

import json
from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

EXPIRING = ("authorized", "in_transit")
CHUNK = 500


def upgrade() -> None:
    """Add both, and read the days of the RMAs that are there out of their documents."""
    op.add_column("rma", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    _fill(op.get_bind())
    op.create_index(op.f("ix_rma_expires_at"), "rma", ["expires_at"], unique=False)
    op.create_table(
        "event",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sqlite_autoincrement=True,
    )


def _fill(connection: sa.Connection) -> None:
    rma = sa.table(
        "rma",
        sa.column("number"),
        sa.column("state"),
        sa.column("document"),
        sa.column("expires_at", sa.DateTime(timezone=True)),
    )
    after = ""
    while True:
        rows = connection.execute(
            sa.select(rma.c.number, rma.c.document)
            .where(rma.c.number > after, rma.c.state.in_(EXPIRING))
            .order_by(rma.c.number)
            .limit(CHUNK)
        ).all()
        if not rows:
            return
        after = rows[-1].number
        for number, document in rows:
            until = json.loads(document).get("expires_at")
            if until is not None:
                connection.execute(
                    sa.update(rma)
                    .where(rma.c.number == number)
                    .values(expires_at=datetime.fromisoformat(until))
                )
