"""Keys and names sort by their code points on PostgreSQL too, whatever the locale of the server.

Every process then locks rows in one order, pages go on where they ended, and the start of a text is found by an index.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

COLUMNS = {
    "customer": ("customer_id", "name", "email", "phone"),
    "product": ("sku",),
    "orders": ("order_id", "number", "customer_id"),
    "order_line": ("order_id", "line_id"),
    "rma": ("number", "order_id", "customer_id"),
    "rma_line": ("number", "order_id", "line_id", "sku"),
    "operation": ("op_id", "number"),
    "change_log": ("kind", "key"),
    "policy_version": ("key", "code"),
    "reasons_version": ("key",),
    "person": ("name",),
    "device": ("device", "person"),
    "enrollment_code": ("person",),
    "expected_inbound": ("sku",),
}
REFERENCES = (
    ("order_line", "order_id", "orders", "order_id"),
    ("rma_line", "number", "rma", "number"),
    ("device", "person", "person", "name"),
    ("enrollment_code", "person", "person", "name"),
)


def upgrade() -> None:
    """Change the collation; SQLite sorts so by itself."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, column, _, _ in REFERENCES:
        op.drop_constraint(op.f(f"fk_{table}_{column}"), table, type_="foreignkey")
    for table, columns in COLUMNS.items():
        changed = ", ".join(f'ALTER COLUMN {name} TYPE varchar COLLATE "C"' for name in columns)
        op.execute(f"ALTER TABLE {table} {changed}")
    for table, column, other, key in REFERENCES:
        op.create_foreign_key(op.f(f"fk_{table}_{column}"), table, other, [column], [key])
