"""What has to be published before a desk can make a return."""

from __future__ import annotations

from sqlalchemy import Connection

from central_api.policies import published_policies, published_reasons


def not_published(connection: Connection) -> str:
    """What is missing and what to do, as a sentence; empty where desks can work."""
    lacking = [
        (what, command)
        for what, command, there in (
            ("reasons", "csr-central reasons publish FILE", published_reasons(connection)),
            ("policy", "csr-central policy publish FILE", published_policies(connection)),
        )
        if not there
    ]
    if not lacking:
        return ""
    names = " and no ".join(what for what, _ in lacking)
    commands = " and ".join(command for _, command in lacking)
    return (
        f"No {names} published: desks can make no return. Run {commands}, "
        "or start csr-central serve once with --with-defaults."
    )
