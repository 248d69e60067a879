"""Publish policies and reason trees: immutable versions, stored as the text that was written.

Publishing the same text again changes nothing; another text under a published version is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select

from central_api.documents import KINDS, digest_of, insert_rows, log_changes, stored_digests
from central_api.errors import PublicationRefused
from central_api.tables import POLICY, REASONS
from rma.policy import Policy, PolicyRef
from rma.reasons import ReasonTree
from sync.protocol.documents import read_document, write_document
from sync.protocol.envelopes import PolicyDocument, ReasonsDocument
from sync.protocol.policies import (
    default_names,
    default_policy,
    default_reasons,
    parse_policy,
    parse_reasons,
)


@dataclass(frozen=True, slots=True)
class PublishedPolicy:
    """A policy version, and since when desks could hear of it."""

    policy: Policy
    published_at: datetime


def publish_policy(connection: Connection, toml: str, now: datetime) -> tuple[PolicyRef, bool]:
    """Publish a policy version; tells which, and whether it is new.

    Raises:
        BadPolicy: if the text is no policy.
        PublicationRefused: if the version was published with another text.
    """
    policy = parse_policy(toml)
    document = PolicyDocument(
        code=policy.code,
        version=policy.version,
        toml=toml,
        sha256=hashlib.sha256(toml.encode()).hexdigest(),
        published_at=now,
    )
    key = f"{policy.code}/{policy.version}"
    columns = {"code": policy.code, "version": policy.version}
    return policy.ref, _publish(connection, "policy", key, toml, document, columns, now)


def publish_reasons(connection: Connection, toml: str, now: datetime) -> tuple[int, bool]:
    """Publish a version of the reason tree; tells which, and whether it is new.

    Raises:
        BadPolicy: if the text is no reason tree.
        PublicationRefused: if the version was published with another text.
    """
    tree = parse_reasons(toml)
    document = ReasonsDocument(version=tree.version, toml=toml, published_at=now)
    columns = {"version": tree.version}
    new = _publish(connection, "reasons", str(tree.version), toml, document, columns, now)
    return tree.version, new


def publish_defaults(connection: Connection, now: datetime) -> bool:
    """Publish the policies and reasons that ship, where there is no policy yet."""
    if connection.execute(select(POLICY.c.key).limit(1)).first() is not None:
        return False
    for name in default_names():
        publish_policy(connection, default_policy(name), now)
    if connection.execute(select(REASONS.c.key).limit(1)).first() is None:
        publish_reasons(connection, default_reasons(), now)
    return True


def published_policies(connection: Connection) -> tuple[PublishedPolicy, ...]:
    """Every published version, by code and version."""
    rows = connection.execute(
        select(POLICY.c.document).order_by(POLICY.c.code, POLICY.c.version)
    ).scalars()
    return tuple(_policy_of(document) for document in rows)


def honoured(
    told: Iterable[PolicyRef], published: Sequence[PublishedPolicy], at: datetime
) -> tuple[PolicyRef, ...]:
    """Those of the told versions that may judge: a desk that should know a newer one cannot choose an older one.

    What a caller was told stays, as long as the desk could be without the newer version: the told version's
    offline allowance, from the newer one's publication.
    """
    return tuple(ref for ref in told if not _outdated(ref, published, at))


def _outdated(ref: PolicyRef, published: Sequence[PublishedPolicy], at: datetime) -> bool:
    versions = [entry for entry in published if entry.policy.code == ref.code]
    hours = next((e.policy.offline_hours for e in versions if e.policy.ref == ref), None)
    if hours is None:
        return False
    allowance = timedelta(hours=hours)
    return any(
        newer.policy.version > ref.version
        and newer.policy.valid_from <= at
        and newer.published_at + allowance < at
        for newer in versions
    )


def current_reasons(connection: Connection) -> ReasonTree:
    """The newest reason tree; an empty one before the first was published."""
    document = connection.execute(
        select(REASONS.c.document).order_by(REASONS.c.version.desc()).limit(1)
    ).scalar()
    return ReasonTree(0, ()) if document is None else _reasons_of(document)


def _publish(
    connection: Connection,
    kind: str,
    key: str,
    toml: str,
    document: Any,
    columns: dict[str, Any],
    now: datetime,
) -> bool:
    digest = digest_of(toml)
    stored = stored_digests(connection, KINDS[kind], [key]).get(key)
    if stored is not None and stored.digest == digest:
        return False
    if stored is not None:
        raise PublicationRefused(
            f"{kind} {key} is published with another text, and versions never change: "
            "give it a higher version."
        )
    row = {
        "key": key,
        "row_version": 1,
        "digest": digest,
        "document": write_document(document).decode(),
        **columns,
    }
    insert_rows(connection, KINDS[kind].table, [row])
    log_changes(connection, kind, [(key, 1)], now)
    return True


@lru_cache(maxsize=1024)
def _policy_of(document: str) -> PublishedPolicy:
    published = read_document(PolicyDocument, document)
    return PublishedPolicy(parse_policy(published.toml), published.published_at)


@lru_cache(maxsize=8)
def _reasons_of(document: str) -> ReasonTree:
    return parse_reasons(read_document(ReasonsDocument, document).toml)
