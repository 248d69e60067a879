"""What every answer has to be, whatever was asked."""

from __future__ import annotations

import httpx

from central_api.problems import TITLES

PROBLEM = "application/problem+json"
RESULTS = {"accepted", "accepted_with_change", "rejected_needs_attention", "key_reused"}
RESULTS |= {"number_conflict", "held_for_review", "not_yet"}


def sound(response: httpx.Response) -> httpx.Response:
    """An answer as we promise it: below 500, and each refusal a problem of ours that tells nothing of our inside."""
    assert response.status_code < 500, response.text[:500]
    if response.request.method == "HEAD":
        return response
    if response.status_code >= 400:
        assert response.headers["content-type"] == PROBLEM
        told = response.json()
        assert set(told) == {"type", "title", "status", "detail"}
        kind = told["type"].removeprefix("/problems/")
        assert TITLES[kind] == (response.status_code, told["title"])
        assert told["status"] == response.status_code
        assert "Traceback" not in told["detail"]
        assert ".py" not in told["detail"]
    elif response.request.url.path == "/v1/ops":
        assert {result["outcome"] for result in response.json()["results"]} <= RESULTS
    return response
