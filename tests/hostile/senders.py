"""Everybody who may send something, with what they show of themselves."""

from __future__ import annotations

from datetime import timedelta

from central_api.database import writing
from central_api.people import revoke
from central_api.tokens import TOKEN_LASTS
from rma.request import Role
from tests.central_api.branch import Branch

ROLES = {role.value: role for role in Role}
OTHERS = (
    "a revoked person",
    "a revoked desk",
    "an expired token",
    "an unknown token",
    "nobody",
)
EVERYBODY = (*ROLES, *OTHERS)


def headers_of(branch: Branch, who: str) -> dict[str, str]:
    """The headers of one of `EVERYBODY`."""
    if who == "nobody":
        return {}
    if who == "an unknown token":
        return {"Authorization": "Bearer " + "x" * 43}
    now = branch.now
    if who == "an expired token":
        branch.now -= TOKEN_LASTS + timedelta(seconds=1)
    desk = branch.desk(who.capitalize(), ROLES.get(who, Role.SUPERVISOR))
    token = desk.token
    branch.now = now
    with writing(branch.engine) as connection:
        if who == "a revoked person":
            revoke(connection, desk.caller.person, now)
        elif who == "a revoked desk":
            revoke(connection, desk.caller.device, now)
    return {"Authorization": f"Bearer {token}"}
