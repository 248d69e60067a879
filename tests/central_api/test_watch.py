"""Desks that wait for news hear of them, whatever happens to the database meanwhile."""

from __future__ import annotations

import asyncio

from central_api.watch import FeedWatch


def test_a_look_that_fails_is_not_the_last_one() -> None:
    failures = iter([ConnectionError("the database restarts")])

    async def newest() -> str:
        for failure in failures:
            raise failure
        return "1"

    async def wait_for_news() -> bool:
        watch = FeedWatch(newest)
        moment = watch.moment()
        await watch.after(moment, seconds=10)
        return moment.is_set()

    assert asyncio.run(wait_for_news())
