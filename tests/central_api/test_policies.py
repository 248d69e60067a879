"""Publishing: immutable versions that reach every desk."""

from __future__ import annotations

import pytest

from central_api.database import writing
from central_api.errors import PublicationRefused
from central_api.policies import (
    newest_reasons,
    publish_defaults,
    publish_policy,
    publish_reasons,
    published_policies,
    published_reasons,
)
from rma.policy import PolicyRef
from sync.protocol.policies import BadPolicy
from tests.central_api.branch import POLICY, REASONS, Branch, policy_text
from tests.central_api.test_feed import head, page


def test_the_same_text_again_changes_nothing(branch: Branch) -> None:
    start = head(branch)
    with writing(branch.engine) as connection:
        assert publish_policy(connection, POLICY, branch.now) == (PolicyRef("general", 1), False)
        assert publish_reasons(connection, REASONS, branch.now) == (1, False)
    assert page(branch, start).changes == ()


def test_another_text_under_a_published_version_is_refused(branch: Branch) -> None:
    with writing(branch.engine) as connection:
        with pytest.raises(PublicationRefused, match="higher version"):
            publish_policy(connection, policy_text(1, offline_hours="1"), branch.now)
        with pytest.raises(PublicationRefused, match="higher version"):
            publish_reasons(connection, REASONS + "\n# more", branch.now)


def test_a_new_version_reaches_the_feed_and_the_old_one_stays(branch: Branch) -> None:
    start = head(branch)

    branch.publish(policy_text(2))

    assert [change.key for change in page(branch, start).changes] == ["general/2"]
    with writing(branch.engine) as connection:
        refs = [str(entry.policy.ref) for entry in published_policies(connection)]
    assert refs == ["general v1", "general v2"]


def test_a_text_that_is_no_policy_is_not_published(branch: Branch) -> None:
    with writing(branch.engine) as connection:
        with pytest.raises(BadPolicy):
            publish_policy(connection, "code = 1", branch.now)
        assert len(published_policies(connection)) == 1


def test_the_newest_reasons_are_the_current_ones(branch: Branch) -> None:
    with writing(branch.engine) as connection:
        publish_reasons(connection, REASONS.replace("version = 1", "version = 10"), branch.now)
        publish_reasons(connection, REASONS.replace("version = 1", "version = 9"), branch.now)
        assert newest_reasons(published_reasons(connection)).version == 10


def test_defaults_are_published_only_where_there_is_no_policy(branch: Branch) -> None:
    with writing(branch.engine) as connection:
        assert not publish_defaults(connection, branch.now)
        connection.exec_driver_sql("DELETE FROM policy_version")
        connection.exec_driver_sql("DELETE FROM reasons_version")
        assert newest_reasons(published_reasons(connection)).reasons == ()
        assert publish_defaults(connection, branch.now)
        assert len(published_policies(connection)) > 3
        assert newest_reasons(published_reasons(connection)).reasons
