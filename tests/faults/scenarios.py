"""Every scenario by its name."""

from __future__ import annotations

from collections.abc import Callable

from tests.faults.between import between
from tests.faults.database import database
from tests.faults.full_disk import desk_disk_full, server_disk_full
from tests.faults.kills import kills
from tests.faults.last_unit import last_unit
from tests.faults.network import network
from tests.faults.result import Result
from tests.faults.stopped import stopped

SCENARIOS: dict[str, Callable[[int, int], Result]] = {
    "kills": kills,
    "stopped": stopped,
    "between": between,
    "network": network,
    "database": database,
    "desk-disk": desk_disk_full,
    "server-disk": server_disk_full,
    "last-unit": last_unit,
}
