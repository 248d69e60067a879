"""Publish policies and reason trees: immutable versions, stored as the text that was written.

Publishing the same text again changes nothing; another text under a published version is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, select

from central_api.database import lock_table
from central_api.documents import KINDS, digest_of, insert_rows, log_changes, stored_digests
from central_api.errors import NotPublished, PublicationRefused
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
    with_version,
)


@dataclass(frozen=True, slots=True)
class PublishedPolicy:
    """A policy version, and since when desks could hear of it."""

    policy: Policy
    published_at: datetime


@dataclass(frozen=True, slots=True)
class PublishedReasons:
    """A version of the reason tree, and since when desks could hear of it."""

    tree: ReasonTree
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Stand:
    """What was published at one time."""

    since: datetime
    policies: tuple[Policy, ...]
    reasons: ReasonTree


NO_REASONS = ReasonTree(0, ())
"""Before the first tree was published."""

NOTHING_PUBLISHED = Stand(datetime.min.replace(tzinfo=UTC), (), NO_REASONS)

_POLICIES = select(POLICY.c.document).order_by(POLICY.c.code, POLICY.c.version)
_TREES = select(REASONS.c.document).order_by(REASONS.c.version)

_MOST_STANDS = 50
"""Stands of the publications that one return is judged by until one says what the caller was told."""


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
    lock_table(connection, POLICY)  # of servers that start at once, one publishes
    if connection.execute(select(POLICY.c.key).limit(1)).first() is not None:
        return False
    for name in default_names():
        publish_policy(connection, default_policy(name), now)
    if connection.execute(select(REASONS.c.key).limit(1)).first() is None:
        publish_reasons(connection, default_reasons(), now)
    return True


def published_text(connection: Connection, code: str, version: int | None = None) -> str:
    """The TOML of a published version; without one that of the newest.

    Raises:
        NotPublished: if there is none; the message names those that there are.
    """
    rows = connection.execute(
        select(POLICY.c.version, POLICY.c.document)
        .where(POLICY.c.code == code)
        .order_by(POLICY.c.version)
    ).all()
    found = {row.version: row.document for row in rows}
    wanted = max(found, default=0) if version is None else version
    if wanted not in found:
        codes = connection.execute(select(POLICY.c.code).distinct().order_by(POLICY.c.code))
        known = ", ".join(f"{code}/{each}" for each in found) or ", ".join(codes.scalars())
        raise NotPublished(
            f"{code}{f'/{version}' if version else ''} is not published. There is: {known or 'none yet'}."
        )
    return read_document(PolicyDocument, found[wanted]).toml


def roll_back(connection: Connection, code: str, version: int, now: datetime) -> PolicyRef:
    """Publish the content of an older version as the newest one; gives the new version.

    Raises:
        NotPublished: if there is no such version.
        PublicationRefused: if it is the newest anyway, or would judge nothing, as its time is over.
    """
    old = published_text(connection, code, version)
    policy, newest = parse_policy(old), parse_policy(published_text(connection, code))
    if newest.version == version:
        raise PublicationRefused(f"{policy.ref} is the newest version: there is nothing to undo.")
    if policy.valid_to is not None and policy.valid_to <= now:
        raise PublicationRefused(
            f"{policy.ref} ended on {policy.valid_to:%Y-%m-%d %H:%M} UTC: as the newest version it would judge nothing. "
            "Publish a copy of it with a later valid_to."
        )
    ref, _ = publish_policy(connection, with_version(old, newest.version + 1), now)
    return ref


def published_policies(connection: Connection) -> tuple[PublishedPolicy, ...]:
    """Every published version, by code and version."""
    documents = connection.execute(_POLICIES).scalars()
    return tuple(_policy_of(document) for document in documents)


def reasons_not_known(connection: Connection, policy: Policy) -> tuple[str, ...]:
    """Reasons that a policy has rules for and the newest tree lacks: such a rule never applies."""
    tree = newest_reasons(published_reasons(connection))
    named = [row.reason for row in policy.evidence] + [row.reason for row in policy.shipping_payer]
    return tuple(code for code in dict.fromkeys(named) if tree.find(code) is None)


def honoured(
    told: Iterable[PolicyRef], published: Sequence[PublishedPolicy], at: datetime
) -> tuple[PolicyRef, ...]:
    """Those of the told versions that may judge: a desk that should know a newer one cannot choose an older one.

    What a caller was told stays, as long as the desk could be without the newer version: the told version's
    offline allowance, from the newer one's publication.
    """
    return tuple(ref for ref in told if not _outdated(ref, published, at))


def stands_of(
    policies: Sequence[PublishedPolicy], reasons: Sequence[PublishedReasons]
) -> tuple[Stand, ...]:
    """What was known after each publication, newest first: desks hear of publications in their order."""
    published = {e.published_at for e in policies} | {e.published_at for e in reasons}
    return tuple(
        Stand(
            moment,
            tuple(e.policy for e in policies if e.published_at <= moment),
            newest_reasons(reasons, moment),
        )
        for moment in sorted(published, reverse=True)[:_MOST_STANDS]
    )


def stands_for(told: Iterable[PolicyRef], stands: Sequence[Stand], at: datetime) -> Iterator[Stand]:
    """Which of the stands a desk can have known at `at`, newest first.

    How old its knowledge can be is the offline allowance of the policies it told. A policy that was published after
    the desk's last sync, also one of another code, does not overturn what the caller was told.
    """
    if not stands:
        return
    yield stands[0]  # mostly the one: how old it can be need not be known then
    refs = frozenset(told)
    hours = [policy.offline_hours for policy in stands[0].policies if policy.ref in refs]
    shortest = min((each for each in hours if each is not None), default=None)
    for newer, stand in pairwise(stands):
        if shortest is not None and newer.since + timedelta(hours=shortest) < at:
            return
        yield stand


def newest_reasons(
    reasons: Sequence[PublishedReasons], known_at: datetime | None = None
) -> ReasonTree:
    """The newest reason tree; with `known_at` the newest of then, if there was one."""
    known = [e for e in reasons if known_at is None or e.published_at <= known_at] or reasons
    return max((e.tree for e in known), key=lambda tree: tree.version, default=NO_REASONS)


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


def published_reasons(connection: Connection) -> tuple[PublishedReasons, ...]:
    """Every published reason tree, by version."""
    documents = connection.execute(_TREES).scalars()
    return tuple(_reasons_of(document) for document in documents)


def _publish(
    connection: Connection,
    kind: str,
    key: str,
    toml: str,
    document: Any,
    columns: dict[str, Any],
    now: datetime,
) -> bool:
    lock_table(connection, KINDS[kind].table)
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


@lru_cache(maxsize=64)
def _reasons_of(document: str) -> PublishedReasons:
    published = read_document(ReasonsDocument, document)
    return PublishedReasons(parse_reasons(published.toml), published.published_at)
